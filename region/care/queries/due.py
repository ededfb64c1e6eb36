"""What is due for key people today: tests by their groups, follow-ups by their class, transports by their routes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select

from region.care import groups
from region.care.models import CareClass, CareRoute, CareTask, Membership
from region.care.states import PACK
from region.spine.work import Work

TEST, FOLLOW_UP, ROUTE = "group:", "class:", "route:"
"""What a task rests on, by the beginning of its ref."""
SAMPLE = "sample_at_home"
"""The kind of task by which a test that is due is asked for."""


@dataclass(frozen=True)
class DueTask:
    """One task that a day asks for; `key` makes it once."""

    key: str
    person: int
    place: int
    kind: str
    ref: str
    due_at: datetime


def active(day: date) -> ColumnElement[bool]:
    """Memberships that hold on a day: from `since` on, until the day before `until`."""
    return (Membership.since <= day) & or_(Membership.until.is_(None), Membership.until > day)


def in_groups(day: date) -> Any:
    """The people who are in a key group on a day, as a subquery."""
    return select(Membership.person_id).where(active(day)).correlate(None)


def of_groups() -> ColumnElement[bool]:
    """Tasks that somebody has only while he is in a key group; what a stay asked for is none."""
    return or_(*(CareTask.ref.startswith(word) for word in (TEST, FOLLOW_UP, ROUTE)))


def tests(w: Work, day: date) -> list[DueTask]:
    """Tests due by the highest frequency of each person's groups, where none is on somebody's list already."""
    hours = groups.test_hours(w)
    often = func.min(case(*((Membership.group == code, n) for code, n in hours.items()), else_=None))
    waits = select(CareTask.id).where(
        CareTask.person_id == Membership.person_id, CareTask.state == "due", CareTask.kind == SAMPLE
    )
    wanted = (
        select(
            Membership.person_id,
            func.min(Membership.place_id),
            func.min(Membership.id),
            often,
            func.max(Membership.tested_at),
            func.min(Membership.since),
        )
        .where(active(day), Membership.group.in_(list(hours)), ~waits.exists())
        .group_by(Membership.person_id)
        .order_by(Membership.person_id)
    )
    due, zone = groups.due_at(w, SAMPLE, day), w.office.clock.zone
    return [
        DueTask(f"test:{person}:{day}", person, place, SAMPLE, f"{TEST}{first}", due)
        for person, place, first, least, tested, since in w.session.execute(wanted)
        if groups.next_test(int(least), tested, since, zone) <= day
    ]


def follow_ups(w: Work, day: date) -> list[DueTask]:
    """Follow-ups due by service class: the first on the day of classing, then each so many days after the last."""
    rules = {level: one.value for level, one in groups.named(w, "class").items()}
    last = _last_follow_ups(w)
    wanted = select(CareClass.person_id, CareClass.place_id, CareClass.level, CareClass.decided_at)
    wanted = wanted.where(CareClass.person_id.in_(in_groups(day))).order_by(CareClass.person_id)
    levels = [level for level, rule in rules.items() if rule["follow_up_hours"]]
    clock, found = w.office.clock, []
    due = {level: groups.due_at(w, rules[level]["task"], day) for level in levels}
    for person, place, level, decided in w.session.execute(wanted.where(CareClass.level.in_(levels))):
        before = last.get(person)
        step = timedelta(days=max(1, int(rules[level]["follow_up_hours"]) // 24))
        next_ = clock.day(decided) if before is None else clock.day(before) + step
        if next_ <= day:
            kind = rules[level]["task"]
            key = f"follow:{person}:{day}"
            found.append(DueTask(key, person, place, kind, f"{FOLLOW_UP}{level}", due[level]))
    return found


def _last_follow_ups(w: Work) -> Mapping[int, dt.datetime]:
    wanted = select(CareTask.person_id, func.max(CareTask.due_at)).where(
        CareTask.ref.startswith(FOLLOW_UP), CareTask.state != "cancelled"
    )
    return dict(w.session.execute(wanted.group_by(CareTask.person_id)).all())


def transports(w: Work, day: date) -> list[DueTask]:
    """Transports to regular treatment on its weekdays, or on the one day of a delivery; due before the treatment.

    One whose hour is over when the way is set begins on its next day.
    """
    lead = w.rules.duration(PACK, "route.lead")
    usual = int(w.rules.value(PACK, "route.hour"))
    zone = w.office.clock.zone
    wanted = select(CareRoute).where(
        or_(CareRoute.ended_on.is_(None), CareRoute.ended_on > day), CareRoute.person_id.in_(in_groups(day))
    )
    found = []
    for one in w.session.scalars(wanted.order_by(CareRoute.id)):
        at = datetime.combine(day, time(usual if one.hour is None else one.hour), zone)
        if at > w.now and (day.isoweekday() in one.weekdays or one.due_on == day):
            rests = f"{ROUTE}{one.id}"
            found.append(
                DueTask(f"{rests}:{day}", one.person_id, one.place_id, "transport", rests, at - lead)
            )
    return found
