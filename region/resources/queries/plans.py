"""Plans as people read them: what moves, why, who stays short, and the picture of it before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from region.places.models import Area, Place
from region.places.queries import features
from region.resources.bands import band_of, days_of
from region.resources.catalogue import band_limits
from region.resources.models import Lot, Plan, PlanLine, Shelf
from region.spine.i18n import pick
from region.spine.scope import below
from region.spine.work import Work

When = Literal["before", "after"]
MARK_OF = {"empty": "late", "red": "late", "amber": "watch", "green": "done", "unknown": "none"}
STORE = "working"
"""A warehouse that uses nothing itself: it lasts no number of days, and gives."""
LIST = 50
BREADTHS = (0.1, 0.3, 0.6)
"""Shares of the largest consignment at which an arrow grows broader."""


MARGIN = 0.02
"""Degrees around sites where there is no outline: some two kilometres."""


@dataclass(frozen=True)
class Move:
    """One line of a plan with its two places and its lot."""

    line: PlanLine
    giver: Place
    taker: Place
    lot: Lot | None
    giver_after: float | None
    taker_after: float
    """Days of supply after the plan as it stands now, with what a person cut; None where the burn is not known."""

    @property
    def cut(self) -> bool:
        """A person sends less of it than was proposed."""
        return self.line.quantity != self.line.proposed


@dataclass(frozen=True)
class Left:
    """A place that stays short, with why."""

    place: Place
    rank: int
    days: float | None
    lacks: int | None
    why: str


def plans(w: Work, before: int | None = None) -> list[Plan]:
    """The newest plans in scope, the newest first; those before a number for the next page."""
    wanted = select(Plan).order_by(Plan.id.desc()).limit(LIST)
    return list(w.session.scalars(wanted if before is None else wanted.where(Plan.id < before)))


def areas_to_plan(w: Work) -> list[Place]:
    """Areas for which the actor may ask for a plan: down to the district, the highest first."""
    paths = w.actor.paths_for(w.rules.roles_that("resources.plan"))
    wanted = select(Place).join(Area, Area.place_id == Place.id).where(Place.valid_to.is_(None))
    found = w.session.scalars(wanted.where(Area.level.in_(LEVELS)).order_by(Place.path)).all()
    return [place for place in found if any(place.path.startswith(path) for path in paths)]


LEVELS = ("province", "city", "borough", "district", "subdistrict")


def moves(w: Work, plan: Plan) -> list[Move]:
    """The lines of a plan, the most urgent taker first."""
    lines = w.session.scalars(select(PlanLine).where(PlanLine.plan_id == plan.id)).all()
    places = places_of(w, {side for line in lines for side in (line.giver_id, line.taker_id)})
    kept = {line.lot_id for line in lines if line.lot_id is not None}
    lots = {lot.id: lot for lot in w.session.scalars(select(Lot).where(Lot.id.in_(kept)))} if kept else {}
    given = _shares(lines, lambda line: line.giver_id)
    taken = _shares(lines, lambda line: line.taker_id)
    found = [
        Move(
            line,
            places[line.giver_id],
            places[line.taker_id],
            lots.get(line.lot_id or 0),
            _after(line.why["giver_before"], line.why["giver_after"], given[line.giver_id]),
            _after(line.why["taker_before"], line.why["taker_after"], taken[line.taker_id]) or 0.0,
        )
        for line in lines
    ]
    return sorted(found, key=lambda one: (one.line.why["taker_before"], one.taker.id, one.line.id))


def _shares(lines: Sequence[PlanLine], side: Callable[[PlanLine], int]) -> dict[int, float]:
    """Of what was proposed for each place, the part that is still to go."""
    sums: dict[int, list[int]] = {}
    for line in lines:
        one = sums.setdefault(side(line), [0, 0])
        one[0] += line.quantity
        one[1] += line.proposed
    return {place: quantity / proposed for place, (quantity, proposed) in sums.items()}


def _after(before: float | None, after: float | None, share: float) -> float | None:
    return None if before is None or after is None else before + (after - before) * share


def lifted(plan: Plan, moves: Sequence[Move]) -> int:
    """How many sites the plan lifts as it stands now: those it was found to lift, less those cut below the floor."""
    cut = {one.taker.id for one in moves if one.taker_after < plan.asked["floor"] - 1e-9}
    return sum(place not in cut for place in plan.found.get("lifted", ()))


def extent(w: Work, plan: Plan) -> tuple[float, float, float, float] | None:
    """West, south, east and north of the area of a plan; of its sites where it has no outline; None without any."""
    area = w.session.scalars(select(Area).where(Area.place_id == plan.place_id)).first()
    if area is not None and area.geometry is not None:
        west, south, east, north = area.geometry.bounds
        return west, south, east, north
    ends = [end(column) for end in (func.min, func.max) for column in (Place.lon, Place.lat)]
    wanted = select(*ends).join(Shelf, Shelf.place_id == Place.id).where(Shelf.item == plan.item)
    found = w.session.execute(wanted.where(below(Place.path, w.get(Place, plan.place_id).path))).one()
    known = [float(end) for end in found if end is not None]
    if len(known) < len(found):
        return None
    return known[0] - MARGIN, known[1] - MARGIN, known[2] + MARGIN, known[3] + MARGIN


def keepers(w: Work, plan: Plan) -> int:
    """How many places in the area of a plan keep its item."""
    path = w.get(Place, plan.place_id).path
    wanted = select(func.count()).select_from(Shelf).join(Place, Place.id == Shelf.place_id)
    return w.session.scalar(wanted.where(Shelf.item == plan.item, below(Place.path, path))) or 0


def left_short(w: Work, plan: Plan, most: int = LIST) -> list[Left]:
    """Who stays short, the best class and the fewest days first; unknown ones last."""
    rows = sorted(plan.short, key=lambda one: (one["days"] is None, one["rank"], one["days"] or 0.0))[:most]
    places = places_of(w, {int(one["place"]) for one in rows})
    return [
        Left(places[one["place"]], one["rank"], one["days"], one["lacks"], one["why"])
        for one in rows
        if one["place"] in places
    ]


def places_of(w: Work, ids: set[int]) -> dict[int, Place]:
    """Places by id, those in scope."""
    found: dict[int, Place] = {}
    for at in range(0, len(ids), 500):
        some = sorted(ids)[at : at + 500]
        found.update(
            (place.id, place) for place in w.session.scalars(select(Place).where(Place.id.in_(some)))
        )
    return found


def site_picture(w: Work, plan: Plan, lang: str, when: When) -> dict[str, Any]:
    """Every site of the plan's item as a feature, marked by its band before or after the plan."""
    area = w.get(Place, plan.place_id)
    wanted = select(Shelf).join(Place, Place.id == Shelf.place_id)
    wanted = wanted.where(Shelf.item == plan.item, below(Place.path, area.path))
    shelves = {shelf.place_id: shelf for shelf in w.session.scalars(wanted)}
    gained = _gained(plan.lines) if when == "after" else {}
    red, amber = band_limits(w.rules)(plan.item)
    collection = features.site_features(w, lang)
    kept = [one for one in collection["features"] if one["properties"]["id"] in shelves]
    for feature in kept:
        facts = feature["properties"]
        shelf = shelves[facts["id"]]
        usable = shelf.usable + gained.get(shelf.place_id, 0)
        days = days_of(usable, shelf.burn)
        band = band_of(usable, days, red, amber)
        stores = facts["type"] in plan.asked["givers"] and band == "unknown"
        facts["state"] = STORE if stores else MARK_OF[band]
        facts["name"] += f" · {usable:,}" + ("" if days is None else f" · {days:.1f} {pick(lang, '天', 'd')}")
    return {"type": "FeatureCollection", "features": kept}


