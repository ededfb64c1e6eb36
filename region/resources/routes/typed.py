"""What a person typed into the forms of requests and transfers: tokens, whole numbers by line, moments, words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import redirect, request

from region.accounts.queries import people_named
from region.accounts.schemas import local_time
from region.resources.catalogue import items_of
from region.resources.schemas import NOTE, TOKEN
from region.spine.errors import Fault, Forbidden, Invalid, Refused, Stale
from region.spine.web import current_lang, fault_text
from region.spine.work import Work

BY_LINE = re.compile(r"^([a-z]+)-([0-9]{1,12})$")


def token() -> str:
    """The form's own mark, which makes it once; Invalid where it has none."""
    given = request.form.get("form_token", "")
    if not TOKEN.fullmatch(given):
        raise Invalid("form-expired")
    return given


def sentence(name: str) -> str:
    """What was typed into a field of words, at most so much as is kept."""
    return request.form.get(name, "").strip()[:NOTE]


def units(text: str, field: str) -> int:
    """Units from a form, none as zero, thousands grouped or not; Invalid (``quantity-wrong``)."""
    plain = text.strip().replace(",", "").replace("，", "") or "0"
    if not (plain.isascii() and plain.isdecimal() and len(plain) <= 12):
        raise Invalid("quantity-wrong", field=field)
    return int(plain)


def by_line(name: str) -> dict[int, int]:
    """Units by the number of the line: fields called ``sent-17``."""
    found = {}
    for key, value in request.form.items():
        at = BY_LINE.match(key)
        if at and at[1] == name:
            found[int(at[2])] = units(value, key)
    return found


def moment(w: Work, name: str) -> datetime | None:
    """A moment of the region's clock; None where nothing was typed."""
    given = request.form.get(name, "").strip()
    return local_time(given, w.office.clock.zone, name) if given else None


def attempt(w: Work, act: Callable[[], object], there: str, show: Callable[[Fault | None], str]) -> Any:
    """Do it and go `there`, or show the page again with what is wrong; nothing of it then stands."""
    try:
        with w.session.begin_nested():
            act()
    except (Forbidden, Stale):
        raise
    except (Invalid, Refused) as fault:
        return show(fault), fault.status
    return redirect(there, 303)


def said(w: Work, wrong: Fault | None) -> str:
    """The sentence of a fault with the item's name in place of its code; empty where nothing is wrong."""
    if wrong is None:
        return ""
    lang, known = current_lang(), items_of(w.rules)
    item = wrong.facts.get("item")
    named = {"item": known[item][lang]} if item in known else {}
    return fault_text(lang, type(wrong)(wrong.code, **{**wrong.facts, **named}))


def names(w: Work, actors: Iterable[str | None]) -> Mapping[str, Any]:
    """Accounts by the name under which they act (``account:7``): who signed is known to both sides."""
    ids = {int(one[8:]) for one in actors if one and one.startswith("account:")}
    return {f"account:{number}": account for number, account in people_named(w, ids).items()}
