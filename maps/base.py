"""Draw a map: Folium for its frame and controls, our own files for everything it loads, features by URL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlsplit

import folium
import geopandas as gpd
from branca.element import CssLink, JavascriptLink

from maps.features import Bounds, Layer
from maps.layers import LAYERS
from maps.live import Live, LiveDrawing
from maps.palette import Lang, Theme, style

Assets = Callable[[str], str]
# Folium's own head: its map's size and switches, and a page's charset. Our style sheets and page say these.
LEFT_OUT = ("meta_http",)
STILL = {"dragging": False, "scrollWheelZoom": False, "doubleClickZoom": False, "keyboard": False}


class UnknownLayer(LookupError):
    """A map was asked for a layer that maps/layers does not have, or for one with nowhere to fetch it."""


class ForeignPart(ValueError):
    """Folium brought something that is neither a file of ours nor known to be needless."""


@dataclass(frozen=True)
class Parts:
    """The three parts of a map for a page of one's own.

    header_html: <link> and <script src> tags, all on our own host; for the head. body_html: the map's <div>.
    script_js: the script's text without its tag; put it in `<script nonce=…>` after the body.
    """

    header_html: str
    body_html: str
    script_js: str


class Frame(folium.Map):
    """Folium's map with Leaflet alone: no jQuery, no Bootstrap, no icon fonts, no tiles."""

    default_js = [("leaflet", "leaflet.js")]  # noqa: RUF012  # as folium has it
    default_css = [("leaflet_css", "leaflet.css")]  # noqa: RUF012  # as folium has it


def draw(
    layers: Mapping[str, gpd.GeoDataFrame | None],
    lang: Lang,
    assets: Assets,
    *,
    urls: Mapping[str, str],
    theme: Theme = "light",
    bounds: Bounds | None = None,
    tiles: str | None = None,
    attribution: str = "",
    scale: float = 1.0,
    still: bool = False,
    **options: Any,
) -> folium.Map:
    """A map of these layers, in drawing order, each fetched by the browser from `urls[layer]` as GeoJSON.

    A frame may be None: then its columns are not checked and the map fits itself to what it fetches. `assets`
    turns a file's name or address into ours, and raises on an unknown one. `tiles` is a site's own basemap
    (default none), `scale` enlarges marks, lines and labels (2 for the wall), `still` takes away zooming and
    dragging. Further options go to Leaflet's map. Raises UnknownLayer, MissingColumns.
    """
    drawn = [features(name, layers[name], lang) for name in ordered(layers)]
    box = bounds or _around(drawn)
    page = _frame(box, still=still, attributionControl=bool(tiles), **options)
    look: dict[str, Any] = {"style": style(theme, lang), "scale": scale, "bounds": box and list(box)}
    for layer in drawn:
        _add(page, layer, urls.get(layer.name, ""), look)
        look = {"scale": scale}
    if tiles:
        Live({"kind": "tiles", "layer": "tiles", "url": tiles, "attribution": attribution}).add_to(page)
    _check_files(page, assets)
    return page


def features(name: str, frame: gpd.GeoDataFrame | None, lang: Lang) -> Layer:
    """One layer of a frame; its `collection` is what the layer's address must answer. Raises UnknownLayer."""
    if name not in LAYERS:
        raise UnknownLayer(f"no layer is called {name!r}")
    return LAYERS[name](_empty(name) if frame is None else frame, lang)


def ordered(layers: Mapping[str, object]) -> list[str]:
    """The names of the layers in drawing order, the lowest first; unknown ones last, to be refused."""
    known = [name for name in LAYERS if name in layers]
    return known + [name for name in layers if name not in LAYERS]


def parts(page: folium.Map, assets: Assets) -> Parts:
    """Head, body and script of a map, for a page with a strict content policy.

    Every link in Folium's header is replaced by our own file; an unknown one raises what `assets` raises, and
    anything else there raises ForeignPart.
    """
    figure: Any = page.get_root()
    figure.render()
    head = []
    for name, child in figure.header._children.items():
        if isinstance(child, CssLink):
            head.append(f'<link rel="stylesheet" href="{escape(_ours(child.url, assets))}">')
        elif isinstance(child, JavascriptLink):
            head.append(f'<script src="{escape(_ours(child.url, assets))}"></script>')
        elif name not in (*LEFT_OUT, page.get_name()):
            raise ForeignPart(f"Folium put {name!r} into the page's head")
    return Parts("\n".join(head), figure.html.render().strip(), figure.script.render().strip())


def _frame(box: Bounds | None, *, still: bool, **options: Any) -> folium.Map:
    leaflet: dict[str, Any] = {**(STILL if still else {}), **options}
    return Frame(
        location=[0.0, 0.0] if box is None else [(box[1] + box[3]) / 2, (box[0] + box[2]) / 2],
        zoom_start=9,
        tiles=None,
        max_zoom=18,
        prefer_canvas=True,
        zoom_control=not still,
        maxZoom=18,
        zoomSnap=0 if still else 0.25,
        **leaflet,
    )


def _add(page: folium.Map, layer: Layer, url: str, look: Mapping[str, Any]) -> None:
    if not url and layer.kind != "drawing":
        raise UnknownLayer(f"the layer {layer.name!r} has no address to be fetched from")
    element = LiveDrawing if layer.kind == "drawing" else Live
    element({"url": url, "layer": layer.name, "kind": layer.kind, **layer.options, **look}).add_to(page)


def _ours(url: str, assets: Assets) -> str:
    address = assets(url)
    if urlsplit(address).netloc:
        raise ForeignPart(f"the asset {url!r} is on another host: {address!r}")
    return address


def _check_files(page: folium.Map, assets: Assets) -> None:
    for element in (page, *page._children.values()):
        for _, url in (*getattr(element, "default_js", ()), *getattr(element, "default_css", ())):
            _ours(url, assets)


def _around(layers: Any) -> Bounds | None:
    boxes = [layer.bounds for layer in layers if layer.bounds is not None]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _empty(name: str) -> gpd.GeoDataFrame:
    columns = ("id", "level", "name", "type", "state", "grade", "breadth")
    return gpd.GeoDataFrame({column: [] for column in columns}, geometry=[], crs=4326)
