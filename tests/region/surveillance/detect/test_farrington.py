"""Farrington's detectors against a plain regression of one series by dense matrices, written from the papers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy import stats

from bench import noufaily
from bench.farrington import IMPROVED
from region.surveillance.detect.farrington import FarringtonControl, farrington, farrington_flexible
from region.surveillance.detect.series import Array, Panel

WEEKS = 330
SEASONS = FarringtonControl(noPeriods=10, pastWeeksNotIncluded=26, pThresholdTrend=1, alpha=0.01)


def counts(size: int = 6, weeks: int = WEEKS, seed: int = 4) -> Array:
    """Series of our own: rare and frequent, growing and falling, with outbreaks in the past."""
    rng = np.random.default_rng(seed)
    week = np.arange(weeks)
    level = np.linspace(0.5, 4, size)[:, None]
    growth = np.linspace(-0.003, 0.003, size)[:, None]
    mean = np.exp(level + growth * (week - weeks) + 0.4 * np.cos(2 * np.pi * week / 52))
    found = rng.negative_binomial(mean / 0.8, 1 / 1.8).astype(float)
    found[:, [90, 150, 206]] += 4 * np.sqrt(mean[:, [90, 150, 206]]).round()
    return found


def panel(observed: Array, frequency: int = 52, **more: object) -> Panel:
    size, length = observed.shape
    return Panel(observed, np.arange(length), frequency, tuple(f"s{n}" for n in range(size)), **more)


@dataclass
class Plain:
    """One series, one week, one year of 52: the papers' steps with matrices, nothing shared with what is tested."""

    control: FarringtonControl
    original: bool = False

    def seasons(self, at: int) -> dict[int, int]:
        """Weeks of history with their season; windows of seven weeks, and between them nine seasons of five."""
        c = self.control
        left_out = c.w if c.pastWeeksNotIncluded is None else c.pastWeeksNotIncluded
        found = {}
        for back in range(c.b * 52 + c.w, left_out, -1):
            phase = back % 52
            if phase <= c.w or phase >= 52 - c.w:
                found[at - back] = 0
            elif c.noPeriods == 10:
                found[at - back] = 1 + (51 - c.w - phase) // 5
        return found

    def design(self, at: int, trend: bool) -> tuple[list[int], Array, Array]:
        weeks = self.seasons(at)
        columns = [[float(s == k) for s in weeks.values()] for k in range(1, max(weeks.values()) + 1)]
        columns.insert(0, [1.0] * len(weeks))
        ahead = [1.0] + [0.0] * (len(columns) - 1)
        if trend:
            columns.append([float(week) for week in weeks])
            ahead.append(float(at))
        return list(weeks), np.array(columns).T, np.array(ahead)

    def fit(self, x: Array, y: Array, prior: Array) -> tuple[Array, Array, Array]:
        """Coefficients, means, and the weights of the last step."""
        mu, before = y + 0.1, np.inf
        for _ in range(25):
            work = prior * mu
            root = np.sqrt(work)[:, None]
            beta = np.linalg.lstsq(root * x, root[:, 0] * (np.log(mu) + (y - mu) / mu), rcond=None)[0]
            mu = np.exp(x @ beta)
            logs = np.where(y > 0, y * np.log(np.maximum(y, 1) / mu), 0)
            deviance = 2 * (prior * (logs - (y - mu))).sum()
            if abs(deviance - before) < 1e-8 * (abs(deviance) + 0.1):
                break
            before = deviance
        return beta, mu, work

    def judge(self, series: Array, at: int, trend: bool | None = None) -> tuple[float, float]:
        """The expected count and the bound."""
        c = self.control
        trend = c.trend if trend is None else trend
        weeks, x, ahead = self.design(at, trend)
        seen = ~np.isnan(series[weeks])
        x, y = x[seen], series[weeks][seen]
        prior = np.ones(len(y))
        beta, mu, work = self.fit(x, y, prior)
        df = len(y) - x.shape[1]
        phi = raw = max((work * (y / mu - 1) ** 2).sum() / df, 1.0)
        if c.reweight:
            q = np.linalg.qr(np.sqrt(work)[:, None] * x)[0]
            residual = (
                1.5 * (y ** (2 / 3) * mu ** (-1 / 6) - mu**0.5) / np.sqrt(phi * (1 - (q**2).sum(axis=1)))
            )
            limit = c.weightsThreshold or (1.0 if self.original else 2.58)
            prior = np.where(residual > limit, np.abs(residual) ** -2.0, 1.0)
            prior *= len(y) / prior.sum()
            beta, mu, work = self.fit(x, y, prior)
            raw = (work * (y / mu - 1) ** 2).sum() / df
            phi = max(raw, 1.0)
        error = phi
        if c.compat == "surveillance" and not self.original:
            error = ((prior if c.reweight else work) * (y / mu - 1) ** 2).sum() / df
        cov = np.linalg.inv(x.T @ (work[:, None] * x))
        mean = float(np.exp(ahead @ beta))
        if trend:
            t = beta[-1] / np.sqrt(error * cov[-1, -1])
            if 2 * stats.t.sf(abs(t), df) >= c.pThresholdTrend or mean > y.max():
                return self.judge(series, at, trend=False)
        return mean, self.bound(mean, float(np.sqrt(error * (ahead @ cov @ ahead))), phi)

    def bound(self, mean: float, error: float, phi: float) -> float:
        c = self.control
        z = stats.norm.ppf(1 - (c.alpha / 2 if self.original else c.alpha))
        if c.thresholdMethod == "delta":
            tau = phi + mean * error**2
            if c.powertrans == "2/3":
                return float((mean ** (2 / 3) + z * np.sqrt(4 / 9 * mean ** (1 / 3) * tau)) ** 1.5)
            if c.powertrans == "1/2":
                return float((mean**0.5 + z * np.sqrt(tau / 4)) ** 2)
            return float(mean + z * np.sqrt(mean * tau))
        mu = mean if c.thresholdMethod == "nbPlugin" else mean * np.exp(z * error)
        cases = 0
        below = stats.poisson(mu) if phi == 1 else stats.nbinom(mu / (phi - 1), 1 / phi)
        while below.cdf(cases) < 1 - c.alpha:
            cases += 1
        return float(cases)


