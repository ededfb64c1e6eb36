"""The one element that Folium carries for us: it names a source of features; the browser does the rest."""

from __future__ import annotations

from typing import Any

from folium.elements import JSCSSMixin
from folium.template import Template

SCRIPTS = [("map_marks", "map-marks.js"), ("live_map", "live-map.js")]
DRAWING_SCRIPTS = [("leaflet_draw", "leaflet-draw.js"), *SCRIPTS, ("map_draw", "map-draw.js")]
DRAWING_STYLES = [("leaflet_draw_css", "leaflet-draw.css")]


class Live(JSCSSMixin):
    """`RegionMap.live(map, {…})`: a layer's features by URL, drawn and patched by static/js/live-map.js.

    `options` are constants (url, layer, kind, style …). They pass through JSON with <, >, & and ' escaped, so
    that not even an address with a quotation mark in it can end the script.
    """

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "RegionMap.live({{ this._parent.get_name() }}, {{ this.constants | tojson }});"
        "{% endmacro %}"
    )
    default_js = SCRIPTS  # as folium has it

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca has no types
        self._name = "Live"
        self.constants = options


class LiveDrawing(Live):
    """The same for the drawing tool, which brings leaflet-draw with it."""

    default_js = DRAWING_SCRIPTS  # as folium has it
    default_css = DRAWING_STYLES  # as folium has it
