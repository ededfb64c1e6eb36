"""What a person typed into the forms of boxes, tubes and the work-list; names of who signed; a fault said in place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import redirect, request

from region.accounts.queries import people_named
from region.formats.text import clean
from region.spine.errors import Fault, Forbidden, Invalid, Refused, Stale
from region.spine.web import current_lang, fault_text
from region.spine.work import Work

LONGEST = 500


def sentence(name: str) -> str:
    """What was typed into a field of words, at most so much as is kept."""
    return request.form.get(name, "").strip()[:LONGEST]


def count(name: str) -> int | None:
    """A whole number, None where nothing was typed; Invalid (``tubes-wrong``)."""
    plain = clean(request.form.get(name, "")).strip()
    if not plain:
        return None
    if not (plain.isascii() and plain.isdecimal() and len(plain) <= 5):
        raise Invalid("tubes-wrong", field=name)
    return int(plain)


def celsius(name: str) -> float | None:
    """Degrees, with a point or a comma, None where nothing was typed; Invalid (``celsius-wrong``)."""
    plain = clean(request.form.get(name, "")).strip().replace(",", ".").replace("−", "-")
    if not plain:
        return None
    try:
        found = float(plain)
    except ValueError:
        raise Invalid("celsius-wrong", field=name) from None
    if len(plain) > 6 or found != found:
        raise Invalid("celsius-wrong", field=name)
    return round(found, 1)


def skipped() -> int:
    """How many rows of a list the address leaves out before its page."""
    given = request.args.get("after", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) <= 6 else 0


@contextmanager
def trying(w: Work) -> Iterator[None]:
    """What raises inside leaves nothing: neither rows, nor what was noticed or told of them."""
    touched, told = set(w.touched), len(w.told)
    try:
        with w.session.begin_nested():
            yield
    except Fault:
        w.touched = touched
        del w.told[told:]
        raise


def attempt(w: Work, act: Callable[[], object], there: str, show: Callable[[Fault | None], str]) -> Any:
    """Do it and go `there`, or show the page again with what is wrong; nothing of it then stands."""
    try:
        with trying(w):
            act()
    except (Forbidden, Stale) as fault:
        if fault.code != "same-hand":
            raise
        return show(fault), fault.status
    except (Invalid, Refused) as fault:
        return show(fault), fault.status
    return redirect(there, 303)


def said(wrong: Fault | None) -> str:
    """The sentence of a fault in the reader's language; empty where nothing is wrong."""
    return "" if wrong is None else fault_text(current_lang(), wrong)


def names(w: Work, actors: Iterable[str | None]) -> Mapping[str, Any]:
    """Accounts by the name under which they act (``account:7``): who signed is known to all hands of a box."""
    ids = {int(one[8:]) for one in actors if one and one.startswith("account:") and one[8:].isdecimal()}
    return {f"account:{number}": account for number, account in people_named(w, ids).items()}
