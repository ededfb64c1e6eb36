"""The expected course of each series from its in-control past: a mean, or a yearly wave fitted as a GLM.

Poisson or negative binomial regression with log link on 1, cos and sin of the year (Höhle and Paul 2008), all
series at once: the loop is over iterations, never over series. McCullagh and Nelder (1989), iteratively
reweighted least squares; the dispersion by maximum likelihood (Lawless 1987), variance mu + alpha mu^2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from region.surveillance.detect.series import Array, Flags, Ints, Panel

STEPS = 100
CLOSE = 1e-12  # relative change of the dispersion that ends its search
STILL = 1e-8  # relative change of the deviance at which R stops


@dataclass(frozen=True)
class Fit:
    """What was fitted to each series: `coefficients` (series, terms), `alpha` (series,), and `fitted` (series,)."""

    coefficients: Array
    alpha: Array
    fitted: Flags

    def mean(self, panel: Panel, span: tuple[int, int], waves: int = 1, trend: bool = False) -> Array:
        """The expected cases of the points in `span`, (series, judged time); NaN where nothing was fitted."""
        design = wave(np.arange(*span), panel.frequency, waves, trend)
        with np.errstate(over="ignore"):
            return np.where(self.fitted[:, None], np.exp(self.coefficients @ design.T), np.nan)


def wave(at: Ints, frequency: int, waves: int = 1, trend: bool = False) -> Array:
    """The design matrix, (time, terms): 1, the trend if wanted, and cos and sin of each wave of the year.

    Time counts from 1, as in R, so that coefficients compare.
    """
    t = at.astype(float) + 1
    columns = [np.ones_like(t)] + ([t] if trend else [])
    for k in range(1, waves + 1):
        columns += [np.cos(2 * np.pi * k * t / frequency), np.sin(2 * np.pi * k * t / frequency)]
    return np.stack(columns, axis=1)


def fit(counts: Array, design: Array, alpha: float | None = 0.0, polish: int = 3) -> Fit:
    """Fit each row of `counts` (series, time; NaN is left out) on `design` (time, terms).

    `alpha`: the dispersion, 0 for Poisson, None to estimate it for each series. `polish`: steps after the deviance
    stands still to 1e-8; 0 stops where R does, some digits earlier. A series that is all zeros, has no more
    points than terms, or does not converge in STEPS is not fitted.
    """
    known = ~np.isnan(counts)
    y = np.where(known, counts, 0.0)
    usable = (y.sum(axis=1) > 0) & (known.sum(axis=1) > design.shape[1])
    dispersion = np.full(len(y), 0.0 if alpha is None else alpha)
    beta, mu, fitted = _regress(y, known, design, dispersion, polish)
    if alpha is None:
        for _ in range(STEPS):
            before = dispersion
            dispersion = _dispersion(y, known, mu)
            beta, mu, fitted = _regress(y, known, design, dispersion, polish)
            if np.all(np.abs(dispersion - before) <= CLOSE * (dispersion + CLOSE)):
                break
    return Fit(beta, dispersion, fitted & usable & np.isfinite(beta).all(axis=1))


def _regress(y: Array, known: Flags, design: Array, alpha: Array, polish: int) -> tuple[Array, Array, Flags]:
    """Coefficients, fitted means and convergence by iteratively reweighted least squares."""
    spread = alpha[:, None]
    mu = np.where(spread > 0, y + (y == 0) / 6, y + 0.1)
    eta = np.log(mu)
    beta = np.zeros((len(y), design.shape[1]))
    left = np.full(len(y), polish + 1)  # steps still to be made by each series
    before = _deviance(y, known, mu, spread)
    for _ in range(STEPS):
        weight = np.where(known, mu / (1 + spread * mu), 0.0)
        working = eta + (y - mu) / mu
        normal = np.einsum("st,tp,tq->spq", weight, design, design, optimize=True)
        right = (weight * working) @ design
        solved = (np.linalg.pinv(normal, hermitian=True) @ right[:, :, None])[:, :, 0]
        beta = np.where((left > 0)[:, None], solved, beta)
        eta = np.clip(beta @ design.T, -700.0, 700.0)
        mu = np.exp(eta)
        deviance = _deviance(y, known, mu, spread)
        left = left - ((np.abs(deviance - before) < STILL * (np.abs(deviance) + 0.1)) & (left > 0))
        before = deviance
        if not left.any():
            break
    return beta, mu, left == 0


def _deviance(y: Array, known: Flags, mu: Array, alpha: Array) -> Array:
    """Twice what the likelihood lacks, (series,); `alpha` (series, 1), 0 for Poisson."""
    fit_of = special.xlogy(y, np.where(y > 0, y, 1.0) / mu)
    poisson = fit_of - (y - mu)
    with np.errstate(divide="ignore", invalid="ignore"):
        binomial = fit_of - (y + 1 / alpha) * (np.log1p(alpha * y) - np.log1p(alpha * mu))
    return np.asarray(2 * np.where(known, np.where(alpha > 0, binomial, poisson), 0.0).sum(axis=1))


def _dispersion(y: Array, known: Flags, mu: Array) -> Array:
    """The likelihood's best alpha of each series given its means: bisection on the score in log alpha; (series,)."""
    low, high = np.full(len(y), -25.0), np.full(len(y), 8.0)
    for _ in range(90):
        middle = (low + high) / 2
        rising = _score(y, known, mu, np.exp(middle)[:, None]) > 0
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    return np.asarray(np.where(low <= -24.9, 0.0, np.exp(low)))


def _score(y: Array, known: Flags, mu: Array, alpha: Array) -> Array:
    """Sign-true derivative of the negative binomial likelihood in alpha, (series,)."""
    size = 1 / alpha
    inside = special.digamma(size) - special.digamma(y + size) + np.log1p(alpha * mu)
    each = size * (inside + (y - mu) * alpha / (1 + alpha * mu))
    return np.asarray(np.where(known, each, 0.0).sum(axis=1))
