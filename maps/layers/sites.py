"""Sites: a mark for each, its shape and colour by what it owes; the gravest lie on top."""

from __future__ import annotations

import geopandas as gpd

from maps.features import Layer, bounds_of, check_columns, collect
from maps.palette import MARKS, Lang

NEEDS = ("id", "type", "name", "state")


class UnknownState(ValueError):
    """A site came with a state that the palette does not know, and which therefore could not be drawn."""


def layer(frame: gpd.GeoDataFrame, lang: Lang) -> Layer:
    """Points with id, type, name and state (a key of palette.MARKS); polygons count as their inner point.

    Raises MissingColumns, and UnknownState naming the states.
    """
    has_name = {"name_zh", "name_en"} & set(frame.columns)
    check_columns("sites", frame, [name for name in NEEDS if name != "name" or not has_name])
    strange = sorted({str(state) for state in frame["state"]} - MARKS.keys())
    if strange:
        raise UnknownState(f"sites have states that cannot be drawn: {', '.join(strange)}")
    points = frame.set_geometry(frame.geometry.representative_point())
    collection = collect(points, lang, ("id", "type", "state"))
    return Layer("sites", "points", collection, bounds_of(points))
