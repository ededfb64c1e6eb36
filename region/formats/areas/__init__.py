"""Boundaries that people send (GeoJSON, GeoPackage, zipped Shapefile), read, repaired in sight, checked."""

from region.formats.areas.model import AreaFile, AreaLimits, Feature, Parentage
from region.formats.areas.nesting import parent_by_geometry
from region.formats.areas.reading import read_areas
from region.formats.areas.shapes import area_km2, check_shapes

__all__ = [
    "AreaFile",
    "AreaLimits",
    "Feature",
    "Parentage",
    "area_km2",
    "check_shapes",
    "parent_by_geometry",
    "read_areas",
]
