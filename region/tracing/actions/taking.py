"""Lines that were read are taken in: cases with several possible sources, contacts with what exposed them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from functools import cache
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import select

from region.people.actions.registering import Given
from region.spine import bulk
from region.spine.work import Work
from region.tracing.actions.cases import open_case
from region.tracing.actions.determining import GivenContact, Link, determine
from region.tracing.events import LinksKept
from region.tracing.line_reading import Line
from region.tracing.models import Infection
from region.tracing.queries.standing import OF_LIST, cases_named

NUMBERED = UUID("7d0c2b1e-5a64-5c0f-9d3e-6a1f0c4b8e21")
"""The name space of people who are known by the number of a row alone."""
AT_ONCE = 5000


def given(incident: int, row: Line) -> Given:
    """The person of a line: found again by his paper, or in the same incident by the number of his row."""
    uid = uuid4() if row.paper else uuid5(NUMBERED, f"{incident}:{row.ref}")
    return Given(str(uid), row.place, row.paper_kind, row.paper, row.name, row.phone)


def take_contacts(w: Work, incident: int, rows: Sequence[Line], persons: Mapping[int, int]) -> None:
    """Contacts, one for each person, with a link for each line."""
    cases = cases_named(w, incident, sorted({one for row in rows for one in row.sources}))

    @cache
    def links(row_sources: tuple[str, ...], first: Any, last: Any, setting: str) -> tuple[Link, ...]:
        return tuple(Link(cases[one], None, first, last, setting) for one in row_sources)

    taken = [
        GivenContact(
            persons[row.number],
            row.place,
            row.codes["category"],
            row.last,
            links(row.sources, row.first, row.last, row.setting),
        )
        for row in rows
    ]
    determine(w, taken, incident=incident)


def take_cases(w: Work, incident: int, rows: Sequence[Line], persons: Mapping[int, int]) -> None:
    """Cases, and then who may have infected whom: a source may stand below the case that it infected."""
    ids = {row.number: _case(w, incident, row, persons[row.number]) for row in rows}
    cases = cases_named(w, incident, sorted({one for row in rows for one in row.sources}))
    cases |= {row.ref: ids[row.number] for row in rows if row.ref}
    found = [
        {
            "case_id": ids[row.number],
            "source_id": cases[one],
            "realm": w.realm,
            "likely": row.codes["likely"],
            "setting": row.setting,
            "on": None,
        }
        for row in rows
        for one in row.sources
        if cases[one] != ids[row.number]
    ]
    _keep(w, incident, found, rows)


def _case(w: Work, incident: int, row: Line, person: int) -> int:
    """The case of a line. Its hour is not known: noon of its day, or now where that has not come yet."""
    noon = datetime.combine(row.last, time(12), tzinfo=w.office.clock.zone)
    made = open_case(
        w,
        person=person,
        incident=incident,
        place=row.place,
        kind=row.codes["kind"],
        found_by=row.codes["found_by"],
        community=row.codes["community"] == "yes",
        day=row.last,
        found_at=min(noon, w.now),
        onset_on=row.first,
        ref=OF_LIST + row.ref if row.ref else None,
    )
    return made.id


def _keep(w: Work, incident: int, found: Sequence[Mapping[str, Any]], rows: Sequence[Line]) -> None:
    """Keep each possible source once; what was held of it before stays."""
    cases = sorted({one["case_id"] for one in found})
    there: set[tuple[int, int]] = set()
    for at in range(0, len(cases), AT_ONCE):
        mine = bulk.among(w.session, Infection.case_id, cases[at : at + AT_ONCE])
        pairs = w.session.execute(select(Infection.case_id, Infection.source_id).where(mine))
        there.update((row.case_id, row.source_id) for row in pairs)
    once = {(one["case_id"], one["source_id"]): dict(one) for one in found}
    fresh = [one for pair, one in once.items() if pair not in there]
    for at in range(0, len(fresh), AT_ONCE):
        bulk.add_missing(w.session, Infection, fresh[at : at + AT_ONCE])
    if fresh:
        told = tuple(sorted({int(one["case_id"]) for one in fresh}))
        w.tell(LinksKept(cases=told, links=len(fresh), place=rows[0].place, incident=incident))
