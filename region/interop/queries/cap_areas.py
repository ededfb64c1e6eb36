"""Where an order holds, as CAP says it: the areas that its recipients lie in, with outlines and codes."""

from __future__ import annotations

from collections.abc import Iterator

from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select

from region.dispatch.models import Directive, Recipient
from region.dispatch.wording import PACK
from region.formats import cap
from region.places.models import Area, Place
from region.spine.work import Work

MOST_AREAS = 30
"""More than these are said as the one area of the body that issues the order."""
MOST_CORNERS = 400
COARSER = 0.0002
"""Degrees, some twenty metres: by how much an outline of too many corners is simplified, doubled until it fits."""


def areas_of(w: Work, directive: Directive, lang: str) -> tuple[cap.Area, ...]:
    """The areas right above the recipients that the actor may know of; the issuer's own where these are many."""
    above = select(Place.parent_id).join(Recipient, Recipient.place_id == Place.id)
    above = above.where(Recipient.directive_id == directive.id, Place.parent_id.is_not(None)).distinct()
    ids = [] if directive.public else list(w.session.scalars(above.limit(MOST_AREAS + 1)))
    if not ids or len(ids) > MOST_AREAS:
        ids = [directive.place_id]
    wanted = select(Place, Area).join(Area, Area.place_id == Place.id, isouter=True)
    with w.beyond_scope("names and outlines of areas are no secret"):
        rows = w.session.execute(wanted.where(Place.id.in_(ids)).order_by(Place.code)).all()
        name = w.rules.value(PACK, "cap.geocode")
        return tuple(_area(place, area, name, lang) for place, area in rows)


def _area(place: Place, area: Area | None, geocode: str, lang: str) -> cap.Area:
    shape = area.geometry if area is not None else None
    return cap.Area(
        description=place.name_zh if lang == "zh" else place.name_en,
        polygons=tuple(_rings(shape)) if shape is not None else (),
        geocodes=(cap.Named(geocode, place.code),),
    )


def _rings(shape: BaseGeometry) -> Iterator[tuple[cap.Point, ...]]:
    """The outer rings; CAP knows no holes, so that an area inside another is said to lie in both."""
    for part in getattr(shape, "geoms", [shape]):
        if isinstance(part, Polygon) and not part.is_empty:
            corners, step = list(part.exterior.coords), COARSER
            while len(corners) > MOST_CORNERS:
                corners, step = list(part.exterior.simplify(step).coords), step * 2
            yield tuple((round(x, 6), round(y, 6)) for x, y, *_ in corners)
