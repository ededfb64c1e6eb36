"""The days of an outbreak: new, total, community; what is told late counts where it happened, and is marked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from region.tracing.actions import cases
from region.tracing.models import Case
from region.tracing.queries.daily import table
from tests.region.tracing.ground import Ground, ground_of
from tests.world import World


@pytest.fixture
def ground(world: World) -> Ground:
    return ground_of(world)


def put_clock(ground: Ground, day: int, hour: int) -> None:
    ground.world.clock.at = ground.at(day, hour)


def found(ground: Ground, number: int, community: int = 0, ago: int = 0) -> list[int]:
    """So many cases of the day that was so many days ago, the first of them in the community."""
    with ground.desk() as w:
        day = ground.today - timedelta(days=ago)
        return [ground.case(w, day=day, community=n < community).id for n in range(number)]


def test_at_13_a_late_positive_revises_the_day_it_happened_and_no_other(ground: Ground) -> None:
    put_clock(ground, 4, 12)
    found(ground, 16, 5)
    put_clock(ground, 6, 9)
    found(ground, 19, 2)
    d4 = ground.today - timedelta(days=2)
    with ground.desk() as w:
        before = table(w, ground.incident.id, d4, ground.today)
    assert [one.new.value for one in before] == [16, 0, 19] and not any(one.new.revised for one in before)
    assert before[0].controlled_share == 11 / 16 and before[1].controlled_share is None
    found(ground, 1, ago=2)
    with ground.desk() as w:
        after = table(w, ground.incident.id, d4, ground.today)
    assert (after[0].new.value, after[0].new.revised) == (17, True)
    assert after[2].new == before[2].new and after[1].new == before[1].new
    assert [(one.total.value, one.total.revised) for one in after] == [(17, True), (17, True), (36, False)]
    assert after[0].community == before[0].community, "it was found under control"


def test_a_case_moved_to_another_day_or_void_marks_the_day_that_lost_it(ground: Ground) -> None:
    put_clock(ground, 2, 12)
    moved, void, suspected = found(ground, 3, 1)
    put_clock(ground, 4, 12)
    d1, d2 = (ground.today - timedelta(days=n) for n in (3, 2))
    with ground.desk() as w:
        cases.correct(w, w.get(Case, suspected), kind="suspected")
        cases.correct(w, w.get(Case, moved), day=d1)
    with ground.desk() as w:
        days = table(w, ground.incident.id, d1, ground.today)
        assert [one.new.value for one in days] == [1, 1, 0, 0]
        assert [one.new.revised for one in days] == [True, True, False, False]
        cases.void(w, w.get(Case, void))
    with ground.desk() as w:
        days = table(w, ground.incident.id, d2, ground.today)
        assert [(one.new.value, one.new.revised) for one in days] == [(0, True), (0, False), (0, False)]


def test_one_minute_past_midnight_is_the_next_day_of_the_region(ground: Ground) -> None:
    put_clock(ground, 2, 0)  # 16:00 of the day before in UTC
    found(ground, 1)
    ground.world.wait(hours=23, minutes=59)
    found(ground, 1)
    ground.world.wait(minutes=1)
    found(ground, 1, ago=1)
    with ground.desk() as w:
        (day,) = table(
            w, ground.incident.id, ground.today - timedelta(days=1), ground.today - timedelta(days=1)
        )
    assert (day.new.value, day.new.revised) == (3, True)


def test_a_community_sees_its_own_days(ground: Ground) -> None:
    found(ground, 2)
    with ground.world.as_("community_officer", ground.there) as w:
        (day,) = table(w, ground.incident.id, ground.today, ground.today)
    assert day.new.value == 0
