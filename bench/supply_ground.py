"""A region's ledger for measurements: ten thousand sites of forty items, and the twelve million movements behind them.

Everything agrees: a stock is the sum of its movements, a shelf the sum of its stocks, a day of use what its issues
took. Made in columns and handed over by COPY (PostgreSQL) or in one statement (SQLite); how fast that goes is no
figure of the product. It is the same for the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert

from bench.copying import Put, Target
from region.places.events import AreasLoaded, SitesLoaded
from region.places.models import Place, Site
from region.resources.catalogue import items_of
from region.resources.models import Lot, Movement, Sheet, Shelf, Stock, StockDay
from region.spine.clock import CHINA
from tests.world import World

Ints = NDArray[np.int64]
DAYS = 60
FIRST_SITE = 100_000
DISTRICTS, TOWNS = 10, 10
LOTS = (-5, 20, 60, 120, 400, 900)
"""When the lots of an item expire, in days from the last day: one is past it, two are near it."""
SILENT = 0.05
"""Part of the sites that told nothing in the last ten days."""


@dataclass
class Ground:
    """How much there is, and what was made of it; `today` has only begun, the day before is the last of the ledger."""

    sites: int
    items: list[str]
    movements: int
    today: date
    made: dict[str, int] = field(default_factory=dict)

    @property
    def first(self) -> date:
        """The first day of the ledger."""
        return self.today - timedelta(days=DAYS)

    def site_ids(self) -> Ints:
        return np.arange(FIRST_SITE, FIRST_SITE + self.sites)


def items_for(world: World, number: int) -> list[str]:
    """So many items of the catalogue, those that run out by the hour among them."""
    facts = items_of(world.office.rules)
    return sorted(facts, key=lambda item: (not facts[item].get("hours"), item))[:number]


def tree(world: World, ground: Ground) -> Place:
    """A city, its districts and sub-districts, and the sites spread over them; the city."""
    city = world.area(level="city")
    districts = world.areas(city, DISTRICTS, "district")
    towns = [town for district in districts for town in world.areas(district, TOWNS, "subdistrict")]
    with world.as_system() as w:
        ids = ground.site_ids().tolist()
        parents = [towns[n % len(towns)] for n in range(len(ids))]
        places = [_place(id, parent) for id, parent in zip(ids, parents, strict=True)]
        w.session.execute(insert(Place), places)
        facts = {"type": "community_health_centre", "crs_source": "WGS84", "catchment": []}
        w.session.execute(insert(Site), [{"place_id": id, **facts} for id in ids])
        w.tell(SitesLoaded(load=0, digest="-", new=len(ids), changed=0, refused=0, place=city.id))
        w.tell(AreasLoaded(load=0, digest="-", new=0, changed=0, refused=0, place=city.id))
    return city


def _place(id: int, parent: Place) -> dict[str, Any]:
    names = {"name_zh": f"地点{id}", "name_en": f"Place {id}"}
    ids = {"id": id, "parent_id": parent.id, "path": f"{parent.path}{id}/"}
    return ids | names | {"kind": "site", "code": f"S{id:08}", "facts": {}}


@dataclass(frozen=True)
class Use:
    """Of one item: units used by site and day, what was received at first and on the tenth day, and the rest now."""

    used: NDArray[np.int32]
    first: Ints
    second: Ints

    @property
    def left(self) -> tuple[Ints, Ints]:
        """What is left of the lot that came first, and of the second; odd days were taken from the second."""
        even, odd = self.used[:, ::2].sum(axis=1), self.used[:, 1::2].sum(axis=1)
        return self.first - even, self.second - odd


def use_of(ground: Ground, item: int) -> Use:
    """What the sites did with an item. A shelf has two receipts and issues on as many days as make the number asked."""
    chance = np.random.default_rng([20220801, item])
    issues = ground.movements / (ground.sites * len(ground.items)) - 2
    usual = chance.lognormal(2.5, 1.0, (ground.sites, 1))
    active = chance.random((ground.sites, DAYS)) < issues / (DAYS * (1 - SILENT * 10 / DAYS))
    active[chance.random(ground.sites) < SILENT, -10:] = False
    used = np.where(active, 1 + chance.poisson(usual, active.shape), 0).astype(np.int32)
    spare = (usual[:, 0] * chance.uniform(0, 15, (2, ground.sites))).astype(np.int64)
    return Use(used, used[:, ::2].sum(axis=1) + spare[0], used[:, 1::2].sum(axis=1) + spare[1])


def fill(world: World, ground: Ground, target: Target) -> None:
    """The whole ledger; each table in the order in which its rows would have come."""
    uses = [use_of(ground, n) for n in range(len(ground.items))]
    with target.loading(Lot, Stock, Sheet, Movement, StockDay, Shelf) as put:
        _lots(ground, put)
        _sheets(ground, put)
        for n, use in enumerate(uses):
            _shelves(ground, put, n, use)
        for day in range(DAYS):
            for n, use in enumerate(uses):
                _movements(ground, put, n, use, day)
        # The days of a shelf lie together in SQLite; in PostgreSQL they lie as they came.
        order = [(day, n) for day in range(DAYS) for n in range(len(uses))] if target.as_they_come else None
        for n, use in enumerate(uses) if order is None else ():
            _days(ground, put, n, use, range(DAYS))
        for day, n in order or ():
            _days(ground, put, n, uses[n], range(day, day + 1))


def noon(day: date) -> int:
    """Noon of a day in the region, in seconds since 1970."""
    return int(datetime(day.year, day.month, day.day, 12, tzinfo=CHINA).timestamp())


def _lots(ground: Ground, put: Put) -> None:
    for n, item in enumerate(ground.items):
        for lot, until in enumerate(LOTS):
            row = {
                "id": [1 + n * len(LOTS) + lot],
                "item": item,
                "code": f"L{lot}",
                "made_on": None,
                "realm": 0,
            }
            row["mark"] = f"{item}/L{lot}"
            put(Lot, row | {"expires_on": [(ground.today + timedelta(days=until)).toordinal()]})


def _sheets(ground: Ground, put: Put) -> None:
    """One receipt and one issue of each site on each day, with a line for each item."""
    said = {"ref": None, "reason": None, "note": "", "made_by": "bench", "realm": 0}
    for day in range(DAYS):
        at = noon(ground.first + timedelta(days=day))
        for kind, base in (("issue", 0), ("receive", DAYS)):
            ids = sheet_ids(ground, base + day)
            uids = (ids + 10**10).astype("S11")
            times = {"at": np.full(ids.size, at), "made_at": np.full(ids.size, at)}
            put(Sheet, {"id": ids, "uid": uids, "place_id": ground.site_ids(), "kind": kind, **times, **said})


def sheet_ids(ground: Ground, number: int) -> Ints:
    """The sheets of all sites of one day, the receipts after the issues of all days."""
    return 1 + number * ground.sites + np.arange(ground.sites)


def stock_ids(ground: Ground, item: int, second: int) -> Ints:
    """The stock of each site of an item's first lot there, or of its second."""
    return 1 + (2 * item + second) * ground.sites + np.arange(ground.sites)


