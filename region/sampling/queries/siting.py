"""The sites of a round, and the ground on which they are placed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from region.places.models import Area, Place, Site
from region.places.queries.tree import current, today
from region.sampling.covering.problem import Homes, Limits, Problem, Spots
from region.sampling.models import Round, RoundArea, RoundSite
from region.sampling.states import PACK
from region.spine.scope import below
from region.spine.work import Work

METRES_A_DEGREE = 111_195.0


@dataclass(frozen=True)
class Ground:
    """What sites are placed on: the problem, names and points by id of spot, and those that may run a site."""

    problem: Problem
    spots: Mapping[int, Any]
    runners: Sequence[Any]


def reach_of(w: Work) -> float:
    """Metres in a straight line that take the walking time of the pack, its detour taken off."""
    minutes, speed, detour = (
        w.rules.value(PACK, f"plan.{name}") for name in ("walk_minutes", "walk_metres_a_minute", "detour")
    )
    return float(minutes * speed / detour)


def ground_of(w: Work, round_: Round) -> Ground:
    """The ground of a planned round: its areas with those due, and where a site could stand."""
    rows, homes = _homes(w, round_)
    stands = _stands(w, round_, w.rules.value(PACK, "siting.spots"))
    runs = set(w.rules.value(PACK, "siting.runs"))
    known = [row for n, row in enumerate(rows) if np.isfinite(homes.lon[n])]
    points = {row.id: (row.lon, row.lat) for row in stands}
    points |= {
        int(homes.ids[n]): (homes.lon[n], homes.lat[n]) for n in range(len(rows)) if np.isfinite(homes.lon[n])
    }
    ids = np.array([row.id for row in (*stands, *known)], dtype=np.int64)
    at = np.array([points[one] for one in ids.tolist()], dtype=float).reshape(-1, 2)
    built = np.arange(len(ids)) < len(stands)
    limits = Limits(reach=reach_of(w), capacity=int(w.rules.value(PACK, "plan.most_per_site")))
    problem = Problem(homes, Spots(ids, at[:, 0], at[:, 1], built), limits)
    return Ground(
        problem, {row.id: row for row in (*stands, *known)}, [row for row in stands if row.type in runs]
    )


def _homes(w: Work, round_: Round) -> tuple[Sequence[Any], Homes]:
    wanted = select(Place.id, Place.path, Place.name_zh, Place.name_en, Place.lon, Place.lat)
    wanted = wanted.add_columns(RoundArea.due, Area.geometry).join(RoundArea, RoundArea.place_id == Place.id)
    wanted = wanted.outerjoin(Area, Area.place_id == Place.id).where(RoundArea.round_id == round_.id)
    rows = w.session.execute(wanted.order_by(Place.id)).all()
    shapes = np.array([row.geometry for row in rows], dtype=object)
    inside = shapely.point_on_surface(shapes)
    lon = np.array([np.nan if row.lon is None else row.lon for row in rows], dtype=float)
    lat = np.array([np.nan if row.lat is None else row.lat for row in rows], dtype=float)
    lon, lat = (
        np.where(np.isnan(lon), shapely.get_x(inside), lon),
        np.where(np.isnan(lat), shapely.get_y(inside), lat),
    )
    square = METRES_A_DEGREE**2 * np.cos(np.radians(np.nan_to_num(lat)))
    radius = np.sqrt(np.nan_to_num(shapely.area(shapes)) * square / np.pi)
    return rows, Homes(
        ids=np.array([row.id for row in rows], dtype=np.int64),
        lon=lon,
        lat=lat,
        people=np.array([row.due for row in rows], dtype=np.int64),
        radius=radius,
        part=np.array([_part(row.path) for row in rows], dtype=np.int64),
    )


def _part(path: str) -> int:
    """What is sited together: the area two levels up (a grid's sub-district), or the one above where there is none."""
    steps = path.strip("/").split("/")
    return int(steps[max(0, len(steps) - 3)])


def _stands(w: Work, round_: Round, types: Sequence[str]) -> Sequence[Any]:
    """Sites of these types in the area of the round that have a point, by id."""
    path = w.get(Place, round_.place_id).path
    wanted = select(Place.id, Place.name_zh, Place.name_en, Place.lon, Place.lat, Site.type)
    wanted = wanted.join(Site, Site.place_id == Place.id).where(Site.type.in_(list(types)))
    wanted = wanted.where(below(Place.path, path), current(today(w)), Place.lon.is_not(None))
    return w.session.execute(wanted.order_by(Place.id)).all()


def sites_of(w: Work, round_: Round) -> list[RoundSite]:
    """The sites of a round by number; those that were stopped are not listed."""
    wanted = select(RoundSite).where(RoundSite.round_id == round_.id, RoundSite.state != "stopped")
    return list(w.session.scalars(wanted.order_by(RoundSite.number)))


def runners_of(w: Work, round_: Round) -> list[Any]:
    """Sites in the area of a round that may run a sampling site, with names, by id."""
    return list(_stands(w, round_, w.rules.value(PACK, "siting.runs")))


def place_of_site(w: Work, site: RoundSite) -> Place:
    """Who runs it, whose name may be known."""
    with w.beyond_scope("the name of who runs a site"):
        wanted = select(Place).options(joinedload(Place.site)).where(Place.id == site.place_id)
        return w.session.scalars(wanted).one()
