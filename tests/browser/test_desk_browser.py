"""The duty officer's way in a real Chromium: an order from a template in eight clicks, issued once, watched, closed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from region.app import create_app
from region.dispatch.models import Directive, Recipient
from region.places.models import Place
from tests.world import World

pytestmark = pytest.mark.browser

TRIANGLE = ((0.1, 0.6), (0.97, 0.6), (0.9, 0.3))
"""Corners as parts of the map's box: they reach into both towns."""


@dataclass
class Desk:
    """A district with two towns and three clinics, its pages served, and a person before the screen."""

    world: World
    district: Place
    towns: list[Place]
    clinics: list[Place]
    origin: str
    page: Any
    who: dict[str, Any]
    clicks: int = 0
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def click(self, selector: str) -> None:
        self.clicks += 1
        self.page.click(selector)

    def draw(self, corners: tuple[tuple[float, float], ...] = TRIANGLE) -> None:
        """Draw a polygon by clicking its corners, and the first of them again."""
        self.click(".leaflet-draw-draw-polygon")
        frame = self.page.locator(".folium-map").bounding_box()
        for across, down in (*corners, corners[0]):
            x, y = frame["x"] + across * frame["width"], frame["y"] + down * frame["height"]
            self.page.mouse.move(x - 5, y)
            self.clicks += 1
            self.page.mouse.click(x, y)
            self.page.wait_for_timeout(150)  # the tool takes no second point within 50 ms of the first

    def directives(self) -> list[Directive]:
        with self.world.as_system() as w:
            return list(w.session.scalars(select(Directive).order_by(Directive.id)))


@pytest.fixture
def desk(sqlite_world: World, chromium: Any) -> Iterator[Desk]:
    world = sqlite_world
    district = world.area(level="district", name_zh="临江区", name_en="Linjiang")
    towns = [
        world.area(district, level="subdistrict", name_zh=zh, name_en=en)
        for zh, en in (("南屏镇", "Nanping"), ("柳镇", "Liuzhen"))
    ]
    reached = {"connected_at": world.clock.at, "phone": "010-55501234"}
    clinics = [world.clinic(towns[0], **reached), world.clinic(towns[1], **reached)]
    clinics.append(world.clinic(towns[1], phone="010-55504321", name_en="Far Clinic"))
    world.incident(district)
    who = {"actor": world.actor("duty_officer", district, "duty")}
    app = create_app(world.settings, world.office)
    app.extensions["region"] = replace(
        app.extensions["region"], identify=lambda _office, _request: who["actor"]
    )
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en")
    page = context.new_page()
    origin = f"http://127.0.0.1:{server.server_port}"
    made = Desk(world, district, towns, clinics, origin, page, who)
    page.on("request", lambda r: made.asked.append(r.url))
    page.on("console", lambda m: m.type in ("error", "warning") and made.complaints.append(m.text))
    page.on("pageerror", lambda e: made.complaints.append(str(e)))
    context.add_cookies([{"name": "lang", "value": "en", "url": origin}])
    yield made
    context.close()
    server.shutdown()
    server.server_close()
    thread.join()
    assert [url for url in made.asked if not url.startswith((origin, "data:", "blob:"))] == []


def test_an_order_from_a_template_to_a_drawn_area_takes_eight_clicks(desk: Desk) -> None:
    page = desk.page
    page.goto(f"{desk.origin}/desk?lang=en")
    page.get_by_text("Nothing waits for you").wait_for()
    desk.click("a:has-text('Issue an order') >> nth=-1")
    page.wait_for_selector("#composer[data-ready]")
    desk.click("label.template:has-text('Count masks')")
    desk.draw()
    page.get_by_text("3 sites: 2 reachable now, 1 not connected yet, 0 silent").wait_for()
    page.locator("#zh-title", has_text="库存").wait_for()
    assert "masks" in page.inner_text("#en-title")
    assert page.inner_text("#send") == "Issue to 3 sites"
    desk.click("#send")
    page.wait_for_url("**/desk/directives/*")
    assert desk.clicks <= 8
    assert page.get_by_text("In force").count() == 1
    desk.world.run()
    (found,) = desk.directives()
    assert (found.state, len(found.chosen), found.kind) == ("issued", 3, "notice")
    page.goto(f"{desk.origin}/desk")
    page.get_by_text("Orders in force").wait_for()
    assert page.inner_text("table.running tbody tr td:nth-child(4)").split() == ["0", "/", "3"]
    assert desk.complaints == []


