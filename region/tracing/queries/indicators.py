"""The indicators of tracing (K05 to K11, K13): what was due, what was in time, and the list behind each number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from region.places.models import Place
from region.spine import bulk
from region.spine.scope import below
from region.spine.work import Work
from region.tracing.models import Case, Contact, TraceLetter
from region.tracing.queries.funnel import Funnel, among_us, funnel, ours

Conditions = list[ColumnElement[bool]]


@dataclass(frozen=True)
class Indicator:
    """`met` of `due` (rows of which the clock stopped or ran out by `at`); `running` clocks are not judged yet."""

    code: str
    met: int
    due: int
    running: int
    target: float
    at: datetime

    @property
    def share(self) -> float | None:
        """The share in time, 0 to 1; None where nothing was due."""
        return self.met / self.due if self.due else None


@dataclass(frozen=True)
class Measure:
    """How one indicator is counted: of which rows, by which clock, against which target (DOMAIN 10)."""

    kind: type[Any]
    counted: Callable[[Work, int, datetime, int | None], Conditions]
    due: Any
    done: Callable[[datetime], ColumnElement[bool]]
    """By the moment it was done at all."""
    in_time: Callable[[datetime], ColumnElement[bool]]
    target: float


def _cases(w: Work, incident: int, at: datetime, place: int | None, began: Any) -> Conditions:
    found = [Case.incident_id == incident, Case.state != "void", began.is_not(None), began <= at]
    return [*found, _inside(w, Case.place_id, place)] if place is not None else found


def _inside(w: Work, column: Any, place: int) -> ColumnElement[bool]:
    inside: ColumnElement[bool] = column.in_(
        select(Place.id).where(below(Place.path, w.get(Place, place).path))
    )
    return inside


def _of_case(began: Any, due: Any, done: Any, target: float) -> Measure:
    return Measure(
        Case,
        lambda w, incident, at, place: _cases(w, incident, at, place, began),
        due,
        lambda at: and_(done.is_not(None), done <= at),
        lambda at: and_(done <= due, done <= at),
        target,
    )


def _arrived(at: datetime) -> ColumnElement[bool]:
    return _before_the_end(Contact.arrived_at, at)


def _arrived_in_time(at: datetime) -> ColumnElement[bool]:
    return and_(_arrived(at), Contact.arrived_at <= Contact.transfer_due_at)


def _before_the_end(first: Any, at: datetime) -> ColumnElement[bool]:
    """It had happened by then; what was told later than his end does not count."""
    return and_(first.is_not(None), first <= at, or_(Contact.ended_at.is_(None), first < Contact.ended_at))


def _to_transfer(w: Work, incident: int, at: datetime, place: int | None) -> Conditions:
    """Ours, of a category that goes to a site, whoever was not let stay at home; who ended before he came counts on.

    Who is under control and did not arrive is at home.
    """
    at_home = and_(_before_the_end(Contact.controlled_at, at), ~_arrived(at))
    who = among_us(w, incident, at, place, None)
    return [*who, ours(at), Contact.transfer_due_at.is_not(None), ~at_home]


def _own(w: Work, incident: int, at: datetime, place: int | None) -> Conditions:
    return [*among_us(w, incident, at, place), ours(at)]


def _letters(w: Work, incident: int, at: datetime, place: int | None) -> Conditions:
    found = [TraceLetter.incident_id == incident, TraceLetter.state != "withdrawn", TraceLetter.sent_at <= at]
    return [*found, _inside(w, TraceLetter.place_id, place)] if place is not None else found


MEASURES: dict[str, Measure] = {
    "K05": _of_case(Case.diagnosed_at, Case.card_due_at, Case.card_at, 1.0),
    "K06": _of_case(Case.assigned_at, Case.core_due_at, Case.core_at, 0.9),
    "K07": _of_case(Case.assigned_at, Case.report_due_at, Case.report_at, 1.0),
    "K08": _of_case(Case.found_at, Case.care_due_at, Case.care_at, 0.95),
    "K09": Measure(Contact, _to_transfer, Contact.transfer_due_at, _arrived, _arrived_in_time, 0.95),
    "K11": Measure(
        Contact,
        _own,
        Contact.control_due_at,
        lambda at: and_(Contact.controlled_at.is_not(None), Contact.controlled_at <= at),
        lambda at: and_(Contact.controlled_at <= Contact.control_due_at, Contact.controlled_at <= at),
        0.98,
    ),
    "K13": Measure(
        TraceLetter,
        _letters,
        TraceLetter.due_at,
        lambda at: and_(TraceLetter.answered_at.is_not(None), TraceLetter.answered_at <= at),
        lambda at: and_(TraceLetter.answered_at <= TraceLetter.due_at, TraceLetter.answered_at <= at),
        0.95,
    ),
}
"""Cards, core facts, reports, infected and contacts transferred, contacts controlled, letters answered."""


def indicator(w: Work, code: str, incident: int, at: datetime, place: int | None = None) -> Indicator:
    """One indicator at a moment, for what the actor may know of, or below `place`."""
    return indicators(w, [code], incident, at, place)[0]


def indicators(
    w: Work, codes: Sequence[str], incident: int, at: datetime, place: int | None = None
) -> list[Indicator]:
    """Indicators of one kind of rows (all of cases, or all of contacts), in one question for all of them."""
    measures = [MEASURES[code] for code in codes]
    counted = [and_(*one.counted(w, incident, at, place)) for one in measures]
    figures: list[ColumnElement[int]] = []
    for one, which in zip(measures, counted, strict=True):
        over = or_(one.done(at), one.due <= at)
        figures += [_number(and_(which, one.in_time(at))), _number(and_(which, over)), _number(which)]
    wanted = select(*figures).select_from(measures[0].kind).where(or_(*counted))
    bulk.plan_by_values(w.session)
    row = [int(number) for number in w.session.execute(wanted).one()]
    parts = zip(codes, measures, row[::3], row[1::3], row[2::3], strict=True)
    return [Indicator(code, met, due, all_ - due, one.target, at) for code, one, met, due, all_ in parts]


def _number(is_so: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((is_so, 1), else_=0)), 0)


def behind(
    w: Work,
    code: str,
    incident: int,
    at: datetime,
    place: int | None = None,
    *,
    met: bool = False,
    after: int = 0,
    most: int = 50,
) -> Sequence[Any]:
    """The rows behind a number, by id from `after` on: those not in time, or those in time (`met`)."""
    measure = MEASURES[code]
    over = or_(measure.done(at), measure.due <= at)
    in_time = func.coalesce(case((measure.in_time(at), 1), else_=0), 0)
    which = in_time == 1 if met else and_(over, in_time == 0)
    wanted = select(measure.kind).where(*measure.counted(w, incident, at, place), which)
    wanted = wanted.where(measure.kind.id > after).order_by(measure.kind.id).limit(most)
    return w.session.scalars(wanted).all()


@dataclass(frozen=True)
class Awaiting:
    """Who waits for a transfer (K10): all, and those whose time for it is over; the target is 0 of those."""

    people: int
    too_long: int


def awaiting(w: Work, incident: int, at: datetime, place: int | None = None) -> Awaiting:
    """Who was determined and found, and had not arrived, at a moment."""
    return awaiting_of(funnel(w, incident, at, place))


def awaiting_of(shown: Funnel) -> Awaiting:
    """The same out of a funnel that was counted already."""
    return Awaiting(shown.awaiting, shown.too_long)
