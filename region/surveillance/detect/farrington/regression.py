"""Many quasi-Poisson regressions at once: a level for each season, and a trend (Farrington 1996, 3.2).

The model log mu = level[season] + slope * time has so much structure that its normal equations need no matrix to
be solved: given the slope every level is a weighted mean, and the slope follows from what the means leave over.
Iteratively reweighted least squares, begun at y + 0.1 and ended as is usual for such fits (relative change of the
deviance below 1e-8, at most 25 steps): where whole seasons are empty the last digits depend on both.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from region.surveillance.detect.farrington.baseline import Baseline
from region.surveillance.detect.series import Array, Flags

STEPS = 25
CLOSE = 1e-8
SMALLEST = float(np.finfo(float).eps)
FLAT = 1e-13  # share of the time's weight that must lie within seasons for a trend to be told
Which = Flags | NDArray[np.int64]


@dataclass(frozen=True)
class Basis:
    """A baseline as matrices: `sums` (n, 2G + 1) season, season x time, time squared; `back` (G + 1, n)."""

    sums: Array
    back: Array
    time: Array
    seasons: int

    @classmethod
    def of(cls, history: Baseline) -> Basis:
        """The matrices of `history`."""
        season = (history.season[:, None] == np.arange(history.seasons)).astype(float)
        time = history.time[:, None]
        sums = np.hstack([season, season * time, time**2])
        return cls(sums, np.vstack([season.T, history.time]), history.time, history.seasons)


@dataclass(frozen=True)
class Past:
    """The past of C points: `counts`, prior `weight` (0 leaves a week out), `logs` of the counts, and `offset`
    (log of the people at risk) or None; all (C, n)."""

    counts: Array
    weight: Array
    logs: Array
    offset: Array | None

    @classmethod
    def of(cls, counts: Array, people: Array | None) -> Past:
        """From counts with NaN for missing weeks; a week without its population is missing too."""
        seen = ~np.isnan(counts)
        if people is not None:
            seen = seen & ~np.isnan(people)
        known = np.where(seen, counts, 0.0)
        offset = None if people is None else np.log(np.where(seen, people, 1.0))
        return cls(known, seen.astype(float), np.log(np.maximum(known, 1.0)), offset)

    def weighed(self, weight: Array) -> Past:
        """The same past under other weights."""
        return Past(self.counts, weight, self.logs, self.offset)

    def take(self, which: Which) -> Past:
        """The past of some points."""
        offset = None if self.offset is None else self.offset[which]
        return Past(self.counts[which], self.weight[which], self.logs[which], offset)

    def deviance(self, mu: Array, eta: Array) -> Array:
        """Twice what the likelihood of `mu` lacks to that of a perfect fit, (C)."""
        seen = self.weight * self.counts
        unlike = np.einsum("ij,ij->i", seen, self.logs - eta)
        return np.asarray(2 * (unlike - seen.sum(axis=1) + np.einsum("ij,ij->i", self.weight, mu)))


@dataclass
class Fit:
    """Fits of C points: `level` (C, G), `slope` (C), `eta` and `mu` (C, n); of the last step the weights `work`
    (C, n) and their sums: `mass` (C, G), mean time `middle` (C, G), `spread` (C) of time within seasons."""

    level: Array
    slope: Array
    eta: Array
    mu: Array
    work: Array
    mass: Array
    middle: Array
    spread: Array
    converged: Flags

    @classmethod
    def empty(cls, size: int, n: int, seasons: int) -> Fit:
        """Room for the fits of `size` points."""
        return cls(
            level=np.empty((size, seasons)),
            slope=np.empty(size),
            eta=np.empty((size, n)),
            mu=np.empty((size, n)),
            work=np.empty((size, n)),
            mass=np.empty((size, seasons)),
            middle=np.empty((size, seasons)),
            spread=np.empty(size),
            converged=np.zeros(size, dtype=bool),
        )

    def take(self, which: Which) -> Fit:
        """The fits of some points."""
        return Fit(**{each.name: getattr(self, each.name)[which] for each in fields(self)})

    def put(self, which: Which, other: Fit) -> None:
        """Replace the fits of some points by `other`."""
        for each in fields(self):
            getattr(self, each.name)[which] = getattr(other, each.name)

    def leverage(self, basis: Basis) -> Array:
        """The diagonal of the hat matrix, (C, n)."""
        season = basis.back[:-1]
        away = basis.time - self.middle @ season
        return np.asarray(
            self.work * (inverse(self.mass) @ season + away * away * inverse(self.spread)[:, None])
        )

    def at(self, now: float) -> tuple[Array, Array]:
        """The linear predictor in season 0 at time `now`, and its variance for a dispersion of 1; both (C)."""
        variance = inverse(self.mass[:, 0]) + (now - self.middle[:, 0]) ** 2 * inverse(self.spread)
        return self.level[:, 0] + self.slope * now, variance

    def parameters(self) -> Array:
        """How many levels and slopes could be told, (C)."""
        return np.asarray((self.mass > 0).sum(axis=1) + (self.spread > 0), dtype=float)


def inverse(values: Array) -> Array:
    """1 / values, and 0 for what has no weight at all."""
    found = np.zeros_like(values)
    return np.divide(1.0, values, out=found, where=values > 0)


def fit(basis: Basis, past: Past, trend: bool) -> Fit:
    """Fit every point's past; without `trend` all slopes are 0.

    `converged` is False where 25 steps were not enough; nothing is raised, numbers may overflow there.
    """
    size, n = past.counts.shape
    done = Fit.empty(size, n, basis.seasons)
    live = np.arange(size)
    mu = past.counts + 0.1
    eta = np.log(mu)
    deviance = past.deviance(mu, eta)
    for step in range(STEPS):
        now = _step(basis, past, mu, eta, trend)
        before, deviance = deviance, past.deviance(now.mu, now.eta)
        now.converged = np.abs(deviance - before) < CLOSE * (np.abs(deviance) + 0.1)
        ended = now.converged | (step == STEPS - 1)
        if ended.any():
            done.put(live[ended], now.take(ended))
            if ended.all():
                break
            # Who has ended stays as it is: with empty seasons each further step would move it.
            go = ~ended
            live, past, deviance, now = live[go], past.take(go), deviance[go], now.take(go)
        mu, eta = now.mu, now.eta
    return done


def _step(basis: Basis, past: Past, mu: Array, eta: Array, trend: bool) -> Fit:
    """One weighted least squares on the working response, solved by seasons."""
    groups = basis.seasons
    work = past.weight * mu
    bare = eta if past.offset is None else eta - past.offset
    response = work * (bare - 1) + past.weight * past.counts
    sums = work @ basis.sums
    mass, moment = sums[:, :groups], sums[:, groups:-1]
    total = response @ basis.sums[:, :groups]
    middle = moment * inverse(mass)
    spread = sums[:, -1] - (moment * middle).sum(axis=1)
    spread = np.where(trend & (spread > FLAT * sums[:, -1]), spread, 0.0)
    slope = (response @ basis.time - (middle * total).sum(axis=1)) * inverse(spread)
    level = total * inverse(mass) - slope[:, None] * middle
    eta = np.hstack([level, slope[:, None]]) @ basis.back
    if past.offset is not None:
        eta += past.offset
    mu = np.maximum(np.exp(eta), SMALLEST)
    return Fit(level, slope, eta, mu, work, mass, middle, spread, np.zeros(len(mu), dtype=bool))
