"""Risk zones: hatched by grade over whatever the areas show, so that both can be read."""

from __future__ import annotations

import geopandas as gpd

from maps.features import Layer, bounds_of, check_columns, collect
from maps.palette import ZONES, Lang

NEEDS = ("id", "grade")
EVERY = 60
"""Seconds after which a screen fetches them again: a zone comes into force at an hour, without anybody's doing."""


class UnknownGrade(ValueError):
    """A zone came with a grade that has no hatching."""


def layer(frame: gpd.GeoDataFrame, lang: Lang) -> Layer:
    """Polygons: id, grade (high, medium, low), perhaps a name. Raises MissingColumns, UnknownGrade."""
    check_columns("zones", frame, NEEDS)
    strange = sorted({str(grade) for grade in frame["grade"]} - ZONES.keys())
    if strange:
        raise UnknownGrade(f"zones have grades without hatching: {', '.join(strange)}")
    return Layer("zones", "hatch", collect(frame, lang, ("id", "grade")), bounds_of(frame), {"every": EVERY})
