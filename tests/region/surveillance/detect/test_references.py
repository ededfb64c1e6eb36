"""RKI, Bayes and CDC against their definitions, written out plainly."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from region.surveillance.detect.references import CROW_GARDNER, Bayes, Cdc, Rki, bayes, cdc, rki
from region.surveillance.detect.series import EMPTY, SHORT
from tests.region.surveillance.detect.panels import drawn, panel

CHOICES = [(0, 6, True), (1, 6, True), (2, 4, False)]


def season(row: np.ndarray, t: int, b: int, w: int, recent: bool) -> np.ndarray:
    years = [row[t - 52 * i - w : t - 52 * i + w + 1] for i in range(1, b + 1)]
    return np.concatenate([*years, row[t - w : t] if recent else row[:0]])


@pytest.mark.parametrize(("b", "w", "recent"), CHOICES)
def test_bayes_is_the_predictive_quantile(b: int, w: int, recent: bool) -> None:
    given = drawn()
    found = bayes(given, Bayes(b=b, w=w, actY=recent, span=(150, 170)))
    for s, row in enumerate(given.observed):
        for j, t in enumerate(range(150, 170)):
            past = season(row, t, b, w, recent)
            predictive = stats.nbinom(past.sum() + 0.5, len(past) / (len(past) + 1))
            assert found.upperbound[s, j] == predictive.ppf(0.95)
            assert found.probability[s, j] == pytest.approx(predictive.sf(row[t] - 1), rel=1e-9)
            assert found.alarm[s, j] == (row[t] > found.upperbound[s, j])


@pytest.mark.parametrize(("b", "w", "recent"), CHOICES)
def test_rki_takes_the_poisson_interval_of_the_whole_mean(b: int, w: int, recent: bool) -> None:
    given = drawn(mean=12)
    found = rki(given, Rki(b=b, w=w, actY=recent, span=(150, 170)))
    for s, row in enumerate(given.observed):
        for j, t in enumerate(range(150, 170)):
            past = season(row, t, b, w, recent)
            if past.mean() > 20:
                assert found.upperbound[s, j] == pytest.approx(past.mean() + 2 * past.std(ddof=1))
            else:
                assert found.upperbound[s, j] == CROW_GARDNER[int(past.mean())]


def test_above_twenty_cases_rki_takes_the_normal_limit() -> None:
    found = rki(panel([[30, 40, 50, 60, 70]]), Rki(b=0, w=4, actY=True, span=(4, 5)))
    assert found.upperbound[0, 0] == pytest.approx(45 + 2 * (500 / 3) ** 0.5) and not found.alarm[0, 0]


def test_the_intervals_are_those_of_crow_and_gardner() -> None:
    """Of the shortest sets of counts that hold 95 % of Poisson(mu) the highest is taken; the upper end for x cases
    is the largest mu whose set still holds x."""
    means = np.arange(0.0005, 31, 0.001)
    starts = np.zeros(len(means), dtype=int)
    for i, mu in enumerate(means):
        below = np.concatenate([[0.0], stats.poisson.cdf(np.arange(80), mu)])
        first = np.arange(int(mu) + 1)
        last = np.searchsorted(below, below[first] + 0.95 - 1e-15) - 1
        length = last - first
        starts[i] = first[np.flatnonzero(length == length.min())[-1]]
    ends = [means[starts <= x].max() for x in range(20)]
    np.testing.assert_allclose(ends, CROW_GARDNER[:20], atol=0.0011)


def test_cdc_compares_four_weeks_with_the_same_of_past_years() -> None:
    given = drawn()
    found = cdc(given, Cdc(b=3, span=(200, 230)))
    for s, row in enumerate(given.observed):
        for j, t in enumerate(range(200, 230)):
            ends = [t - 52 * year + 4 * block for year in (1, 2, 3) for block in (-1, 0, 1)]
            past = np.array([row[e - 3 : e + 1].sum() for e in ends])
            z = stats.norm.ppf(1 - 0.0125)
            bound = past.mean() + z * past.std(ddof=1) * (1 + 1 / 9) ** 0.5
            assert found.upperbound[s, j] == pytest.approx(bound, rel=1e-12)
            assert found.extra["block"][s, j] == row[t - 3 : t + 1].sum()
            assert found.alarm[s, j] == (row[t - 3 : t + 1].sum() > bound)


def test_a_short_past_has_no_answer() -> None:
    given = drawn(periods=120)
    for found, first in (
        (rki(given, Rki()), 108),
        (bayes(given, Bayes()), 6),
        (cdc(given, Cdc(b=1)), 59),
    ):
        assert not found.answered[:, :first].any() and found.answered[:, first:].all()
        assert (found.note[:, :first] == SHORT).all()


def test_empty_years_of_the_cdc_are_answered_by_our_rule() -> None:
    found = cdc(panel([[0] * 200 + [1]]), Cdc(b=3, span=(200, 201)))
    assert found.note[0, 0] == EMPTY and found.upperbound[0, 0] == 1 and not found.alarm[0, 0]
    assert cdc(panel([[0] * 200 + [1]]), Cdc(b=3, span=(200, 201), compat="surveillance")).alarm[0, 0]
