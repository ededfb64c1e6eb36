"""The indicators of quarantine, K22 and K26 to K29, from kept counts and indexed days, of what the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from region.quarantine.models import CheckSum, QuarantineSite, ScheduledTest, Stay
from region.quarantine.states import PACK
from region.spine.work import Work


@dataclass(frozen=True)
class Indicator:
    """One figure: `part` of `whole`, and its target (0 to 1); for K22 the target is what it should stay below."""

    code: str
    part: int
    whole: int
    target: float | None = None

    @property
    def value(self) -> float | None:
        """Part ÷ whole; None (a dash) where there is nothing to divide by."""
        return self.part / self.whole if self.whole else None


def of_days(w: Work, first: date, last: date) -> dict[str, Indicator]:
    """K22 as it is now, and K26 to K29 of the region's days from `first` to `last`, by code."""
    found = (occupancy(w), *checks(w, first, last), tests(w, first, last), releases(w, first, last))
    return {one.code: one for one in found}


def occupancy(w: Work, places: Sequence[int] = ()) -> Indicator:
    """K22: rooms with somebody in them, of rooms that are ready (broken, closed and being cleaned excluded)."""
    wanted = select(func.sum(QuarantineSite.occupied), func.sum(QuarantineSite.ready))
    wanted = wanted.where(QuarantineSite.opened_at.is_not(None), QuarantineSite.closed_at.is_(None))
    if places:
        wanted = wanted.where(QuarantineSite.place_id.in_(places))
    occupied, ready = w.session.execute(wanted).one()
    return Indicator("K22", int(occupied or 0), int(ready or 0), _target(w, "rooms.amber"))


def checks(w: Work, first: date, last: date) -> tuple[Indicator, Indicator]:
    """K26: checks made in their half-day, of those due; K27: abnormal ones acted on in time, of all abnormal ones."""
    sums = (func.sum(getattr(CheckSum, name)) for name in ("done", "due", "handled", "abnormal"))
    row = w.session.execute(select(*sums).where(CheckSum.day.between(first, last))).one()
    done, due, handled, abnormal = (int(one or 0) for one in row)
    return (
        Indicator("K26", done, due, _target(w, "checks.target")),
        Indicator("K27", handled, abnormal, _target(w, "handled.target")),
    )


def tests(w: Work, first: date, last: date) -> Indicator:
    """K28: tests taken on the day on which the plan asks for them, of all that were due then and not waived.

    Tests of one moment's zone: the days are the region's.
    """
    on_time: ColumnElement[int] = func.coalesce(
        func.sum(case((_taken_that_day(w, first, last), 1), else_=0)), 0
    )
    wanted = select(on_time, func.count()).where(
        ScheduledTest.due_on.between(first, last), ScheduledTest.state != "waived"
    )
    part, whole = w.session.execute(wanted).one()
    return Indicator("K28", int(part), int(whole), _target(w, "tests.target"))


def _taken_that_day(w: Work, first: date, last: date) -> ColumnElement[bool]:
    """Day by day, for a day of the region begins and ends at another instant than one of the database."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return or_(
        *(
            and_(
                ScheduledTest.due_on == day,
                ScheduledTest.taken_at >= _midnight(w, day),
                ScheduledTest.taken_at < _midnight(w, day + timedelta(days=1)),
            )
            for day in days
        )
    )


def releases(w: Work, first: date, last: date) -> Indicator:
    """K29: let go within the limit, of those whose conditions were met on these days; who may still go in time is not
    counted yet."""
    limit = w.rules.duration(PACK, "release.limit")
    span = and_(Stay.met_at >= _midnight(w, first), Stay.met_at < _midnight(w, last + timedelta(days=1)))
    columns = select(Stay.met_at, Stay.released_at, func.count()).where(span)
    part = whole = 0
    met: Any
    for met, released, number in w.session.execute(columns.group_by(Stay.met_at, Stay.released_at)):
        if released is None and w.now - met <= limit:
            continue
        whole += number
        part += number if released is not None and released - met <= limit else 0
    return Indicator("K29", part, whole, _target(w, "release.target"))


def _midnight(w: Work, day: date) -> datetime:
    return datetime.combine(day, time(), w.office.clock.zone)


def _target(w: Work, name: str) -> float:
    return float(w.rules.value(PACK, name))
