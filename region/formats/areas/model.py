"""Boundaries as read: features with a polygon in WGS-84 degrees each, before anybody makes places of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from region.formats.findings import Notice, Problem

Shape = Polygon | MultiPolygon


@dataclass(frozen=True)
class AreaLimits:
    """How much of a file is read at all; a larger one is refused whole."""

    file_bytes: int = 100_000_000
    unpacked_bytes: int = 500_000_000
    unpacking_ratio: int = 200
    features: int = 50_000
    vertices: int = 5_000_000


@dataclass(frozen=True)
class Feature:
    """One area: its number in the file (from 1), its properties as given, its polygon in degrees (WGS-84)."""

    number: int
    properties: Mapping[str, object]
    geometry: Shape


@dataclass(frozen=True)
class RawFeature:
    """One record before its shape is judged; `problem` where there is no shape to judge."""

    number: int
    properties: Mapping[str, object]
    geometry: BaseGeometry | None
    problem: Problem | None = None
    closed: int = 0  # rings that did not end where they began, and were closed


@dataclass(frozen=True)
class RawAreas:
    """What a container held: records, and the coordinate system that it states, if any."""

    features: tuple[RawFeature, ...]
    crs: str | None
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class AreaFile:
    """What a file holds: usable features, refused ones, what was noticed, SHA-256 of the bytes.

    `crs` is the system the file states, or the caller stated; None means WGS-84 was neither said nor implied
    and the coordinates are degrees as they stood: ask before use.
    """

    features: tuple[Feature, ...]
    refused: tuple[Problem, ...]
    crs: str | None
    notices: tuple[Notice, ...]
    digest: str


@dataclass(frozen=True)
class Parentage:
    """The parent that holds most of a child: its number or None, the share it holds, and what to look at.

    `note` is None, `does_not_nest` (less than the wanted share lies inside) or `no_parent`.
    """

    child_number: int
    parent_number: int | None
    share: float
    note: str | None
