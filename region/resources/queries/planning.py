"""What a plan of transfers is reckoned from: every site of an area with its stock, its burn and its class."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import select

from region.places.models import Place, Site
from region.resources.allocation.problem import Lots, Places, Problem, Rules
from region.resources.catalogue import need_item
from region.resources.models import Lot, Plan, Shelf, Stock
from region.resources.states import PACK
from region.spine.scope import below
from region.spine.work import Work

A_LOAD_OF_ONES_OWN = 1
"""Vehicle loads that a site which is no warehouse can send in a night."""


def parameters(w: Work, item: str) -> dict[str, Any]:
    """All numbers of the pack that a plan for this item rests on, as plain values: kept with the plan."""
    facts = need_item(w, item)

    def value(name: str) -> Any:
        return w.rules.value(PACK, f"allocation.{name}")

    litres = float(w.rules.value(PACK, "volumes").get(item, 0.1))
    travel = w.rules.duration(PACK, "allocation.travel_limit") - w.rules.duration(PACK, "allocation.handling")
    return {
        "floor": max(float(value("taker_floor")), float(value("giver_floor"))),
        "pack": int(facts["pack"]),
        "least": int(value("least_packs")) * int(facts["pack"]),
        "neighbours": int(value("nearest")),
        "detour": float(value("detour")),
        "speed": float(value("speed")),
        "most_minutes": travel.total_seconds() / 60,
        "per_km": float(value("cost_per_km")),
        "per_consignment": float(value("cost_fixed")),
        "load": max(1, int(float(value("vehicle_litres")) / litres)),
        "loads": int(value("loads_a_night")),
        "givers": list(value("givers")),
        "pack_digest": w.rules.pack(PACK).digest,
    }


def problem_of(w: Work, plan: Plan) -> Problem:
    """The question of a plan, as arrays: sites of its area that stand on a map."""
    asked = plan.asked
    rows = _sites(w, plan)
    kinds = {kind: _rank(w, kind) for kind in {row.type for row in rows}}
    warehouse = np.array([row.type in asked["givers"] for row in rows], dtype=bool)
    places = Places(
        ids=np.array([row.id for row in rows], dtype=np.int64),
        lon=np.array([row.lon for row in rows], dtype=float),
        lat=np.array([row.lat for row in rows], dtype=float),
        burn=np.array([math.nan if row.burn is None else row.burn for row in rows], dtype=float),
        rank=np.array([kinds[row.type] for row in rows], dtype=np.int64),
        floor=np.full(len(rows), float(asked["floor"])),
        keep=np.array([row.target or 0 for row in rows], dtype=np.int64),
        warehouse=warehouse,
        loads=np.where(warehouse, asked["loads"], A_LOAD_OF_ONES_OWN).astype(np.int64),
        load=np.full(len(rows), asked["load"], dtype=np.int64),
    )
    return Problem(places, _lots(w, plan, places), rules_of(asked))


def rules_of(asked: dict[str, Any]) -> Rules:
    """The parameters of a plan as the solver takes them; a full vehicle shares the cost of a kilometre."""
    return Rules(
        pack=asked["pack"],
        least_consignment=asked["least"],
        neighbours=asked["neighbours"],
        detour=asked["detour"],
        speed=asked["speed"],
        most_minutes=asked["most_minutes"],
        per_km=asked["per_km"] / asked["load"],
        per_consignment=asked["per_consignment"],
    )


def _sites(w: Work, plan: Plan) -> list[Any]:
    """Those of the area that keep the item, or have a target for it."""
    area = w.get(Place, plan.place_id)
    wanted = (
        select(Place.id, Place.lon, Place.lat, Site.type, Shelf.burn, Shelf.target)
        .join(Site, Site.place_id == Place.id)
        .join(Shelf, Shelf.place_id == Place.id)
        .where(below(Place.path, area.path), Place.lon.is_not(None), Place.lat.is_not(None))
        .where(Shelf.item == plan.item, Place.valid_to.is_(None))
        .order_by(Place.id)
    )
    return list(w.session.execute(wanted))


def _rank(w: Work, site_type: str) -> int:
    return int(w.rules.pack(PACK).decide("allocation.class", {"site_type": site_type}).outcome["rank"])


def _lots(w: Work, plan: Plan, places: Places) -> Lots:
    area, today = w.get(Place, plan.place_id), w.office.clock.day(w.now)
    free = Stock.on_hand - Stock.reserved - Stock.blocked
    wanted = (
        select(Stock.place_id, Stock.lot_id, free, Lot.expires_on)
        .join(Lot, Lot.id == Stock.lot_id)
        .join(Place, Place.id == Stock.place_id)
        .where(below(Place.path, area.path), Stock.item == plan.item, free > 0)
        .order_by(Stock.place_id, Stock.lot_id)
    )
    row_of = {int(id): row for row, id in enumerate(places.ids)}
    rows = [row for row in w.session.execute(wanted) if row[0] in row_of]
    return Lots(
        place=np.array([row_of[row[0]] for row in rows], dtype=np.int64),
        ids=np.array([row[1] for row in rows], dtype=np.int64),
        quantity=np.array([row[2] for row in rows], dtype=np.int64),
        days=np.array([_days(row[3], today) for row in rows], dtype=float),
    )


def _days(expires_on: date | None, today: date) -> float:
    return math.inf if expires_on is None else float((expires_on - today).days)
