"""How fast each shelf is used up (K30), how long it lasts (K31, K32), and whether that is known at all.

A **day with activity** is a day on which something was used: more than nothing issued, as told or as inferred
from counts. Goods that come or go elsewhere are none, nor is a day on which a count showed no use. The burn is
the mean over the last `days` such days inside the window; with fewer than `least_days` of them, or none for
longer than `silent_days`, it is unknown. Source: K30, after the burn-rate method of the US CDC (two days needed).

**Gaps.** An entry that says how many days it covers is spread evenly over them. One that does not say so, but
follows days of which nothing was told, is spread back over as many of those days as its size suggests: the
entry over the mean of the last days with activity before the gap, rounded. So 700 after a silent week on a shelf
that takes 100 a day is seven days of 100, while 100 on a Monday stays one day of 100 and does not make the shelf
look as if it took 33. Where nothing is left to compare with, because the silence is longer than the rows, it is
spread over all of the silence; the very first entry of a shelf is one day's use.

Days are day numbers (`date.toordinal()`) of the region; `today` is the last day that counts, so leave out a day
that has only begun. All arrays are per shelf; there is no loop over shelves, only over blocks and days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]

WHY = ("known", "never", "one_day", "silent")
"""Why the burn is known or not: nothing used in the time looked at, too few days, nothing for too long."""

CONFIDENCE = ("none", "full", "gaps", "inferred")
"""What the burn rests on: nothing; days told one by one; days apart or spread; days inferred from counts."""

BANDS = ("red", "amber", "green", "unknown", "empty")

ALL_OF_IT = 1e-9
"""Units a day next to which any entry is large enough to cover the whole silence before it."""

BLOCK = 40_000
"""Shelves worked on at once, so that memory stays near 50 MB however many there are."""


@dataclass(frozen=True)
class BurnRules:
    """The values `burn.*` of the supply pack."""

    days: int
    least_days: int
    window_days: int
    silent_days: int

    @property
    def looked_at(self) -> int:
        """Days of rows to hand over: the window, and as long before it to know what was usual."""
        return 2 * self.window_days


@dataclass(frozen=True)
class Use:
    """Rows of use in any order, all columns of one length; a shelf and day may stand more than once.

    `shelf` 0 to n - 1; `day` as a day number; `used` in units (nothing or less is no use); `inferred` from a
    count; `covers` how many days, `day` the last, the use is spread over (1: told for that day).
    """

    shelf: Ints
    day: Ints
    used: Floats
    inferred: Flags
    covers: Ints

    @classmethod
    def of(
        cls, shelf: ArrayLike, day: ArrayLike, used: ArrayLike, inferred: ArrayLike, covers: ArrayLike
    ) -> Use:
        """From any columns; ValueError when their lengths differ."""
        use = cls(
            np.asarray(shelf, np.int64),
            np.asarray(day, np.int64),
            np.asarray(used, np.float64),
            np.asarray(inferred, np.bool_),
            np.maximum(np.asarray(covers, np.int64), 1),
        )
        if len({column.size for column in (use.shelf, use.day, use.used, use.inferred, use.covers)}) != 1:
            raise ValueError("the columns of use differ in length")
        return use

    def where(self, rows: Flags | Ints | slice) -> Use:
        """Some of the rows."""
        columns = (self.shelf, self.day, self.used, self.inferred, self.covers)
        return Use(*(column[rows] for column in columns))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Burn:
    """Per shelf: units a day (NaN: unknown), days in the mean, last day used (0: never), and two codes."""

    rate: Floats
    days_used: Ints
    last_day: Ints
    why: Codes
    """Index into `WHY`."""
    confidence: Codes
    """Index into `CONFIDENCE`."""


@dataclass
class _Grid:
    """Use by shelf and day, oldest first: amounts, and of which days something is known and how."""

    used: Floats
    told: Flags
    inferred: Flags
    spread: Flags


def reckon(use: Use, shelves: int, today: int, rules: BurnRules, last_used: ArrayLike | None = None) -> Burn:
    """The burn of every shelf at the end of `today`; rows older than `rules.looked_at` days are not looked at.

    `last_used` (shelves,) is the last day used as an earlier reckoning found it, 0 for never: it keeps the age
    of a silence that is longer than the rows reach back. ValueError when a row names no shelf.
    """
    burn = Burn(
        np.full(shelves, np.nan),
        np.zeros(shelves, np.int64),
        np.zeros(shelves, np.int64),
        np.zeros(shelves, np.int8),
        np.zeros(shelves, np.int8),
    )
    first = today - rules.looked_at + 1
    earlier = _earlier(last_used, shelves, first)
    for start, stop, rows in _blocks(use, shelves):
        part = slice(start, stop)
        grid = _grid(rows, earlier[part], first, today, rules.days)
        burn.rate[part], burn.days_used[part], burn.confidence[part] = _mean(grid, rules)
        burn.last_day[part] = np.maximum(_last_day(grid.used > 0, first), earlier[part])
    silent = today - burn.last_day > rules.silent_days
    states = [burn.last_day == 0, silent, burn.days_used < rules.least_days]
    codes = [WHY.index(word) for word in ("never", "silent", "one_day")]
    burn.why[:] = np.select(states, codes, WHY.index("known"))
    unknown = burn.why != WHY.index("known")
    burn.rate[unknown] = np.nan
    burn.confidence[unknown] = CONFIDENCE.index("none")
    return burn


def daily(use: Use, shelves: int, today: int, days: int, rules: BurnRules) -> Floats:
    """Use by shelf and day (shelves, days), oldest first, gaps filled as above; NaN where nothing was told."""
    found = np.full((shelves, days), np.nan)
    first = today - days - rules.window_days + 1
    never = np.zeros(shelves, np.int64)
    for start, stop, rows in _blocks(use, shelves):
        grid = _grid(rows, never[start:stop], first, today, rules.days)
        found[start:stop] = np.where(grid.told, grid.used, np.nan)[:, -days:]
    return found


def days_of_supply(usable: ArrayLike, burn: ArrayLike) -> Floats:
    """What may be used over what a day takes, in days; NaN where the burn is unknown, never infinity (K31)."""
    rate = np.asarray(burn, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        days = np.maximum(np.asarray(usable, np.float64), 0.0) / rate
    return np.where(rate > 0, days, np.nan)


def hours_to_empty(usable: ArrayLike, burn: ArrayLike) -> Floats:
    """The same in hours, for what runs out within a day; NaN where the burn is unknown."""
    return days_of_supply(usable, burn) * 24.0


def band(usable: ArrayLike, days: ArrayLike, red: float, amber: float) -> Codes:
    """Index into `BANDS` per shelf: empty where nothing is left, unknown where the days are, else by days."""
    left, lasts = np.asarray(usable, np.float64), np.asarray(days, np.float64)
    states = [left <= 0, np.isnan(lasts), lasts < red, lasts < amber]
    codes = [BANDS.index(word) for word in ("empty", "unknown", "red", "amber")]
    return np.select(states, codes, BANDS.index("green")).astype(np.int8)


def shown(number: float | None, decimals: int = 1) -> float | None:
    """A number as a table prints it, halves up (12.25 is 12.3); None for an unknown one, which prints as a dash."""
    if number is None or np.isnan(number):
        return None
    step = Decimal(1).scaleb(-decimals)
    return float(Decimal(str(float(number))).quantize(step, ROUND_HALF_UP))


def _blocks(use: Use, shelves: int) -> Iterator[tuple[int, int, Use]]:
    """Blocks of shelves with their rows, the shelves numbered from 0 in each."""
    if use.shelf.size and (use.shelf.min() < 0 or use.shelf.max() >= shelves):
        raise ValueError("a row of use names a shelf that does not exist")
    if not (use.shelf[1:] >= use.shelf[:-1]).all():
        use = use.where(np.argsort(use.shelf, kind="stable"))
    for start in range(0, shelves, BLOCK):
        stop = min(start + BLOCK, shelves)
        low, high = np.searchsorted(use.shelf, [start, stop])
        rows = use.where(slice(low, high))
        yield start, stop, Use(rows.shelf - start, rows.day, rows.used, rows.inferred, rows.covers)


def _earlier(last_used: ArrayLike | None, shelves: int, first: int) -> Ints:
    """The last day used before the rows begin; 0 where none is known."""
    known = np.zeros(shelves, np.int64) if last_used is None else np.asarray(last_used, np.int64)
    return np.where(known < first, known, 0)


def _grid(use: Use, earlier: Ints, first: int, today: int, usual_days: int) -> _Grid:
    """Rows laid out by shelf and day, each spread over the days that it covers."""
    told = (use.used > 0) | use.inferred
    use = use.where(told & (use.day >= first) & (use.day <= today))
    column, width = use.day - first, today - first + 1
    # An entry may reach back past the first column; what lies there is left out, not piled up on it.
    reach = np.minimum(use.covers, column + 1)
    row = np.repeat(np.arange(use.shelf.size), reach)
    back = np.arange(row.size) - np.repeat(np.cumsum(reach) - reach, reach)
    cell = use.shelf[row] * width + column[row] - back
    shape = (earlier.size, width)
    grid = _Grid(
        _summed(cell, (np.maximum(use.used, 0.0) / use.covers)[row], shape),
        *(np.zeros(shape, np.bool_) for _ in range(3)),
    )
    grid.told.ravel()[cell] = True
    grid.inferred.ravel()[cell[use.inferred[row]]] = True
    grid.spread.ravel()[cell[use.covers[row] > 1]] = True
    plain = (use.covers == 1) & ~use.inferred
    entered = _summed((use.shelf * width + column)[plain], use.used[plain], shape)
    # The last column told: before the first where it is older than the rows, right of all others for never.
    _spread_late(grid, entered, np.where(earlier > 0, earlier - first, width), usual_days)
    return grid


def _summed(cell: Ints, amount: Floats, shape: tuple[int, int]) -> Floats:
    """Amounts added up in the cells of a grid."""
    sums: Floats = np.bincount(cell, amount, shape[0] * shape[1]).astype(np.float64)
    return sums.reshape(shape)


def _spread_late(grid: _Grid, entered: Floats, last: Ints, usual_days: int) -> None:
    """Spread entries that follow silent days and are larger than usual back over those days, oldest first."""
    for day in range(entered.shape[1]):
        late = np.flatnonzero((entered[:, day] > 0) & (day - last > 1))
        if late.size:
            amount = entered[late, day]
            usual = _usual(grid.used[late, :day], usual_days)
            usual[last[late] < 0] = ALL_OF_IT
            covers = np.clip(np.floor(amount / usual + 0.5), 1, day - last[late]).astype(np.int64)
            late, amount, covers = (part[covers > 1] for part in (late, amount, covers))
            _fill(grid, late, day, amount, covers)
        last[grid.told[:, day]] = day


def _fill(grid: _Grid, shelves: Ints, day: int, amount: Floats, covers: Ints) -> None:
    """Take the amounts off the day on which they were entered and lay them over the days that they cover."""
    within = np.arange(day + 1) > (day - covers)[:, None]
    grid.used[shelves, day] -= amount
    grid.used[shelves, : day + 1] += within * (amount / covers)[:, None]
    grid.told[shelves, : day + 1] |= within
    grid.spread[shelves, : day + 1] |= within


def _last_active(used: Floats, days: int) -> Flags:
    """The last `days` columns with use in each row."""
    active = used > 0
    from_right = np.cumsum(active[:, ::-1], axis=1)[:, ::-1]
    return active & (from_right <= days)


def _usual(used: Floats, days: int) -> Floats:
    """The mean of the last days with activity; infinity where there is none, so that nothing looks late."""
    chosen = _last_active(used, days)
    count = chosen.sum(axis=1)
    usual = np.full(count.shape, np.inf)
    np.divide(np.where(chosen, used, 0.0).sum(axis=1), count, out=usual, where=count > 0)
    return usual


def _mean(grid: _Grid, rules: BurnRules) -> tuple[Floats, Ints, Codes]:
    """Burn, days in the mean and confidence of a block of shelves."""
    window = slice(-rules.window_days, None)
    chosen = _last_active(grid.used[:, window], rules.days)
    count = chosen.sum(axis=1)
    total = np.where(chosen, grid.used[:, window], 0.0).sum(axis=1)
    rate = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
    inferred = (grid.inferred[:, window] & chosen).any(axis=1)
    span = chosen.shape[1] - chosen[:, ::-1].argmax(axis=1) - chosen.argmax(axis=1)
    apart = (grid.spread[:, window] & chosen).any(axis=1) | (span > count)
    codes = [CONFIDENCE.index(word) for word in ("none", "inferred", "gaps")]
    confidence = np.select([count == 0, inferred, apart], codes, CONFIDENCE.index("full"))
    return rate, count, confidence.astype(np.int8)


def _last_day(active: Flags, first: int) -> Ints:
    """The day number of the last day with activity; 0 where there is none."""
    width = active.shape[1]
    return np.where(active.any(axis=1), first + width - 1 - active[:, ::-1].argmax(axis=1), 0)
