"""The layers that a map can have, in the order in which they are drawn: one module each."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd

from maps.features import Layer
from maps.layers import areas, draw, moves, sites, water, zones
from maps.palette import Lang

LAYERS: dict[str, Callable[[gpd.GeoDataFrame, Lang], Layer]] = {
    "areas": areas.layer,
    "water": water.layer,
    "zones": zones.layer,
    "moves": moves.layer,
    "sites": sites.layer,
    "draw": draw.layer,
}
