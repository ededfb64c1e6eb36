"""The sites of a campaign as plain rows: their numbers, those of orders made out of it, and the word for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from region.dispatch.models import Directive, Progress, Recipient
from region.dispatch.queries.known_numbers import Newest, newest
from region.dispatch.states import UNSIGNED
from region.dispatch.tasks import Task
from region.places.models import Place, Site
from region.spine.work import Work

DEEPEST = 6
"""District to grid and a person there: deeper than the tree of places an order is not passed on."""
NEED_NOT = ("void", "waived", "stopping", "stopped")
GIVEN = ("issued", "closed")


@dataclass(slots=True)
class Line:
    """One recipient of the order or of one made out of it; `steps` are the ids of its path from the root."""

    id: int
    directive: int
    place: int
    zh: str
    en: str
    steps: tuple[int, ...]
    state: str
    targets: dict[str, Any]
    reported_at: datetime | None
    ended_at: datetime | None
    contradicted: bool
    dark: bool
    told: dict[str, Newest] = field(default_factory=dict)


@dataclass
class Lines:
    """All of them, with what is needed to judge them."""

    tasks: tuple[Task, ...]
    dues: dict[int, tuple[datetime | None, datetime | None]]
    now: datetime
    by_order: dict[int, list[Line]]
    passed_on: dict[int, list[int]]
    nil: bool
    _known: dict[tuple[int, str], Newest | None] = field(default_factory=dict)

    @property
    def orders(self) -> int:
        """How many orders were made out of it."""
        return len(self.dues) - 1

    def of(self, directive: int) -> list[Line]:
        """The recipients of one order."""
        return self.by_order.get(directive, [])

    def below(self, line: Line) -> list[int]:
        """The orders that this recipient made out of its own."""
        return self.passed_on.get(line.id, [])

    def value(self, line: Line, task: str) -> Newest | None:
        """What counts of a task: its own number once it has reported; before, the larger of it and those below."""
        key = (line.id, task)
        if key not in self._known:
            self._known[key] = self._value(line, task)
        return self._known[key]

    def _value(self, line: Line, task: str) -> Newest | None:
        own = line.told.get(task)
        if line.id not in self.passed_on or (own is not None and line.state in ("reported", "accepted")):
            return own
        parts = [
            self.value(child, task)
            for order in self.below(line)
            for child in self.of(order)
            if child.state not in NEED_NOT
        ]
        known = [one for one in parts if one is not None]
        if not known:
            return own
        below = Newest(sum(one.value for one in known), max(one.at for one in known))
        return below if own is None or below.value >= own.value else own

    def share(self, line: Line) -> float | None:
        """The mean of its tasks' shares, each at most whole; None without targets."""
        parts = []
        for task in self.tasks:
            aim = task.target_of(line.targets)
            if aim is not None:
                done = self.value(line, task.name)
                parts.append(1.0 if not aim else min(1.0, (done.value if done else 0.0) / aim))
        return sum(parts) / len(parts) if parts else None

    def word(self, line: Line) -> str | None:
        """contradicted, done, late, working or not_begun; None for one that need not do it. Dark is never late."""
        if line.state in NEED_NOT:
            return None
        if line.state == "reported" and line.contradicted:
            return "contradicted"
        if line.state in ("reported", "accepted") or (self.share(line) or 0.0) >= 1.0:
            return "done"
        if self._late(line) and not line.dark:
            return "late"
        if line.state in ("in_progress", "returned") or any(
            self.value(line, task.name) is not None for task in self.tasks
        ):
            return "working"
        return "not_begun"

    def _late(self, line: Line) -> bool:
        sign_due, task_due = self.dues[line.directive]
        due = sign_due if line.state in UNSIGNED else task_due
        return (due is not None and self.now > due) or any(self._behind(line, task) for task in self.tasks)

    def _behind(self, line: Line, task: Task) -> bool:
        """Whether a task with a deadline of its own is past it and below its target."""
        aim, done = task.target_of(line.targets), self.value(line, task.name)
        short = done is None if aim is None else (done.value if done else 0.0) < aim
        return task.own_due and task.due is not None and self.now > task.due and short

    def was_late(self, line: Line) -> bool:
        """Whether it reported after its time."""
        due = self.dues[line.directive][1]
        return due is not None and line.reported_at is not None and line.reported_at > due

    def is_nil(self, line: Line) -> bool:
        """Whether it reported that there was nothing."""
        done = line.state in ("reported", "accepted")
        return self.nil and done and bool(line.told) and not any(one.value for one in line.told.values())


def lines(w: Work, directive: Directive, tasks: tuple[Task, ...], *, nil: bool) -> Lines:
    """The recipients of an order and of all those made out of it, within the actor's places."""
    dues = {directive.id: (directive.acknowledge_due, directive.task_due)}
    passed_on: dict[int, list[int]] = {}
    at = [directive.id]
    for _ in range(DEEPEST):
        wanted = select(
            Directive.id, Directive.passed_by_id, Directive.acknowledge_due, Directive.task_due
        ).where(Directive.parent_id.in_(at), Directive.passed_by_id.is_not(None), Directive.state.in_(GIVEN))
        rows = w.session.execute(wanted.order_by(Directive.id)).all()
        at = [row.id for row in rows]
        for row in rows:
            dues[row.id] = (row.acknowledge_due, row.task_due)
            passed_on.setdefault(row.passed_by_id, []).append(row.id)
        if not at:
            break
    found = Lines(tasks, dues, w.now, _recipients(w, list(dues)), passed_on, nil)
    told = newest(w, Progress.directive_id.in_(list(dues)))
    for line in (line for some in found.by_order.values() for line in some):
        line.told = told.get(line.id, {})
    return found


def _recipients(w: Work, orders: list[int]) -> dict[int, list[Line]]:
    wanted = (
        select(
            *(Recipient.id, Recipient.directive_id, Recipient.place_id),
            *(Place.name_zh, Place.name_en, Place.path),
            *(Recipient.state, Recipient.targets, Recipient.reported_at, Recipient.ended_at),
            Recipient.contradicted_at.is_not(None),
            Site.dark_since.is_not(None),
        )
        .join(Place, Place.id == Recipient.place_id)
        .join(Site, Site.place_id == Recipient.place_id, isouter=True)
        .where(Recipient.directive_id.in_(orders), Recipient.required)
        .order_by(Recipient.id)
    )
    found: dict[int, list[Line]] = {}
    for id, order, place, zh, en, path, *rest in w.session.execute(wanted):
        steps = tuple(int(step) for step in path.strip("/").split("/"))
        found.setdefault(order, []).append(Line(id, order, place, zh, en, steps, *rest))
    return found
