"""The daily algorithms (EWMA, regression on weekdays, switch) against their definitions, written out plainly."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from scipy import stats

from region.surveillance.detect.ewma import Ewma, Switch, ewma, switch
from region.surveillance.detect.regression import forecasts, weekdays
from region.surveillance.detect.series import GAP, MISSING, Panel
from tests.region.surveillance.detect.panels import drawn


def days(rows: np.ndarray) -> Panel:
    dates = np.datetime64("2024-01-01") + np.arange(rows.shape[1])
    return Panel(rows, dates, 365, tuple(f"s{i}" for i in range(len(rows))))


def plain_ewma(
    y: np.ndarray, weights: tuple[float, float] = (0.4, 0.9), size: int = 28, guard: int = 2
) -> list[float]:
    """Probabilities day by day, one series, as the programme's description reads."""
    smooth, told = [y[0], y[0]], [np.nan]
    for i in range(1, len(y)):
        past = y[max(0, i - guard - size) : max(0, i - guard)]
        here = []
        for j, w in enumerate(weights):
            value = w * y[i] + (1 - w) * smooth[j]
            if len(past) >= 11:
                n, q = len(past), round(stats.t.ppf(0.95, len(past) - 1), 5)
                spread = w / (2 - w) + 1 / n - 2 * (1 - w) ** (guard + 1) * (1 - (1 - w) ** n) / n
                extra = (0.1289 - (0.2414 - 0.1826 * (1 - w) ** 4) * log(0.5)) * w / q
                sigma = max(w / q * (1 + 0.5 * (1 - w) ** 2), past.std(ddof=1) * spread**0.5 + extra)
                statistic = (value - past.mean()) / sigma
                here.append(stats.t.sf(statistic, n - 1))
                most = round(stats.t.ppf(0.99, n - 1), 5)
                value = past.mean() + float(np.clip(statistic, -most, most)) * sigma
            smooth[j] = value
        told.append(min(here) if here else np.nan)
    return told


def test_ewma_day_by_day() -> None:
    given = drawn(series=3, periods=80, frequency=365, start="2024-01-01")
    given.observed[0, 60:64] += 20
    found = ewma(given, Ewma())
    for s in range(3):
        np.testing.assert_allclose(found.probability[s], plain_ewma(given.observed[s]), rtol=1e-9)
    assert found.alarm[0, 60] and not found.answered[:, :13].any()
    assert (found.alarm == (found.probability < 0.01))[found.answered].all()


def test_more_cases_than_the_upperbound_are_an_alarm() -> None:
    given = drawn(series=1, periods=60, frequency=365, start="2024-01-01")
    for function, control in ((ewma, Ewma()), (switch, Switch())):
        bound = function(given, control).upperbound[0, 50]
        for cases, alarm in ((np.floor(bound), False), (np.floor(bound) + 1, True)):
            other = given.observed.copy()
            other[0, 50] = cases
            assert function(days(other), control).alarm[0, 50] == alarm


def plain_regression(y: np.ndarray, t: int) -> tuple[float, float, float]:
    """Expected, probability and adjusted R2 of day t by least squares on 28 days, two days left out."""
    at = np.arange(t - 30, t - 2)
    x = np.column_stack([np.ones(28), np.arange(1, 29), *(at % 7 == d for d in range(6))]).astype(float)
    beta, *_ = np.linalg.lstsq(x, y[at], rcond=None)
    residual = y[at] - x @ beta
    today = np.concatenate([[1, 31], [float(t % 7 == d) for d in range(6)]])
    sigma = (residual @ residual / 20) ** 0.5 * (35 * 24 / (28 * 21)) ** 0.5
    sigma = max(sigma, 1.01 / round(stats.t.ppf(0.95, 20), 5))
    expected = max(0.0, float(today @ beta))
    r2 = 1 - (residual @ residual) / ((y[at] - y[at].mean()) ** 2).sum() * 27 / 20
    return expected, float(stats.t.sf((y[t] - expected) / sigma, 20)), float(r2)


def test_the_regression_knows_weekdays_and_trend() -> None:
    random = np.random.default_rng(2)
    week = np.array([9, 8, 8, 7, 6, 2, 1])
    rows = random.poisson(week[np.arange(70) % 7] * 3.0 + np.arange(70) / 5, (2, 70)).astype(float)
    found = forecasts(days(rows), 28, 2, 0.01)  # 2024 begins on a Monday
    for s in range(2):
        for t in (40, 55, 69):
            expected, probability, r2 = plain_regression(rows[s], t)
            assert found.expected[s, t] == pytest.approx(expected, rel=1e-9)
            assert found.probability[s, t] == pytest.approx(probability, rel=1e-7)
            assert found.r2[s, t] == pytest.approx(r2, rel=1e-9)
    told = switch(days(rows), Switch())
    assert told.extra["regression"][:, 45:].mean() > 0.8


def test_the_switch_leaves_what_has_no_weekdays_to_the_ewma() -> None:
    given = drawn(periods=120, frequency=365, start="2024-01-01", mean=2)
    found, plain = switch(given, Switch()), ewma(given, Ewma())
    averaged = found.extra["regression"] == 0
    assert averaged[:, 40:].mean() > 0.9
    np.testing.assert_array_equal(found.probability[averaged], plain.probability[averaged])


def test_weekdays_of_dates_and_of_indices() -> None:
    given = days(np.zeros((1, 8)))
    assert weekdays(given).tolist() == [0, 1, 2, 3, 4, 5, 6, 0]
    assert weekdays(Panel(given.observed, np.arange(8), 7, ("a",))).tolist() == [0, 1, 2, 3, 4, 5, 6, 0]


def test_missing_days_are_left_out_and_a_weekday_never_reported_is_not_forecast() -> None:
    rows = np.random.default_rng(6).poisson(30.0, (2, 70)).astype(float)
    rows[0, 40] = np.nan
    rows[1, np.arange(70) % 7 == 3] = np.nan
    found = switch(days(rows), Switch())
    assert found.note[0, 40] == MISSING and found.note[0, 50] == GAP and found.answered[0, 50]
    assert (found.extra["regression"][1] == 0).all()


def test_silence_has_a_least_spread() -> None:
    rows = np.zeros((2, 60))
    rows[0, 50], rows[1, 50] = 1, 5
    found = ewma(days(rows), Ewma())
    assert found.alarm[:, 50].tolist() == [False, True] and not found.alarm[:, :50].any()
