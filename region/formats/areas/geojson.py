"""GeoJSON to records, forgiving rings left open and saying so."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping

from shapely import GEOSException, MultiPolygon, Polygon

from region.formats.areas.model import AreaLimits, RawAreas, RawFeature, Shape
from region.formats.findings import Notice, Problem, Unreadable
from region.formats.text import decode

_EPSG = re.compile(r"(?:urn:ogc:def:crs:)?EPSG:[:\d.]*?:?(\d{4,6})", re.IGNORECASE)


class _BadShape(Exception):
    """Why a geometry cannot be built: a problem's code."""


def read_geojson(data: bytes, limits: AreaLimits) -> RawAreas:
    """Records of a GeoJSON text (Feature or FeatureCollection). Raises `Unreadable`: `not_geojson`, limits.

    Without a `crs` member the standard (RFC 7946) means WGS-84; a notice says that it was taken so.
    """
    text, _encoding = decode(data)
    try:
        document = json.loads(text, parse_constant=lambda name: math.nan)
    except (json.JSONDecodeError, RecursionError) as error:
        raise Unreadable("not_geojson") from error
    if isinstance(document, dict) and document.get("type") == "Feature":
        document = {"type": "FeatureCollection", "features": [document]}
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise Unreadable("not_geojson")
    entries = document["features"]
    if len(entries) > limits.features:
        raise Unreadable("too_large", features=len(entries), limit=limits.features)
    crs, notices = _crs(document.get("crs"))
    return RawAreas(tuple(_feature(at, entry) for at, entry in enumerate(entries, start=1)), crs, notices)


def _crs(member: object) -> tuple[str | None, tuple[Notice, ...]]:
    if member is None:
        return "EPSG:4326", (Notice("crs_implied", {"crs": "EPSG:4326", "by": "RFC 7946"}),)
    properties = member.get("properties") if isinstance(member, Mapping) else None
    name = str(properties.get("name", "")) if isinstance(properties, Mapping) else ""
    if name.upper().endswith("CRS84"):
        return "EPSG:4326", ()
    match = _EPSG.fullmatch(name)
    if match is None:
        raise Unreadable("crs_unknown", crs=name[:200])
    return f"EPSG:{match[1]}", ()


def _feature(number: int, entry: object) -> RawFeature:
    if not isinstance(entry, Mapping) or entry.get("type") != "Feature":
        return RawFeature(number, {}, None, Problem(number, "not_a_feature"))
    given = entry.get("properties")
    properties = dict(given) if isinstance(given, Mapping) else {}
    if "id" in entry and "id" not in properties:
        properties["id"] = entry["id"]
    geometry = entry.get("geometry")
    if not isinstance(geometry, Mapping) or not geometry.get("coordinates"):
        return RawFeature(number, properties, None, Problem(number, "empty_geometry"))
    kind = str(geometry.get("type"))
    if kind not in {"Polygon", "MultiPolygon"}:
        return RawFeature(number, properties, None, Problem(number, "not_an_area", {"kind": kind}))
    try:
        shape, closed = _shape(kind, geometry["coordinates"])
    except _BadShape as error:
        return RawFeature(number, properties, None, Problem(number, str(error)))
    return RawFeature(number, properties, shape, closed=closed)


def _shape(kind: str, coordinates: object) -> tuple[Shape, int]:
    parts = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(parts, list):
        raise _BadShape("broken_geometry")
    closed = 0
    polygons: list[Polygon] = []
    for part in parts:
        if not isinstance(part, list) or not part:
            raise _BadShape("broken_geometry")
        rings = [_ring(ring) for ring in part]
        closed += sum(1 for ring in rings if ring[0] != ring[-1])
        try:
            polygons.append(Polygon(rings[0], rings[1:]))  # closes a ring left open
        except (ValueError, GEOSException) as error:
            raise _BadShape("broken_geometry") from error
    return (polygons[0] if kind == "Polygon" else MultiPolygon(polygons)), closed


def _ring(ring: object) -> list[tuple[float, float]]:
    if not isinstance(ring, list):
        raise _BadShape("broken_geometry")
    points: list[tuple[float, float]] = []
    for point in ring:
        if not isinstance(point, list) or len(point) < 2:
            raise _BadShape("broken_geometry")
        lon, lat = point[0], point[1]
        numeric = isinstance(lon, int | float) and isinstance(lat, int | float)
        if not numeric or not math.isfinite(lon) or not math.isfinite(lat):
            raise _BadShape("broken_coordinates")
        points.append((float(lon), float(lat)))
    if len(set(points)) < 3:
        raise _BadShape("too_few_points")
    return points
