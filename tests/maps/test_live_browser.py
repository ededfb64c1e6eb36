"""A real Chromium shows a map under a strict content policy: nothing foreign, no error, patches seen."""

import json
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import geopandas as gpd
import pytest
from shapely.geometry import LineString, Point, box

from maps import base, palette
from region.spine import assets

pytestmark = pytest.mark.browser

POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-n0nce'; style-src 'self' 'nonce-n0nce';"
    " style-src-attr 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'"
)
NASTY = '<img src=x onerror="window.hacked = 1"> ${alert(1)}'
COLUMNS, ROWS, SITES = 40, 30, 500


def areas() -> gpd.GeoDataFrame:
    cells = [
        box(114 + x / 100, 30 + y / 100, 114.01 + x / 100, 30.01 + y / 100)
        for y in range(ROWS)
        for x in range(COLUMNS)
    ]
    rows = {
        "id": range(len(cells)),
        "level": "community",
        "name": NASTY,
        "class": [i % 5 for i in range(len(cells))],
    }
    return gpd.GeoDataFrame(rows, geometry=cells, crs=4326)


def sites() -> gpd.GeoDataFrame:
    points = [Point(114.005 + (i % 25) / 70, 30.005 + (i // 25) / 70) for i in range(SITES)]
    rows = {"id": range(SITES), "type": "clinic", "name": NASTY, "state": "done"}
    return gpd.GeoDataFrame(rows, geometry=points, crs=4326)


def moves() -> gpd.GeoDataFrame:
    """There and back, one late; and one that is only planned."""
    ends = [
        ((114.05, 30.05), (114.3, 30.2)),
        ((114.3, 30.2), (114.05, 30.05)),
        ((114.1, 30.25), (114.35, 30.1)),
    ]
    rows = {"id": range(3), "state": ["late", "under_way", "planned"], "breadth": [4, 2, 1]}
    return gpd.GeoDataFrame(rows, geometry=[LineString(pair) for pair in ends], crs=4326)


FRAMES = {"areas": areas(), "sites": sites(), "moves": moves()}


def page_html() -> str:
    drawn = base.draw(
        {**FRAMES, "draw": None},
        "en",
        assets.local_address,
        urls={name: f"/data/{name}" for name in FRAMES},
        fadeAnimation=False,
        zoomAnimation=False,
    )
    parts = base.parts(drawn, assets.local_address)
    styles = "".join(
        f'<link rel="stylesheet" href="{assets.asset_url(n)}">'
        for n in ("tokens.css", "base.css", "signs.css")
    )
    return (
        f'<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>Map</title>'
        f'<link rel="icon" href="data:,">{parts.header_html}{styles}</head><body>'
        f'<style nonce="n0nce">.folium-map {{ height: 700px }}</style>{parts.body_html}'
        f'<b data-count-layer="sites" data-count-state="late">–</b>'
        f'<script nonce="n0nce">window.told = []; for (const n of ["loaded", "selected", "stale", "chosen"])'
        f' document.addEventListener("region:" + n, (e) => {{ told.push([n, e.detail]);'
        f" document.body.dataset[n] = told.filter(([m]) => m === n).length; }});{parts.script_js}"
        f"</script></body></html>"
    )


class Handler(SimpleHTTPRequestHandler):
    broken = False

    def __init__(self, *args):
        super().__init__(*args, directory=str(assets.STATIC.parent))

    def log_message(self, *args):
        """Say nothing: what matters is what the browser saw."""

    def do_GET(self):
        name = self.path.removeprefix("/data/")
        if self.path.startswith("/static/"):
            super().do_GET()
        elif name in FRAMES and Handler.broken:
            self.send_error(503)
        elif name in FRAMES:
            self.answer(
                "application/geo+json", json.dumps(base.features(name, FRAMES[name], "en").collection)
            )
        else:
            self.answer("text/html; charset=utf-8", page_html())

    def answer(self, kind: str, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(text.encode())


@pytest.fixture(scope="module")
def origin():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def shown(origin, chromium):
    """The page, loaded, with what it asked of the network and what it complained of."""
    if assets.missing():
        pytest.fail(f"assets are missing: {assets.missing()}; run tools/assets.py")
    page = chromium.new_page(viewport={"width": 1000, "height": 800})
    page.asked, page.complaints = [], []
    page.on("request", lambda r: page.asked.append(r.url))
    # Chromium advises about reading a canvas back, which only this test does.
    advice = "Multiple readback operations"
    page.on(
        "console",
        lambda m: m.type in ("error", "warning") and advice not in m.text and page.complaints.append(m.text),
    )
    page.on("pageerror", lambda e: page.complaints.append(str(e)))
    page.goto(origin)
    page.wait_for_selector("body[data-loaded='3']")
    yield page
    Handler.broken = False
    page.close()


def colour_of(page, number: int) -> list[str]:
    """The colours of the pixels about a site on the marks' canvas, as #rrggbb."""
    spot = FRAMES["sites"].geometry[number]
    return colours_at(page, "sites", spot)


def colours_at(page, pane: str, spot: Point, reach: int = 4) -> list[str]:
    """The colours of the pixels about a point on the canvas of a pane."""
    return page.evaluate(
        """([pane, lat, lng, reach]) => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
            const canvas = document.querySelector(`.leaflet-region-${pane}-pane canvas`);
            const name = Object.keys(window).find((key) => key.startsWith('map_'));
            const at = window[name].latLngToContainerPoint([lat, lng]);
            const frame = window[name].getContainer().getBoundingClientRect();
            const box = canvas.getBoundingClientRect();
            const zoom = canvas.width / box.width;
            const [x, y] = [(at.x + frame.left - box.left) * zoom, (at.y + frame.top - box.top) * zoom];
            const { data } = canvas.getContext('2d').getImageData(x - reach, y - reach, 2 * reach + 1, 2 * reach + 1);
            const seen = new Set();
            for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255)
              seen.add('#' + [...data.slice(i, i + 3)].map((v) => v.toString(16).padStart(2, '0')).join(''));
            done([...seen]);
        })))""",
        [pane, spot.y, spot.x, reach],
    )


def patch(page, features: dict) -> None:
    page.evaluate(
        "features => document.dispatchEvent("
        "new CustomEvent('region:patch', { detail: { layer: 'sites', features } }))",
        features,
    )


def test_nothing_foreign_is_asked_and_nothing_complains(shown, origin):
    assert [url for url in shown.asked if not url.startswith((origin, "data:"))] == []
    assert shown.complaints == []
    assert dict(shown.evaluate("told.map(([n, d]) => [d.layer, d.count])")) == {
        "areas": 1200,
        "sites": 500,
        "moves": 3,
    }
    assert shown.evaluate("document.querySelectorAll('.map-label span:not([hidden])').length") <= 10


def test_a_patch_changes_the_colour_of_one_site_and_the_count(shown):
    bad = palette.LIGHT["bad"]
    assert bad not in colour_of(shown, 250)
    patch(shown, {"250": {"state": "late"}})
    assert bad in colour_of(shown, 250)
    assert bad not in colour_of(shown, 251)
    assert shown.inner_text("[data-count-state=late]") == "1"
    patch(shown, {"250": {"state": "done"}, "no-such-site": {"state": "late"}})
    assert bad not in colour_of(shown, 250)
    assert shown.complaints == []


def test_moves_are_arrows_that_end_at_the_taker_there_and_back_apart(shown):
    there, back = Point(114.3, 30.2), Point(114.05, 30.05)
    # The head ends before the taker's mark, which would hide it.
    assert palette.LIGHT["bad"] in colours_at(shown, "moves", there, reach=12)
    assert palette.LIGHT["bad"] not in colours_at(shown, "moves", there, reach=4)
    assert palette.LIGHT["bad"] not in colours_at(shown, "moves", Point(114.2, 30.05), reach=6)
    middle = Point(114.175, 30.125)
    assert not colours_at(shown, "moves", middle, reach=1)  # both bend away from the straight line
    assert palette.LIGHT["working"] in colours_at(shown, "moves", back, reach=12)


def test_names_are_text(shown):
    shown.evaluate(
        """([lat, lng]) => {
          const map = window[Object.keys(window).find((key) => key.startsWith('map_'))];
          window.place = map.latLngToContainerPoint([lat, lng]);
        }""",
        [FRAMES["sites"].geometry[262].y, FRAMES["sites"].geometry[262].x],
    )
    place = shown.evaluate("[place.x, place.y]")
    shown.locator(".folium-map").click(position={"x": place[0], "y": place[1]})
    assert NASTY in shown.inner_text(".map-fact")
    assert shown.evaluate("window.hacked") is None
    assert shown.evaluate("told.at(-1)[0]") == "chosen"


def test_a_lost_network_keeps_the_last_picture(shown):
    Handler.broken = True
    patch(shown, {"3": {"state": "late"}})
    shown.evaluate("document.dispatchEvent(new CustomEvent('region:refresh', { detail: {} }))")
    shown.wait_for_selector("body[data-stale]")
    assert shown.locator(".folium-map.map-stale").count() == 1
    assert palette.LIGHT["bad"] in colour_of(shown, 3)


def test_a_drawn_polygon_selects_the_sites_inside(shown):
    shown.click(".leaflet-draw-draw-polygon")
    frame = shown.locator(".folium-map").bounding_box()
    corners = [(200, 200), (600, 200), (600, 500), (200, 500), (200, 200)]
    for x, y in corners:
        shown.mouse.move(frame["x"] + x - 5, frame["y"] + y)
        shown.mouse.click(frame["x"] + x, frame["y"] + y)
        shown.wait_for_timeout(150)  # the tool takes no second point within 50 ms of the first
    shown.wait_for_selector("body[data-selected]")
    ids, inside = shown.evaluate(
        """(sites) => {
          const map = window[Object.keys(window).find((key) => key.startsWith('map_'))];
          const inside = sites.filter(([id, lat, lng]) => {
            const { x, y } = map.latLngToContainerPoint([lat, lng]);
            return x > 200 && x < 600 && y > 200 && y < 500;
          }).map(([id]) => id);
          return [told.find(([n]) => n === 'selected')[1].ids, inside];
        }""",
        [[i, p.y, p.x] for i, p in enumerate(FRAMES["sites"].geometry)],
    )
    assert 0 < len(ids) < SITES
    assert sorted(ids) == inside
    shown.evaluate("document.dispatchEvent(new CustomEvent('region:deselect'))")
    assert shown.evaluate("told.at(-1)[1]") == {"ids": [], "polygon": None}
    assert shown.complaints == []
