"""The past points that a method compares a point with: their number, mean and spread, with missing ones left out.

A `lag` is how many periods back a point lies. Everything is computed for all series and all judged points at
once; the loops here run over lags, of which there are few.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from region.surveillance.detect.series import GAP, SHORT, Array, Flags, Ints, Panel, Words

LEAST = 0.5  # the share of the past points that must have been reported; our rule, the papers know no gaps


@dataclass(frozen=True)
class History:
    """What the past points say; every array is (series, judged time). `wanted` points each, `n` were reported."""

    wanted: int
    n: Array
    total: Array
    mean: Array
    sd: Array
    short: Flags

    @property
    def enough(self) -> Flags:
        """Whether the calendar reaches back far enough, and at least `LEAST` of the points were reported."""
        return np.asarray(~self.short & (self.n >= max(2.0, np.ceil(self.wanted * LEAST))))

    @property
    def whole(self) -> Flags:
        """Whether every past point is there."""
        return np.asarray(~self.short & (self.n == self.wanted))

    @property
    def empty(self) -> Flags:
        """Whether there is a history, and it is all zeros."""
        return np.asarray(self.enough & (self.total == 0))

    def note(self, empty: str = "") -> Words:
        """Why there is no answer, or what the answer leaves out: SHORT, GAP, `empty` or nothing."""
        note = np.zeros(self.n.shape, dtype="<U16")
        for said, where in ((GAP, self.n < self.wanted), (empty, self.empty), (SHORT, self.short)):
            if said and where.any():  # words are wide: most of a large panel has none
                note[where] = said
        return note


def back(values: Array, span: tuple[int, int], lag: int) -> Array:
    """The values `lag` periods before each judged point, (series, judged time); NaN before the beginning."""
    first, end = span[0] - lag, span[1] - lag
    found = values[:, max(first, 0) : max(end, 0)]
    missing = (span[1] - span[0]) - found.shape[1]
    if not missing:
        return found
    return np.concatenate([np.full((values.shape[0], missing), np.nan), found], axis=1)


def history(values: Array, span: tuple[int, int], lags: Sequence[int]) -> History:
    """Number, sum, mean and sample standard deviation of the values at `lags` before each judged point.

    `values`: (series, time), NaN where missing. Two passes, so that huge counts lose no digits.
    """
    shape = (values.shape[0], span[1] - span[0])
    n, total, squares = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    gapless = not np.isnan(values).any() and span[0] >= max(lags)
    for lag in lags:
        found = back(values, span, lag)
        if gapless:
            total += found
        else:
            known = ~np.isnan(found)
            n += known
            total += np.where(known, found, 0.0)
    if gapless:
        n += len(lags)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / n
        for lag in lags:
            away = back(values, span, lag) - mean
            squares += np.square(away) if gapless else np.where(np.isnan(away), 0.0, np.square(away))
        sd = np.sqrt(squares / (n - 1))
    short = np.broadcast_to(np.arange(*span) < max(lags), shape)
    return History(len(lags), n, total, mean, np.where(n > 1, sd, np.nan), short)


def seasons(frequency: int, years: int, half: int, recent: int = 0) -> list[int]:
    """Lags of the same season in past `years`, `half` periods to each side, and of the `recent` periods."""
    past = [year * frequency + shift for year in range(1, years + 1) for shift in range(-half, half + 1)]
    return [lag for lag in past if lag > 0] + list(range(1, recent + 1))


def years_back(panel: Panel, span: tuple[int, int], years: int) -> Ints:
    """Lags, (years, judged time), to the period that holds the same day of each past year.

    Dated weeks: the week with the nearest same weekday, so that a year of 53 weeks shifts nothing. Plain indices:
    whole years of `frequency` periods.
    """
    judged = np.arange(*span)
    whole = np.arange(1, years + 1)[:, None]
    if not panel.dated or len(panel.dates) < 2:
        return np.broadcast_to(whole * panel.frequency, (years, len(judged))).astype(np.int64)
    dates = panel.dates.astype("datetime64[D]")
    step = (dates[1] - dates[0]).astype(int)
    if step > 7:  # months: as many months a year, whatever their length
        return np.broadcast_to(whole * panel.frequency, (years, len(judged))).astype(np.int64)
    today = dates[judged]
    month = today.astype("datetime64[M]")
    day = (today - month.astype("datetime64[D]")).astype(int)
    then_month = month[None, :] - 12 * whole
    last = ((then_month + 1).astype("datetime64[D]") - then_month.astype("datetime64[D]")).astype(int) - 1
    then = then_month.astype("datetime64[D]") + np.minimum(day[None, :], last)
    days = (today[None, :] - then).astype(int)
    return np.asarray(np.rint(days / step), dtype=np.int64)
