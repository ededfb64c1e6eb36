"""EARS against its definition, written out plainly, and its rules for gaps and zeros."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist, mean, stdev

import numpy as np
import pytest

from region.surveillance.detect.ears import Ears, ears
from region.surveillance.detect.series import EMPTY, GAP, SHORT
from tests.region.surveillance.detect.panels import drawn, panel

Z = NormalDist().inv_cdf


@pytest.mark.parametrize(("method", "guard"), [("C1", 0), ("C2", 2)])
@pytest.mark.parametrize(("baseline", "least", "alpha"), [(7, 0.0, None), (14, 2.5, 0.01)])
def test_c1_and_c2_are_the_mean_and_so_many_spreads(
    method: str, guard: int, baseline: int, least: float, alpha: float | None
) -> None:
    given = drawn()
    found = ears(given, Ears(method=method, baseline=baseline, minSigma=least, alpha=alpha, span=(40, 60)))
    for s in range(6):
        for j, t in enumerate(range(40, 60)):
            past = given.observed[s, t - guard - baseline : t - guard].tolist()
            bound = mean(past) + Z(1 - (alpha or 0.001)) * max(stdev(past), least)
            assert found.upperbound[s, j] == pytest.approx(bound, rel=1e-12)
            assert found.expected[s, j] == pytest.approx(mean(past), rel=1e-12)
            assert found.alarm[s, j] == (given.observed[s, t] > bound)


def test_c3_adds_up_three_days_beyond_one_spread() -> None:
    given = drawn(series=3, seed=11)
    found = ears(given, Ears(method="C3", span=(40, 200)))
    seen = 0
    for s in range(3):
        stood = {}
        for t in range(30, 200):
            past = given.observed[s, t - 9 : t - 2].tolist()
            stood[t] = max(0.0, (given.observed[s, t] - mean(past)) / stdev(past) - 1)
        for j, t in enumerate(range(40, 200)):
            alarm = stood[t] + stood[t - 1] + stood[t - 2] > Z(1 - 0.025)
            # With enough standing already, the chart would alarm on nothing today; we ask for a case above it.
            if stood[t] > 0:
                seen += alarm
                assert found.alarm[s, j] == alarm, (s, t)
    assert seen > 5


def test_small_numbers_by_hand() -> None:
    """Baseline 2 4 4 4 5 5 7 9 less the last: mean 31/7; R's C3 starts from today's count."""
    given = panel([[2, 4, 4, 4, 5, 5, 7, 9]])
    found = ears(given, Ears(span=(7, 8)))
    assert found.expected[0, 0] == pytest.approx(31 / 7)
    assert found.upperbound[0, 0] == pytest.approx(31 / 7 + 3.090232306167813 * (16 / 7) ** 0.5, rel=1e-12)
    flat = panel([[1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 3]])
    r = ears(flat, Ears(method="C3", span=(11, 12), compat="surveillance"))
    spread = stdev([1, 2, 1, 2, 1, 2, 1])
    before = (2 - 10 / 7) / spread - 1  # two days ago; yesterday adds nothing
    assert r.upperbound[0, 0] == pytest.approx(3 + spread * (Z(0.975) - before), rel=1e-12)


def test_units_scale_the_thresholds() -> None:
    given = drawn(mean=20)
    tenfold = replace(given, observed=given.observed * 10)
    for method in ("C1", "C2", "C3"):
        one, ten = (ears(p, Ears(method=method, span=(30, 90))) for p in (given, tenfold))
        np.testing.assert_allclose(ten.upperbound, 10 * one.upperbound, rtol=1e-12)
        np.testing.assert_array_equal(ten.alarm, one.alarm)


def test_the_beginning_has_no_answer() -> None:
    given = drawn(periods=30)
    for method, first in (("C1", 7), ("C2", 9), ("C3", 11)):
        found = ears(given, Ears(method=method))
        assert not found.answered[:, :first].any() and found.answered[:, first:].all()
        assert (found.note[:, :first] == SHORT).all()


def test_a_missing_day_is_left_out_of_the_baseline_and_said() -> None:
    given = panel([[3, 5, np.nan, 4, 6, 2, 4, 9], [3, np.nan, np.nan, np.nan, np.nan, 2, 4, 9]])
    found = ears(given, Ears(span=(7, 8)))
    assert found.expected[0, 0] == pytest.approx(4.0) and found.note[0, 0] == GAP
    assert not found.answered[1, 0] and found.note[1, 0] == GAP
    as_r = ears(given, Ears(span=(7, 8), compat="surveillance"))
    assert not as_r.answered.any()


def test_zeros_raise_no_alarm_for_one_case_unless_asked_for() -> None:
    given = panel([[0] * 7 + [1], [0] * 7 + [3]])
    found = ears(given, Ears(span=(7, 8)))
    assert found.upperbound.ravel().tolist() == [2, 2] and found.alarm.ravel().tolist() == [False, True]
    assert (found.note == EMPTY).all()
    # P(Y >= 1) = 1 - sqrt(7/8) after seven empty days
    assert found.probability[0, 0] == pytest.approx(1 - (7 / 8) ** 0.5)
    assert ears(given, Ears(span=(7, 8), compat="surveillance")).alarm.all()
    assert ears(given, Ears(span=(7, 8), minSigma=0.2)).alarm.all()
