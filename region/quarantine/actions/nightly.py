"""What quarantine does by the clock: checks fall due, tests are missed, stages end, restrictions expire."""

from __future__ import annotations

from collections import Counter
from datetime import date

from sqlalchemy import Integer, cast, func, or_, select

from region.quarantine.actions import check_sums, releasing, testing
from region.quarantine.events import ChecksSummed
from region.quarantine.halves import ORDER, HalfDay
from region.quarantine.models import CheckSum, Stay
from region.quarantine.queries.checklists import WATCHED, windows
from region.quarantine.queries.tests import of_stage
from region.spine.work import Work

PART = 5000
"""So many stays are judged in one work: a few seconds, less than an errand's lease."""


def tick(w: Work) -> None:
    """Owe what has come due: the night's work once a day, the dues of each half-day once its window has opened."""
    day = w.office.clock.day(w.now)
    w.owe("quarantine.miss_tests", key=f"quarantine-miss:{day}", day=day.isoformat())
    w.owe("quarantine.judge", key=f"quarantine-judge:{day}:0", day=day.isoformat(), after_id=0)
    for one in windows(w).opened(w.now):
        key = f"quarantine-dues:{one.day}:{one.half}"
        w.owe("quarantine.make_dues", key=key, day=one.day.isoformat(), half=one.half)
    if releasing.expire(w) == releasing.AT_ONCE:
        w.owe("quarantine.nightly", key=f"quarantine-more:{w.real_now.isoformat()}")


def miss_tests(w: Work, day: date) -> int:
    """Tests due before `day` that nobody took are missed; how many."""
    return testing.miss(w, day)


def judge(w: Work, day: date, after_id: int) -> int | None:
    """Judge the stays whose stage was over before `day`, a part at a time by id, and owe the next part.

    The last id of this part; None when it was the last part.
    """
    last = judge_part(w, day, after_id)
    if last is not None:
        w.owe("quarantine.judge", key=f"quarantine-judge:{day}:{last}", day=day.isoformat(), after_id=last)
    return last


def judge_part(w: Work, day: date, after_id: int) -> int | None:
    """Judge one part; the last id of it, None when no other follows."""
    over = (
        Stay.state.in_(WATCHED),
        Stay.id > after_id,
        or_(Stay.met_stage.is_(None), Stay.met_stage != Stay.stage),
        of_stage(w.session, "last") < day.isoformat(),
    )
    stays = list(w.session.scalars(select(Stay).where(*over).order_by(Stay.id).limit(PART)))
    releasing.look(w, stays)
    return stays[-1].id if len(stays) == PART else None


def make_dues(w: Work, day: date, half: str) -> int:
    """How many checks are due in a half-day, by the place that has to make them: kept, and told once; how many in all.

    Due is whoever was under observation when the window opened, as often a day as the stage of his plan asks.
    """
    one = HalfDay(day, half)
    since = func.coalesce(Stay.arrived_at, Stay.since) <= windows(w).opens(one)
    asked = cast(of_stage(w.session, "checks_per_day"), Integer) > ORDER.index(half)
    figures: Counter[int] = Counter()
    for column, states in ((Stay.site_id, ("in_site",)), (Stay.place_id, ("returning", "at_home"))):
        wanted = select(column, func.count()).where(Stay.state.in_(states), since, asked).group_by(column)
        figures.update({place: count for place, count in w.session.execute(wanted) if place is not None})
    terms = (CheckSum.day == day, CheckSum.half == half)
    stood = {row.place_id: row.due for row in w.session.scalars(select(CheckSum).where(*terms))}
    changes = {((place, day, half), "due"): n - stood.get(place, 0) for place, n in figures.items()}
    if any(changes.values()):
        check_sums.put(w, changes)
        w.tell(ChecksSummed(day=day, half=half, due=sum(figures.values())))
    return sum(figures.values())