def _shelves(ground: Ground, put: Put, n: int, use: Use) -> None:
    left = use.left
    for second in (0, 1):
        lots = 1 + n * len(LOTS) + (np.arange(ground.sites) + 3 * second) % len(LOTS)
        kept = {"owner": "own", "storage": "", "reserved": 0, "blocked": 0, "version": 1, "realm": 0}
        own = {"id": stock_ids(ground, n, second), "lot_id": lots, "on_hand": left[second]}
        put(Stock, {"place_id": ground.site_ids(), "item": ground.items[n], **own, **kept})
    moved = noon(ground.today - timedelta(days=1))
    zero = dict.fromkeys(
        ("reserved", "blocked", "expired", "near_expiry", "coming", "burn_days", "inferred"), 0
    )
    empty = dict.fromkeys(
        ("target", "first_expiry", "counted_at", "burn", "last_used", "days", "recent", "reckoned_at")
    )
    words = {"realm": 0, "item": ground.items[n], "stale": 1, "why": "never", "band": "unknown"}
    own = {"place_id": ground.site_ids(), "on_hand": sum(left), "moved_at": np.full(ground.sites, moved)}
    put(Shelf, {**own, **words, **zero, **empty})


def _movements(ground: Ground, put: Put, n: int, use: Use, day: int) -> None:
    """One day's lines of one item."""
    if day in (0, 9):
        came = use.first if day == 0 else use.second
        _lines(ground, put, "receive", n, int(day == 9), day, np.arange(ground.sites), came)
    sites = np.flatnonzero(use.used[:, day])
    _lines(ground, put, "issue", n, day % 2, day, sites, -use.used[sites, day].astype(np.int64))


def _lines(
    ground: Ground, put: Put, kind: str, n: int, second: int, day: int, sites: Ints, units: Ints
) -> None:
    start = 1 + ground.made.get("movements", 0)
    ground.made["movements"] = start - 1 + sites.size
    rows = {
        "id": np.arange(start, start + sites.size),
        "sheet_id": sheet_ids(ground, day + (DAYS if kind == "receive" else 0))[sites],
        "stock_id": stock_ids(ground, n, second)[sites],
        "place_id": FIRST_SITE + sites,
        "on_hand": units,
        "day": np.full(sites.size, ground.first.toordinal() + day),
    }
    put(Movement, rows | {"item": ground.items[n], "kind": kind, "reserved": 0, "blocked": 0, "realm": 0})


def _days(ground: Ground, put: Put, n: int, use: Use, days: range) -> None:
    site, day = np.nonzero(use.used[:, days.start : days.stop])
    rows = {
        "place_id": FIRST_SITE + site,
        "day": ground.first.toordinal() + days.start + day,
        "used": use.used[site, days.start + day].astype(np.int64),
    }
    kept = {"came": 0, "went": 0, "covers": 1, "inferred": 0, "realm": 0}
    put(StockDay, rows | {"item": ground.items[n]} | kept)
