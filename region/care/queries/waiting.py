"""Tasks of care that wait, by their clock: of one site for its day, and of groups and classes, page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, tuple_

from region.care.models import CareClass, CareTask, Membership
from region.care.queries.due import active
from region.people.queries.masked import Masked, masked
from region.spine.work import Work

PAGE = 50
After = tuple[datetime, int]
"""The clock and number of the last task of a page: the next begins behind it."""


@dataclass(frozen=True)
class Asked:
    """Whose tasks: of a group, a class, only those that are late, behind this one."""

    group: str = ""
    level: str = ""
    late: bool = False
    after: After | None = None


@dataclass(frozen=True)
class Waiting:
    """A page of tasks with the masked people they are for; `after` is where the next page begins, if there is one."""

    tasks: Sequence[CareTask]
    people: Mapping[int, Masked]
    after: After | None


def of_site(w: Work, site: int, *, until: datetime | None = None, after: After | None = None) -> Waiting:
    """What a site is to do, earliest clock first, up to a moment; fifty at once."""
    wanted = select(CareTask).where(CareTask.site_id == site, CareTask.state == "due")
    if until is not None:
        wanted = wanted.where(CareTask.due_at <= until)
    return _page(w, wanted, after)


def by_clock(w: Work, asked: Asked) -> Waiting:
    """What waits for key people of a group and class, earliest clock first; fifty at once."""
    wanted = select(CareTask).where(CareTask.state == "due")
    if asked.late:
        wanted = wanted.where(CareTask.due_at < w.now)
    if asked.group:
        inside = select(Membership.id).where(
            Membership.person_id == CareTask.person_id,
            Membership.group == asked.group,
            active(w.office.clock.day(w.now)),
        )
        wanted = wanted.where(inside.exists())
    if asked.level:
        classed = select(CareClass.person_id).where(CareClass.person_id == CareTask.person_id)
        wanted = wanted.where(
            ~classed.exists()
            if asked.level == "none"
            else classed.where(CareClass.level == asked.level).exists()
        )
    return _page(w, wanted, asked.after)


def _page(w: Work, wanted: Select[Any], after: After | None) -> Waiting:
    if after is not None:
        wanted = wanted.where(tuple_(CareTask.due_at, CareTask.id) > after)
    rows = w.session.scalars(wanted.order_by(CareTask.due_at, CareTask.id).limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    with w.beyond_scope("whoever has a task for somebody knows him by his masked name, wherever he lives"):
        people = masked(w, sorted({one.person_id for one in shown}))
    last = (shown[-1].due_at, shown[-1].id) if len(rows) > PAGE else None
    return Waiting(shown, people, last)
