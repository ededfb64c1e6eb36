"""Bringing scheduled tests to what stands of their tubes: taken when sampled, answered when reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import select

from region.quarantine.actions import testing
from region.quarantine.models import ScheduledTest, Stay
from region.quarantine.questions import OwnTube, OwnTubes
from region.quarantine.states import STAY
from region.spine import bulk
from region.spine.work import Work

LOOK_BACK = timedelta(minutes=30)
"""So much is looked at each minute: a sweep that was missed is made good, and twice changes nothing."""
SAID = {
    "negative": "negative",
    "positive": "positive",
    "grey": "inconclusive",
    "invalid": "invalid",
    "lost": "lost",
}


def follow(w: Work, since: timedelta = LOOK_BACK) -> int:
    """Look at the tubes of which something became known lately; how many of them belong to people under observation."""
    tubes = w.ask(OwnTubes(since=w.now - since))
    persons = sorted({one.person for one in tubes})
    wanted = select(Stay).where(bulk.among(w.session, Stay.person_id, persons))
    running = wanted.where(Stay.state.not_in(sorted(STAY.ends))) if persons else None
    stays = {one.person_id: one for one in w.session.scalars(running)} if running is not None else {}
    tests = _tests(w, [one.id for one in stays.values()])
    ours = [one for one in sorted(tubes, key=lambda one: (one.at, one.tube)) if one.person in stays]
    for tube in ours:
        stay = stays[tube.person]
        _follow(w, stay, tests.get(stay.id, ()), tube)
    return len(ours)


def _tests(w: Work, stays: Sequence[int]) -> Mapping[int, Sequence[ScheduledTest]]:
    found: dict[int, list[ScheduledTest]] = {}
    if stays:
        wanted = select(ScheduledTest).where(bulk.among(w.session, ScheduledTest.stay_id, stays))
        for test in w.session.scalars(wanted.order_by(ScheduledTest.due_on)):
            found.setdefault(test.stay_id, []).append(test)
    return found


def _follow(w: Work, stay: Stay, tests: Sequence[ScheduledTest], tube: OwnTube) -> None:
    ref = f"tube:{tube.tube}"
    if not any(test.tube == ref for test in tests):
        day = w.office.clock.day(tube.at)
        due = _answered(tests, day)
        if due is None or tube.result not in (None, "negative", "positive"):
            return
        testing.take(w, stay, due.due_on, ref, at=tube.at)
    if tube.result is not None:
        testing.result(w, ref, SAID[tube.result], tube.result_at or w.now)


def _answered(tests: Sequence[ScheduledTest], day: date) -> ScheduledTest | None:
    """The test that a sample of this day answers: that of the day, else the newest before it that is still open."""
    open_ones = [test for test in tests if test.state in ("due", "missed") and test.due_on <= day]
    return open_ones[-1] if open_ones else None
