"""Report cards as they are read: the list by its clocks, and how many came in time (K05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from region.spine.work import Work
from region.surveillance.models import CaseReport
from region.surveillance.states import REPORT

MOST = 100
SHOWN = ("all", "waiting", "late", "void")


@dataclass(frozen=True)
class InTime:
    """K05 over a span of days: cards entered within their clock, of all that are not void."""

    entered: int
    due: int

    @property
    def share(self) -> float | None:
        """None without a card."""
        return self.entered / self.due if self.due else None


def listed(w: Work, show: str, item: str) -> Sequence[CaseReport]:
    """The latest 100 cards of a kind and disease; those that wait stand by their clock, the oldest first."""
    wanted = select(CaseReport).where(CaseReport.item == item if item else CaseReport.id > 0)
    if show == "waiting":
        wanted = wanted.where(CaseReport.state == REPORT.start).order_by(CaseReport.entered_at, CaseReport.id)
    elif show == "late":
        wanted = wanted.where(CaseReport.entered_at > CaseReport.due_at).order_by(CaseReport.id.desc())
    else:
        void = CaseReport.state == "void"
        wanted = wanted.where(void if show == "void" else ~void).order_by(CaseReport.id.desc())
    return w.session.scalars(wanted.limit(MOST)).all()


def in_time(w: Work, first: dt.date, last: dt.date) -> InTime:
    """K05 of the cards diagnosed from `first` to `last`."""
    those = CaseReport.diagnosed_on.between(first, last) & (CaseReport.state != "void")
    ontime = (
        select(func.count()).select_from(CaseReport).where(those, CaseReport.entered_at <= CaseReport.due_at)
    )
    every = select(func.count()).select_from(CaseReport).where(those)
    return InTime(w.session.scalar(ontime) or 0, w.session.scalar(every) or 0)


def twins(w: Work, rows: Sequence[CaseReport]) -> dict[int, int]:
    """Cards that may tell the same case: the same person and disease, an earlier card that is not void."""
    people = {row.person_id for row in rows if row.person_id is not None}
    wanted = select(CaseReport).where(CaseReport.person_id.in_(people), CaseReport.state != "void")
    first: dict[tuple[int | None, str], int] = {}
    for one in w.session.scalars(wanted.order_by(CaseReport.id)):
        first.setdefault((one.person_id, one.item), one.id)
    found = {row.id: first.get((row.person_id, row.item), row.id) for row in rows}
    return {card: twin for card, twin in found.items() if twin != card}
