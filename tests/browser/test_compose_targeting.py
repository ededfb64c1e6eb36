"""Choosing recipients in a real Chromium: by distance, typed outline, number and group, without what is left out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from region.dispatch.models import Group
from region.places.events import SitesLoaded
from region.places.models import Site
from region.spine.clock import REAL
from tests.browser.test_desk_browser import Desk, desk

__all__ = ["desk"]
pytestmark = pytest.mark.browser


def opened(desk: Desk, query: str = "template=stock_count") -> None:
    desk.page.goto(f"{desk.origin}/desk/compose?{query}&lang=en")
    desk.page.wait_for_selector("#composer[data-ready]")


def reach(desk: Desk, text: str) -> None:
    desk.page.locator("#reach", has_text=text).wait_for()


def test_an_area_and_a_site_are_clicked_off_and_on_again(desk: Desk) -> None:
    page = desk.page
    opened(desk)
    page.click(f"input[name=area][value='{desk.district.id}']")
    reach(desk, "3 sites")
    labels = page.locator(".map-count span")
    labels.first.wait_for()
    assert sorted(labels.all_inner_texts()) == ["Liuzhen 2", "Nanping 1"]
    page.click("#by-area button:has-text('Liuzhen')")
    reach(desk, "1 site")
    page.click("#hand button:has-text('without Liuzhen')")
    reach(desk, "3 sites")
    page.locator(".map-count span", has_text="Nanping 1").click()
    reach(desk, "2 sites")
    page.click("#send")
    page.wait_for_url("**/desk/directives/*")
    (found,) = desk.directives()
    assert set(found.chosen) == {one.id for one in desk.clinics[1:]}
    assert desk.complaints == []


def test_by_keyboard_alone_distance_outline_and_number(desk: Desk) -> None:
    page, near = desk.page, desk.clinics[0]
    with desk.world.as_system() as w:
        w.get(Site, desk.clinics[1].id).capacity = 80
        w.tell(SitesLoaded(load=0, digest="-", new=0, changed=1, refused=0))
    opened(desk)
    page.focus("#more-ways > summary")
    page.keyboard.press("Enter")
    page.focus("#metres")
    page.keyboard.type("50")
    page.locator("[data-error=around]").wait_for(state="hidden")
    page.focus("#point")
    page.keyboard.type(f"{near.lon}, {near.lat}")
    reach(desk, "1 site")
    for field in ("#metres", "#point"):
        page.fill(field, "")
    reach(desk, "Choose areas")
    page.focus("#corners")
    page.keyboard.type("110,28 116,28 116,31 110,31")
    page.keyboard.press("Tab")
    reach(desk, "3 sites")
    page.focus("#add-rule")
    page.keyboard.press("Enter")
    page.select_option("[data-rule=fact]", "site.capacity")
    page.select_option("[data-rule=op]", ">=")
    page.focus("[data-rule=value]")
    page.keyboard.type("80")
    reach(desk, "1 site")
    assert "known of 1 of 3 sites; 2 unknown are not chosen" in page.inner_text("#unknown")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/desk/directives/*")
    assert [one.chosen for one in desk.directives()] == [[desk.clinics[1].id]]
    assert desk.complaints == []


def test_a_point_is_clicked_on_the_map(desk: Desk) -> None:
    page = desk.page
    opened(desk)
    page.click("#more-ways > summary")
    page.fill("#metres", "200000")
    page.click("#pick-point")
    page.locator(".folium-map").click(position={"x": 200, "y": 200})
    reach(desk, "3 sites")
    assert "," in page.input_value("#point")


def test_a_choice_is_kept_as_a_group_and_used_again(desk: Desk) -> None:
    page = desk.page
    opened(desk)
    page.click(f"input[name=area][value='{desk.towns[1].id}']")
    reach(desk, "2 sites")
    page.click("#more-ways > summary")
    page.fill("#group-zh", "柳镇各点")
    page.fill("#group-en", "All of Liuzhen")
    page.click("#save-group")
    page.locator("#group-saved", has_text="Saved").wait_for()
    opened(desk)
    page.click("#groups label:has-text('All of Liuzhen')")
    reach(desk, "2 sites")
    with desk.world.as_system() as w:
        assert w.get(Group, 1).choice["areas"] == [desk.towns[1].id] and w.realm == REAL
    assert desk.complaints == []


def masks_counted(page: Page) -> dict[str, str]:
    """Write an order of one's own that asks for a number."""
    said = {
        "title_zh": "清点口罩",
        "title_en": "Count masks",
        "body_zh": "今晚清点。",
        "body_en": "Count tonight.",
    }
    for name, text in said.items():
        page.fill(f"[name={name}]", text)
    page.click("#add-asked")
    asked = {
        "zh": "口罩",
        "en": "Masks",
        "unit_zh": "只",
        "unit_en": "pieces",
        "target": "500",
        "name": "masks",
    }
    for name, text in asked.items():
        page.fill(f"[data-asked={name}]", text)
    return said


def test_an_order_of_one_s_own_asks_for_numbers_and_its_successor_shows_what_changes(desk: Desk) -> None:
    page = desk.page
    opened(desk, "template=")
    page.click("label.template:has-text('In words of my own')")
    said = masks_counted(page)
    page.click(f"input[name=area][value='{desk.district.id}']")
    reach(desk, "3 sites")
    page.fill("[name=title_zh]", "请王小明先生清点口罩")
    page.locator("#title-warning", has_text="seems to name a person").wait_for()
    page.fill("[name=title_zh]", "清点口罩 13800138000")
    page.locator("#title-warning", has_text="telephone number").wait_for()
    page.fill("[name=title_zh]", said["title_zh"])
    page.locator("#title-warning").wait_for(state="hidden")
    page.click("#send")
    page.wait_for_url("**/desk/directives/*")
    (found,) = desk.directives()
    assert [(one["name"], one["target"]) for one in found.evidence] == [("masks", 500)]
    opened(desk, f"supersedes={found.id}")
    assert page.input_value("[data-asked=target]") == "500"
    page.fill("[name=body_en]", "Count tomorrow.")
    page.click("#by-area button:has-text('Nanping')")
    page.locator("#difference ins", has_text="tomorrow").wait_for()
    page.locator("#difference", has_text="1 sites taken out").wait_for()
    assert "tonight" in page.inner_text("#difference del >> nth=0")
    assert desk.complaints == []


def test_a_telephone_shows_all_of_it(desk: Desk) -> None:
    page = desk.page
    page.set_viewport_size({"width": 390, "height": 844})
    opened(desk)
    page.click("#more-ways > summary")
    page.click("#add-rule")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
