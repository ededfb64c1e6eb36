"""What a day asks for is made once, however often it is looked: tests, follow-ups and transports of key people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select

from region.care.actions import listing, siting, tasks, testing
from region.care.actions.tasks import NewTask
from region.care.models import CareTask, Membership
from region.care.queries import due
from region.care.queries.due import FOLLOW_UP, SAMPLE, DueTask
from region.care.questions import LastSampled
from region.care.states import TASK
from region.spine import bulk
from region.spine.work import Work


def nightly(w: Work) -> int:
    """Make the tasks of the region's day, and close those of people who are in no group any more; how many are new."""
    w.need("care.assign")
    day = w.office.clock.day(w.now)
    siting.rehome(w)
    _close_left(w)
    _take_over(w, day)
    follow_ups = due.follow_ups(w, day)
    _miss(w, follow_ups)
    found = [*due.tests(w, day), *follow_ups, *due.transports(w, day)]
    return len(tasks.make(w, [_new(one) for one in found]))


def _take_over(w: Work, day: date) -> None:
    """Tests that were taken elsewhere count, and close the sampling at home that waited for them."""
    waits = select(CareTask.person_id, CareTask.from_at).where(
        CareTask.state == TASK.start, CareTask.kind == SAMPLE, CareTask.ref.startswith(due.TEST)
    )
    since: dict[int, datetime] = dict(w.session.execute(waits).all())
    asked = sorted({*since, *(one.person for one in due.tests(w, day))})
    for first in range(0, len(asked), tasks.AT_ONCE):
        found: Mapping[int, datetime] = w.ask(LastSampled(tuple(asked[first : first + tasks.AT_ONCE])))
        testing.take_over(w, found)
        done = [person for person, at in found.items() if person in since and at >= since[person]]
        those = bulk.among(w.session, CareTask.person_id, done)
        tasks.end(w, those & CareTask.ref.startswith(due.TEST), "do", "tested_elsewhere")


def _new(one: DueTask) -> NewTask:
    return NewTask(one.key, one.person, one.place, one.kind, one.ref, one.due_at)


def _close_left(w: Work) -> None:
    """Memberships end by their day too, with nobody there to say so."""
    day = w.office.clock.day(w.now)
    held = select(Membership.id).where(Membership.person_id == CareTask.person_id, due.active(day))
    wanted = select(CareTask.person_id).where(CareTask.state == TASK.start, due.of_groups(), ~held.exists())
    listing.close_left(w, set(w.session.scalars(wanted.distinct())))


def _miss(w: Work, fresh: Sequence[DueTask]) -> None:
    """A follow-up that was not made is missed when the next one is due: nobody is asked twice for one day (K41)."""
    people = [one.person for one in fresh]
    for first in range(0, len(people), tasks.AT_ONCE):
        those = bulk.among(w.session, CareTask.person_id, people[first : first + tasks.AT_ONCE])
        tasks.end(w, those & CareTask.ref.startswith(FOLLOW_UP), "fail", "missed")
