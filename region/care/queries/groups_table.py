"""The key groups at a glance: how many people, how many were tested in time, and how many tasks wait or are late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, case, func, select, true

from region.care import groups
from region.care.models import CareClass, CareTask, Membership
from region.care.queries.due import active
from region.care.states import PACK
from region.spine.work import Work


@dataclass(frozen=True)
class GroupLine:
    """One group: its people, the hours between its tests (0 asks for none), who was tested within them, what waits."""

    code: str
    people: int
    hours: int
    covered: int
    waiting: int
    late: int

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None where the group asks for no test or has nobody."""
        return self.covered / self.people if self.people and self.hours else None


def lines(w: Work, only: str = "") -> list[GroupLine]:
    """All groups of the pack in its order (or `only` one), as far as the actor may know of their people.

    Somebody is covered who was tested within the hours of the group; somebody in two groups counts in each.
    """
    today, hours = w.office.clock.day(w.now), groups.test_hours(w)
    terms = sorted(set(hours.values()))
    since = [func.count().filter(Membership.tested_at >= w.now - timedelta(hours=one)) for one in terms]
    wanted = select(Membership.group, func.count(), *since).where(active(today), _of(only))
    counted = {
        row[0]: (int(row[1]), int(row[2 + terms.index(hours[row[0]])]) if row[0] in hours else 0)
        for row in w.session.execute(wanted.group_by(Membership.group))
    }
    waits = _waiting(w, only)
    return [
        GroupLine(code, people, hours.get(code, 0), tested, *waits.get(code, (0, 0)))
        for code in groups.named(w, "group")
        if only in ("", code)
        for people, tested in (counted.get(code, (0, 0)),)
    ]


def _waiting(w: Work, only: str) -> Mapping[str, tuple[int, int]]:
    """People of each group for whom something waits, and of these for whom it is late."""
    late = func.max(case((CareTask.due_at < w.now, 1), else_=0))
    people = (
        select(CareTask.person_id, late.label("late"))
        .where(CareTask.state == "due")
        .group_by(CareTask.person_id)
        .subquery()
    )
    wanted = (
        select(Membership.group, func.count(), func.sum(people.c.late))
        .join(people, people.c.person_id == Membership.person_id)
        .where(active(w.office.clock.day(w.now)), _of(only))
        .group_by(Membership.group)
    )
    return {code: (int(waiting), int(late)) for code, waiting, late in w.session.execute(wanted)}


def _of(only: str) -> ColumnElement[bool]:
    return Membership.group == only if only else true()


@dataclass(frozen=True)
class ClassLine:
    """One class of service and its people; ``none`` are those of key groups who were not classed yet."""

    level: str
    people: int


def by_class(w: Work) -> list[ClassLine]:
    """People of key groups by service class, each once: red first, not classed last."""
    today = w.office.clock.day(w.now)
    held = select(Membership.person_id).where(active(today)).distinct().subquery()
    level = func.coalesce(CareClass.level, "none").label("level")
    wanted = select(level, func.count()).select_from(held)
    wanted = wanted.outerjoin(CareClass, CareClass.person_id == held.c.person_id).group_by(level)
    found: dict[str, int] = dict(w.session.execute(wanted).all())
    return [ClassLine(level, found.get(level, 0)) for level in (*groups.named(w, "class"), "none")]


def coverage_target(w: Work) -> float:
    """The share of people of a group that should have been tested within its hours."""
    return float(w.rules.value(PACK, "coverage.target"))
