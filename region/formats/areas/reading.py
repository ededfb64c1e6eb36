"""Any boundary file that people send, as areas in WGS-84 degrees; nothing is mended without a notice."""

from __future__ import annotations

import hashlib

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from region.formats.areas.containers import GPKG_MAGIC, read_geopackage, read_shapefile
from region.formats.areas.geojson import read_geojson
from region.formats.areas.model import AreaFile, AreaLimits, Feature, RawAreas, RawFeature
from region.formats.areas.shapes import Bounds, range_problem, repaired, swapped_problems
from region.formats.coordinates import to_wgs84
from region.formats.findings import Notice, Problem, Unreadable

_DEGREES = {"EPSG:4326", "EPSG:4490", "WGS84", "CGCS2000"}


def read_areas(
    data: bytes,
    filename: str,
    *,
    crs: str | None = None,
    near: Bounds | None = None,
    layer: str | None = None,
    encoding: str | None = None,
    limits: AreaLimits | None = None,
) -> AreaFile:
    """Areas from the bytes of a GeoJSON, GeoPackage or zipped Shapefile.

    The content decides what it is. `crs` overrides what the file states (EPSG:n, GCJ02, BD09 ...); `near` is
    the box (west, south, east, north, degrees) in which areas are expected, to find turned axes; `layer` and
    `encoding` answer an `Unreadable` that offered choices. Features with no polygon, coordinates out of range
    or turned round are refused; invalid rings are repaired with a notice that gives the change in area.
    """
    limits = limits or AreaLimits()
    if len(data) > limits.file_bytes:
        raise Unreadable("too_large", bytes=len(data), limit=limits.file_bytes)
    raw = _container(data, limits, layer, encoding)
    stated = crs or raw.crs
    notices, refused = list(raw.notices), []
    if stated is None:
        notices.append(Notice("crs_missing", {"file": filename[:200]}))
    elif stated.upper() not in _DEGREES:
        notices.append(Notice("reprojected", {"from": stated, "to": "EPSG:4326"}))
    features: list[Feature] = []
    for record in raw.features:
        outcome = _feature(record, stated, notices)
        if isinstance(outcome, Problem):
            refused.append(outcome)
        else:
            features.append(outcome)
    turned = swapped_problems([(feature.number, feature.geometry) for feature in features], near)
    away = {problem.number for problem in turned}
    kept = tuple(feature for feature in features if feature.number not in away)
    problems = tuple(sorted([*refused, *turned], key=lambda problem: problem.number))
    return AreaFile(kept, problems, stated, tuple(notices), hashlib.sha256(data).hexdigest())


def _container(data: bytes, limits: AreaLimits, layer: str | None, encoding: str | None) -> RawAreas:
    if data.startswith(GPKG_MAGIC):
        raw = read_geopackage(data, limits, layer)
    elif data.startswith(b"PK\x03\x04"):
        raw = read_shapefile(data, limits, layer, encoding)
    else:
        raw = read_geojson(data, limits)
    shapes = [record.geometry for record in raw.features if record.geometry is not None]
    vertices = sum(int(shapely.get_num_coordinates(shape)) for shape in shapes)
    if vertices > limits.vertices:
        raise Unreadable("too_large", vertices=vertices, limit=limits.vertices)
    return raw


def _feature(record: RawFeature, crs: str | None, notices: list[Notice]) -> Feature | Problem:
    """The record as an area, or why not; what was done to it is added to `notices`."""
    if record.problem is not None:
        return record.problem
    shape = record.geometry
    if shape is None:
        return Problem(record.number, "empty_geometry")
    if crs is not None and crs.upper() not in _DEGREES:
        try:
            shape = _in_degrees(shape, crs)
        except Unreadable as error:
            if error.code == "crs_unknown":
                raise
            return Problem(record.number, error.code, error.facts)
    problem = range_problem(record.number, shape)
    if problem is not None:
        return problem
    if record.closed:
        notices.append(Notice("ring_closed", {"rings": record.closed}, record.number))
    if isinstance(shape, Polygon | MultiPolygon) and shape.is_valid:
        return Feature(record.number, record.properties, shape)
    result = repaired(shape)
    if result is None:
        return Problem(record.number, "no_area")
    facts = {
        "km2_before": round(result.km2_before, 6),
        "km2_after": round(result.km2_after, 6),
        "share_changed": round(result.share_changed, 6),
        "reason": shapely.is_valid_reason(shape).partition("[")[0],
    }
    notices.append(Notice("shape_repaired", facts, record.number))
    return Feature(record.number, record.properties, result.shape)


def _in_degrees(shape: BaseGeometry, crs: str) -> BaseGeometry:
    def convert(
        points: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    ) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        return np.column_stack(to_wgs84(points[:, 0], points[:, 1], crs))

    moved: BaseGeometry = shapely.transform(shape, convert)
    return moved
