"""Adding shelves up to areas: what an area holds, how long it lasts, and which of its places runs out first.

The burn of an area is K30 on the area's own days: what its places used on each whole day, added up, and the mean of
the last days with activity. Adding up the places' burns instead would count a site that uses something every third
day three times, and leave out all that began yesterday. The days of supply are what may be used in the whole area,
its warehouses included, over that burn. How many of its places have a burn that is known is told beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from region.resources.burn import BANDS, BurnRules, Use, days_of_supply, reckon

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SUMS = ("on_hand", "usable", "coming", "blocked", "expired", "near_expiry")
DAY_BYTES = np.dtype("<f4")


@dataclass(frozen=True)
class ShelfColumns:
    """Shelves, one row each: `sums` in units by name, `days` NaN where unknown, `band` an index into `BANDS`,
    `told` in seconds since 1970, and `use` (rows, days) in units, the last column the day `until`."""

    place: Ints
    sums: dict[str, Ints]
    days: Floats
    known: NDArray[np.bool_]
    band: NDArray[np.int8]
    told: Floats
    use: NDArray[np.float32]
    until: int


@dataclass(frozen=True)
class AreaColumns:
    """Groups of shelves, one row each: as `ShelfColumns`, with how many shelves stand in each band."""

    group: Ints
    places: Ints
    known: Ints
    sums: dict[str, Ints]
    bands: dict[str, Ints]
    burn: Floats
    days: Floats
    first_place: Ints
    first_days: Floats
    oldest_told: Floats


def add_up(shelves: ShelfColumns, row: Ints, group: Ints, rules: BurnRules) -> AreaColumns:
    """Sum shelves by group: shelf `row[n]` belongs to `group[n]`; a shelf may belong to several."""
    lasts = np.where(np.isnan(shelves.days), np.inf, shelves.days)
    order = np.lexsort((shelves.place[row], lasts[row], group))
    row, group = row[order], group[order]
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    burn = _burn(shelves, row, group, starts, rules)
    sums = {name: _added(shelves.sums[name][row], starts) for name in SUMS}
    first = lasts[row][starts]
    known = np.isfinite(first)
    return AreaColumns(
        group=group[starts],
        places=np.diff(starts, append=row.size),
        known=_added(shelves.known[row].astype(np.int64), starts),
        sums=sums,
        bands={
            name: _added((shelves.band[row] == n).astype(np.int64), starts) for n, name in enumerate(BANDS)
        },
        burn=burn,
        days=days_of_supply(sums["usable"], burn),
        first_place=np.where(known, shelves.place[row][starts], 0),
        first_days=np.where(known, first, np.nan),
        oldest_told=_earliest(shelves.told[row], starts),
    )


def _burn(shelves: ShelfColumns, row: Ints, group: Ints, starts: Ints, rules: BurnRules) -> Floats:
    """K30 on what each group used on each day. It counts as inferred, for its gaps are filled already."""
    width = shelves.use.shape[1]
    totals = np.zeros((starts.size, width))
    for day in range(width if starts.size else 0):
        totals[:, day] = np.add.reduceat(shelves.use[row, day].astype(np.float64), starts)
    at, used = np.nonzero(totals)
    use = Use.of(at, shelves.until - width + 1 + used, totals[at, used], np.ones(at.size), np.ones(at.size))
    return reckon(use, starts.size, shelves.until, rules).rate


def _added(values: Ints, starts: Ints) -> Ints:
    sums: Ints = np.add.reduceat(values, starts) if starts.size else values[:0]
    return sums


def _earliest(values: Floats, starts: Ints) -> Floats:
    found: Floats = np.fmin.reduceat(values, starts) if starts.size else values[:0]
    return found


def packed(use: Floats) -> list[bytes | None]:
    """Days of use (shelves, days) as a shelf keeps them; None where nothing was used."""
    rows = np.nan_to_num(use).astype(DAY_BYTES)
    used = np.count_nonzero(rows, axis=1).tolist()
    return [row.tobytes() if some else None for row, some in zip(rows, used, strict=True)]


def unpacked(recent: list[bytes | None], late: list[int], width: int) -> NDArray[np.float32]:
    """What shelves keep, as (shelves, width); each moved `late` days to the left, for it was packed so long ago."""
    found = np.zeros((len(recent), width), np.float32)
    by_shape: dict[tuple[int, int], list[int]] = {}
    for n, (one, days) in enumerate(zip(recent, late, strict=True)):
        if one is not None:
            by_shape.setdefault((len(one), days), []).append(n)
    for (_size, days), rows in by_shape.items():
        kept = np.frombuffer(b"".join(recent[n] or b"" for n in rows), DAY_BYTES).reshape(len(rows), -1)
        stop = width - days
        take = min(kept.shape[1], stop)
        if take > 0:
            found[np.array(rows), stop - take : stop] = kept[:, -take:]
    return found
