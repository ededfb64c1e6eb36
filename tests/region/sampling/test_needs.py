"""What a round needs, against the numbers of the guide; when rounds stop (V11); how fast one goes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from region.sampling import needs
from region.sampling.needs import Asked, Ended

NUMBERS = needs.Numbers(2500, 2000, 3000, 360, 2, 0.995, 0.05)
START = datetime(2022, 8, 2, 6, tzinfo=UTC)


def test_the_first_round_of_the_scenario() -> None:
    need = needs.need(358_400, 10, Asked(singles=920), NUMBERS)
    assert (need.least_sites, need.sites, need.most_sites) == (120, 144, 180)
    assert (need.samplers, need.benches) == (996, 498)
    assert (need.pools, need.singles, need.tubes) == (35_928, 920, 36_848)
    assert needs.load(need.a_day, 38_000) == pytest.approx(0.9697, abs=1e-4)
    # Of what was taken of it: 346,000 in pools of 9.95 and 920 alone are 35,680 tubes, 93.9 % of 38,000.
    taken = needs.need(346_920, 10, Asked(singles=920), NUMBERS)
    assert taken.tubes == pytest.approx(35_680, rel=0.001)
    assert needs.load(35_680, 38_000) == pytest.approx(0.939, abs=5e-4)


def test_the_second_round_is_more_than_the_laboratories_can_do() -> None:
    asked = Asked(household_persons=9600, household_tubes=3900, separate_tubes=1200)
    need = needs.need(358_050, 10, asked, NUMBERS)
    assert (need.pools, need.households, need.singles, need.tubes) == (35_021, 3900, 1200, 40_121)
    assert dict(need.by_size) == {"10": 35_021, "1": 5100}
    assert needs.over(need.a_day, 38_000, 1.0) == 2121
    assert needs.over(need.a_day, 48_000, 1.0) == 0
    assert needs.load(39_440, 38_000) == pytest.approx(1.038, abs=5e-4)
    assert needs.load(1, 0) is None


def test_a_round_of_two_days_fills_laboratories_half_as_much_a_day() -> None:
    assert needs.days_of(START, START + timedelta(hours=25)) == 2
    assert needs.need(1000, 1, Asked(), NUMBERS, days=2).a_day == 500


def test_v11_three_clean_rounds_three_clear_days_one_more_round() -> None:
    infections = [1, 4, 5, 4, 2, 0, 0, 0]
    days = [date(2022, 8, 2) + timedelta(days=n) for n in range(8)]
    rounds = [Ended(day, number) for day, number in zip(days, infections, strict=True)]
    assert needs.stop_rule(rounds[:7], 3, 3) == needs.Advice("go_on", 2)
    pending = needs.stop_rule(rounds, 3, 3)
    assert (pending.verdict, pending.extra) == ("wait", date(2022, 8, 13)) and days[-1] == date(2022, 8, 9)
    extra = Ended(date(2022, 8, 13), 0)
    assert needs.stop_rule([*rounds, extra], 3, 3).verdict == "stop"
    again = needs.stop_rule([*rounds, Ended(date(2022, 8, 13), 1)], 3, 3)
    assert (again.verdict, again.clean) == ("go_on", 0)
    early = needs.stop_rule([*rounds, Ended(date(2022, 8, 11), 0)], 3, 3)
    assert (early.verdict, early.extra) == ("wait", date(2022, 8, 13))  # the days in between must be clear


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=40), st.integers(0, 100_000))
def test_what_is_spread_stays_whole_and_together(people: list[int], total: int) -> None:
    parts = needs.spread(total, people)
    assert sum(parts) == min(total, sum(people))
    assert all(0 <= part <= one for part, one in zip(parts, people, strict=True))


def test_the_pace_of_the_last_hours_projects_the_end() -> None:
    now = START + timedelta(hours=4)
    found = needs.pace(now, START, 3000, {0: 9000, 2: 1000, 3: 1000})
    assert found.an_hour == 1000 and found.finish == now + timedelta(hours=3)
    assert needs.pace(now, START, 3000, {0: 9000}).finish is None
    assert needs.pace(START + timedelta(minutes=30), START, 500, {0: 500}).an_hour == 1000
    assert needs.pace(now, START, 0, {}).finish == now
