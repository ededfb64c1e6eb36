"""Letters that ask others to look for people: sent, taken, answered in time or late, withdrawn; both sides see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from region.spine.errors import Invalid
from region.spine.work import Work
from region.tracing.actions import clocks, contacts
from region.tracing.actions.contacts import PUSHED_TO
from region.tracing.events import LetterMoved
from region.tracing.models import Contact, TraceLetter
from region.tracing.states import LETTER

MOST = 500
"""So many contacts in one letter."""
TEXT = 2000


def send(
    w: Work,
    asked: Sequence[Contact],
    *,
    incident: int,
    place: int,
    level: str,
    to_place: int | None = None,
    to_name: str = "",
    question: str = "",
    at: datetime | None = None,
) -> TraceLetter:
    """Ask another district (`to_place`), city or province (`to_name`) to look for these contacts; push them to it.

    `place` is the district that asks. The answer is due within the limit of the pack. Invalid without anybody to ask
    about, or to ask, and for contacts of another incident.
    """
    w.need("tracing.push", place)
    _check(asked, incident, level, to_place, to_name)
    when = clocks.moment(w, at)
    letter = TraceLetter(incident_id=incident, place_id=place, to_place_id=to_place, level=level)
    letter.code, letter.contacts = _code(w, incident), sorted(one.id for one in asked)
    letter.to_name, letter.question = to_name.strip()[:120], question.strip()[:TEXT]
    letter.sent_at, letter.sent_by, letter.state, letter.since = when, w.actor.name, LETTER.start, when
    letter.due_at = when + clocks.limit(w, incident, "letter.answer")
    w.add(letter)
    contacts.move(w, asked, "push", at=when, reason=level)
    clocks.start_letter(w, letter)
    _tell(w, letter, "send", when)
    return letter


def _check(asked: Sequence[Contact], incident: int, level: str, to_place: int | None, to_name: str) -> None:
    if not 0 < len(asked) <= MOST or any(one.incident_id != incident for one in asked):
        raise Invalid("letter-about-nobody", field="contacts", most=MOST)
    if level not in PUSHED_TO:
        raise Invalid("pushed-to-unknown", field="level")
    if to_place is None and not to_name.strip():
        raise Invalid("letter-to-nobody", field="to_name")


def _code(w: Work, incident: int) -> str:
    with w.beyond_scope("numbers are given once in an incident"):
        known = select(func.count()).select_from(TraceLetter).where(TraceLetter.incident_id == incident)
        return f"L{incident}-{(w.session.scalar(known) or 0) + 1:04d}"


def take(w: Work, letter: TraceLetter) -> None:
    """Those who were asked begin to look; twice changes nothing."""
    if letter.state == "taken":
        return
    LETTER.move(w, letter, "take", place=_answers(letter))
    letter.taken_by = w.actor.name
    _tell(w, letter, "take", w.now)


def answer(w: Work, letter: TraceLetter, *, found: int, text: str = "", at: datetime | None = None) -> None:
    """What came of it: how many of the people asked about were `found`; Invalid for more than were asked about.

    A letter out of the region is answered on its behalf by who sent it.
    """
    if not 0 <= found <= len(letter.contacts):
        raise Invalid("found-more-than-asked", field="found", most=len(letter.contacts))
    when = clocks.moment(w, at)
    if when < letter.sent_at:
        raise Invalid("answered-before-sent", field="at")
    LETTER.move(w, letter, "answer", place=_answers(letter))
    letter.found, letter.answer, letter.late_at = found, text.strip()[:TEXT], None
    letter.answered_at, letter.answered_by = when, w.actor.name
    _tell(w, letter, "answer", when)


def withdraw(w: Work, letter: TraceLetter) -> None:
    """It was sent by mistake; the contacts stay pushed until they are determined again."""
    LETTER.move(w, letter, "withdraw", place=letter.place_id)
    letter.late_at = None
    _tell(w, letter, "withdraw", w.now)


def _answers(letter: TraceLetter) -> int:
    """The district that answers: the one that was asked, or, out of the region, the one that asked."""
    return letter.to_place_id or letter.place_id


def _tell(w: Work, letter: TraceLetter, verb: str, at: datetime) -> None:
    told = LetterMoved(letter=letter.id, verb=verb, place=letter.place_id, incident=letter.incident_id)
    w.tell(told, happened_at=at)
