"""One stay as its page shows it: its plan day by day, its tests, its handovers, and what happened to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from region.quarantine.models import Check, Handover, Room, ScheduledTest, Stay
from region.quarantine.regimen import of_doc
from region.spine.work import Work


@dataclass(frozen=True)
class Day:
    """One day of a plan: its number from day 0, the mode it is served in, the test that it asks for."""

    on: date
    number: int
    mode: str
    missed: bool
    test: ScheduledTest | None


def days(w: Work, stay: Stay) -> list[Day]:
    """All days from day 1 to the last, those gone before he was found flagged."""
    plan = of_doc(stay.plan)
    tests = {row.due_on: row for row in _tests(w, stay)}
    total = (plan.ends_on - plan.counts_from).days
    found: list[Day] = []
    for number in range(1, total + 1):
        on = plan.counts_from + timedelta(days=number)
        missed = on in plan.missed
        mode = "" if missed or not plan.stages else plan.stages[plan.stage_on(on)].mode
        found.append(Day(on, number, mode, missed, tests.get(on)))
    return found


def _tests(w: Work, stay: Stay) -> Sequence[ScheduledTest]:
    wanted = select(ScheduledTest).where(ScheduledTest.stay_id == stay.id)
    return w.session.scalars(wanted.order_by(ScheduledTest.due_on)).all()


def checks(w: Work, stay: Stay, *, days: int = 14) -> list[tuple[date, dict[str, Check]]]:
    """The checks of the last days by half-day, the newest day first."""
    since = w.office.clock.day(w.now) - timedelta(days=days)
    wanted = select(Check).where(Check.stay_id == stay.id, Check.day > since)
    found: dict[date, dict[str, Check]] = {}
    with w.beyond_scope("whoever may know a stay may know its checks, wherever they were made"):
        for one in w.session.scalars(wanted.order_by(Check.day.desc())):
            found.setdefault(one.day, {})[one.half] = one
    return list(found.items())


def handovers(w: Work, stay: Stay) -> Sequence[Handover]:
    """All handovers of a stay, oldest first; whoever may know the stay may know through whose hands he went."""
    with w.beyond_scope("the hands through which a person in scope went"):
        wanted = select(Handover).where(Handover.stay_id == stay.id).order_by(Handover.given_at, Handover.id)
        return w.session.scalars(wanted).all()


def room_code(w: Work, stay: Stay) -> str:
    """The code of his room, or nothing."""
    if stay.room_id is None:
        return ""
    with w.beyond_scope("the room of a person in scope"):
        return w.get(Room, stay.room_id).code


def history(stay: Stay) -> list[tuple[datetime, str]]:
    """What happened to a stay, by its own moments: (when, code), oldest first."""
    said = (
        (stay.determined_at, "determined"),
        (stay.notified_at, "notified"),
        (stay.picked_up_at, "picked_up"),
        (stay.arrived_at, "arrived"),
        (stay.symptoms_at, "symptoms"),
        (stay.met_at, "met"),
        (stay.released_at, "released"),
        (stay.late_at, "late"),
        (stay.closed_at, "closed"),
    )
    return sorted((at, what) for at, what in said if at is not None)
