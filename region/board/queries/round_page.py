"""The desk's board of one round: its map through the hours, its parts, and the way down to a single grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from region.board.queries.round_scene import class_of_part, plan_at
from region.board.queries.rounds import HOUR, RoundStanding, cumulative, top_of
from region.places.models import Area, Place
from region.places.queries import area_features
from region.sampling.models import Round
from region.spine.i18n import clock_time
from region.spine.work import Work

LEAF = "grid"


@dataclass(frozen=True)
class Step:
    """One area on the way from the round's whole to what is shown."""

    id: int
    zh: str
    en: str


def through_hours(w: Work, lang: str, r: RoundStanding, limits: tuple[float, float, float]) -> dict[str, Any]:
    """Compact arrays for the time slider: {limits, plan, hours, places, due, taken, whole}, a row of `taken` a place.

    `hours` are clock times at the end of each hour of the round until now; `taken` counts people until then; the last
    is the round as it stands. `limits` are parts of `plan`, the share that is measured by at the end of each hour.
    """
    zone = w.office.clock.zone
    ends = [min(r.row.starts_at + (n + 1) * HOUR, r.now) for n in range(r.hours)]
    length = r.row.due_at - r.row.starts_at
    return {
        "limits": limits,
        "plan": [round(plan_at(r, (at - r.row.starts_at) / length), 5) for at in ends],
        "hours": [clock_time(lang, at, zone) for at in ends],
        "places": [one.id for one in r.parts],
        "due": [one.sum.due for one in r.parts],
        "taken": [[*cumulative(one.sum, r.hours)[:-1], one.sum.sampled] for one in r.parts],
        "whole": {"due": r.whole.due, "taken": [*cumulative(r.whole, r.hours)[:-1], r.whole.sampled]},
    }


def outlines(w: Work, r: RoundStanding, limits: tuple[float, float, float], lang: str) -> dict[str, Any]:
    """GeoJSON of the area shown and its parts, each with the class of its coverage now."""
    classes = {one.id: class_of_part(one, r, limits) for one in r.parts}
    own = w.session.scalars(select(Area.level).where(Area.place_id == r.top.id)).first()
    wanted = [level for level in (own, r.level) if level is not None]
    found = area_features(w, wanted, lang, within=r.top.path)
    kept = [one for one in found["features"] if one["id"] in classes or one["id"] == r.top.id]
    for one in kept:
        if one["id"] in classes:
            one["properties"]["class"] = classes[one["id"]]
    return {**found, "features": kept}


def way_down(w: Work, row: Round, r: RoundStanding) -> list[Step]:
    """The areas from the top of what the actor sees of a round down to what is shown, both included."""
    top = top_of(w, row)
    ids = [top.id, *(int(step) for step in r.top.path[len(top.path) :].strip("/").split("/") if step)]
    wanted = select(Place).where(Place.id.in_(ids)).order_by(Place.path)
    found = {one.id: one for one in w.session.scalars(wanted)}
    return [Step(id, found[id].name_zh, found[id].name_en) for id in ids if id in found]
