"""Linjiang in the form in which a region is enrolled: spreadsheet rows and a boundary file."""

from typing import Any, Literal

import pandas as pd
import shapely

from region.exercise.linjiang.region import Region

Table = Literal["areas", "sites", "people"]
SEPARATOR = ";"  # between the codes of a catchment, in one cell


def to_spreadsheet_rows(region: Region, table: Table = "sites") -> list[dict[str, str | int | float]]:
    """One table as plain rows, columns in order, ready for CSV or a spreadsheet.

    Areas come without their geometry (see to_geojson); a missing figure is ""; codes stay text.
    """
    frame: pd.DataFrame = getattr(region, table)
    columns = [str(column) for column in frame.columns if column != "geometry"]
    values = zip(*(frame[column].tolist() for column in columns), strict=True)
    return [{column: _cell(value) for column, value in zip(columns, row, strict=True)} for row in values]


def to_geojson(region: Region, level: str | None = None) -> dict[str, Any]:
    """Boundaries of one level (or all) as a GeoJSON FeatureCollection in WGS-84, properties as in the areas.

    Raises ValueError for a level that does not exist.
    """
    areas = region.areas if level is None else region.areas[region.areas["level"] == level]
    if areas.empty:
        raise ValueError(f"no areas of level {level!r}")
    properties = areas.drop(columns="geometry").to_dict("records")
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": row["code"],
                "properties": row,
                "geometry": shapely.geometry.mapping(shape),
            }
            for row, shape in zip(properties, areas.geometry, strict=True)
        ],
    }


def _cell(value: Any) -> str | int | float:
    """One cell: lists joined, missing values empty, the rest as it is."""
    if isinstance(value, list):
        return SEPARATOR.join(value)
    if isinstance(value, str | int | float):
        return value
    return ""  # pd.NA
