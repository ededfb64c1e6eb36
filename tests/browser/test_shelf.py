"""A clinic counts its storeroom in a real Chromium, with one thumb, and the network goes in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from region.places.models import Place
from region.resources.models import Count, Shelf
from tests.browser.inbox_device import Clinic, Phone
from tests.browsing import eventually
from tests.region.resources.store import receive, shelf, unbalanced
from tests.world import World

pytestmark = pytest.mark.browser

EXPECTED = ("net::ERR_INTERNET_DISCONNECTED", "409 (CONFLICT)")


@pytest.fixture
def clinic(sqlite_world: World, chromium: Any) -> Iterator[Clinic]:
    made = Clinic(sqlite_world, chromium)
    yield made
    made.close()


def open_shelf(clinic: Clinic, place: Place, role: str = "storekeeper") -> Phone:
    phone = clinic.phone().enter(login=f"{role}-phone", role=role, place=place)
    phone.page.goto(f"{clinic.origin}/shelf")
    phone.page.wait_for_selector("body[data-net=online][data-worker=ready]")
    return phone


def type_number(phone: Phone, number: str) -> None:
    for digit in number:
        phone.page.locator(f"[data-key='{digit}']").click()


def counted(world: World) -> dict[str, int]:
    with world.as_system() as w:
        rows = w.session.execute(select(Shelf.item, Shelf.on_hand).where(Shelf.counted_at.is_not(None)))
        return {row.item: row.on_hand for row in rows}


def test_three_items_are_counted_with_the_network_cut_in_the_middle_and_arrive_once(clinic: Clinic) -> None:
    world, store = clinic.stage.world, clinic.stage.clinic
    for item, quantity in (("coverall", 40), ("n95", 1200), ("swab", 500)):
        receive(world, store, item, quantity)
    phone = open_shelf(clinic, store)
    page = phone.page
    page.get_by_role("button", name="Medical protective mask").click()
    assert page.get_by_role("button", name="Counted, next item").is_disabled()
    type_number(phone, "1150")
    page.get_by_role("button", name="Counted, next item").click()
    eventually(page, lambda: counted(world) == {"n95": 1150})
    assert page.locator("#shelf-name").inner_text() == "Protective coverall"
    phone.offline()
    type_number(phone, "38")
    page.get_by_role("button", name="Counted, next item").click()
    type_number(phone, "510")
    page.locator("[data-key=back]").click()
    type_number(phone, "2")
    page.get_by_role("button", name="Counted, next item").click()
    page.wait_for_selector("#foot-text:has-text('2 kept here')")
    page.reload()
    page.wait_for_selector("#foot-text:has-text('2 kept here')")
    assert page.locator(".shelf-waits").count() == 2 and counted(world) == {"n95": 1150}
    phone.online()
    eventually(page, lambda: counted(world) == {"coverall": 38, "n95": 1150, "swab": 512})
    page.wait_for_selector("#foot-text:has-text('Fresh at')")
    with world.as_system() as w:
        assert len(w.session.scalars(select(Count)).all()) == 3
    assert [url for url in phone.asked if not url.startswith((clinic.origin, "data:"))] == []
    assert [text for text in phone.complaints if not any(one in text for one in EXPECTED)] == []
    assert unbalanced(world) == []


def test_a_scan_a_receipt_and_an_issue_and_what_is_refused_is_said(clinic: Clinic) -> None:
    world, store = clinic.stage.world, clinic.stage.clinic
    receive(world, store, "n95", 100, "A1", date(2024, 5, 31))
    phone = open_shelf(clinic, store)
    page = phone.page
    page.locator("#shelf-sought").fill("(01)06901234567892(17)240531(10)A1")
    page.keyboard.press("Enter")
    page.locator("#shelf-asked").wait_for(state="visible")
    page.get_by_role("button", name="Medical protective mask").click()
    assert page.locator("#shelf-lot").evaluate("s => s.selectedOptions[0].textContent").startswith("A1")
    type_number(phone, "20")
    page.get_by_role("button", name="Came in").click()
    eventually(page, lambda: shelf(world, store, "n95").on_hand == 120)
    page.locator("#shelf-sought").fill("(01)06901234567892(17)240531(10)A1")
    page.keyboard.press("Enter")
    page.locator("#shelf-panel").wait_for(state="visible")
    type_number(phone, "900")
    page.get_by_role("button", name="Given out").click()
    note = page.locator("#shelf-refused")
    note.get_by_text("not accepted: given out 900").wait_for()
    note.get_by_role("button", name="Understood").click()
    eventually(page, lambda: note.inner_text() == "")
    page.get_by_role("button", name="Medical protective mask").click()
    type_number(phone, "30")
    page.get_by_role("button", name="Given out").click()
    eventually(page, lambda: shelf(world, store, "n95").on_hand == 90)
    small = page.evaluate(
        "[...document.querySelectorAll('button, a:not(.skip), select, input')].filter(e => e.offsetParent)"
        ".filter(e => e.getBoundingClientRect().height < 48).map(e => e.id || e.textContent)"
    )
    assert small == []
    assert [text for text in phone.complaints if not any(one in text for one in EXPECTED)] == []
