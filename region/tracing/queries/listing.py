"""Work-lists of tracing by their clocks: open cases, contacts who are looked for or wait, letters; one row's facts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, or_, select

from region.places.models import Place
from region.spine.journal import Entry
from region.spine.work import Work
from region.tracing.models import Case, Contact, ContactLink, Infection, TraceLetter
from region.tracing.states import CASE, LETTER

PAGE = 50
OPEN = tuple(state for state in CASE.states if state not in CASE.ends)
NEXT = case(
    (Case.state == "found", Case.care_due_at),
    (Case.state == "assigned", Case.core_due_at),
    (Case.state == "core_known", Case.report_due_at),
    else_=Case.since,
)
"""The clock that a case waits for, by its state."""
CLOCKS: dict[str, tuple[Any, Any]] = {
    "next": (NEXT, Case.state.in_(("found", "assigned", "core_known"))),
    "card": (Case.card_due_at, and_(Case.card_at.is_(None), Case.card_due_at.is_not(None))),
    "core": (Case.core_due_at, and_(Case.core_at.is_(None), Case.core_due_at.is_not(None))),
    "report": (Case.report_due_at, and_(Case.report_at.is_(None), Case.report_due_at.is_not(None))),
    "care": (Case.care_due_at, and_(Case.care_at.is_(None), Case.care_due_at.is_not(None))),
    "done": (Case.since, Case.state == "reported"),
}
"""Filters of the list of cases: by which clock it is ordered, and who is on it."""
WAITS = {
    "verifying": (Contact.control_due_at, Contact.state == "verifying"),
    "awaiting": (
        Contact.transfer_due_at,
        and_(Contact.state == "landed", Contact.control == "awaiting", Contact.transfer_due_at.is_not(None)),
    ),
}


@dataclass(frozen=True)
class Page:
    """Rows with the moment of the clock they stand by; `after` begins the next page, None on the last."""

    rows: Sequence[tuple[Any, datetime]]
    after: str | None


def by_clock(w: Work, kind: Any, clock: Any, where: Sequence[Any], after: str) -> Page:
    """Rows of a kind that meet conditions, the earliest clock first, fifty from `after` on."""
    wanted = select(kind, clock.label("due")).where(*where).order_by(clock, kind.id).limit(PAGE + 1)
    moment, _, id = after.partition("~")
    if id.isdecimal():
        try:
            since = datetime.fromisoformat(moment)
        except ValueError:
            since = None
        if since is not None and since.tzinfo is not None:
            wanted = wanted.where(or_(clock > since, and_(clock == since, kind.id > int(id))))
    rows = [(row[0], row[1]) for row in w.session.execute(wanted)]
    if len(rows) <= PAGE:
        return Page(rows, None)
    last, due = rows[PAGE - 1]
    return Page(rows[:PAGE], f"{due.isoformat()}~{last.id}")


def cases(w: Work, incident: int, clock: str = "next", after: str = "") -> Page:
    """Open cases of an incident by one of their clocks, the latest first; fifty at once."""
    column, which = CLOCKS.get(clock, CLOCKS["next"])
    return by_clock(w, Case, column, [Case.incident_id == incident, Case.state.in_(OPEN), which], after)


def contacts(w: Work, incident: int, waits: str, after: str = "", category: str = "") -> Page:
    """Contacts who are looked for (``verifying``) or wait for their transfer (``awaiting``), the latest first."""
    column, which = WAITS.get(waits, WAITS["verifying"])
    where = [Contact.incident_id == incident, which]
    return by_clock(w, Contact, column, [*where, Contact.category == category] if category else where, after)


def letters(w: Work, incident: int, *, ended: bool = False, after: str = "") -> Page:
    """Letters that wait, by when their answer is due; or those that ended."""
    which = TraceLetter.state.in_(LETTER.ends)
    where = [TraceLetter.incident_id == incident, which if ended else ~which]
    return by_clock(w, TraceLetter, TraceLetter.due_at, where, after)


def contacts_of(w: Work, case_id: int, most: int = PAGE) -> Sequence[tuple[Contact, ContactLink]]:
    """Whom a case exposed, as far as the actor may know of them."""
    wanted = select(Contact, ContactLink).join(ContactLink, ContactLink.contact_id == Contact.id)
    wanted = wanted.where(ContactLink.case_id == case_id).order_by(Contact.state.desc(), Contact.id)
    return [(row[0], row[1]) for row in w.session.execute(wanted.limit(most))]


def links_of(w: Work, contact_id: int) -> Sequence[ContactLink]:
    """What made somebody a contact: cases, and contacts through whom he is one."""
    wanted = select(ContactLink).where(ContactLink.contact_id == contact_id)
    return w.session.scalars(wanted.order_by(ContactLink.id)).all()


def contacts_via(
    w: Work, contact_ids: Sequence[int], most: int = PAGE
) -> Sequence[tuple[Contact, ContactLink]]:
    """Contacts of these contacts, as far as the actor may know of them."""
    wanted = select(Contact, ContactLink).join(ContactLink, ContactLink.contact_id == Contact.id)
    wanted = wanted.where(ContactLink.via_id.in_(contact_ids)).order_by(Contact.id)
    return [(row[0], row[1]) for row in w.session.execute(wanted.limit(most))]


def sources_of(w: Work, case_id: int) -> Sequence[tuple[Infection, Case]]:
    """Which cases may have infected this one, as far as the actor may know of them."""
    wanted = select(Infection, Case).join(Case, Case.id == Infection.source_id)
    return [(row[0], row[1]) for row in w.session.execute(wanted.where(Infection.case_id == case_id))]


def history(w: Work, subject: str) -> Sequence[Entry]:
    """What the journal says of ``case:12``, oldest first."""
    return w.session.scalars(select(Entry).where(Entry.subject == subject).order_by(Entry.id)).all()


def places_named(w: Work, ids: Collection[int | None]) -> dict[int, Place]:
    """Places by id: whoever may know of a row may know the names of the places it belongs to."""
    with w.beyond_scope("names of the places of cases, contacts and letters in scope"):
        wanted = select(Place).where(Place.id.in_([one for one in ids if one is not None]))
        return {one.id: one for one in w.session.scalars(wanted)}
