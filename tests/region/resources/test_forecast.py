"""Forecast of demand: what plans need, how often the truth lies inside the interval, and when a shelf runs out."""

import math

import numpy as np
import pytest

from region.resources import forecast
from region.resources.forecast import (
    BASIS,
    BEYOND,
    UNKNOWN,
    Demand,
    Rates,
    needs,
    project,
    runs_out,
    stock_path,
)
from region.spine.rulebook import Rulebook

PACK = Rulebook.shipped().pack("supply")
VALUES = {name: value.value for name, value in PACK.values_under("forecast").items()}
RATES = Rates.of(VALUES)
DAYS, LEVEL = VALUES["days"], VALUES["level"]
SHELVES = 1500


def inside(use: np.ndarray, past: int) -> tuple[float, float, float]:
    """How often the next day, a day two weeks on, and the sum of two weeks lie inside the interval."""
    demand, future = project(use[:, :past], DAYS, LEVEL), use[:, past : past + DAYS]
    daily = (future >= demand.daily.lower) & (future <= demand.daily.upper)
    sums = future.cumsum(axis=1)
    total = (sums >= demand.total.lower) & (sums <= demand.total.upper)
    return daily[:, 0].mean(), daily[:, -1].mean(), total[:, -1].mean()


@pytest.mark.parametrize("past", [7, 14, 28])
@pytest.mark.parametrize("size", [2, 5, 20])
def test_the_interval_holds_for_overdispersed_use(past: int, size: int) -> None:
    random = np.random.default_rng(past * 100 + size)
    use = random.negative_binomial(size, size / (size + 80), (SHELVES, past + DAYS)).astype(float)
    next_day, last_day, total = inside(use, past)
    assert 0.86 <= next_day <= 0.94 and 0.88 <= last_day <= 0.985 and 0.93 <= total <= 0.998


@pytest.mark.parametrize("past", [7, 14, 28])
def test_the_interval_is_not_too_wide_for_plain_counts(past: int) -> None:
    random = np.random.default_rng(past)
    use = random.poisson(200, (SHELVES, past + DAYS)).astype(float)
    next_day, last_day, total = inside(use, past)
    assert 0.88 <= next_day <= 0.95 and 0.9 <= last_day <= 0.99 and total >= 0.95
    found = project(use[:, :past], DAYS, LEVEL).total
    assert ((found.upper - found.lower) / found.mid)[:, -1].mean() < 0.35  # 14 days of 200, give or take 17 %


@pytest.mark.parametrize(("drift", "least"), [(0.03, 0.79), (0.08, 0.74)])
def test_a_wandering_level_is_followed_as_far_as_the_docstring_says(drift: float, least: float) -> None:
    random = np.random.default_rng(7)
    level = 100 * np.exp(np.cumsum(random.normal(0, drift, (SHELVES, 28 + DAYS)), axis=1))
    use = random.poisson(level).astype(float)
    next_day, _, total = inside(use, 28)
    assert 0.85 <= next_day <= 0.97 and least <= total <= 0.97


def test_days_on_which_nothing_was_told_are_left_out() -> None:
    random = np.random.default_rng(5)
    use = random.poisson(200, (SHELVES, 28 + DAYS)).astype(float)
    use[:, :28][random.random((SHELVES, 28)) < 0.3] = math.nan
    next_day, last_day, total = inside(use, 28)
    assert 0.88 <= next_day <= 0.95 and 0.9 <= last_day <= 0.99 and total >= 0.95


def test_with_hardly_any_smoothing_it_is_the_prediction_from_a_mean() -> None:
    past = np.random.default_rng(2).gamma(3, 20, (4, 19))
    found = forecast._smoothed(past, 1e-7)
    np.testing.assert_allclose(found.level, past.mean(axis=1), rtol=1e-4)
    np.testing.assert_allclose(found.variance, past.var(axis=1, ddof=1) * (1 + 1 / 19), rtol=1e-4)
    np.testing.assert_allclose(found.gain, 1 / 19, rtol=1e-4)


def test_a_rising_level_is_followed() -> None:
    rising = np.array([[100.0, 100, 100, 100, 100, 100, 100, 300, 300, 300, 300, 300, 300, 300]])
    assert project(rising, DAYS, LEVEL).daily.mid[0, 0] > 260


def test_intervals_widen_with_time_and_are_whole_units() -> None:
    use = np.random.default_rng(9).poisson(50, (1, 14)).astype(float)
    demand = project(use, DAYS, LEVEL)
    for part in (demand.daily, demand.total):
        assert (part.lower <= part.mid).all() and (part.mid <= part.upper).all() and (part.lower >= 0).all()
        assert (np.diff((part.upper - part.lower)[0]) >= -1).all()
        assert (part.lower % 1 == 0).all() and (part.upper % 1 == 0).all()


