"""What a day asks for is made once, however often it is looked: tests, follow-ups and transports of key people."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from region.care.actions import listing, tasks
from region.care.actions.tasks import NewTask
from region.care.models import CareTask
from region.care.queries import due
from region.care.queries.due import FOLLOW_UP, DueTask
from region.care.states import TASK
from region.spine import bulk
from region.spine.work import Work


def nightly(w: Work) -> int:
    """Make the tasks of the region's day, and close those of people who are in no group any more; how many are new."""
    w.need("care.assign")
    day = w.office.clock.day(w.now)
    _close_left(w)
    follow_ups = due.follow_ups(w, day)
    _miss(w, follow_ups)
    found = [*due.tests(w, day), *follow_ups, *due.transports(w, day)]
    return len(tasks.make(w, [_new(one) for one in found]))


def _new(one: DueTask) -> NewTask:
    return NewTask(one.key, one.person, one.place, one.kind, one.ref, one.due_at)


def _close_left(w: Work) -> None:
    """Memberships end by their day too, with nobody there to say so."""
    day = w.office.clock.day(w.now)
    wanted = select(CareTask.person_id).where(
        CareTask.state == TASK.start, due.of_groups(), CareTask.person_id.not_in(due.in_groups(day))
    )
    listing.close_left(w, set(w.session.scalars(wanted.distinct())))


def _miss(w: Work, fresh: Sequence[DueTask]) -> None:
    """A follow-up that was not made is missed when the next one is due: nobody is asked twice for one day (K41)."""
    people = [one.person for one in fresh]
    for first in range(0, len(people), tasks.AT_ONCE):
        those = bulk.among(w.session, CareTask.person_id, people[first : first + tasks.AT_ONCE])
        tasks.end(w, those & CareTask.ref.startswith(FOLLOW_UP), "fail", "missed")
