"""Which points lie inside a polygon, or within so many metres of a point or an outline, measured on the ellipsoid."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod, Transformer
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from region.spine.errors import Invalid

Degrees = NDArray[np.float64]
Hits = NDArray[np.bool_]
ELLIPSOID = Geod(ellps="WGS84")


def inside(corners: tuple[tuple[float, float], ...], lon: Degrees, lat: Degrees) -> Hits:
    """Which points (WGS-84) lie in the polygon of these [lon, lat] corners; Invalid when it is none."""
    found: Hits = shapely.contains_xy(_polygon(corners), lon, lat)
    return found


def near_point(point: tuple[float, float], metres: float, lon: Degrees, lat: Degrees) -> Hits:
    """Which points lie within `metres` of a point, by the shortest way on the ellipsoid; Invalid off the earth."""
    if not _on_earth(point):
        raise Invalid("point-off-earth", field="choice.around.point")
    known = ~(np.isnan(lon) | np.isnan(lat))
    found = np.zeros(len(lon), dtype=bool)
    at = np.full(int(known.sum()), point[0]), np.full(int(known.sum()), point[1])
    found[known] = ELLIPSOID.inv(*at, lon[known], lat[known])[2] <= metres
    return found


def near_outline(outline: BaseGeometry, metres: float, lon: Degrees, lat: Degrees) -> Hits:
    """Which points lie in an outline (WGS-84) or within `metres` of it.

    Measured in a plane that is true in all directions from the outline's middle: over 100 km it is wrong by less
    than a metre in ten kilometres.
    """
    middle = outline.representative_point()
    plane = f"+proj=aeqd +lat_0={middle.y} +lon_0={middle.x} +datum=WGS84 +units=m"
    to_plane = Transformer.from_crs("EPSG:4326", plane, always_xy=True).transform

    def flat(points: Degrees) -> Degrees:
        return np.column_stack(to_plane(points[:, 0], points[:, 1]))

    known = ~(np.isnan(lon) | np.isnan(lat))
    found = np.zeros(len(lon), dtype=bool)
    drawn: Any = shapely.transform(outline, flat)
    shapely.prepare(drawn)
    found[known] = shapely.dwithin(
        drawn, shapely.points(flat(np.column_stack((lon[known], lat[known])))), metres
    )
    return found


def _on_earth(point: tuple[float, float]) -> bool:
    lon, lat = point
    return math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90


def _polygon(corners: tuple[tuple[float, float], ...]) -> Polygon:
    if not all(_on_earth(corner) for corner in corners):
        raise Invalid("point-off-earth", field="choice.polygon")
    drawn = Polygon(corners) if len(corners) >= 3 else Polygon()
    if drawn.is_empty or not drawn.is_valid or not drawn.area:
        raise Invalid(
            "polygon-crosses-itself" if len(corners) >= 3 else "polygon-too-small", field="choice.polygon"
        )
    return drawn
