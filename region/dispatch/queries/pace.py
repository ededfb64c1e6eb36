"""The curve of a campaign: how much was done by each hour, and when it will be finished at the last hours' pace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, extract, func, select

from region.dispatch.models import Directive, Progress
from region.dispatch.wording import PACK
from region.spine.work import Work

HOUR = 3600
FURTHEST = timedelta(days=60)
"""A finish further away than this is no forecast."""


@dataclass(frozen=True)
class Pace:
    """One task's course. `points` are (the end of an hour, done in all by then); `rate` is per hour, lately.

    `finish` is None when it is not known: no target, no pace, or too far away; `done` when it is reached.
    """

    points: tuple[tuple[datetime, float], ...]
    rate: float | None
    finish: datetime | None
    done: bool


def paces(w: Work, directive: Directive, targets: Mapping[str, float | None]) -> dict[str, Pace]:
    """The pace of each task of an order (`targets` by task) within the actor's places.

    From what the sites themselves told, those below a site that passed the order on instead of it. One query.
    """
    window: timedelta = w.rules.duration(PACK, "campaign.pace_over")
    begun = directive.issued_at or w.now
    since = max(begun, w.now - window)
    steps: dict[str, list[tuple[datetime, float, float]]] = {}
    for task, hour, change, lately in w.session.execute(_changes(directive, since)):
        end = min(datetime.fromtimestamp(int(hour) + HOUR, UTC), max(w.now, begun))
        steps.setdefault(task, []).append((end, float(change or 0), float(lately or 0)))
    length = (w.now - since).total_seconds() / HOUR
    return {
        task: _pace(w.now, begun, sorted(steps.get(task, [])), length, target)
        for task, target in targets.items()
    }


def _changes(directive: Directive, since: datetime) -> Select[str, int, Any, Any]:
    """By task and hour (seconds since 1970): the sum of each number's change against the one before it."""
    family = _family(directive)
    before = func.lag(Progress.value).over(
        partition_by=(Progress.recipient_id, Progress.task), order_by=Progress.id
    )
    change = select(Progress.id, (Progress.value - func.coalesce(before, 0)).label("by")).where(family)
    steps = change.subquery()
    seconds = extract("epoch", Progress.made_at)
    hour = (seconds - seconds % HOUR).label("hour")
    lately = case((Progress.made_at > since, steps.c.by), else_=0)
    return (
        select(Progress.task, hour, func.sum(steps.c.by), func.sum(lately))
        .join(steps, steps.c.id == Progress.id)
        .group_by(Progress.task, hour)
    )


def _family(directive: Directive) -> ColumnElement[bool]:
    """The numbers of this order, and those of orders made out of it in place of those who passed it on."""
    down = select(Directive.id, Directive.passed_by_id).where(Directive.id == directive.id)
    tree = down.cte("family", recursive=True)
    more = select(Directive.id, Directive.passed_by_id).join(tree, Directive.parent_id == tree.c.id)
    given = Directive.passed_by_id.is_not(None) & Directive.state.in_(("issued", "closed"))
    tree = tree.union_all(more.where(given))
    passed = select(tree.c.passed_by_id).where(tree.c.id != directive.id)
    return Progress.directive_id.in_(select(tree.c.id)) & Progress.recipient_id.not_in(passed)


def _pace(
    now: datetime,
    begun: datetime,
    steps: list[tuple[datetime, float, float]],
    length: float,
    target: float | None,
) -> Pace:
    points, total, lately = [(begun, 0.0)], 0.0, 0.0
    for end, change, recent in steps:
        total, lately = total + change, lately + recent
        points.append((end, total))
    if steps and points[-1][0] < now:
        points.append((now, total))
    rate = lately / length if length > 0 and steps else None
    left = None if target is None else target - total
    done = left is not None and left <= 0
    finish = None
    if left is not None and not done and rate is not None and rate > 0:
        hours = left / rate
        finish = now + timedelta(hours=hours) if hours * HOUR < FURTHEST.total_seconds() else None
    return Pace(tuple(points), rate, finish, done)
