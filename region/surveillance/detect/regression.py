"""A straight line and six weekdays fitted to the last weeks of days, and how far today lies above its forecast.

The adaptive multiple regression of NSSP's ESSENCE (Burkom, see `ewma`): ordinary least squares on the baseline.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from region.surveillance.detect.series import Array, Flags, Ints, Panel

TERMS = 8  # 1, the trend, six weekdays
LEAST_DAYS = 11
WARNING = 0.05


@dataclass(frozen=True)
class Forecast:
    """What was forecast for each point and how it compares; all arrays (series, time), NaN where nothing was."""

    expected: Array
    statistic: Array
    probability: Array
    upper: Array
    r2: Array


def weekdays(panel: Panel) -> Ints:
    """Monday 0 to Sunday 6 of each period; of plain indices, the remainder by seven."""
    if not panel.dated:
        return np.asarray(panel.dates.astype(np.int64) % 7)
    return np.asarray((panel.dates.astype("datetime64[D]").astype(np.int64) + 3) % 7)  # day 0 was a Thursday


def forecasts(panel: Panel, days: int, guard: int, alpha: float) -> Forecast:
    """Forecasts of every point from up to `days` days of baseline, `guard` days before it.

    No forecast with fewer than LEAST_DAYS reported days, or where the baseline lacks a weekday (no rank).
    """
    y = panel.observed
    weekday = weekdays(panel)
    made = Forecast(*(np.full(y.shape, np.nan) for _ in range(5)))
    for t in range(LEAST_DAYS + guard, y.shape[1]):
        part = slice(max(0, t - guard - days), t - guard)
        x = _design(np.arange(part.stop - part.start), weekday[part])
        today = _design(np.array([part.stop - part.start + guard]), weekday[t : t + 1])[0]
        known = ~np.isnan(y[:, part])
        for rows, used in _patterns(known):
            if used.sum() >= LEAST_DAYS and np.linalg.matrix_rank(x[used]) == TERMS:
                _one(made, t, rows, y[rows, t], y[rows, part][:, used], x[used], today, alpha)
    return made


def _design(time: Ints, weekday: Ints) -> Array:
    """Rows of 1, the day's number from 1 and six weekdays, (days, TERMS); Sunday is the one left out."""
    return np.column_stack([np.ones(len(time)), time + 1.0, weekday[:, None] == np.arange(6)]).astype(float)


def _patterns(known: Flags) -> list[tuple[Ints, Flags]]:
    """Series with the same missing days together: (rows, days that were reported)."""
    if known.all():
        return [(np.arange(len(known)), np.ones(known.shape[1], dtype=bool))]
    shapes, which = np.unique(known, axis=0, return_inverse=True)
    return [(np.flatnonzero(which.ravel() == i), shape) for i, shape in enumerate(shapes)]


def _one(
    made: Forecast, t: int, rows: Ints, now: Array, past: Array, x: Array, today: Array, alpha: float
) -> None:
    """Fill in time `t` for the series `rows`, which share the design `x`."""
    n, df = len(x), len(x) - TERMS
    beta = past @ np.linalg.pinv(x).T
    fitted = beta @ x.T
    residual = np.square(past - fitted).sum(axis=1)
    explained = np.square(fitted - fitted.mean(axis=1, keepdims=True)).sum(axis=1)
    whole = residual + explained
    share = np.divide(explained, whole, out=np.zeros_like(whole), where=whole > 0)
    made.r2[rows, t] = np.where(whole > 0, 1 - (1 - share) * (n - 1) / df, 0.0)
    least = 1.01 / np.round(-special.stdtrit(df, WARNING), 5)
    scale = np.sqrt((n + 7) * (n - 4) / (n * (n - 7)))
    sigma = np.maximum(np.sqrt(residual / df) * scale, least)
    expected = np.maximum(0.0, beta @ today)
    statistic = (now - expected) / sigma
    made.expected[rows, t] = expected
    made.statistic[rows, t] = statistic
    made.probability[rows, t] = special.stdtr(df, -statistic)
    made.upper[rows, t] = expected - special.stdtrit(df, alpha) * sigma
