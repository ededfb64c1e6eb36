"""Proposals of cases as the epidemiologist reads them: by their clock, the person masked, what the laboratory found."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, select

from region.people.queries.masked import Masked, masked
from region.places.models import Place
from region.spine.work import Work
from region.surveillance.models import CaseProposal
from region.surveillance.questions import LabFinding, LabFindings
from region.surveillance.states import PROPOSAL

PAST = timedelta(days=14)
MOST = 200


@dataclass(frozen=True)
class Line:
    """One proposal; `due` is when it must be decided, None once it is."""

    row: CaseProposal
    due: datetime | None
    person: Masked | None
    finding: LabFinding | None


def listed(w: Work) -> list[Line]:
    """Proposals that wait, the oldest first, then those decided in the last 14 days; at most 200 in all."""
    wanted = select(CaseProposal).where(
        (CaseProposal.state == PROPOSAL.start) | (CaseProposal.decided_at >= w.now - PAST)
    )
    # What waits goes first, so that a wave of decisions pushes none of it off the list.
    waits = CaseProposal.state == PROPOSAL.start
    order = (case((waits, 0), else_=1), case((waits, CaseProposal.id), else_=-CaseProposal.id))
    rows = w.session.scalars(wanted.order_by(*order).limit(MOST)).all()
    people = masked(w, [row.person_id for row in rows])
    findings = w.ask(LabFindings(tuple(row.ref for row in rows)))
    limit = w.rules.duration(PROPOSAL.pack, PROPOSAL.limits[PROPOSAL.start])
    lines = [
        Line(
            row,
            row.since + limit if row.state == PROPOSAL.start else None,
            people.get(row.person_id),
            findings.get(row.ref),
        )
        for row in rows
    ]
    return sorted(lines, key=lambda one: (one.due is None, _clock(one), one.row.id))


def _clock(one: Line) -> float:
    return one.due.timestamp() if one.due else -(one.row.decided_at or one.row.since).timestamp()


def places_named(w: Work, ids: Collection[int | None]) -> dict[int, Place]:
    """Places by id: the names of homes and laboratories of proposals in scope."""
    with w.beyond_scope("names of the places that a proposal in scope belongs to"):
        return {one.id: one for one in w.session.scalars(select(Place).where(Place.id.in_(ids)))}
