"""The desk's menu in a real Chromium: one line, lists by click and by key, one button on a phone, no script needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Thread
from typing import Any

import pytest
from werkzeug.serving import make_server

from region.app import create_app
from region.spine.area import GROUPS, MenuItem
from tests.world import World

pytestmark = pytest.mark.browser

ROWS = """() => new Set([...document.querySelectorAll(
    '.bar-name, .exercise-word, .bar-menu > a, .bar-menu summary, .bar-end a, .bar-end form')].map((e) => {
  const box = e.getBoundingClientRect(); return Math.round((box.top + box.bottom) / 20); })).size"""
"""In how many lines the bar's parts stand."""
COMING = tuple(
    MenuItem(f"Entry {n}", "places.tree", "places.read", GROUPS[n % len(GROUPS)]) for n in range(20)
)
"""As many entries as areas that are not there yet may bring: every group then has a list."""


@pytest.fixture
def address(sqlite_world: World) -> Iterator[str]:
    """A desk in an exercise, before which somebody sits who may do everything."""
    world = sqlite_world
    app = create_app(world.settings, world.office)
    app.jinja_env.globals["menu"] += COMING  # type: ignore[operator]
    app.jinja_env.globals["menu"].sort(key=lambda item: GROUPS.index(item.group))  # type: ignore[attr-defined]
    viewer = replace(world.actor("system", world.area()), account_id=1, realm=1, is_system=True)
    app.extensions["region"] = replace(app.extensions["region"], identify=lambda *_: viewer)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    wrong: list[str] = []
    opened = chromium.new_page(viewport={"width": 1280, "height": 800})
    opened.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    yield opened
    opened.close()
    assert wrong == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [1251, 1280, 1440])
def test_the_bar_is_one_line(address: str, page: Any, lang: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}/incidents?lang={lang}")
    assert page.locator(".bar-menu summary:visible").count() == len(GROUPS)
    assert page.evaluate(ROWS) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_keys_open_a_list_and_escape_goes_back_to_its_button(address: str, page: Any) -> None:
    page.goto(f"{address}/sampling/recalls?lang=en")
    group = page.locator(".bar-menu summary", has_text="Sampling")
    assert group.get_attribute("aria-current") == "true"
    assert page.locator(".bar-menu summary[aria-current]").count() == 1
    here = page.locator(".bar-menu a[aria-current=page]")
    assert here.text_content() == "Positive pools" and not here.is_visible()
    group.focus()
    page.keyboard.press("Enter")
    assert here.is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Rounds"
    page.keyboard.press("Escape")
    assert not here.is_visible()
    assert page.evaluate("document.activeElement.textContent") == "Sampling"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sampling/rounds")


def test_one_list_is_open_at_a_time_and_a_click_elsewhere_closes_it(address: str, page: Any) -> None:
    page.goto(f"{address}/incidents?lang=en")
    lists = page.locator(".bar-menu details[open]")
    for name in ("Supplies", "Administration"):
        page.locator(".bar-menu summary", has_text=name).click()
        assert page.locator(".bar-menu details[open] summary").all_text_contents() == [name]
    page.locator("h1").click()
    assert lists.count() == 0


def test_a_phone_has_one_button_and_needs_no_script(address: str, chromium: Any) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/incidents?lang=en")
    assert page.locator(".bar summary:visible").all_text_contents() == ["Menu"]
    page.locator(".bar summary:visible").click()
    shown = page.locator(".bar-fold p").all_text_contents()
    assert shown == list(GROUPS)
    link = page.get_by_role("link", name="Beds and capacity")
    box = link.bounding_box()
    assert box["height"] >= 48 and box["x"] >= 0 and box["x"] + box["width"] <= 390
    link.click()
    page.wait_for_url("**/capacity")
    context.close()


def test_a_group_of_one_entry_is_a_plain_link(sqlite_world: World) -> None:
    world = sqlite_world
    app = create_app(world.settings, world.office)
    viewer = world.actor("courier", world.area())
    app.extensions["region"] = replace(app.extensions["region"], identify=lambda *_: viewer)
    said = app.test_client().get("/places?lang=en").text.split('<nav class="bar-menu"')[1].split("</nav>")[0]
    assert "<summary>Administration" not in said and ">Places</a>" in said
    assert "Supplies" not in said, "a group without an entry for this reader is not shown"


def test_a_group_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no group"):
        MenuItem("Entry", "places.tree", "places.read", "Others")
