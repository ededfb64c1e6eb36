"""Who of a list stands in an incident already, and which of its cases a list names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import or_, select

from region.spine import bulk
from region.spine.work import Work
from region.tracing.models import Case, Contact

AT_ONCE = 5000
"""So many values in one question."""
OF_LIST = "line:"
"""How the `ref` of a case begins that came from a list; the number of its row follows."""


@dataclass
class Standing:
    """Persons who are cases or contacts of the incident: all of them, and those whom the actor may not know of."""

    known: set[int] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)


def standing(w: Work, incident: int, kind: str, persons: Sequence[int]) -> Standing:
    """Which of these persons are ``cases`` or ``contacts`` of the incident, wherever they live."""
    table: Any = Case if kind == "cases" else Contact
    found = Standing()
    once = sorted(set(persons))
    for at in range(0, len(once), AT_ONCE):
        mine = bulk.among(w.session, table.person_id, once[at : at + AT_ONCE])
        wanted = select(table.person_id).where(table.incident_id == incident, mine)
        seen = set(w.session.scalars(wanted))
        with w.beyond_scope("a person is in an incident once, wherever he lives"):
            there = set(w.session.scalars(wanted))
        found.known |= there
        found.hidden |= there - seen
    return found


def cases_named(w: Work, incident: int, names: Sequence[str]) -> dict[str, int]:
    """Cases by what a list calls them: their code, or the number that they had in an earlier list."""
    found: dict[str, int] = {}
    for at in range(0, len(names), AT_ONCE):
        some = list(names[at : at + AT_ONCE])
        by_code = bulk.among(w.session, Case.code, some)
        by_ref = bulk.among(w.session, Case.ref, [OF_LIST + one for one in some])
        wanted = select(Case.id, Case.code, Case.ref).where(
            Case.incident_id == incident, Case.state != "void"
        )
        for row in w.session.execute(wanted.where(or_(by_code, by_ref)).order_by(Case.id.desc())):
            found[row.code] = row.id
            if row.ref and row.ref.startswith(OF_LIST):
                found[row.ref.removeprefix(OF_LIST)] = row.id
    return found