OPTIONS = [
    SEASONS,
    replace(SEASONS, compat="surveillance"),
    replace(SEASONS, thresholdMethod="nbPlugin", compat="surveillance"),
    replace(SEASONS, thresholdMethod="muan", alpha=0.05),
    replace(SEASONS, reweight=False, trend=False, powertrans="none"),
    FarringtonControl(compat="surveillance"),
    FarringtonControl(b=3, w=2, powertrans="1/2", weightsThreshold=1, alpha=0.001),
    FarringtonControl(b=4, reweight=False, thresholdMethod="nbPlugin", compat="surveillance"),
]


@pytest.mark.parametrize("control", OPTIONS, ids=range(len(OPTIONS)))
def test_flexible_is_what_dense_matrices_give(control: FarringtonControl) -> None:
    observed = counts()
    found = farrington_flexible(panel(observed), replace(control, span=(310, 330), limit54=(0, 4)))
    plain = Plain(control)
    wanted = np.array([[plain.judge(series, at) for at in range(310, 330, 5)] for series in observed])
    assert found.expected[:, ::5] == pytest.approx(wanted[..., 0], rel=1e-9)
    assert found.upperbound[:, ::5] == pytest.approx(wanted[..., 1], rel=1e-9)


@pytest.mark.parametrize("compat", ["paper", "surveillance"])
def test_original_is_what_dense_matrices_give(compat: str) -> None:
    observed = counts()
    control = FarringtonControl(span=(320, 330), compat=compat, limit54=(0, 4), pThresholdTrend=0.3)
    found = farrington(panel(observed), control)
    wanted = [
        [Plain(control, original=True).judge(series, at)[1] for at in (320, 329)] for series in observed
    ]
    assert found.upperbound[:, [0, 9]] == pytest.approx(np.array(wanted), rel=1e-9)


def test_missing_weeks_are_left_out_and_are_no_zeros() -> None:
    observed = counts()
    observed[:, [100, 101, 160, 272]] = np.nan
    control = replace(SEASONS, span=(329, 330), limit54=(0, 4))
    found = farrington_flexible(panel(observed), control).upperbound[:, 0]
    assert found == pytest.approx([Plain(control).judge(series, 329)[1] for series in observed], rel=1e-9)
    zeros = farrington_flexible(panel(np.nan_to_num(observed)), control).upperbound[:, 0]
    assert (np.abs(zeros - found) > 1e-3).all()


def test_the_published_study_comes_out() -> None:
    """Ten series of each of the 42 scenarios; the whole study is `make bench ARGS=farrington`."""
    told = noufaily.study(10, seed=5)
    weeks = noufaily.WEEKS - noufaily.CURRENT
    control = replace(IMPROVED, span=(noufaily.CURRENT, noufaily.WEEKS))
    quiet = farrington_flexible(panel(told.quiet), control).alarm
    struck = farrington_flexible(panel(told.struck), control).alarm
    assert quiet.shape == (420, weeks)
    assert noufaily.false_positives(quiet, told.scenario).mean() == pytest.approx(0.0079, abs=0.002)
    assert noufaily.detections(struck, told).mean() == pytest.approx(0.437, abs=0.06)