def _gained(lines: Sequence[PlanLine]) -> dict[int, int]:
    gained: dict[int, int] = {}
    for line in lines:
        gained[line.taker_id] = gained.get(line.taker_id, 0) + line.quantity
        gained[line.giver_id] = gained.get(line.giver_id, 0) - line.quantity
    return gained


def move_rows(w: Work, plan: Plan, lang: str) -> list[dict[str, Any]]:
    """Arrows of a plan: id, ends as ((lon, lat), (lon, lat)), state, breadth 1 to 4, and a name that says how many."""
    pairs: dict[tuple[int, int], int] = {}
    for line in plan.lines:
        if line.quantity:
            pairs[line.giver_id, line.taker_id] = pairs.get((line.giver_id, line.taker_id), 0) + line.quantity
    places = places_of(w, {side for pair in pairs for side in pair})
    most = max(pairs.values(), default=1)
    rows = []
    for number, ((giver, taker), quantity) in enumerate(sorted(pairs.items())):
        ends = places.get(giver), places.get(taker)
        if ends[0] is None or ends[1] is None:
            continue
        names = [pick(lang, end.name_zh, end.name_en) for end in ends if end is not None]
        rows.append(
            {
                "id": number,
                "ends": tuple((end.lon, end.lat) for end in ends if end is not None),
                "state": "planned",
                "breadth": 1 + sum(quantity > share * most for share in BREADTHS),
                "name": f"{names[0]} → {names[1]} · {quantity:,}",
            }
        )
    return rows


def plan_of(w: Work, id: int) -> Plan:
    """A plan with its lines; Missing when there is none in scope."""
    plan = w.session.scalars(select(Plan).where(Plan.id == id).options(selectinload(Plan.lines))).first()
    return plan if plan is not None else w.get(Plan, id)
