"""Rows of a frame as GeoJSON features: columns checked at the door, names as text, never as HTML."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
from shapely.geometry import mapping

from maps.palette import Lang

Bounds = tuple[float, float, float, float]
WGS84 = 4326


class MissingColumns(ValueError):
    """A frame came without columns that its layer needs; `names` are those, in the layer's order."""

    def __init__(self, layer: str, names: Sequence[str]) -> None:
        self.layer, self.names = layer, tuple(names)
        super().__init__(f"layer {layer!r} needs the columns {', '.join(names)}")


@dataclass(frozen=True)
class Layer:
    """One layer of a map: what it is called, how it is drawn, and its features.

    `kind` is one of areas, points, hatch, lines, drawing (js/live-map.js knows these). `collection` is a
    GeoJSON FeatureCollection in WGS 84 degrees. `bounds` are west, south, east, north; None: no features.
    `options` are constants for the browser: numbers, booleans and words of ours, never data.
    """

    name: str
    kind: str
    collection: dict[str, Any]
    bounds: Bounds | None = None
    options: dict[str, Any] = field(default_factory=dict)


def check_columns(layer: str, frame: gpd.GeoDataFrame, needs: Iterable[str]) -> None:
    """Raise MissingColumns unless the frame has all that the layer needs, and a geometry."""
    names = [name for name in needs if name not in frame.columns]
    if getattr(frame, "_geometry_column_name", None) not in frame.columns:
        names.append("geometry")
    if names:
        raise MissingColumns(layer, names)


def collect(
    frame: gpd.GeoDataFrame, lang: Lang, properties: Sequence[str], *, digits: int = 6
) -> dict[str, Any]:
    """A FeatureCollection of these columns (those that exist), the name in the reader's language.

    Coordinates are brought to WGS 84 if the frame says what they are in, and rounded to `digits` decimals (6
    is 0.1 m). Rows without a geometry are left out. `name` comes from name_zh or name_en where there is one.
    """
    if frame.crs is not None and frame.crs.to_epsg() != WGS84:
        frame = frame.to_crs(WGS84)
    features = []
    for row, shape in zip(frame.to_dict("records"), frame.geometry, strict=True):
        if shape is None or shape.is_empty:
            continue
        facts = {key: plain(row[key]) for key in properties if key in row}
        facts["name"] = name_of(row, lang)
        features.append(
            {
                "type": "Feature",
                "id": facts["id"],
                "geometry": _rounded(mapping(shape), digits),
                "properties": facts,
            }
        )
    return {"type": "FeatureCollection", "features": features}


def name_of(row: dict[str, Any], lang: Lang) -> str:
    """The name in the reader's language, else the plain name, else the other language's, else nothing."""
    other = "en" if lang == "zh" else "zh"
    for key in (f"name_{lang}", "name", f"name_{other}"):
        value = plain(row.get(key))
        if value:
            return str(value)
    return ""


def bounds_of(frame: gpd.GeoDataFrame) -> Bounds | None:
    """West, south, east, north of all features in WGS 84 degrees, or None if there are none."""
    if frame.crs is not None and frame.crs.to_epsg() != WGS84:
        frame = frame.to_crs(WGS84)
    west, south, east, north = (float(side) for side in frame.total_bounds)
    return None if math.isnan(west) else (west, south, east, north)


def plain(value: Any) -> Any:
    """A value as JSON can carry it: numpy scalars unwrapped, every kind of nothing as None."""
    if hasattr(value, "item"):
        value = value.item()
    if value is None or value != value:
        return None
    return value if isinstance(value, (str, int, float, bool)) else str(value)


def _rounded(shape: Any, digits: int) -> Any:
    if isinstance(shape, dict):
        return {key: _rounded(value, digits) for key, value in shape.items()}
    if isinstance(shape, (list, tuple)):
        return [_rounded(value, digits) for value in shape]
    return round(shape, digits) if isinstance(shape, float) else shape
