"""A sampler's telephone without a network: nothing is lost, nothing comes twice, nothing at rest can be read."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from region.sampling.models import Box, FieldDevice
from tests.browser.field_phone import PIN, Field, Handset
from tests.browsing import eventually
from tests.region.sampling.ground import resident
from tests.world import World

pytestmark = pytest.mark.browser

TUBES = """async ([codes, people]) => {
  for (const [n, code] of codes.entries()) {
    await fieldRound.tube(code);
    for (const number of people.slice(n * 10, n * 10 + 10)) {
      await fieldRound.person({ kind: "resident", number, name: "测试甲" });
    }
  }
  return fieldSync.waits().people;
}"""
RAW = """() => new Promise((done, fail) => {
  const asked = indexedDB.open("region-field");
  asked.onerror = () => fail(asked.error);
  asked.onsuccess = async () => {
    const plain = (one) => one instanceof ArrayBuffer || ArrayBuffer.isView(one)
      ? new TextDecoder("latin1").decode(one) : one && typeof one === "object"
        ? Object.fromEntries(Object.entries(one).map(([name, value]) => [name, plain(value)])) : one;
    const found = {};
    for (const name of asked.result.objectStoreNames) {
      const rows = asked.result.transaction(name).objectStore(name).getAll();
      await new Promise((next) => { rows.onsuccess = next; });
      found[name] = rows.result.map(plain);
    }
    asked.result.close();
    const noted = Object.entries(localStorage).concat(Object.entries(sessionStorage));
    done({ stores: Object.keys(found), rows: found.sealed.length, text: JSON.stringify([found, noted]) });
  };
})"""


@pytest.fixture
def field(sqlite_world: World, chromium: Any) -> Iterator[Field]:
    made = Field(sqlite_world, chromium, people=2000)
    yield made
    made.close()


def record(phone: Handset, first: int, tubes: int) -> int:
    """So many full tubes by the page's own actions; gives how many people wait."""
    codes = [phone.field.ground.code() for _ in range(tubes)]
    waiting: int = phone.page.evaluate(TUBES, [codes, phone.field.people(first, tubes * 10)])
    return waiting


