"""Which of our sites a CAP message is for: by their codes as addresses, or by its areas' codes, polygons, circles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.validation import make_valid
from sqlalchemy import or_, select

from region.formats import cap
from region.places.models import Place, Site
from region.places.queries import sites_within
from region.places.queries.tree import current, today
from region.spine.scope import below
from region.spine.work import Work

AT_ONCE = 500
KILOMETRES_A_DEGREE = 111.195
CIRCLE_CORNERS = 72


@dataclass(frozen=True)
class Found:
    """The sites, how many of each type there are, and by what they were found: addresses or areas."""

    sites: tuple[int, ...]
    types: dict[str, int]
    by: str
    unknown: tuple[str, ...]
    """Addresses and codes that name no place of ours."""


def sites_of(w: Work, alert: cap.Alert, types: Collection[str] = ()) -> Found:
    """The sites in use that the message is for, among those of the actor's places.

    Where its addresses name sites, they alone are meant: its areas then only say where the danger is.
    """
    named = _by_code(w, alert.addresses)
    addressed = dict(_sites(w, [place for place in named if place.kind == "site"]))
    known = {place.code for place in named}
    unknown = [code for code in alert.addresses if code not in known]
    found = addressed
    if not addressed:
        found, strange = _by_area(w, alert)
        unknown += strange
    counts = Counter(found.values())
    chosen = tuple(sorted(id for id, type in found.items() if not types or type in types))
    return Found(chosen, dict(counts.most_common()), "addresses" if addressed else "areas", tuple(unknown))


def _by_code(w: Work, codes: Collection[str]) -> list[Place]:
    wanted = sorted(set(codes))
    found: list[Place] = []
    for at in range(0, len(wanted), AT_ONCE):
        some = select(Place).where(Place.code.in_(wanted[at : at + AT_ONCE]), current(today(w)))
        found += w.session.scalars(some)
    return found


def _by_area(w: Work, alert: cap.Alert) -> tuple[dict[int, str], list[str]]:
    areas = {area for info in alert.infos for area in info.areas}
    codes = {code.value for area in areas for code in area.geocodes}
    named = _by_code(w, codes)
    found = dict(_sites(w, named))
    for shape in (shape for area in areas for shape in _shapes(area)):
        found |= {place.id: place.site.type for place in sites_within(w, shape) if place.site is not None}
    return found, sorted(codes - {place.code for place in named})


def _sites(w: Work, places: Collection[Place]) -> Iterator[tuple[int, str]]:
    """The sites among these places, and below those of them that are areas."""
    for at in range(0, len(places), AT_ONCE):
        some = list(places)[at : at + AT_ONCE]
        wanted = select(Site.place_id, Site.type).join(Site.place).where(current(today(w)))
        wanted = wanted.where(or_(*(below(Place.path, one.path) for one in some)))
        yield from ((row.place_id, row.type) for row in w.session.execute(wanted))


def _shapes(area: cap.Area) -> Iterator[BaseGeometry]:
    """Polygons and circles on the plane of degrees; a ring that crosses itself means all that it goes round."""
    for ring in area.polygons:
        shape = Polygon(ring)
        yield shape if shape.is_valid else make_valid(shape)
    for circle in area.circles:
        yield _disc(circle)


def _disc(circle: cap.Circle) -> BaseGeometry:
    """A circle as a polygon; good to a hundredth of its radius at the size of a region."""
    lon, lat = circle.centre
    north = circle.kilometres / KILOMETRES_A_DEGREE
    east = north / max(float(np.cos(np.radians(lat))), 0.01)
    angles = np.linspace(0, 2 * np.pi, CIRCLE_CORNERS, endpoint=False)
    disc = Polygon(np.column_stack([lon + east * np.cos(angles), lat + north * np.sin(angles)]))
    return disc if disc.is_valid else disc.centroid  # a circle without a radius is its centre
