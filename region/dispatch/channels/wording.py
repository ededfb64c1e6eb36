"""What channels say of an order, from plain texts in templates/messages: as short as each wants it, in zh or en."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from region.dispatch.channels.kinds import Wire
from region.dispatch.letters import Letter
from region.spine.i18n import clock_time

FOLDER = Path(__file__).resolve().parents[3] / "templates" / "messages"
TEST = "test"
"""The kind of a letter that only tries an address."""


@dataclass(frozen=True)
class Said:
    """One order of a letter in one language, as the texts name its parts."""

    number: str
    kind: str
    urgency: str
    title: str
    body: str
    due: str
    withdrawn: bool
    link: str
    code: str


def say(form: str, wire: Wire, letter: Letter, lang: str, **more: Any) -> str:
    """The text `form` (``sms``, ``robot`` …) for a letter; several orders in one letter are listed one by one."""
    orders = [_said(one, lang, wire.zone) for one in letter.every]
    text = (
        _texts(False)
        .get_template(f"{form}.{lang}.txt")
        .render(orders=orders, first=orders[0], exercise=wire.exercise, **more)
    )
    return text.strip()


def say_html(wire: Wire, letter: Letter) -> str:
    """The simple HTML of an e-mail, in both languages; whatever an order says is text there."""
    both = {lang: [_said(one, lang, wire.zone) for one in letter.every] for lang in ("zh", "en")}
    return _texts(True).get_template("email.html").render(both=both, exercise=wire.exercise)


def clip(text: str, most: int) -> str:
    """A text of at most `most` bytes in UTF-8, an ellipsis at its end where something was left out."""
    raw = text.encode()
    if len(raw) <= most:
        return text
    return raw[: most - len("…".encode())].decode(errors="ignore") + "…"


def _said(letter: Letter, lang: str, zone: ZoneInfo) -> Said:
    content = letter.order.content
    due = content.get("acknowledge_due")
    return Said(
        number=content["number"] or "",
        kind=content["kind"],
        urgency=content["urgency"],
        title=content["title"][lang],
        body=content["body"][lang],
        due=clock_time(lang, datetime.fromisoformat(due), zone) if due else "",
        withdrawn=bool(content.get("withdrawn")),
        link=letter.link,
        code=letter.reply_code or "",
    )


@cache
def _texts(html: bool) -> Environment:
    """The texts; for HTML all of them are escaped, also the words that a page takes over from plain texts."""
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
