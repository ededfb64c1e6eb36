"""Cases by the words that people use for them: the system's code, or the number they had in a list."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from region.spine import bulk
from region.spine.work import Work
from region.tracing.models import Case

AT_ONCE = 1000


def cases_named(w: Work, incident: int, words: Iterable[str]) -> dict[str, int]:
    """The cases of an incident in scope by code (``C3-0007``), else by their number in a list; others are out."""
    known = sorted({word for word in words if word})
    found: dict[str, int] = {}
    for at in range(0, len(known), AT_ONCE):
        part = known[at : at + AT_ONCE]
        mine = select(Case.id, Case.code, Case.ref).where(Case.incident_id == incident, Case.state != "void")
        refs = bulk.among(w.session, Case.ref, [f"line:{word}" for word in part])
        for row in w.session.execute(mine.where(refs).order_by(Case.id)):
            found.setdefault(str(row.ref).removeprefix("line:"), row.id)
        codes = bulk.among(w.session, Case.code, part)
        found |= {row.code: row.id for row in w.session.execute(mine.where(codes))}
    return found


def beyond(w: Work, incident: int, persons: Iterable[int]) -> set[int]:
    """Who of these persons is a case of the incident where the actor may not look."""
    known, found = sorted(set(persons)), set[int]()
    for at in range(0, len(known), AT_ONCE):
        mine = bulk.among(w.session, Case.person_id, known[at : at + AT_ONCE])
        wanted = select(Case.person_id).where(Case.incident_id == incident, mine)
        seen = set(w.session.scalars(wanted))
        with w.beyond_scope("a person is one case of one incident, wherever he lives"):
            found |= set(w.session.scalars(wanted)) - seen
    return found
