"""The ground of a zone: read from what was drawn in a stated coordinate system, or made around a point."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry import MultiPolygon, Point, Polygon, shape
from shapely.geometry.base import BaseGeometry

from region.formats.coordinates import to_wgs84
from region.formats.findings import Unreadable
from region.spine.errors import Invalid

SYSTEMS = ("WGS84", "GCJ02", "BD09", "CGCS2000")
"""What a drawing may be in, by the words of region.formats.coordinates."""
MOST_CORNERS = 5000


def read_polygon(given: Mapping[str, Any], crs: str) -> BaseGeometry:
    """A GeoJSON Polygon or MultiPolygon in WGS-84 degrees.

    Raises Invalid, each with `field`: ``crs-not-stated``, ``zone-not-readable``, ``zone-too-fine``,
    ``zone-off-earth``, ``zone-crosses-itself``.
    """
    name = crs.upper().replace("-", "")
    if name not in SYSTEMS:
        raise Invalid("crs-not-stated", field="crs")
    try:
        drawn = shape(dict(given))
    except (
        ValueError,
        TypeError,
        AttributeError,
        KeyError,
        IndexError,
        shapely.errors.ShapelyError,
    ) as error:
        raise Invalid("zone-not-readable", field="corners") from error
    if not isinstance(drawn, Polygon | MultiPolygon) or drawn.is_empty:
        raise Invalid("zone-not-readable", field="corners")
    if shapely.get_num_coordinates(drawn) > MOST_CORNERS:
        raise Invalid("zone-too-fine", field="corners", most=MOST_CORNERS)
    west, south, east, north = drawn.bounds
    if not all(map(math.isfinite, drawn.bounds)) or west < -180 or east > 180 or south < -90 or north > 90:
        raise Invalid("zone-off-earth", field="corners")
    if not drawn.is_valid or not drawn.area:
        raise Invalid("zone-crosses-itself", field="corners")
    return _converted(shapely.force_2d(drawn), name)


def _converted(drawn: BaseGeometry, crs: str) -> BaseGeometry:
    def moved(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_wgs84(points[:, 0], points[:, 1], crs))

    try:
        return shapely.transform(drawn, moved)
    except Unreadable as error:  # GCJ-02 and BD-09 mean nothing outside China
        raise Invalid("zone-off-earth", field="corners") from error


def around(lon: float, lat: float, metres: float) -> BaseGeometry:
    """The ground within so many metres of a point (WGS-84), measured in a plane that is true around it."""
    plane = f"+proj=aeqd +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m"
    back = Transformer.from_crs(plane, "EPSG:4326", always_xy=True).transform

    def degrees(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(back(points[:, 0], points[:, 1]))

    return shapely.transform(Point(0, 0).buffer(metres), degrees)
