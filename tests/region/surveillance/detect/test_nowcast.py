"""The latest days completed: by hand, against a simulated truth, and refused where they cannot be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from region.surveillance.detect.nowcast import METHODS, Completing, complete, triangle
from region.surveillance.detect.series import Array, BadSeries

NAN = np.nan
SMALL = np.array([[8.0, 2, 0], [6, 4, 0], [10, 5, 5], [4, 2, NAN], [6, NAN, NAN]])


def simulated(seed: int, days: int = 60, longest: int = 10, mean: float = 30.0) -> tuple[Array, Array]:
    """A triangle and the truth of its days: delays are geometric, cut at `longest`."""
    random = np.random.default_rng(seed)
    truth = random.poisson(mean, size=days)
    onset = np.repeat(np.arange(days), truth)
    delay = np.minimum(random.geometric(0.3, size=len(onset)) - 1, longest)
    return triangle(onset, onset + delay, first=0, now=days - 1, longest=longest), truth.astype(float)


def test_the_triangle_holds_what_was_known() -> None:
    made = triangle([0, 0, 1, 3, 3], [0, 5, 1, 3, 9], first=0, now=4, longest=2)
    assert made[0].tolist() == [1, 0, 0] and made[1].tolist() == [1, 0, 0]
    assert made[3, 0] == 1 and made[3, 1] == 0 and np.isnan(made[3, 2]) and np.isnan(made[4, 1])
    later = triangle([0, 0, 1, 3, 3], [0, 5, 1, 3, 9], first=0, now=9, longest=2)
    assert later[0].tolist() == [1, 0, 1] and later[3].tolist() == [1, 0, 1]


def test_lawless_by_hand() -> None:
    """Delay 2 adds 5 of 40, delay 1 adds 13 of 41 (4 days saw it); so 7/8 and 7/8 * 28/41 are in by then."""
    found = complete(SMALL, Completing(method="lawless", compat="surveillance"))
    within = np.array([35 / 40 * 28 / 41, 35 / 40, 1.0])
    assert found.delay[0] == pytest.approx(within)
    assert found.seen[0].tolist() == [10, 10, 20, 6, 6]
    paper = complete(SMALL, Completing(method="lawless"))
    assert paper.mean[0, :3].tolist() == [10, 10, 20]
    assert 6 < paper.quantiles[0, 3, 0] < 6 / within[1] < paper.quantiles[0, 3, 6]
    wider = paper.quantiles[0, 4, 6] - paper.quantiles[0, 4, 0]
    coded = found.quantiles[0, 4, 6] - found.quantiles[0, 4, 0]
    assert wider > coded  # the published variance has a term that the other lost


def test_the_closed_form_is_a_beta_mixture_of_negative_binomials() -> None:
    """One day with 6 seen after delay 0: the share seen is Beta(34.1, 22.2), and a flat prior adds one."""
    found = complete(SMALL, Completing(method="bnb", most=4000))
    a, b = 34 + 0.1, 13 + 5 + 0.2
    k = np.arange(3000.0)
    mass = special.betaln(a + 7, b + k) - special.betaln(a, b) + special.gammaln(7 + k)
    mass = np.exp(mass - special.gammaln(k + 1) - special.gammaln(7))
    assert mass.sum() == pytest.approx(1, abs=1e-9)
    assert found.mean[0, 4] == pytest.approx(6 + mass @ k, rel=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_intervals_hold_what_they_promise(method: str) -> None:
    """Over forty epidemics, the 90 per cent interval of the last five days but the very last holds the truth."""
    drawn = [simulated(seed) for seed in range(40)]
    found = complete(np.stack([made for made, _ in drawn]), Completing(method=method, samples=400))
    truth = np.stack([truth for _, truth in drawn])[:, -6:-1]
    low, high = found.quantiles[:, -6:-1, 1], found.quantiles[:, -6:-1, 5]
    assert 0.8 <= ((low <= truth) & (truth <= high)).mean() <= 1.0
    assert np.abs(found.mean[:, -6:-1] - truth).mean() < np.abs(found.seen[:, -6:-1] - truth).mean() / 2


def test_series_do_not_disturb_each_other() -> None:
    made = [simulated(seed)[0] for seed in (1, 2)]
    both = complete(np.stack(made), Completing(method="lawless"))
    swapped = complete(np.stack(made[::-1]), Completing(method="lawless"))
    assert np.array_equal(both.quantiles, swapped.quantiles[::-1], equal_nan=True)


def test_nothing_seen_is_no_answer_for_lawless_and_one_for_the_prior() -> None:
    made, _ = simulated(3)
    made[-1, 0] = 0
    assert complete(made, Completing(method="lawless")).note[0, -1] == "no-answer"
    found = complete(made)
    assert found.quantiles[0, -1, 5] >= 5 and found.note[0, -1] == ""


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("report-early", {"onset": [3], "report": [2], "first": 0, "now": 9, "longest": 3}),
        ("triangle-short", {"onset": [3], "report": [4], "first": 0, "now": 3, "longest": 4}),
        ("series-shape", {"onset": [3], "report": [4, 5], "first": 0, "now": 9, "longest": 3}),
    ],
)
def test_refusals(code: str, given: dict[str, object]) -> None:
    with pytest.raises(BadSeries) as refused:
        triangle(**given)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_a_table_that_is_no_triangle() -> None:
    with pytest.raises(BadSeries):
        complete(np.full((2, 5), NAN))
    with pytest.raises(BadSeries):
        complete(np.where(np.isnan(SMALL), NAN, -SMALL))
    with pytest.raises(BadSeries):
        Completing(method="oracle")
