"""Which past weeks speak for this one: the same season of earlier years, and the seasons between (2013, 3.1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from region.surveillance.detect.series import Array

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Baseline:
    """The history of one point, told relative to it: points of the same pattern are fitted together.

    ``rows`` (n) steps from the point, negative, ascending; ``season`` (n) 0 is the point's own; ``time`` (n) the
    clock of the trend, centred and scaled to about -1..1; ``now`` the point on that clock.
    """

    rows: Ints
    season: Ints
    time: Array
    now: float

    @property
    def seasons(self) -> int:
        """How many seasons the rows are divided into."""
        return int(self.season.max()) + 1

    @property
    def pattern(self) -> bytes:
        """Equal for points whose histories lie alike."""
        return self.rows.tobytes() + self.season.tobytes() + self.time.tobytes()


def baseline(
    at: int, dates: NDArray[np.datetime64] | None, frequency: int, b: int, w: int, periods: int, left_out: int
) -> Baseline | None:
    """The history of position `at`: windows of 2w+1 steps around the same week of b years, and with `periods`
    above 1 the steps between them, divided into periods - 1 seasons; None where the series begins too late.

    `dates` (days) make "the same week" a matter of the calendar, so that years of 53 weeks hold; None counts
    `frequency` steps a year.
    """
    same = same_weeks(at, dates, frequency, b)
    if len(same) < b or same[-1] - w < 0:
        return None
    season = np.full(at + 1, -1, dtype=np.int64)
    season[max(at - w, 0) :] = 0
    later = at
    for place in same:
        season[place - w : place + w + 1] = 0
        if periods > 1:
            between = later - place - 2 * w - 1
            season[place + w + 1 : later - w] = _divided(between, periods - 1)
        later = place
    season[at - left_out :] = -1
    rows = np.flatnonzero(season >= 0)
    if not rows.size:
        return None
    clock = _clock(rows, at, dates)
    middle, width = clock.mean(), max(float(np.ptp(clock)) / 2, 1.0)
    return Baseline(rows - at, season[rows], (clock - middle) / width, float(-middle / width))


def _divided(steps: int, parts: int) -> Ints:
    """Steps in order, dealt to seasons 1..parts as evenly as may be; the first seasons take what is over."""
    length, over = divmod(steps, parts)
    return np.repeat(np.arange(1, parts + 1), [length + (part < over) for part in range(parts)])


def _clock(rows: Ints, at: int, dates: NDArray[np.datetime64] | None) -> Array:
    if dates is None:
        return (rows - at).astype(float)
    return np.asarray((dates[rows] - dates[at]) / np.timedelta64(1, "D"), dtype=float)


def same_weeks(at: int, dates: NDArray[np.datetime64] | None, frequency: int, b: int) -> list[int]:
    """The positions of "the same week" 1..b years before `at`, latest first; fewer where the series is too short.

    By dates: the step nearest to the same date of that year.
    """
    if dates is None:
        return [at - k * frequency for k in range(1, b + 1) if at >= k * frequency]
    found = []
    for k in range(1, b + 1):
        day = _years_before(dates[at], k)
        place = int(np.argmin(np.abs(dates - day)))
        if place > 0 or dates[0] <= day:
            found.append(place)
    return found


def _years_before(day: np.datetime64, years: int) -> np.datetime64:
    """The same date so many years earlier; 29 February becomes 1 March."""
    month = day.astype("datetime64[M]")
    return np.datetime64((month - 12 * years).astype("datetime64[D]") + (day - month.astype("datetime64[D]")))
