"""A zone is drawn: as a polygon in a stated coordinate system, or made from a place; dropped if it is not wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select

from region.formats.areas.shapes import area_km2
from region.incidents.models import Incident
from region.places.models import Area, Place
from region.spine.errors import Invalid, Refused
from region.spine.work import Work
from region.zones.actions import clocks
from region.zones.actions.keeping import see_inside
from region.zones.models import Zone
from region.zones.queries.ground import holder
from region.zones.queries.rules import rules_for
from region.zones.shapes import around, read_polygon
from region.zones.states import PACK, ZONE

OUTLINES = {"grid": "grid", "community": "community", "estate": "estate"}
"""Levels of areas whose outline may become a zone, and what it is then said to be made from."""


@dataclass(frozen=True)
class Outline:
    """Where a zone is: a GeoJSON `polygon` in `crs`, or the `place` that it is made from; never both."""

    polygon: Mapping[str, Any] | None = None
    crs: str = "WGS84"
    place: int | None = None


@dataclass(frozen=True)
class Given:
    """A zone to be drawn. `newest` is the region's day of the newest infection inside, if one is known."""

    incident: int
    name_zh: str
    name_en: str
    grade: str
    outline: Outline
    newest: date | None = None


@dataclass(frozen=True)
class Ground:
    """What an outline came to: WGS-84, where it came from, the system it was given in, the area that holds it all."""

    geometry: BaseGeometry
    made_from: str
    crs: str
    place: int


def draw(w: Work, given: Given) -> Zone:
    """A draft zone, with what lies inside it counted. Raises Refused ``no-zones-in-pack``, Invalid with `field`."""
    incident = w.get(Incident, given.incident)
    if incident.state != "open":
        raise Refused("zone-response-ended")
    rules = rules_for(w, incident.pack)
    if given.grade not in rules.drawn:
        raise Invalid("zone-grade-unknown", field="grade", grade=given.grade[:20])
    if not given.name_zh.strip() and not given.name_en.strip():
        raise Invalid("zone-unnamed", field="name_zh")
    if given.newest is not None and given.newest > w.office.clock.day(w.now):
        raise Invalid("zone-day-to-come", field="newest")
    ground = lay(w, incident, given.outline)
    w.need("zones.draw", ground.place)
    zone = w.add(_row(w, incident, given, ground))
    see_inside(w, zone)
    clocks.tell(w, zone, "draw")
    clocks.start(w, zone)
    return zone


def lay(w: Work, incident: Incident, outline: Outline) -> Ground:
    """The ground of an outline, checked: not too large, and within one area of the response."""
    if outline.place is not None:
        geometry, made_from = of_place(w, outline.place)
        crs = "WGS84"
    elif outline.polygon is not None:
        geometry, made_from = read_polygon(outline.polygon, outline.crs), "drawn"
        crs = outline.crs.upper().replace("-", "")
    else:
        raise Invalid("zone-not-readable", field="corners")
    most = float(w.rules.value(PACK, "zone.most_square_kilometres"))
    if area_km2(geometry) > most:
        raise Invalid("zone-too-large", field="corners", most=round(most))
    place = holder(w, geometry)
    covered = w.get(Place, incident.place_id).path
    if place is None or not w.get(Place, place).path.startswith(covered):
        raise Invalid("zone-outside", field="corners")
    return Ground(geometry, made_from, crs, place)


def of_place(w: Work, id: int) -> tuple[BaseGeometry, str]:
    """The ground of a place and what it is: a site's surroundings, or an area's outline."""
    place = w.get(Place, id)
    if place.kind == "site":
        if place.lon is None or place.lat is None:
            raise Invalid("zone-no-outline", field="place")
        metres = float(w.rules.value(PACK, "zone.building_metres"))
        return around(place.lon, place.lat, metres), "building"
    area = w.get(Area, id)
    if area.geometry is None or area.level not in OUTLINES:
        raise Invalid("zone-no-outline", field="place")
    return area.geometry, OUTLINES[area.level]


def drop(w: Work, zone: Zone) -> None:
    """A draft is not wanted."""
    ZONE.move(w, zone, "drop", place=zone.place_id)
    clocks.tell(w, zone, "drop")
    clocks.start(w, zone)


def _row(w: Work, incident: Incident, given: Given, ground: Ground) -> Zone:
    with w.beyond_scope("the numbers of the zones of a response"):
        counted = select(func.count()).select_from(Zone).where(Zone.incident_id == incident.id)
        number = (w.session.scalar(counted) or 0) + 1
    zh, en = given.name_zh.strip()[:120], given.name_en.strip()[:160]
    return Zone(
        incident_id=incident.id,
        code=f"{incident.code[:34]}-Z{number:02}",
        name_zh=zh or en[:120],
        name_en=en or zh,
        place_id=ground.place,
        geometry=ground.geometry,
        made_from=ground.made_from,
        crs_source=ground.crs,
        grade=given.grade,
        pack=incident.pack,
        last_infection_on=given.newest,
        state=ZONE.start,
        since=w.now,
    )
