"""Areas: outlines by level, filled by the class of one value, with at most ten labels."""

from __future__ import annotations

import geopandas as gpd

from maps.features import WGS84, Layer, bounds_of, check_columns, collect
from maps.palette import Lang

NEEDS = ("id", "level")
NAMES = ("name", "name_zh", "name_en")
MOST_LABELS = 10


def layer(frame: gpd.GeoDataFrame, lang: Lang) -> Layer:
    """Polygons with id, level, name, and where given value and class (0 no data, 1 worst to 4 best).

    Each feature carries `at`, a point surely inside it, for its label, and `size`, to choose labels.
    Raises MissingColumns.
    """
    check_columns("areas", frame, (*NEEDS, *([] if set(NAMES) & set(frame.columns) else ["name"])))
    if frame.crs is not None and frame.crs.to_epsg() != WGS84:
        frame = frame.to_crs(WGS84)
    collection = collect(frame, lang, ("id", "level", "value", "class"))
    for feature, shape in zip(
        collection["features"], (s for s in frame.geometry if s is not None and not s.is_empty), strict=True
    ):
        point = shape.representative_point()
        feature["properties"]["at"] = [round(point.x, 6), round(point.y, 6)]
        feature["properties"]["size"] = round(shape.area, 9)
    return Layer("areas", "areas", collection, bounds_of(frame), {"labels": MOST_LABELS, "fit": True})
