"""Reckoning on a clock how fast each shelf is used up and how long it lasts: what changed, and at night everything.

Whole days count: the day that has only begun is left out, so the burn changes at midnight and with late entries,
while stock counts down all day. Silence changes the burn as well, and lots expire, which is why the night goes over
all shelves, in parts that each hold only their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import func, select

from region.resources import burn as burning
from region.resources.actions.areas import restate_areas
from region.resources.bands import band_of
from region.resources.burn import CONFIDENCE, WHY, days_of_supply
from region.resources.catalogue import band_limits, burn_rules
from region.resources.events.stock import SuppliesReckoned
from region.resources.models import Shelf
from region.resources.queries.columns import (
    RECKONED,
    Expiry,
    Shelves,
    expiry_of,
    shelves_of_items,
    stale_shelves,
    use_of,
)
from region.resources.states import PACK
from region.resources.summing import packed
from region.spine import bulk
from region.spine.work import Work

AT_ONCE = 20_000
"""Shelves reckoned in one work by the minute."""
NIGHT_AT_ONCE = 40_000
"""Shelves held by one work of the night, of whole items; an item of more places than that goes alone."""
NOTHING = Expiry()


def reckon_stale(w: Work, most: int = AT_ONCE) -> bool:
    """Reckon shelves that changed since they were reckoned last, and the areas above them; whether more are left."""
    w.need("system.operate")
    shelves = stale_shelves(w, most)
    _reckon(w, shelves, whole=False)
    return len(shelves.rows) == most


def reckon_items(w: Work, items: Sequence[str]) -> None:
    """Reckon all shelves of these items and the areas above them, changed or not."""
    w.need("system.operate")
    _reckon(w, shelves_of_items(w, items), whole=True)


def parts_of_night(w: Work, most: int = NIGHT_AT_ONCE) -> list[list[str]]:
    """All items that lie on shelves, in parts of not many shelves each."""
    counted = select(Shelf.item, func.count()).group_by(Shelf.item).order_by(Shelf.item)
    parts: list[list[str]] = []
    room = 0
    for item, number in w.session.execute(counted):
        if not parts or number > room:
            parts.append([])
            room = most
        parts[-1].append(item)
        room -= number
    return parts


def last_whole_day(w: Work) -> date:
    """The last day that is over, and so counts."""
    return w.office.clock.day(w.now) - timedelta(days=1)


def _reckon(w: Work, shelves: Shelves, *, whole: bool) -> None:
    if not shelves.rows:
        return
    found = _found(w, shelves, whole=whole)
    changed = list(_changed(w, shelves, found))
    bulk.change(w.session, Shelf, changed, ("realm", "place_id", "item"))
    # By the minute, stock has changed wherever a shelf is stale; at night, areas also outlive their shelves.
    areas = restate_areas(w, shelves.items, burn_rules(w.rules), last_whole_day(w))
    if areas or any(_differs(row, one) for row, one in zip(shelves.rows, found, strict=True)):
        unknown = sum(one["why"] != "known" for one in found)
        w.tell(SuppliesReckoned(shelves=len(changed), unknown=unknown, night=whole))


def _changed(w: Work, shelves: Shelves, found: Sequence[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """The rows to be written: what came out differently, was stale, or keeps days that are to move on by one."""
    today = w.office.clock.day(w.now)
    days = {at: at and w.office.clock.day(at) for at in {row.reckoned_at for row in shelves.rows}}
    for row, one in zip(shelves.rows, found, strict=True):
        moved_on = one["recent"] is not None and days[row.reckoned_at] != today
        if row.stale or moved_on or _differs(row, one):
            key = {"realm": w.realm, "place_id": row.place_id, "item": row.item}
            yield key | one | {"stale": False, "reckoned_at": w.now}


def _differs(row: Any, found: dict[str, Any]) -> bool:
    return any(getattr(row, name) != found[name] for name in RECKONED)


@dataclass(frozen=True)
class _Rates:
    """What the days of use say of each shelf, one entry each."""

    rate: list[float | None]
    days_used: list[int]
    last_day: list[int]
    why: list[str]
    inferred: list[bool]
    recent: list[bytes | None]


def _found(w: Work, shelves: Shelves, *, whole: bool) -> list[dict[str, Any]]:
    """What is found out of each shelf."""
    today, limits = w.office.clock.day(w.now), band_limits(w.rules)
    rates = _rates(w, shelves, whole=whole)
    near = int(w.rules.value(PACK, "near_expiry.days"))
    expiring = expiry_of(w, shelves, today, near, whole)
    expiry = [expiring.get((row.place_id, row.item), NOTHING) for row in shelves.rows]
    free = shelves.ints("on_hand") - shelves.ints("reserved") - shelves.ints("blocked")
    usable = free - np.array([one.expired for one in expiry], np.int64)
    burns = np.array([np.nan if one is None else one for one in rates.rate])
    days = _or_none(days_of_supply(usable, burns))
    left = usable.tolist()
    return [
        {
            "expired": expiry[n].expired,
            "near_expiry": expiry[n].near,
            "first_expiry": expiry[n].first,
            "burn": rates.rate[n],
            "burn_days": rates.days_used[n],
            **_since(row, rates.last_day[n], rates.why[n]),
            "inferred": rates.inferred[n],
            "days": days[n],
            "band": band_of(left[n], days[n], *limits(row.item)),
            "recent": rates.recent[n],
        }
        for n, row in enumerate(shelves.rows)
    ]


def _since(row: Any, last_day: int, why: str) -> dict[str, Any]:
    """When it was last used and why its burn is known or not; use too long ago to be looked at is silence."""
    if last_day:
        return {"last_used": date.fromordinal(last_day), "why": why}
    return {"last_used": row.last_used, "why": "silent" if row.last_used is not None else why}


def _rates(w: Work, shelves: Shelves, *, whole: bool) -> _Rates:
    rules, last = burn_rules(w.rules), last_whole_day(w)
    use = use_of(w, shelves, last - timedelta(days=rules.looked_at - 1), whole)
    number, until = len(shelves.rows), last.toordinal()
    found = burning.reckon(use, number, until, rules)
    inferred = found.confidence == CONFIDENCE.index("inferred")
    return _Rates(
        _or_none(found.rate),
        found.days_used.tolist(),
        found.last_day.tolist(),
        [WHY[code] for code in found.why.tolist()],
        inferred.tolist(),
        packed(burning.daily(use, number, until, rules.window_days, rules)),
    )


def _or_none(numbers: burning.Floats) -> list[float | None]:
    return [None if one != one else one for one in numbers.tolist()]
