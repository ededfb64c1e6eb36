"""Areas and sites as features for the map: GeoJSON in WGS-84, generalised where borders can stay shared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select

from region.places.models import Area, Place, Site
from region.places.queries.tree import change_counter, current, today
from region.spine.i18n import pick
from region.spine.scope import below
from region.spine.work import Work

DIGITS = 5  # about a metre
DETAIL = 4000  # a border may move by this part of the extent: under half a pixel on the widest wall


def etag(w: Work, *parts: str) -> str:
    """A word that changes whenever the features that this actor may see can have changed."""
    facts = [str(change_counter(w)), str(today(w)), *w.actor.paths, *parts]
    return sha256("\n".join(facts).encode()).hexdigest()[:24]


def area_features(
    w: Work, level: str | Iterable[str] | None, lang: str, *, within: str = ""
) -> dict[str, Any]:
    """A FeatureCollection of the areas in use at one level, at several, or at all (None), below one path if given.

    Properties: id, level, name, code, and for labels `at` (a point inside) and `size` (square degrees).
    """
    wanted = select(Place.id, Place.code, Place.name_zh, Place.name_en, Area.level, Area.geometry)
    wanted = wanted.join(Area, Area.place_id == Place.id)
    wanted = wanted.where(Area.geometry.is_not(None), current(today(w)), below(Place.path, within))
    if level is not None:
        wanted = wanted.where(Area.level.in_([level] if isinstance(level, str) else list(level)))
    by_level: dict[str, list[Any]] = {}
    for row in w.session.execute(wanted.order_by(Place.code, Place.id)):
        by_level.setdefault(row.level, []).append(row)
    features: list[dict[str, Any]] = []
    for rows in by_level.values():
        shapes = generalised([row.geometry for row in rows])
        features += [_area(row, shape, lang) for row, shape in zip(rows, shapes, strict=True)]
    return {"type": "FeatureCollection", "features": features}


def generalised(shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Outlines with fewer points and borders still shared; as they are where they do not tile cleanly."""
    whole = np.array(shapes, dtype=object)
    if not len(whole) or not shapely.coverage_is_valid(whole):
        return list(shapes)
    west, south, east, north = shapely.total_bounds(whole)
    tolerance = max(east - west, north - south) / DETAIL
    return list(shapely.coverage_simplify(whole, tolerance))


def site_features(w: Work, lang: str) -> dict[str, Any]:
    """A FeatureCollection of the sites in use that have a point.

    Properties: id, type, name, code, and the `state` that places know: dark or none.
    """
    wanted = select(Place.id, Place.code, Place.name_zh, Place.name_en, Place.lon, Place.lat)
    wanted = wanted.add_columns(Site.type, Site.dark_since).join(Site, Site.place_id == Place.id)
    wanted = wanted.where(Place.lon.is_not(None), Place.lat.is_not(None), current(today(w)))
    features = [_site(row, lang) for row in w.session.execute(wanted.order_by(Place.code, Place.id))]
    return {"type": "FeatureCollection", "features": features}


def _area(row: Any, shape: BaseGeometry, lang: str) -> dict[str, Any]:
    inside = row.geometry.representative_point()
    properties = {
        "id": row.id,
        "level": row.level,
        "name": pick(lang, row.name_zh, row.name_en),
        "code": row.code,
        "at": [round(inside.x, DIGITS), round(inside.y, DIGITS)],
        "size": round(row.geometry.area, 9),
    }
    rounded = shapely.transform(shape, lambda points: np.round(points, DIGITS))
    return {"type": "Feature", "id": row.id, "geometry": mapping(rounded), "properties": properties}


def _site(row: Any, lang: str) -> dict[str, Any]:
    point = [round(row.lon, DIGITS), round(row.lat, DIGITS)]
    properties = {
        "id": row.id,
        "type": row.type,
        "name": pick(lang, row.name_zh, row.name_en),
        "code": row.code,
        "state": "none" if row.dark_since is None else "dark",
    }
    geometry = {"type": "Point", "coordinates": point}
    return {"type": "Feature", "id": row.id, "geometry": geometry, "properties": properties}
