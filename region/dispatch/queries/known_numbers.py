"""What is known of a site's numbers already: what it told, what was counted; so that nothing is asked twice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from region.dispatch.counting import Counted
from region.dispatch.models import Progress, Recipient
from region.dispatch.tasks import tasks_of
from region.spine.work import Work


@dataclass(frozen=True)
class Newest:
    """The number that counts of one task, and since when it stands."""

    value: float
    at: datetime


@dataclass(frozen=True)
class Prefilled:
    """A report made ready: `numbers` by task, `sources` (counted, told) of each; `reached` when all targets are.

    `ready` says that one tap sends it: no required number, text or photograph is missing.
    """

    numbers: dict[str, float]
    sources: dict[str, str]
    reached: bool
    ready: bool


def newest(w: Work, which: ColumnElement[bool]) -> dict[int, dict[str, Newest]]:
    """The newest number of each task by recipient, of the rows of progress that `which` describes."""
    last = select(func.max(Progress.id)).where(which).group_by(Progress.recipient_id, Progress.task)
    wanted = select(Progress.recipient_id, Progress.task, Progress.value, Progress.made_at)
    found: dict[int, dict[str, Newest]] = {}
    for recipient, task, value, at in w.session.execute(wanted.where(Progress.id.in_(last))):
        found.setdefault(recipient, {})[task] = Newest(value, at)
    return found


def counted(w: Work, recipient: Recipient, until: datetime | None = None) -> dict[str, float]:
    """What others counted of this site's tasks since the order was issued; tasks that nobody counts are left out."""
    order = recipient.directive
    found = {}
    for task in tasks_of(order):
        if task.measure and order.issued_at is not None:
            asked = Counted(
                task.measure, recipient.place_id, order.issued_at, until or w.now, recipient.id, task.name
            )
            value = w.ask(asked)
            if value is not None:
                found[task.name] = value
    return found


def prefilled(w: Work, recipient: Recipient) -> Prefilled:
    """The numbers that need not be typed: the counted ones, else the newest that the site told itself."""
    told = newest(w, Progress.recipient_id == recipient.id).get(recipient.id, {})
    data = counted(w, recipient)
    tasks = tasks_of(recipient.directive)
    values = {one.name: told[one.name].value for one in tasks if one.name in told} | data
    sources = {name: "counted" if name in data else "told" for name in values}
    asked = [item for item in recipient.directive.evidence if item.get("required", True)]
    ready = all(item["type"] == "number" and item["name"] in values for item in asked)
    return Prefilled(values, sources, _reached(recipient, values), ready and bool(tasks))


def done_enough(w: Work, recipients: Collection[Recipient]) -> frozenset[int]:
    """Which of these (ids) have reached every target of their order, told or not yet reported.

    Whoever presses leaves them in peace; an order without targets is never done by numbers alone. One query.
    """
    ids = [one.id for one in recipients]
    told = newest(w, Progress.recipient_id.in_(ids)) if ids else {}
    return frozenset(
        one.id for one in recipients if _reached(one, {k: v.value for k, v in told.get(one.id, {}).items()})
    )


def _reached(recipient: Recipient, values: dict[str, float]) -> bool:
    aims = {task.name: task.target_of(recipient.targets) for task in tasks_of(recipient.directive)}
    wanted = {name: aim for name, aim in aims.items() if aim is not None}
    return bool(wanted) and all(values.get(name, 0) >= aim for name, aim in wanted.items())
