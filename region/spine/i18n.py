"""Two languages: English is written in the code, Chinese in translations/zh; faults are worded in both, by area."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.messages.pofile import read_po

LANGS = ("zh", "en")
FOLDER = Path(__file__).parent.parent / "translations"
WEEKDAYS = {
    "zh": ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
    "en": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
}
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """All texts of a language, from every area's catalogue; English has only the sentences of faults."""
    texts: dict[str, str] = {}
    for path in sorted((FOLDER / lang).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=lang):
                if message.id and message.string:
                    texts[str(message.id)] = str(message.string)
    return texts


def translate(lang: str, text: str, **facts: Any) -> str:
    """`text` (English, with ``{placeholders}``) in `lang`, filled with `facts`."""
    found = catalogue(lang).get(text, text)
    return found.format(**facts) if facts else found


def pick(lang: str, zh: str | None, en: str | None) -> str:
    """A name in the reader's language, or in the other one where it is missing."""
    return (zh if lang == "zh" else en) or zh or en or "–"


def clock_time(lang: str, instant: datetime | None, zone: ZoneInfo, *, seconds: bool = False) -> str:
    """``08-04 周四 10:00`` or ``Thu 4 Aug 10:00``; no time is a dash."""
    if instant is None:
        return "–"
    local = instant.astimezone(zone)
    hour = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    weekday = WEEKDAYS[lang][local.weekday()]
    if lang == "zh":
        return f"{local:%m-%d} {weekday} {hour}"
    return f"{weekday} {local.day} {MONTHS[local.month - 1]} {hour}"


def span(lang: str, length: timedelta) -> str:
    """A length of time for people: ``12 分``, ``6 时 20 分``, ``2 天``; ``12 min``, ``6 h 20 min``, ``2 d``."""
    minutes = int(abs(length).total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    unit = {"zh": ("天", "时", "分"), "en": ("d", "h", "min")}[lang]
    if days:
        return f"{days} {unit[0]}" + (f" {hours} {unit[1]}" if hours else "")
    if hours:
        return f"{hours} {unit[1]}" + (f" {rest} {unit[2]}" if rest else "")
    return f"{rest} {unit[2]}"


def number(value: float | None) -> str:
    """A number with grouped thousands; no data is a dash, never 0."""
    if value is None:
        return "–"
    return f"{value:,.1f}" if isinstance(value, float) and value % 1 else f"{int(value):,}"
