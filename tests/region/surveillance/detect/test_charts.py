"""CUSUM, Shewhart and the likelihood ratio charts against their definitions, written out plainly."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from scipy import optimize, stats

from region.surveillance.detect import baseline
from region.surveillance.detect.cusum import TRANSFORMS, Cusum, cases, cusum, transformed
from region.surveillance.detect.glr import Glr, GlrNb, glr
from region.surveillance.detect.shewhart import Shewhart, shewhart
from tests.region.surveillance.detect.panels import drawn, panel


@pytest.mark.parametrize("reset", [False, True])
def test_the_path_of_a_cusum(reset: bool) -> None:
    given = drawn(mean=6)
    given.observed[:, 130:150] += 5
    found = cusum(given, Cusum(span=(104, 200), k=0.5, h=3, reset=reset))
    for s, row in enumerate(given.observed):
        mean, path = row[:104].mean(), 0.0
        for j, x in enumerate(row[104:200]):
            needed = mean + (3 + 0.5 - path) * mean**0.5
            path = max(0.0, path + (x - mean) / mean**0.5 - 0.5)
            assert found.extra["cusum"][s, j] == pytest.approx(path, abs=1e-11)
            assert found.alarm[s, j] == (path >= 3)
            assert found.upperbound[s, j] == pytest.approx(max(0.0, needed), abs=1e-9)
            path = 0.0 if reset and path >= 3 else path
    assert found.alarm.any()


@pytest.mark.parametrize("trans", TRANSFORMS)
def test_transforms_are_near_normal_and_can_be_undone(trans: str) -> None:
    counts = np.arange(4.0, 60.0)
    mean = np.full_like(counts, 20.0)
    z = transformed(counts, mean, trans)
    np.testing.assert_allclose(cases(z, mean, trans), counts, rtol=1e-10)
    if trans != "none":
        drawn_z = transformed(
            np.random.default_rng(5).poisson(20.0, 40_000).astype(float), np.array(20.0), trans
        )
        assert abs(drawn_z.mean()) < 0.15 and abs(drawn_z.std() - 1) < 0.06


def test_a_missing_week_leaves_the_path_where_it_was() -> None:
    row = [4.0] * 110 + [9, np.nan, 9]
    found = cusum(panel([row]), Cusum(span=(110, 113)))
    assert found.extra["cusum"][0, 1] == found.extra["cusum"][0, 0] > 0
    assert not found.answered[0, 1] and found.extra["cusum"][0, 2] > found.extra["cusum"][0, 1]


def test_shewhart_by_hand() -> None:
    found = shewhart(panel([[4] * 28 + [11], [4] * 28 + [10]]), Shewhart(span=(28, 29)))
    assert found.upperbound.ravel().tolist() == [10.0, 10.0] and found.alarm.ravel().tolist() == [True, False]


def wave_mean(row: np.ndarray, size: float | None = None) -> np.ndarray:
    """The fitted wave of 208 past weeks by a general optimiser: nothing of ours is used."""
    t = np.arange(1, 261)
    x = np.column_stack([np.ones(260), np.cos(2 * np.pi * t / 52), np.sin(2 * np.pi * t / 52)])

    def lacking(b: np.ndarray) -> float:
        mu = np.exp(x[:208] @ b)
        if size is None:
            return float((mu - row[:208] * np.log(mu)).sum())
        return float(-stats.nbinom.logpmf(row[:208], size, size / (size + mu)).sum())

    start = np.array([log(row[:208].mean()), 0.0, 0.0])
    return np.exp(x @ optimize.minimize(lacking, start, method="BFGS", options={"gtol": 1e-9}).x)


def test_the_expected_course_is_the_likelihoods_best() -> None:
    given = drawn(series=2)
    design = baseline.wave(np.arange(208), 52)
    for alpha, size in ((0.0, None), (0.25, 4.0)):
        fitted = baseline.fit(given.observed[:, :208], design, alpha)
        for s in range(2):
            ours = fitted.mean(given, (0, 260))[s]
            np.testing.assert_allclose(ours, wave_mean(given.observed[s], size), rtol=2e-4)


def test_the_dispersion_is_found_again() -> None:
    random = np.random.default_rng(9)
    counts = random.negative_binomial(4.0, 4.0 / (4.0 + 10.0), (20, 520)).astype(float)
    fitted = baseline.fit(counts, baseline.wave(np.arange(520), 52), None)
    assert fitted.fitted.all() and 0.22 < fitted.alpha.mean() < 0.28
    poisson = baseline.fit(
        random.poisson(10.0, (20, 520)).astype(float), baseline.wave(np.arange(520), 52), None
    )
    assert poisson.alpha.max() < 0.03


def ratio(x: np.ndarray, mean: np.ndarray, alpha: float, theta: float) -> float:
    """The log likelihood ratio of a rise by exp(theta), from SciPy's own distributions."""

    def told(mu: np.ndarray) -> float:
        law = stats.poisson(mu) if alpha == 0 else stats.nbinom(1 / alpha, 1 / (1 + alpha * mu))
        return float(law.logpmf(x).sum())

    return told(mean * np.exp(theta)) - told(mean)


