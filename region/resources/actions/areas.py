"""Keeping the sums of areas true: each item in each area down to the sub-district, as walls and tables read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from region.places import levels
from region.places.models import Area, Place
from region.resources.bands import band_of
from region.resources.burn import BANDS, BurnRules
from region.resources.catalogue import band_limits
from region.resources.events.stock import BandChanged
from region.resources.models import AreaSupply, Shelf
from region.resources.queries.columns import Shelves, shelves_to_add
from region.resources.summing import SUMS, AreaColumns, ShelfColumns, add_up, unpacked
from region.spine import bulk
from region.spine.work import Work

Ints = NDArray[np.int64]
KEY = ("realm", "place_id", "item")
FINEST = "subdistrict"
EMPTY: dict[str, Any] = {
    **dict.fromkeys(("places", "known", *SUMS, *BANDS), 0),
    **dict.fromkeys(("burn", "days", "first_place_id", "first_days", "oldest_told")),
    "band": "unknown",
}
"""An area in which nothing of an item lies any more."""


@dataclass(frozen=True)
class _Tree:
    """Which areas lie above each place: those of `place[n]` are `area[start[n] : start[n] + many[n]]`."""

    place: Ints
    start: Ints
    many: Ints
    area: Ints

    def above(self, places: Ints) -> tuple[Ints, Ints]:
        """Pairs: a row of `places`, and an area that lies above it."""
        at = np.searchsorted(self.place, places)
        many = self.many[at]
        row = np.repeat(np.arange(places.size), many)
        within = np.arange(row.size) - np.repeat(np.cumsum(many) - many, many)
        return row, self.area[self.start[at][row] + within]


def restate_areas(w: Work, items: Sequence[str], rules: BurnRules, until: date) -> int:
    """Sum these items up for every area above their places; tell each band that changed. How many rows changed.

    The rows are held first and the shelves read after that: of two works at once, the second sees both.
    """
    standing = _standing(w, items)
    shelves = shelves_to_add(w, items)
    found = _sums(w, shelves, items, rules, until)
    rows = []
    for key in sorted({*standing, *found}):
        row, before = found.get(key, EMPTY), standing.get(key)
        if before is None or any(getattr(before, name) != value for name, value in row.items()):
            rows.append({"realm": w.realm, "place_id": key[0], "item": key[1], **row, "reckoned_at": w.now})
            _tell_band(w, key, before.band if before else "unknown", row)
    bulk.put(w.session, AreaSupply, rows, KEY)
    return len(rows)


def _tell_band(w: Work, key: tuple[int, str], before: str, row: dict[str, Any]) -> None:
    if row["band"] != before:
        days = None if row["days"] is None else round(row["days"], 2)
        w.tell(BandChanged(item=key[1], before=before, after=row["band"], days=days, place=key[0]))


def _standing(w: Work, items: Sequence[str]) -> dict[tuple[int, str], Any]:
    columns = [getattr(AreaSupply, name) for name in ("place_id", "item", *EMPTY)]
    wanted = select(*columns).where(AreaSupply.item.in_(items))
    wanted = wanted.order_by(AreaSupply.item, AreaSupply.place_id).with_for_update()
    return {(row.place_id, row.item): row for row in w.session.execute(wanted)}


def _sums(
    w: Work, shelves: Shelves, items: Sequence[str], rules: BurnRules, until: date
) -> dict[tuple[int, str], dict[str, Any]]:
    if not shelves.rows:
        return {}
    columns = _columns(w, shelves, rules.window_days, until.toordinal())
    code = {item: n for n, item in enumerate(items)}
    row, area = _tree(w, items).above(columns.place)
    item = np.fromiter((code[one.item] for one in shelves.rows), np.int64, len(shelves.rows))
    added = add_up(columns, row, area * len(items) + item[row], rules)
    limits = band_limits(w.rules)
    return {
        (int(group) // len(items), items[int(group) % len(items)]): _row(
            added, n, limits(items[int(group) % len(items)])
        )
        for n, group in enumerate(added.group)
    }


def _row(added: AreaColumns, n: int, limits: tuple[float, float]) -> dict[str, Any]:
    """One area and item as the table keeps it."""
    usable, days = int(added.sums["usable"][n]), _number(added.days[n])
    told = _number(added.oldest_told[n])
    return {
        "places": int(added.places[n]),
        "known": int(added.known[n]),
        **{name: int(values[n]) for name, values in added.sums.items()},
        **{name: int(values[n]) for name, values in added.bands.items()},
        "burn": _number(added.burn[n]),
        "days": days,
        "band": band_of(usable, days, *limits),
        "first_place_id": int(added.first_place[n]) or None,
        "first_days": _number(added.first_days[n]),
        "oldest_told": None if told is None else datetime.fromtimestamp(told, UTC),
    }


def _number(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)


def _columns(w: Work, shelves: Shelves, width: int, until: int) -> ShelfColumns:
    """The shelves as columns; where the night has not been at some yet, the days end with the last that all know."""
    days = {
        at: w.office.clock.day(at).toordinal() - 1 for at in {row.reckoned_at for row in shelves.rows} if at
    }
    late = [max(0, until - days.get(row.reckoned_at, until)) for row in shelves.rows]
    recent = [row.recent for row in shelves.rows]
    behind = max((days for days, used in zip(late, recent, strict=True) if used is not None), default=0)
    behind = min(behind, width - 1)
    free = shelves.ints("on_hand") - shelves.ints("reserved") - shelves.ints("blocked")
    sums = {name: shelves.ints(name) for name in SUMS if name != "usable"}
    sums["usable"] = free - sums["expired"]
    return ShelfColumns(
        place=shelves.ints("place_id"),
        sums=sums,
        days=shelves.floats("days"),
        known=~np.isnan(shelves.floats("burn")),
        band=np.fromiter((BANDS.index(row.band) for row in shelves.rows), np.int8, len(shelves.rows)),
        told=_told(shelves),
        use=unpacked(recent, late, width)[:, : width - behind],
        until=until - behind,
    )


def _told(shelves: Shelves) -> NDArray[np.float64]:
    """When each shelf last told anything, in seconds since 1970; NaN for never."""
    seconds = {at: at.timestamp() for row in shelves.rows for at in (row.moved_at, row.counted_at) if at}
    moved, counted = (
        np.array([seconds.get(getattr(row, name), np.nan) for row in shelves.rows])
        for name in ("moved_at", "counted_at")
    )
    told: NDArray[np.float64] = np.fmax(moved, counted)
    return told


def _tree(w: Work, items: Sequence[str]) -> _Tree:
    """The areas above all places with these items, down to the sub-district; a place may be such an area itself."""
    known = [code for code, _zh, _en in levels.LEVELS if levels.rank(code) <= levels.rank(FINEST)]
    areas = set(w.session.scalars(select(Area.place_id).where(Area.level.in_(known))))
    with_items = select(Shelf.place_id).where(Shelf.item.in_(items))
    wanted = select(Place.id, Place.path).where(Place.id.in_(with_items)).order_by(Place.id)
    above = {
        place: [int(step) for step in path.strip("/").split("/") if int(step) in areas]
        for place, path in w.session.execute(wanted)
    }
    many = np.array([len(found) for found in above.values()], np.int64)
    flat = [area for found in above.values() for area in found]
    return _Tree(np.array(list(above), np.int64), np.cumsum(many) - many, many, np.array(flat, np.int64))
