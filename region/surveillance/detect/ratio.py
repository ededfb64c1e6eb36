"""The largest log likelihood ratio of "changed since k" against "in control", for many series at one moment.

Sums over the periods since each k are cumulated backwards; only an unknown change of negative binomial counts and
an unknown epidemic growth need a search, by Newton's method on concave functions, kept inside a bracket.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from region.surveillance.detect.series import Array, Flags

if TYPE_CHECKING:
    from region.surveillance.detect.glr import Glr

STEPS = 60
FLOOR = -18.0  # log growth at which R's search gives up


@dataclass(frozen=True)
class Window:
    """What was counted (`x`), expected (`mean`) and counted the period before (`previous`), (series, period).

    `alpha` (series,): dispersion. `since` (series, period): where a change may have begun.
    """

    x: Array
    mean: Array
    previous: Array
    alpha: Array
    since: Flags

    def with_last(self, cases: Array) -> Window:
        """The same window with other `cases` (series,) in the last period."""
        return replace(self, x=np.concatenate([self.x[:, :-1], cases[:, None]], axis=1))

    def without_last(self) -> Window:
        """The window up to the period before the last."""
        return Window(
            self.x[:, :-1], self.mean[:, :-1], self.previous[:, :-1], self.alpha, self.since[:, :-1]
        )


def strongest(window: Window, control: Glr | float) -> Array:
    """The statistic of each series, (series,), never below zero; a number as `control` is a known rise."""
    if not window.x.shape[1]:
        return np.zeros(len(window.x))
    if isinstance(control, int | float):
        each = _known(window, control)
    elif control.change == "epi":
        each = _epidemic_as_r(window) if control.compat == "surveillance" else _epidemic(window)
    elif control.theta is not None:
        each = _known(window, control.theta if control.dir == "inc" else -abs(control.theta))
    elif window.alpha.any():
        each = _unknown(window, control.dir == "inc")
    else:
        each = _unknown_poisson(window, control.dir == "inc")
    return np.asarray(np.where(window.since, each, 0.0).max(axis=1).clip(min=0.0))


def _since(each: Array) -> Array:
    """Sums from each period to the last, (series, period)."""
    return np.cumsum(each[:, ::-1], axis=1)[:, ::-1]


def _known(window: Window, theta: float) -> Array:
    alpha, growth = window.alpha[:, None], special.expm1(theta)
    with np.errstate(divide="ignore", invalid="ignore"):
        binomial = (window.x + 1 / alpha) * np.log1p(alpha * window.mean * growth / (1 + alpha * window.mean))
    return _since(window.x * theta - np.where(alpha > 0, binomial, growth * window.mean))


def _unknown_poisson(window: Window, rise: bool) -> Array:
    x, mean = _since(window.x), _since(window.mean)
    changed = (x > mean) if rise else (x < mean)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(changed, special.xlogy(x, x / mean) + mean - x, 0.0)


def _unknown(window: Window, rise: bool) -> Array:
    """Negative binomial: over u = exp(theta) > 1 (or < 1), the ratio is unimodal; (series, period)."""
    alpha = window.alpha[:, None]
    x, scaled = window.x, alpha * window.mean

    def slope(u: Array) -> tuple[Array, Array]:
        below = 1 + scaled[:, None, :] * u[:, :, None]
        mean = window.mean[:, None, :]
        first = (x[:, None, :] - mean * u[:, :, None]) / below
        second = -mean * (1 + alpha[:, :, None] * x[:, None, :]) / below**2
        return _tails(first), _tails(second)

    u = _root(slope, x.shape, rise)
    with np.errstate(divide="ignore", invalid="ignore"):
        tilt = np.log1p(scaled[:, None, :] * (u[:, :, None] - 1) / (1 + scaled[:, None, :]))
        binomial = (x[:, None, :] + 1 / alpha[:, :, None]) * tilt
    poisson = window.mean[:, None, :] * (u[:, :, None] - 1)
    each = x[:, None, :] * np.log(u)[:, :, None] - np.where(alpha[:, :, None] > 0, binomial, poisson)
    return _tails(each)


def _epidemic(window: Window) -> Array:
    """Growth by lambda times last period's cases: concave in lambda >= 0; (series, period)."""
    x, mean, previous = window.x, window.mean, window.previous
    with np.errstate(divide="ignore", invalid="ignore"):
        force = np.where(mean > 0, previous / mean, 0.0)
    drawn = np.where(mean > 0, previous, 0.0)

    def slope(u: Array) -> tuple[Array, Array]:
        share = force[:, None, :] / (1 + (u - 1)[:, :, None] * force[:, None, :])
        return _tails(x[:, None, :] * share - drawn[:, None, :]), _tails(-x[:, None, :] * share**2)

    growth = (_root(slope, x.shape, rise=True) - 1)[:, :, None]
    return _tails(x[:, None, :] * np.log1p(growth * force[:, None, :]) - growth * drawn[:, None, :])