def test_pressing_twice_issues_once(desk: Desk) -> None:
    page = desk.page
    page.goto(f"{desk.origin}/desk/compose?template=stock_count&lang=en")
    page.wait_for_selector("#composer[data-ready]")
    page.click(f"input[name=area][value='{desk.towns[1].id}']")
    page.get_by_text("2 sites:").wait_for()
    page.dblclick("#send")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/desk/directives/*")
    assert [one.state for one in desk.directives()] == ["issued"]
    assert desk.complaints == []


def test_an_error_stands_beside_its_field_and_nothing_is_lost(desk: Desk) -> None:
    page = desk.page
    page.goto(f"{desk.origin}/desk/compose?template=door_knock_visits&lang=en")
    page.wait_for_selector("#composer[data-ready]")
    page.click(f"input[name=area][value='{desk.towns[0].id}']")
    page.get_by_text("1 site:").wait_for()
    assert page.input_value("#door_knock_visits-area") == "南屏镇"
    page.click("#send")
    field = page.locator("[data-for=door_knock_visits] [data-blank=persons]")
    field.locator(".error").get_by_text("Please fill this in").wait_for()
    assert desk.directives() == []
    page.fill("#door_knock_visits-persons", "12")
    assert field.locator(".error").is_hidden()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/desk/directives/*")
    (found,) = desk.directives()
    assert "12" in found.body_en and "Nanping" in found.title_en


def test_one_site_is_taken_out_and_another_put_in_by_name(desk: Desk) -> None:
    page = desk.page
    page.goto(f"{desk.origin}/desk/compose?template=stock_count&lang=en")
    page.wait_for_selector("#composer[data-ready]")
    page.fill("#search", "far")
    page.keyboard.press("Enter")
    page.get_by_text("1 site: 0 reachable now, 1 not connected yet").wait_for()
    page.click("#cut-off summary")
    page.locator("#cut-off-list a[href='tel:010-55504321']").wait_for()
    assert "5504" not in page.inner_text("#cut-off-list")
    page.click("#hand button")
    page.locator("#send:disabled").wait_for()
    assert desk.complaints == []


def test_the_second_person_reads_both_languages_and_the_sites_then_approves(desk: Desk) -> None:
    page = desk.page
    page.goto(f"{desk.origin}/desk/compose?template=seal_zone&lang=en")
    page.wait_for_selector("#composer[data-ready]")
    page.click(f"input[name=area][value='{desk.district.id}']")
    page.fill("#seal_zone-contact", "Duty room 8001")
    page.get_by_text("Submit for approval: 3 sites").wait_for()
    assert page.get_by_text("needs a second person").is_visible()
    page.click("#send")
    page.wait_for_url("**/desk/directives/*")
    assert page.get_by_text("and you wrote it").is_visible()
    assert page.get_by_text("Approve and issue").count() == 0
    desk.who["actor"] = desk.world.actor("approver", desk.district, "leader")
    page.goto(f"{desk.origin}/desk")
    page.click("a:has-text('Read and approve')")
    assert page.locator("article[lang=zh-CN] h3").is_visible()
    assert page.locator("article[lang=en] h3").is_visible()
    assert page.locator("tbody tr").count() == 3
    page.click("button:has-text('Approve and issue to 3 sites')")
    page.get_by_text("In force").wait_for()
    assert [one.state for one in desk.directives()] == ["issued"]
    assert desk.complaints == []


def test_waiving_all_closes_the_order(desk: Desk) -> None:
    page = desk.page
    page.goto(f"{desk.origin}/desk/compose?template=stock_count&lang=en")
    page.wait_for_selector("#composer[data-ready]")
    page.click(f"input[name=area][value='{desk.towns[1].id}']")
    page.get_by_text("Issue to 2 sites").wait_for()
    page.click("#send")
    page.wait_for_url("**/desk/directives/*")
    page.check("#all")
    assert page.locator("[data-bulk=waive]").is_disabled()
    page.fill("#why", "closed for repairs")
    with page.expect_navigation():  # the page shows itself anew
        page.click("[data-bulk=waive]")
        page.get_by_text("2 sites: done").wait_for()
    desk.world.run()
    assert [one.state for one in desk.directives()] == ["closed"]
    with desk.world.as_system() as w:
        assert set(w.session.scalars(select(Recipient.state))) == {"waived"}
    page.reload()
    page.get_by_text("Closed").wait_for()
    assert desk.complaints == []


def test_the_desk_shows_what_changed_by_itself(desk: Desk) -> None:
    page = desk.page
    page.goto(f"{desk.origin}/desk/compose?template=stock_count&lang=en")
    page.wait_for_selector("#composer[data-ready]")
    page.click(f"input[name=area][value='{desk.district.id}']")
    page.get_by_text("Issue to 3 sites").wait_for()
    page.click("#send")
    page.wait_for_url("**/desk/directives/*")
    page.goto(f"{desk.origin}/desk")
    desk.world.wait(minutes=75)
    page.get_by_text("3 sites in 2 areas have not signed order 001").wait_for()
    assert "15 min late" in page.inner_text(".queue")


def test_each_role_begins_at_its_own_page(desk: Desk) -> None:
    client = create_app(desk.world.settings, desk.world.office)
    client.extensions["region"] = replace(
        client.extensions["region"], identify=lambda _office, _request: desk.who["actor"]
    )
    found = {}
    for role in ("duty_officer", "subdistrict_officer", "clinic", "wall_display", "auditor"):
        desk.who["actor"] = desk.world.actor(role, desk.district)
        found[role] = client.test_client().get("/").headers["Location"]
    assert found == {
        "duty_officer": "/desk",
        "subdistrict_officer": "/desk",
        "clinic": "/inbox",
        "wall_display": "/board",
        "auditor": "/audit",
    }
    desk.who["actor"] = None
    assert "/desk" not in client.test_client().get("/").headers["Location"]
