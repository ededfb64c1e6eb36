"""Polygons judged as areas: repaired in sight, out of range, turned round, overlapping, without a code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import Geod
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from region.formats.areas.model import Feature, Shape
from region.formats.findings import Facts, Problem, Unreadable
from region.formats.text import code_text

_EARTH = Geod(ellps="WGS84")
_FAR, _NEAR = 10.0, 3.0  # degrees from the middle of the file that a turned-round feature shows

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Repair:
    """A shape made valid and what that did to it, in square kilometres and as a share of the larger area."""

    shape: Shape
    km2_before: float
    km2_after: float
    share_changed: float


def area_km2(shape: BaseGeometry) -> float:
    """Area on the WGS-84 ellipsoid of a polygon in degrees; other geometries have none."""
    total = 0.0
    for part in shapely.get_parts(shape):
        if isinstance(part, Polygon) and not part.is_empty:
            area, _perimeter = _EARTH.geometry_area_perimeter(shapely.orient_polygons(part))
            total += abs(area)
    return total / 1e6


def repaired(shape: BaseGeometry) -> Repair | None:
    """The valid polygons in an invalid shape; None where no polygon is left of it.

    Before the repair the area is that of the rings as drawn: a ring that crosses itself counts its parts
    with opposite signs.
    """
    before = area_km2(shape)
    fixed = shapely.make_valid(shape)
    polygons = [part for part in _polygons(fixed) if not part.is_empty]
    if not polygons:
        return None
    whole: Shape = polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)
    after = area_km2(whole)
    return Repair(whole, before, after, abs(after - before) / max(before, after, 1e-12))


def _polygons(shape: BaseGeometry) -> list[Polygon]:
    found: list[Polygon] = []
    for part in shapely.get_parts(shape):
        if isinstance(part, Polygon):
            found.append(part)
        elif isinstance(part, MultiPolygon):
            found.extend(_polygons(part))
    return found


def range_problem(number: int, shape: BaseGeometry) -> Problem | None:
    """Whether the coordinates are degrees at all, and not latitude before longitude."""
    west, south, east, north = shape.bounds
    facts = {"bounds": [west, south, east, north]}
    if (
        max(abs(south), abs(north)) > 90
        and max(abs(west), abs(east)) <= 90
        and max(abs(south), abs(north)) <= 180
    ):
        return Problem(number, "axes_swapped", facts)
    if west < -180 or east > 180 or south < -90 or north > 90:
        return Problem(number, "out_of_range", facts)
    return None


def swapped_problems(shapes: Sequence[tuple[int, BaseGeometry]], near: Bounds | None) -> list[Problem]:
    """Features that lie far away as they stand, and among the others with their axes turned round.

    `near` is where areas are expected; without it the middle of the file decides (three features at least).
    """
    if not shapes or (near is None and len(shapes) < 3):
        return []
    centres = np.array(
        [[(s.bounds[0] + s.bounds[2]) / 2, (s.bounds[1] + s.bounds[3]) / 2] for _n, s in shapes]
    )
    if near is None:
        middle, reach = np.median(centres, axis=0), _NEAR
    else:
        middle = np.array([(near[0] + near[2]) / 2, (near[1] + near[3]) / 2])
        reach = max(_NEAR, near[2] - near[0], near[3] - near[1])
    as_is = np.abs(centres - middle).max(axis=1)
    turned = np.abs(centres[:, ::-1] - middle).max(axis=1)
    return [
        Problem(number, "axes_swapped", {"bounds": list(shape.bounds)})
        for (number, shape), far, close in zip(shapes, as_is, turned, strict=True)
        if far > max(_FAR, reach) and close < reach
    ]


def check_shapes(
    features: Sequence[Feature], overlap_tolerance: float = 0.001, code_field: str = "code"
) -> list[Problem]:
    """Areas that cannot stand beside the others: no code, a code used before, overlapping an earlier one.

    `overlap_tolerance` is the share of the smaller area that may be covered twice (slivers of digitising).
    Facts of an `overlap`: `with_number`, `with_code`, `km2`, `share`. Of each pair the later feature is
    named, unless the earlier one is refused already; features refused for their code block nobody. Raises
    `Unreadable` (`no_code_field`, with the fields there are) where no feature has the field at all.
    """
    if features and not any(code_field in feature.properties for feature in features):
        raise Unreadable("no_code_field", field=code_field, fields=sorted(features[0].properties))
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    kept: list[Feature] = []
    for feature in features:
        code = feature_code(feature, code_field)
        if feature.geometry.is_empty:
            problems.append(Problem(feature.number, "empty_geometry", {"code": code}))
        elif not code:
            problems.append(Problem(feature.number, "no_code", {"field": code_field}))
        elif code in seen:
            problems.append(Problem(feature.number, "duplicate_code", {"code": code, "first": seen[code]}))
        else:
            seen[code] = feature.number
            kept.append(feature)
    problems.extend(_overlaps(kept, overlap_tolerance, code_field))
    return sorted(problems, key=lambda problem: problem.number)


def feature_code(feature: Feature, code_field: str) -> str:
    """The feature's code as text; empty where it has none."""
    value = feature.properties.get(code_field)
    return code_text(value) if isinstance(value, str | int | float) else ""


def _overlaps(features: Sequence[Feature], tolerance: float, code_field: str) -> list[Problem]:
    if len(features) < 2:
        return []
    shapes = np.array([feature.geometry for feature in features], dtype=object)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = sorted(
        {(int(a), int(b)) for a, b in zip(left, right, strict=True) if a < b}, key=lambda p: p[::-1]
    )
    sizes: dict[int, float] = {}
    refused: set[int] = set()
    problems: list[Problem] = []
    for first, second in pairs:
        if first in refused:
            continue
        shared = shapely.intersection(shapes[first], shapes[second])
        if shared.area == 0:
            continue
        for index in (first, second):
            if index not in sizes:
                sizes[index] = area_km2(shapes[index])
        km2 = area_km2(shared)
        share = km2 / max(min(sizes[first], sizes[second]), 1e-12)
        if share <= tolerance:
            continue
        other = features[first]
        facts: Facts = {
            "code": feature_code(features[second], code_field),
            "with_number": other.number,
            "with_code": feature_code(other, code_field),
            "km2": round(km2, 6),
            "share": round(min(share, 1.0), 6),
        }
        problems.append(Problem(features[second].number, "overlap", facts))
        refused.add(second)
    return problems
