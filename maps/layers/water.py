"""Water: rivers as broad quiet lines and lakes as quiet fills, so that people know where they are."""

from __future__ import annotations

import geopandas as gpd

from maps.features import Layer, bounds_of, check_columns, collect
from maps.palette import Lang

NEEDS = ("id",)


def layer(frame: gpd.GeoDataFrame, lang: Lang) -> Layer:
    """Lines and polygons with an id; names travel but are not drawn. Raises MissingColumns."""
    check_columns("water", frame, NEEDS)
    return Layer("water", "lines", collect(frame, lang, ("id",)), bounds_of(frame))
