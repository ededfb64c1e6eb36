"""R by hand and by scalar loops, what has no answer, and that neither order nor company of series matters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from region.surveillance.detect import reproduction as r
from region.surveillance.detect.series import Array, BadSeries, Panel

FLU = r.Serial.gamma(2.6, 1.5)


def daily(*rows: list[float]) -> Panel:
    values = np.array(rows, dtype=float)
    return Panel(values, np.arange(values.shape[1]), 365, tuple(f"s{i}" for i in range(len(rows))))


def test_two_days_by_hand() -> None:
    """One case infects after exactly one day: 2 cases then 6 in a window of one day, prior mean 5, deviation 5."""
    found = r.estimate(daily([1, 2, 6]), r.Serial((0, 1)), r.Cori(window=1))
    assert found.mean[0, 1] == pytest.approx((1 + 6) / (1 / 5 + 2))
    assert found.sd[0, 1] == pytest.approx(np.sqrt(7) / 2.2)
    assert found.quantiles[0, 1, 3] == pytest.approx(stats.gamma.ppf(0.5, 7, scale=1 / 2.2))


def test_the_serial_interval_is_the_shifted_gamma_in_whole_days() -> None:
    """Weight of k days: the density of a gamma shifted by a day under a triangle of base k - 1 .. k + 1."""
    mean, sd = 8.4, 3.8
    density = stats.gamma(((mean - 1) / sd) ** 2, loc=1, scale=sd**2 / (mean - 1))
    for k in (1, 2, 7, 15):
        by_hand = integrate.quad(
            lambda x, k=k: density.pdf(x) * (1 - abs(x - k)), k - 1, k + 1, points=[k], epsabs=1e-12
        )[0]
        assert r.Serial.gamma(mean, sd).weights[k] == pytest.approx(by_hand, abs=1e-9)


def by_loops(cases: list[float], weights: tuple[float, ...], window: int) -> list[tuple[float, float]]:
    found = []
    for last in range(window, len(cases)):
        seen = pushed = 0.0
        for t in range(last - window + 1, last + 1):
            seen += cases[t]
            pushed += sum(cases[t - k] * weights[k] for k in range(1, t + 1))
        found.append(((1 + seen) / (0.2 + pushed), pushed))
    return found


@given(st.lists(st.integers(0, 400), min_size=9, max_size=40))
@settings(max_examples=40, deadline=None)
def test_as_scalar_loops_say(counts: list[int]) -> None:
    found = r.estimate(daily([float(c) for c in counts]), FLU)
    for at, (mean, pushed) in enumerate(by_loops([float(c) for c in counts], FLU.weights, 7)):
        if found.note[0, at] in ("", r.UNSURE):
            assert found.mean[0, at] == pytest.approx(mean, rel=1e-8)
        else:
            assert np.isnan(found.mean[0, at]) and pushed < 1e-6


@given(st.permutations(range(4)))
@settings(max_examples=12, deadline=None)
def test_the_order_of_series_changes_nothing(order: list[int]) -> None:
    rows: Array = np.random.default_rng(4).poisson(6, size=(4, 30)).astype(float)
    alone = r.estimate(daily(*rows.tolist()), FLU)
    mixed = r.estimate(daily(*rows[list(order)].tolist()), FLU)
    assert np.array_equal(mixed.quantiles, alone.quantiles[list(order)], equal_nan=True)


def test_what_has_no_answer_says_why() -> None:
    gap = [1.0, 3, np.nan, *([4.0] * 12)]
    found = r.estimate(daily(gap, [0.0] * 15, [5.0] * 15), r.Serial.gamma(9, 2))
    assert set(found.note[0]) == {"missing"}
    assert found.note[1, 4] == "empty-history" and found.note[2, 0] == "short-history"
    assert found.note[2, 7] == "" and not np.isnan(found.mean[2, 7])
    assert np.isnan(found.mean[:2]).all()


def test_few_cases_are_marked_as_uncertain() -> None:
    assert r.estimate(daily([1.0, 0, 1, 0, 0, 1, 0, 1, 0]), FLU).note[0, -1] == r.UNSURE


def test_everybody_a_case_infects_is_counted_once() -> None:
    """Each case but the first day's was infected by somebody: the cohort's numbers add up to all of them."""
    cases = np.array([2.0, 3, 5, 8, 6, 4, 3, 1, 1, 2])
    cohort = r.cohort(daily(cases.tolist()), r.Serial((0, 0.5, 0.3, 0.2)))[0]
    assert float(np.nansum(cohort * cases)) == pytest.approx(cases[1:].sum())


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda: r.Serial((0.2, 0.8)), "serial-weights"),
        (lambda: r.Serial((0, 0.5)), "serial-sum"),
        (lambda: r.Serial.gamma(1.0, 2.0), "serial-gamma"),
        (lambda: r.Cori(window=0), "option-value"),
        (lambda: r.estimate(daily([1.0] * 9), FLU, r.Cori(windows=((0, 3),))), "span-outside"),
        (lambda: r.cohort(daily([1.0, np.nan, 2]), FLU), "series-gaps"),
    ],
)
def test_refusals(made, code: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadSeries) as refused:
        made()
    assert refused.value.code == code


def test_weeks_are_no_days() -> None:
    weeks = np.datetime64("2024-01-01") + 7 * np.arange(9)
    with pytest.raises(BadSeries) as refused:
        r.estimate(Panel(np.ones((1, 9)), weeks, 52, ("a",)), FLU)
    assert refused.value.code == "series-daily"
