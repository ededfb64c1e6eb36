"""Coordinate systems met in China and everywhere: WGS-84, CGCS2000, GCJ-02, BD-09 and any EPSG code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from region.formats.findings import Unreadable

Array = npt.NDArray[np.float64]
Pair = tuple[Array, Array]

# GCJ-02 as the public map services apply it: Krasovsky 1940's ellipsoid, and this box around China.
_RADIUS, _FLATTENING = 6378245.0, 0.00669342162296594323
CHINA = (72.004, 0.8293, 137.8347, 55.8271)
_BD_TURN = np.pi * 3000.0 / 180.0
_SAME_AS_WGS84 = {"WGS84", "CGCS2000", "EPSG:4326", "EPSG:4490", "OGC:CRS84"}


@dataclass(frozen=True)
class ShiftFinding:
    """Points that mostly miss their declared areas but fit after one shift is undone; nothing was moved.

    Shares are of the `points` compared; `other` is the fit under the other system, equal when both fit.
    """

    system: str
    points: int
    inside_before: float
    inside_after: float
    other: float


def in_china(lon: Array, lat: Array) -> npt.NDArray[np.bool_]:
    """Whether each point lies in the box in which GCJ-02 and BD-09 mean anything."""
    west, south, east, north = CHINA
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def wgs84_to_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """Degrees to degrees, arrays of one shape; raises `Unreadable` (`outside_china`) for points outside."""
    return _gcj_forward(*_chinese(lon, lat))


def gcj02_to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """The inverse of `wgs84_to_gcj02`, by iteration, to better than 1e-9 degrees."""
    return _inverse(_gcj_forward, *_chinese(lon, lat))


def gcj02_to_bd09(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """GCJ-02 to Baidu's BD-09, degrees."""
    return _bd_forward(*_chinese(lon, lat))


def bd09_to_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    """The inverse of `gcj02_to_bd09`, by iteration, to better than 1e-9 degrees."""
    return _inverse(_bd_forward, *_chinese(lon, lat))


def to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike, crs: str) -> Pair:
    """Longitude and latitude in WGS-84 degrees, from coordinates in the stated system.

    `crs` is WGS84, CGCS2000 (taken as WGS-84: they differ by centimetres), GCJ02, BD09 or EPSG:n; x and y of
    a projected system go in as `lon` and `lat`. Raises `Unreadable`: `crs_unknown`, `outside_china` (GCJ02
    and BD09 exist in China only), `not_convertible` (points the system does not reach).
    """
    name = crs.upper().replace("-", "")
    if name == "GCJ02":
        return gcj02_to_wgs84(lon, lat)
    if name == "BD09":
        return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if name in _SAME_AS_WGS84:
        return x, y
    try:
        transformer = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    except CRSError as error:
        raise Unreadable("crs_unknown", crs=crs[:200]) from error
    out_x, out_y = (np.asarray(values, dtype=np.float64) for values in transformer.transform(x, y))
    lost = int(np.count_nonzero(~(np.isfinite(out_x) & np.isfinite(out_y))))
    if lost:
        raise Unreadable("not_convertible", crs=crs[:200], points=lost)
    return out_x, out_y


def looks_shifted(
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    declared: Sequence[str],
    areas: Mapping[str, BaseGeometry],
    *,
    least_points: int = 5,
    most_inside: float = 0.5,
    fits: float = 0.9,
) -> ShiftFinding | None:
    """Whether points said to be WGS-84 are in truth GCJ-02 or BD-09, judged by the areas they should lie in.

    `declared[i]` names the area of point i; points of unknown areas or outside China are not counted. A
    finding needs `least_points`, at most `most_inside` of them inside as they stand, and at least `fits` of
    them inside after the inverse. It is pointed out, never applied: a person decides.
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    known = np.array([name in areas for name in declared], dtype=np.bool_) & in_china(x, y)
    if int(known.sum()) < least_points:
        return None
    x, y = x[known], y[known]
    shapes = np.array([areas[name] for name, use in zip(declared, known, strict=True) if use], dtype=object)

    def inside(points: Pair) -> float:
        return float(np.mean(shapely.intersects(shapes, shapely.points(*points))))

    before = inside((x, y))
    if before > most_inside:
        return None
    from_gcj = inside(_inverse(_gcj_forward, x, y))
    from_bd = inside(_inverse(_gcj_forward, *_inverse(_bd_forward, x, y)))
    system, after, other = (
        ("GCJ02", from_gcj, from_bd) if from_gcj >= from_bd else ("BD09", from_bd, from_gcj)
    )
    return ShiftFinding(system, len(x), before, after, other) if after >= fits else None


def _chinese(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pair:
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    outside = int(np.count_nonzero(~in_china(x, y)))
    if outside:
        raise Unreadable("outside_china", points=outside)
    return x, y


def _waves(value: Array, *terms: tuple[float, float]) -> Array:
    """Sum of amplitude times sine of value times pi over period, scaled as GCJ-02 does."""
    return np.asarray(sum(size * np.sin(value * np.pi / period) for size, period in terms) * 2.0 / 3.0)


def _gcj_forward(lon: Array, lat: Array) -> Pair:
    x, y = lon - 105.0, lat - 35.0
    root, ripple = np.sqrt(np.abs(x)), _waves(x, (20.0, 1 / 6), (20.0, 0.5))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north = north + _waves(y, (20.0, 1.0), (40.0, 3.0)) + _waves(y, (160.0, 12.0), (320.0, 30.0))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east = east + _waves(x, (20.0, 1.0), (40.0, 3.0)) + _waves(x, (150.0, 12.0), (300.0, 30.0))
    phi = np.radians(lat)
    bend = 1.0 - _FLATTENING * np.sin(phi) ** 2
    meridian = _RADIUS * (1.0 - _FLATTENING) / (bend * np.sqrt(bend))
    parallel = _RADIUS / np.sqrt(bend) * np.cos(phi)
    return lon + np.degrees(east / parallel), lat + np.degrees(north / meridian)


def _bd_forward(lon: Array, lat: Array) -> Pair:
    length = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_TURN)
    return length * np.cos(angle) + 0.0065, length * np.sin(angle) + 0.006


def _inverse(forward: Callable[[Array, Array], Pair], lon: Array, lat: Array) -> Pair:
    """Fixed-point iteration: the shift changes so slowly that each step gains about three digits."""
    x, y = lon, lat
    for _step in range(30):
        there_x, there_y = forward(x, y)
        off_x, off_y = lon - there_x, lat - there_y
        x, y = x + off_x, y + off_y
        if max(np.max(np.abs(off_x), initial=0.0), np.max(np.abs(off_y), initial=0.0)) < 1e-11:
            break
    return x, y