def _epidemic_as_r(window: Window) -> Array:
    """As `_epidemic`, by R's search: Newton in log lambda, each k from where the one before ended.

    It starts at one half and gives up below exp(-18); after a k without growth it is stuck there.
    """
    here = window.mean > 0
    x, mean = np.where(here, window.x, 0.0), np.where(here, window.mean, 1.0)
    previous = np.where(here, window.previous, 0.0)
    log_growth, each = np.full(len(x), np.log(0.5)), np.zeros(x.shape)
    for k in range(x.shape[1]):
        left = window.since[:, k] & (previous[:, k:] > 0).any(axis=1)
        for _ in range(STEPS):
            rows = np.flatnonzero(left := left & (log_growth > FLOOR))
            if not len(rows):
                break
            drawn = np.exp(log_growth[rows])[:, None] * previous[rows, k:]
            expected = mean[rows, k:] + drawn
            slope = (x[rows, k:] * drawn / expected - drawn).sum(axis=1)
            bend = (x[rows, k:] * drawn * mean[rows, k:] / expected**2 - drawn).sum(axis=1)
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                after = np.clip(log_growth[rows] - slope / bend, 2 * FLOOR, -2 * FLOOR)
            left[rows] = np.abs(after - log_growth[rows]) >= 1e-8
            log_growth[rows] = after
        drawn = np.exp(log_growth)[:, None] * previous[:, k:]
        each[:, k] = (x[:, k:] * np.log1p(drawn / mean[:, k:]) - drawn).sum(axis=1)
    return each


def _tails(each: Array) -> Array:
    """Row k of (series, k, period) summed over the periods from k on; (series, k)."""
    return np.asarray(np.einsum("skp,kp->sk", each, np.triu(np.ones(each.shape[1:]))))


def _root(slope: Callable[[Array], tuple[Array, Array]], shape: tuple[int, ...], rise: bool) -> Array:
    """Where a falling slope is zero, from u = 1 upwards (`rise`) or down to 0; u = 1 where it never is."""
    ones = np.ones(shape)
    at_one = slope(ones)[0]
    changed = at_one > 0 if rise else at_one < 0
    low, high = (ones, np.full(shape, 2.0)) if rise else (np.full(shape, 1e-12), ones)
    for _ in range(STEPS if rise else 0):
        short = changed & (slope(high)[0] > 0)
        if not short.any():
            break
        low, high = np.where(short, high, low), np.where(short, 2 * high, high)
    u = (low + high) / 2
    for _ in range(STEPS):
        first, second = slope(u)
        low, high = np.where(first > 0, u, low), np.where(first > 0, high, u)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = u - first / second
        inside = (step > low) & (step < high)
        after = np.where(inside, step, (low + high) / 2)
        still = np.abs(after - u) <= 1e-14 * u
        u = after
        if (still | ~changed).all():
            break
    return np.where(changed, u, 1.0)
