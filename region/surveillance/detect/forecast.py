"""The next days if nothing changes: cases renewed by those before them, with intervals, and how well these held.

The renewal equation of Cori et al. (2013), see `reproduction`, run forward from the posterior of the last R; daily
counts scatter as a negative binomial around it (Lloyd-Smith et al. 2005, Nature 438:355-359). Forecasts are judged
by coverage, by the interval score and by where the truth fell (Gneiting and Raftery 2007, Strictly proper scoring
rules, prediction, and estimation, Journal of the American Statistical Association 102:359-378).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from region.surveillance.detect.reproduction import QUANTILES, Cori, Serial, estimate
from region.surveillance.detect.series import Array, BadSeries, Panel


@dataclass(frozen=True)
class Ahead:
    """`horizon` days; R wanders by `drift` (a standard deviation of its logarithm) a day; `size` of the scatter."""

    horizon: int = 7
    drift: float = 0.05
    size: float = 10.0
    paths: int = 1000
    seed: int = 1

    def __post_init__(self) -> None:
        if self.horizon < 1 or self.drift < 0 or self.size <= 0 or self.paths < 1:
            raise BadSeries(
                "option-value", option="horizon, drift, size", value=f"{self.horizon}, {self.drift}"
            )


@dataclass(frozen=True)
class Forecast:
    """Cases of the days after the panel's last: mean (series, horizon), quantiles (series, horizon, QUANTILES)."""

    mean: Array
    quantiles: Array


def forecast(panel: Panel, serial: Serial, cori: Cori = Cori(), how: Ahead = Ahead()) -> Forecast:  # noqa: B008
    """NaN for a series whose last R has no answer. Raises BadSeries as `estimate` does."""
    random = np.random.default_rng(how.seed)
    last = estimate(panel, serial, cori)
    shape = (len(panel.names), how.horizon)
    if not last.mean.shape[1]:
        return Forecast(np.full(shape, np.nan), np.full((*shape, len(QUANTILES)), np.nan))
    mean, sd = last.mean[:, -1], last.sd[:, -1]
    silent = np.isnan(mean)
    mean, sd = np.where(silent, 1.0, mean), np.where(silent, 1.0, sd)
    r = random.gamma(((mean / sd) ** 2)[:, None], (sd**2 / mean)[:, None], size=(len(mean), how.paths))
    weights = np.asarray(serial.weights)[1:]
    past = np.nan_to_num(panel.observed[:, -len(weights) :])
    weights = weights[: past.shape[1]]
    recent = np.repeat(past[:, None, ::-1], how.paths, axis=1)  # the latest day first
    found = np.empty((*r.shape, how.horizon))
    for step in range(how.horizon):  # over days, not over series: each day rests on the one before
        r = r * np.exp(random.normal(-(how.drift**2) / 2, how.drift, size=r.shape)) if how.drift else r
        expected = r * (recent[..., : len(weights)] @ weights)
        found[..., step] = random.negative_binomial(how.size, how.size / (how.size + expected))
        recent = np.concatenate((found[..., step : step + 1], recent[..., :-1]), axis=-1)
    quantiles = np.moveaxis(np.quantile(found, QUANTILES, axis=1, method="inverted_cdf"), 0, 2)
    told = found.mean(axis=1)
    told[silent], quantiles[silent] = np.nan, np.nan
    return Forecast(told, quantiles)


@dataclass(frozen=True)
class Calibration:
    """Of forecasts that came due: how many, the share of truths inside each central interval, and its mean score.

    `coverage` and `score` by nominal share (0.5, 0.9, 0.95): a good forecaster covers what it promises, with a
    small score (width plus a fine for what lay outside, in cases).
    """

    forecasts: int
    coverage: dict[float, float]
    score: dict[float, float]


CENTRAL = ((0.5, 2, 4), (0.9, 1, 5), (0.95, 0, 6))
"""Nominal share, and where its ends stand in QUANTILES."""


def calibration(quantiles: ArrayLike, truth: ArrayLike) -> Calibration:
    """`quantiles` (…, len(QUANTILES)) against `truth` (…); pairs with a NaN are left out."""
    given, came = np.asarray(quantiles, dtype=float), np.asarray(truth, dtype=float)
    if given.shape != (*came.shape, len(QUANTILES)):
        raise BadSeries("series-shape", found=str(given.shape), wanted=str((*came.shape, len(QUANTILES))))
    use = ~np.isnan(came) & ~np.isnan(given).any(axis=-1)
    given, came = given[use], came[use]
    coverage, score = {}, {}
    for nominal, low, high in CENTRAL:
        lower, upper = given[:, low], given[:, high]
        outside = np.maximum(lower - came, 0) + np.maximum(came - upper, 0)
        coverage[nominal] = float((outside == 0).mean()) if len(came) else float("nan")
        fined = upper - lower + 2 / (1 - nominal) * outside
        score[nominal] = float(fined.mean()) if len(came) else float("nan")
    return Calibration(len(came), coverage, score)
