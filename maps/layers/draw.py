"""Drawing: a polygon drawn by hand selects the sites inside it, for the composer of an order."""

from __future__ import annotations

import geopandas as gpd

from maps.features import Layer, check_columns, collect
from maps.palette import Lang

NEEDS: tuple[str, ...] = ()

WORDS = {
    "zh": {
        "start": "画范围",
        "first": "点击地图开始画",
        "next": "继续点击",
        "close": "点击第一个点完成",
        "finish": "完成",
        "undo": "撤回一点",
        "cancel": "取消",
        "crossed": "边线不能交叉",
    },
    "en": {
        "start": "Draw an area",
        "first": "Click on the map to begin",
        "next": "Click to go on",
        "close": "Click the first point to finish",
        "finish": "Finish",
        "undo": "Undo last point",
        "cancel": "Cancel",
        "crossed": "Edges must not cross",
    },
}


def layer(frame: gpd.GeoDataFrame, lang: Lang) -> Layer:
    """The tool, its words, and any polygons already drawn (which may have an id)."""
    check_columns("draw", frame, NEEDS)
    frame = frame if "id" in frame.columns else frame.assign(id=range(len(frame)))
    return Layer("draw", "drawing", collect(frame, lang, ("id",)), None, {"words": WORDS[lang]})
