"""Done means proved: each reported number is held against what was counted, and what was counted is found here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, or_, select

from region.accounts.models import Account, DutyShift
from region.dispatch.actions.proving import hold_against, recheck
from region.dispatch.counting import Counted
from region.dispatch.events import NumbersTallied, TaskReported
from region.dispatch.models import Directive, Progress, Recipient, Tally
from region.spine.flow import answers, when
from region.spine.work import Work

COUNTING_DAYS = timedelta(days=1)


@when(TaskReported)
def hold_report_against_counts(w: Work, e: TaskReported) -> None:
    """A report that does not agree with what was counted is marked before anybody accepts it."""
    hold_against(w, w.get(Recipient, e.recipient))


@when(NumbersTallied)
def hold_reports_against_new_counts(w: Work, e: NumbersTallied) -> None:
    """Counts that come in after a report mark it, or take the mark away."""
    if e.place is not None:
        recheck(w, e.place, e.measure)


@answers(Counted)
def counted(w: Work, asked: Counted) -> float | None:
    """By the source of the measure; one that none is known for is what the site's own system tallied."""
    return SOURCES.get(asked.measure, _tallied)(w, asked)


def _tallied(w: Work, asked: Counted) -> float | None:
    """Summed over the days: each day's last count, less what the first had counted before the order."""
    wanted = select(Tally.at, Tally.value).where(
        Tally.place_id == asked.place,
        Tally.measure == asked.measure,
        Tally.at > asked.since - COUNTING_DAYS,
        Tally.at <= asked.until,
    )
    day = w.office.clock.day
    before: dict[object, float] = {}
    last: dict[object, float] = {}
    for at, value in w.session.execute(wanted.order_by(Tally.at)):
        (before if at <= asked.since else last)[day(at)] = value
    if not last:
        return None
    return sum(max(0.0, value - before.get(date, 0.0)) for date, value in last.items())


def _accounts_joined(w: Work, asked: Counted) -> float | None:
    """People of the place who have connected by then."""
    wanted = select(func.count(Account.id)).where(
        Account.place_id == asked.place, Account.state == "active", Account.joined_at <= asked.until
    )
    return float(w.session.scalar(wanted) or 0)


def _duty_covered(w: Work, asked: Counted) -> float | None:
    """People on the roster at that moment, a shift's deputy not counted; None where no roster is kept."""
    roster = select(func.count(DutyShift.id)).where(DutyShift.place_id == asked.place)
    if not w.session.scalar(roster.where(or_(DutyShift.ends > asked.since, DutyShift.starts > asked.since))):
        return None
    there = select(func.count(func.distinct(DutyShift.account_id))).where(
        DutyShift.place_id == asked.place, DutyShift.starts <= asked.until, DutyShift.ends > asked.until
    )
    return float(w.session.scalar(there) or 0)


def _children(w: Work, asked: Counted) -> float | None:
    """What the sites below have told of the same task, in orders that this recipient made out of its own."""
    newest = (
        select(func.max(Progress.id))
        .join(Directive, Directive.id == Progress.directive_id)
        .where(
            Directive.passed_by_id == asked.recipient,
            Directive.state.in_(("issued", "closed")),
            Progress.task == asked.task,
            Progress.made_at <= asked.until,
        )
        .group_by(Progress.recipient_id)
    )
    found = w.session.scalars(select(Progress.value).where(Progress.id.in_(newest))).all()
    return float(sum(found)) if found else None


SOURCES: dict[str, Callable[[Work, Counted], float | None]] = {
    "accounts_joined": _accounts_joined,
    "duty_covered": _duty_covered,
    "children": _children,
}
"""Who counts what, besides the sites' own systems; an area that counts something adds its function."""