def plain_chart(
    x: np.ndarray, mean: np.ndarray, alpha: float, theta: float | None, window: int, limit: float
) -> list[float]:
    """The chart as it is defined: every start, every change, anew after an alarm."""
    values, start = [], 0
    for n in range(len(x)):
        best = 0.0
        for k in range(max(start, 0 if window == -1 else n - window), n + 1):
            part = slice(k, n + 1)
            if theta is not None:
                best = max(best, ratio(x[part], mean[part], alpha, theta))
            else:
                found = optimize.minimize_scalar(
                    lambda change, part=part: -ratio(x[part], mean[part], alpha, change),
                    bounds=(0.0, 4.0),
                    method="bounded",
                    options={"xatol": 1e-9},
                )
                best = max(best, -found.fun)
        values.append(best)
        start = n + 1 if best >= limit else start
    return values


@pytest.mark.parametrize("window", [-1, 5])
@pytest.mark.parametrize("theta", [None, 0.4])
@pytest.mark.parametrize("alpha", [0.0, 0.2])
def test_the_charts_take_the_largest_ratio(alpha: float, theta: float | None, window: int) -> None:
    given = drawn(series=2, seed=21)
    given.observed[:, 215:222] += 6
    options = {"span": (208, 228), "theta": theta, "M": window, "c_ARL": 4.0}
    found = glr(given, GlrNb(alpha=alpha, **options) if alpha else Glr(**options))  # type: ignore[arg-type]
    for s in range(2):
        plain = plain_chart(given.observed[s, 208:228], found.expected[s], alpha, theta, window, 4.0)
        np.testing.assert_allclose(found.extra["value"][s], plain, atol=1e-6)
    assert found.alarm.any()


def test_the_epidemic_chart_finds_the_best_growth() -> None:
    given = drawn(series=1, seed=4, mean=2)
    found = glr(given, Glr(span=(208, 222), change="epi", c_ARL=1e6))
    x, mean = given.observed[0, 208:222], found.expected[0]
    before = np.concatenate([[0.0], x[:-1]])
    for n in (3, 8, 13):
        best = 0.0
        for k in range(n + 1):
            part = slice(k, n + 1)
            grid = np.linspace(0, 5, 20_001)[:, None]
            gained = x[part] * np.log1p(grid * before[part] / mean[part]) - grid * before[part]
            best = max(best, gained.sum(axis=1).max())
        assert found.extra["value"][0, n] == pytest.approx(best, abs=1e-5)


@pytest.mark.parametrize(
    "control",
    [
        Glr(theta=0.5, ret="cases"),
        Glr(ret="cases"),
        GlrNb(alpha=0.3, theta=0.5, ret="cases"),
        GlrNb(alpha=0.3, ret="cases"),
    ],
)
def test_the_cases_that_would_have_alarmed_would_have(control: Glr) -> None:
    from dataclasses import replace

    given = drawn(series=1, seed=3)
    found = glr(given, replace(control, span=(208, 214)))
    for j in range(6):
        assert not found.alarm[0, : j + 1].any()
        for more, alarm in (
            (np.floor(found.upperbound[0, j] - 1e-9), False),
            (np.ceil(found.upperbound[0, j]), True),
        ):
            other = given.observed.copy()
            other[0, 208 + j] = max(0.0, more)
            changed = glr(replace(given, observed=other), replace(control, span=(208, 214)))
            assert bool(changed.alarm[0, j]) is alarm or more < found.upperbound[0, j] - 1


def test_rs_search_for_growth_can_only_miss() -> None:
    """R begins each search where the last ended: where it finds something it is the same, else nearly nothing."""
    given = drawn(series=4, seed=4, mean=2)
    given.observed[:, 230:236] += 5
    found, as_r = (
        glr(given, Glr(span=(208, 236), change="epi", c_ARL=1e6, compat=compat)).extra["value"]
        for compat in ("paper", "surveillance")
    )
    assert (as_r <= found + 1e-9).all() and (as_r < found - 0.5).any()
    assert np.isclose(as_r, found, rtol=1e-6).mean() > 0.1
    # The first start, with no other before it, is searched alike.
    np.testing.assert_allclose(as_r[:, 1], found[:, 1], atol=1e-7)
