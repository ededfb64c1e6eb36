"""Risk zones in a real Chromium: drawn by clicks or by keyboard, declared, seen hatched; no foreign request."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from region.app import create_app
from region.spine.actor import Actor, Grant
from region.zones.models import Zone
from tests.region.zones.ground import Ground
from tests.world import World

pytestmark = pytest.mark.browser
CORNERS = ((0.48, 0.47), (0.52, 0.47), (0.52, 0.52), (0.48, 0.52))
"""As parts of the map's box."""


@dataclass
class Desk:
    """A district, its pages served, and somebody who may draw and declare before the screen."""

    ground: Ground
    origin: str
    page: Any
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def zones(self) -> list[Zone]:
        with self.ground.world.as_system() as w:
            return list(w.session.scalars(select(Zone).order_by(Zone.id)))


@pytest.fixture
def desk(sqlite_world: World, chromium: Any) -> Iterator[Desk]:
    ground = Ground.of(sqlite_world)
    path = ground.district.path
    both = Actor("duty", (Grant("duty_officer", path), Grant("commander", path)), lang="en")
    app = create_app(sqlite_world.settings, sqlite_world.office)
    app.extensions["region"] = replace(app.extensions["region"], identify=lambda _office, _request: both)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en")
    made = Desk(ground, f"http://127.0.0.1:{server.server_port}", context.new_page())
    made.page.on("request", lambda r: made.asked.append(r.url))
    made.page.on("console", lambda m: m.type in ("error", "warning") and made.complaints.append(m.text))
    made.page.on("pageerror", lambda e: made.complaints.append(str(e)))
    yield made
    context.close()
    server.shutdown()
    server.server_close()
    thread.join()
    assert [url for url in made.asked if not url.startswith((made.origin, "data:", "blob:"))] == []


def test_a_zone_is_drawn_by_clicks_declared_and_lies_where_it_was_drawn(desk: Desk) -> None:
    page = desk.page
    with page.expect_response("**/zones/areas.geojson*"):
        page.goto(f"{desk.origin}/zones/new?lang=en")
    page.wait_for_timeout(300)  # the map fits itself to the areas
    page.fill("#name_en", "Wanghu estate")
    page.click(".leaflet-draw-draw-polygon")
    frame = page.locator(".folium-map").bounding_box()
    for across, down in (*CORNERS, CORNERS[0]):
        x, y = frame["x"] + across * frame["width"], frame["y"] + down * frame["height"]
        page.mouse.move(x - 5, y)
        page.mouse.click(x, y)
        page.wait_for_timeout(150)  # the tool takes no second point within 50 ms of the first
    assert len(page.input_value("#corners").splitlines()) == 4
    page.click("text=Keep the draft")
    page.wait_for_url("**/zones/1*")
    page.fill("#d-reason", "cluster")
    page.click("button:has-text('Declare the zone')")
    page.locator(".status", has_text="zone in force").wait_for()
    (zone,) = desk.zones()
    assert (zone.state, zone.made_from, zone.crs_source) == ("standing", "drawn", "WGS84")
    assert abs(zone.geometry.centroid.x - 114.5) < 0.05 and abs(zone.geometry.centroid.y - 30.5) < 0.05
    # The page of the one zone may still ask for its own map: that answer is not the list's.
    with page.expect_response(
        lambda r: "/zones/features.geojson" in r.url and "zone=" not in r.url
    ) as answer:
        page.goto(f"{desk.origin}/zones?lang=en")
    assert [one["properties"]["grade"] for one in answer.value.json()["features"]] == ["high"]
    assert desk.complaints == []


def test_by_keyboard_alone_a_place_is_chosen_and_by_typing_the_map_shows_the_outline(desk: Desk) -> None:
    page = desk.page
    page.goto(f"{desk.origin}/zones/new?lang=en")
    page.focus("#corners")
    page.keyboard.type("114.3,30.5\n114.32,30.5\n114.32,30.52")
    page.keyboard.press("Tab")
    page.focus("#name_zh")
    page.keyboard.type("望湖一网格")
    page.focus("#place")
    page.keyboard.type("Grid 1")
    page.keyboard.press("Tab")
    assert page.input_value("#corners") == "", "a place takes the place of what was typed"
    page.focus("button:has-text('Keep the draft')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/zones/1*")
    assert [zone.made_from for zone in desk.zones()] == ["grid"]
    assert desk.complaints == []