def lose_an_answer(phone: Handset) -> list[int]:
    """The region keeps the first batch, and its answer never reaches the telephone."""
    lost: list[int] = []

    def once(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    phone.context.route("**/api/v1/field/sync", once)
    return lost


def test_at_26_three_thousand_people_with_no_network_arrive_once(field: Field) -> None:
    phone = field.phone().begin()
    phone.offline()
    phone.scan("BOX-0001", field.ground.code(), *field.people(0, 10))
    phone.said("Full with 10")
    assert record(phone, 10, 149) == 1500
    phone.reopen()
    phone.page.locator("#foot-waits").get_by_text("tubes 150, people 1500").wait_for()
    phone.pin()
    phone.page.locator("html[data-shown=work]").wait_for()
    assert record(phone, 1500, 150) == 3000
    lost = lose_an_answer(phone)
    phone.online()
    phone.all_sent()
    assert lost == [200]
    assert field.counted() == (3000, 3000)
    assert len(field.tubes()) == 300 and not any(tube.contested for tube in field.tubes())
    phone.page.get_by_role("button", name="Seal box").click()
    phone.page.locator("#seal-counts").get_by_text("tubes 300, people 3000").wait_for()
    phone.page.locator("#seal-number").fill("S-77")
    phone.page.locator("#seal-celsius").fill("4,5")
    phone.page.locator("#seal-form button.button-first").click()
    phone.page.locator("#sealed-facts").get_by_text("S-77").wait_for()
    phone.all_sent()
    with field.ground.world.as_system() as w:
        box = w.session.scalars(select(Box)).one()
        assert (box.state, box.tubes, box.seal) == ("sealed", 300, "S-77")
    assert phone.bad() == []


def test_at_27_a_clock_that_is_ten_minutes_fast_is_corrected_and_flagged(field: Field) -> None:
    phone = field.phone(fast=10).begin()
    phone.scan("BOX-0001", field.ground.code(), *field.people(0, 10))
    phone.page.locator("#field-notes").get_by_text("is 10 min fast").wait_for()
    phone.all_sent()
    (tube,) = field.tubes()
    assert tube.skew == -600
    assert tube.closed_at == field.ground.world.clock.at
    with field.ground.world.as_system() as w:
        assert w.session.scalars(select(FieldDevice.skew)).all() == [-600]


def test_what_is_kept_cannot_be_read_without_the_pin_and_a_wrong_one_deletes_nothing(field: Field) -> None:
    phone = field.phone().begin()
    phone.offline()
    code = field.ground.code()
    phone.scan("BOX-0001", code, *field.people(0, 3))
    phone.counts("3/10")
    raw = phone.page.evaluate(RAW)
    assert raw["stores"] == ["sealed", "vault"] and raw["rows"] >= 4
    secrets = [
        code,
        "BOX-0001",
        PIN,
        "pool_10",
        *field.people(0, 3),
        *(one[-6:] for one in field.people(0, 3)),
    ]
    said = [raw["text"], *phone.complaints, *phone.asked]
    assert not [one for one in secrets if any(one in text for text in said)]
    phone.reopen()
    for left in (4, 3, 2, 1):
        phone.pin("999999")
        phone.page.locator("#pin-said").get_by_text(f"{left} more tries").wait_for()
    phone.pin("999999")
    phone.page.locator("#pin-said").get_by_text("Wait 1:00").wait_for()
    later = field.ground.world.clock.at + timedelta(seconds=61)
    phone.context.clock.set_fixed_time(later)
    phone.reopen()
    phone.pin()
    phone.counts("3/10")
    phone.context.clock.set_fixed_time(later + timedelta(minutes=31))
    phone.page.locator("html[data-shown=pin]").wait_for()
    assert phone.page.evaluate("document.body.innerText").count("…") == 0
    phone.pin()
    phone.counts("3/10")


def test_a_session_that_ended_asks_to_sign_in_and_loses_nothing_and_old_data_is_wiped(field: Field) -> None:
    phone = field.phone().begin()
    phone.context.clear_cookies()
    phone.scan("BOX-0001", field.ground.code(), *field.people(0, 10))
    phone.page.locator("html[data-net=signed-out]").wait_for()
    assert phone.page.get_by_role("link", name="Sign in").is_visible()
    phone.reopen()
    phone.pin()
    phone.page.locator("#foot-waits").get_by_text("tubes 1, people 10").wait_for()
    phone.enter()
    phone.page.get_by_role("button", name="Menu").click()
    phone.page.get_by_role("button", name="Send now").click()
    phone.all_sent()
    assert field.counted() == (10, 10)
    assert phone.page.evaluate("fieldRound.tubes.size") == 1
    phone.context.clock.set_fixed_time(field.ground.world.clock.at + timedelta(hours=25))
    phone.reopen()
    phone.pin()
    eventually(phone.page, lambda: phone.page.evaluate("fieldRound.tubes.size") == 0)
    assert resident(0) not in phone.page.content()


def test_the_page_is_installed_and_opens_with_no_network_and_is_light(field: Field) -> None:
    phone = field.phone().begin()
    page, get = phone.page, phone.context.request.get
    link = page.locator("link[rel=manifest]").get_attribute("href")
    told = get(f"{field.origin}{link}").json()
    assert told["start_url"] == told["scope"] == "/sampling/field" and told["display"] == "standalone"
    assert told["name"] and told["short_name"] and told["theme_color"] and told["background_color"]
    sizes = {icon["sizes"]: get(f"{field.origin}{icon['src']}").body()[:4] for icon in told["icons"]}
    assert sizes["192x192"] == sizes["512x512"] == b"\x89PNG"
    loaded = {url for url in phone.asked if url.startswith(field.origin)}
    assert {url for url in phone.asked if not url.startswith((field.origin, "data:"))} == set()
    total = sum(len(gzip.compress(get(url).body())) for url in loaded)
    assert total < 300_000, total
    page.reload()
    page.locator("[data-screen=pin]").wait_for(state="visible")
    assert page.evaluate("navigator.serviceWorker.controller !== null")
    phone.offline()
    phone.reopen()
    phone.pin()
    page = phone.page
    page.locator("html[data-shown=work]").wait_for()
    for screen in ("work", "people", "missed", "tubes", "seal", "menu"):
        page.evaluate("name => fieldView.show(name)", screen)
        small = page.evaluate(
            "[...document.querySelectorAll('button, a:not(.skip), .field-kinds span, input:not([type=radio])')]"
            ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 56).map(e => e.id || e.textContent)"
        )
        assert small == [], screen
    assert phone.bad() == []