def test_little_history_says_how_much_and_not_how_sure() -> None:
    demand = project([[math.nan, 90, 110, math.nan], [math.nan, math.nan, math.nan, 90]], DAYS, LEVEL)
    assert 99 < demand.daily.mid[0, 0] < 102 and np.isnan(demand.daily.lower[0]).all()
    assert np.isnan(demand.total.mid[1]).all()
    assert [BASIS[code] for code in demand.basis] == ["history", "none"]
    early, middle, late = runs_out([450, 450], demand)
    assert middle.tolist() == [5, UNKNOWN] and early.tolist() == late.tolist() == [UNKNOWN, UNKNOWN]


def test_what_a_round_needs() -> None:
    persons = [0, 346_000]
    found = needs(persons, {10: forecast.tubes_for(persons, 10), 1: [0, 920]}, [0, 0], RATES)
    spared = 1 + VALUES["spare"]
    assert found["tube_10"].tolist() == [0, pytest.approx(34_600 * spared)]
    assert found["tube_1"][1] == pytest.approx(920 * spared)
    assert found["swab"][1] == pytest.approx(346_000 * spared)
    assert found["pcr_kit"][1] == pytest.approx(35_520 * spared)
    assert found["n95"].tolist() == [0, 2 * 962]  # 346,000 by 360 a day, two masks each


def test_what_occupied_beds_need() -> None:
    found = needs([0], {}, [120], RATES)
    assert found["n95"][0] == pytest.approx(152.4) and found["isolation_gown"][0] == pytest.approx(210)
    assert found["goggles"][0] == pytest.approx(108) and found["gloves"][0] == pytest.approx(1032)
    with pytest.raises(KeyError):
        needs([1], {7: [1]}, [0], RATES)


def test_a_plan_is_added_to_the_rest_and_does_not_count_twice() -> None:
    random = np.random.default_rng(4)
    rounds = np.array([[0, 0, 1000, 1000, 0, 1000, 0, 1000, 1000, 0, 1000, 0, 0, 1000]], dtype=float)
    used = rounds + random.poisson(50, rounds.shape)
    planned = np.zeros((1, DAYS))
    planned[0, 2] = 1000.0
    demand = project(used, DAYS, LEVEL, planned=planned, explained=rounds, plan_error=VALUES["plan_error"])
    assert demand.daily.mid[0, 2] == pytest.approx(demand.daily.mid[0, 1] + 1000)
    assert 45 < demand.daily.mid[0, 0] < 55 and BASIS[demand.basis[0]] == "both"
    assert (
        demand.daily.upper[0, 2] - demand.daily.lower[0, 2] > 2 * 1.6 * 100
    )  # the error of the plan is in it


def test_a_plan_alone_carries_its_own_error() -> None:
    demand = project(np.full((2, 5), math.nan), 3, LEVEL, planned=[[0, 400, 400], [0, 0, 0]], plan_error=0.1)
    assert demand.total.mid[0].tolist() == [0, 400, 800]
    assert demand.total.lower[0, 2] < 680 and demand.total.upper[0, 2] > 930  # 1.64 standard errors of 80
    assert [BASIS[code] for code in demand.basis] == ["plan", "none"]


def steady(*rates: float) -> Demand:
    return project(np.repeat(np.array(rates)[:, None], 28, axis=1), DAYS, LEVEL)


def test_the_day_on_which_a_shelf_runs_out() -> None:
    demand = steady(100, 100, 100)
    early, middle, late = runs_out([1000, 1001, 5000], demand)
    assert middle.tolist() == [10, 11, BEYOND]
    assert (early[:2] <= middle[:2]).all() and (middle[:2] <= late[:2]).all() and early[2] == BEYOND


def test_what_is_on_its_way_puts_the_day_off() -> None:
    arrivals = np.zeros((1, DAYS))
    arrivals[0, 4] = 300
    assert [int(day[0]) for day in runs_out([450], steady(100))][1] == 5
    assert [int(day[0]) for day in runs_out([450], steady(100), arrivals)][1] == 8
    path = stock_path([450], steady(100), arrivals)
    assert path.mid[0, :9].tolist() == [350, 250, 150, 50, 250, 150, 50, 0, 0]
    assert (path.lower <= path.mid).all() and (path.mid <= path.upper).all()


def test_nothing_used_is_a_forecast_of_nothing() -> None:
    demand = steady(0)
    assert not demand.total.upper.any() and runs_out([5], demand)[0][0] == BEYOND
