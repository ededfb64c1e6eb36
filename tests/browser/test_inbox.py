"""A clinic's way through its inbox in a real Chromium: two taps, no network, each account's words its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from region.dispatch.actions import ending, reviewing
from region.dispatch.models import Directive, Recipient, Remark, Report
from region.dispatch.schemas import Saying
from region.files.models import File
from tests.browser.inbox_device import Clinic
from tests.browsing import eventually
from tests.world import World

pytestmark = pytest.mark.browser

EXPECTED = "net::ERR_INTERNET_DISCONNECTED"


@pytest.fixture
def clinic(sqlite_world: World, chromium: Any) -> Iterator[Clinic]:
    made = Clinic(sqlite_world, chromium)
    yield made
    made.close()


def test_two_taps_sign_and_showing_is_received(clinic: Clinic) -> None:
    order = clinic.stage.order()
    phone = clinic.phone().enter().open()
    eventually(phone.page, lambda: clinic.stage.part(order).delivered_at is not None)
    assert phone.page.title() == "(1) Inbox"
    phone.sign(order)
    phone.page.wait_for_selector("[data-tab=todo] [data-state=acknowledged]")
    assert clinic.stage.part(order).state == "acknowledged"
    assert phone.page.title() == "Inbox"
    assert [url for url in phone.asked if not url.startswith((clinic.origin, "data:"))] == []
    assert phone.complaints == []


def test_without_a_network_it_is_read_signed_and_said_and_all_arrives_once(clinic: Clinic) -> None:
    first, second = clinic.stage.order("form-0001"), clinic.stage.order("form-0002", title_en="Second order")
    phone = clinic.phone().enter().open()
    phone.offline()
    phone.page.reload()
    phone.page.wait_for_selector("body[data-net=offline]")
    phone.card(second).get_by_role("button", name="Full text").click()
    assert "Count tonight." in phone.card(second).inner_text()
    signed_at = clinic.stage.world.clock.at
    phone.sign(first)
    phone.trouble(second, "Two samplers are missing")
    phone.page.wait_for_selector("#foot-text:has-text('2 kept here')")
    phone.page.reload()
    phone.page.wait_for_selector("#foot-text:has-text('2 kept here')")
    assert clinic.stage.part(first).state != "acknowledged"
    clinic.stage.world.wait(hours=3)
    phone.online()
    eventually(phone.page, lambda: clinic.stage.part(first).state == "acknowledged")
    eventually(phone.page, lambda: len(clinic.rows(Remark)) == 1)
    phone.page.reload()
    phone.page.wait_for_selector("body[data-net=online]")
    told = clinic.stage.world.journal("dispatch.DirectiveAcknowledged")
    assert [entry.data["in_time"] for entry in told] == [True], (
        "the hour of the pen counts, not of the network"
    )
    signed = clinic.stage.part(first).acknowledged_at
    assert abs((signed - signed_at).total_seconds()) < 120
    assert [remark.text for remark in clinic.rows(Remark)] == ["Two samplers are missing"]
    assert [text for text in phone.complaints if EXPECTED not in text] == []


def test_an_order_cancelled_meanwhile_is_said_and_nothing_written_is_lost(clinic: Clinic) -> None:
    order = clinic.stage.count()
    phone = clinic.phone().enter().open()
    phone.sign(order)
    phone.page.wait_for_selector("[data-state=acknowledged]")
    phone.offline()
    card = phone.card(order)
    card.get_by_role("button", name="Report").click()
    card.get_by_label("Protective masks").fill("1200")
    card.get_by_label("Sampling tubes").fill("340")
    card.get_by_label("Remark").fill("sealed boxes only")
    card.get_by_role("button", name="Send the report").click()
    phone.page.wait_for_selector("#foot-text:has-text('1 kept here')")
    with clinic.stage.world.as_("duty_officer", clinic.stage.district) as w:
        ending.withdraw(w, w.get(Directive, order.id), "no more")
    phone.online()
    note = phone.page.locator("#inbox-refused")
    note.get_by_text("The order was taken back meanwhile").or_(note.get_by_text("has ended")).wait_for()
    assert "sealed boxes only" in note.inner_text() and "1200" in note.inner_text()
    assert phone.page.locator(".order.is-stopping").is_visible() and clinic.rows(Report) == []
    note.get_by_role("button", name="Understood").click()
    eventually(phone.page, lambda: note.inner_text() == "")


def test_a_report_with_numbers_goes_out_and_comes_back_with_the_reason(clinic: Clinic) -> None:
    order = clinic.stage.count()
    phone = clinic.phone().enter().open()
    phone.sign(order)
    phone.page.wait_for_selector("[data-state=acknowledged]")
    card = phone.card(order)
    card.get_by_role("button", name="Begin").click()
    phone.page.wait_for_selector("[data-state=in_progress]")
    card.get_by_role("button", name="Report").click()
    card.get_by_label("Protective masks").fill("1200")
    card.get_by_label("Sampling tubes").fill("40.5")
    card.get_by_role("button", name="Send the report").click()
    phone.page.wait_for_selector("[data-state=reported]", state="attached")
    assert [report.numbers for report in clinic.rows(Report)] == [{"masks": 1200, "tubes": 40.5}]
    part = clinic.stage.part(order).id
    with clinic.stage.world.as_("duty_officer", clinic.stage.district) as w:
        said = Saying(uid="return-0001", text="Count again")
        reviewing.send_back(w, w.get(Recipient, part), said)
    phone.page.evaluate("dispatchEvent(new Event('focus'))")
    phone.page.wait_for_selector("[data-state=returned] >> text=Count again")
    assert phone.complaints == []


def test_a_photograph_taken_without_a_network_arrives_smaller_with_its_report(
    clinic: Clinic, tmp_path: Path
) -> None:
    given = {"area": "湖滨街道", "sites": 2, "round": 1}
    given |= {"open_at": "2022-08-02T06:00:00+08:00", "close_at": "2022-08-02T18:00:00+08:00"}
    order = clinic.stage.order(template="open_sampling_sites", given=given, task_minutes=360)
    Image.effect_noise((2400, 1800), 90).convert("RGB").save(tmp_path / "site.jpg")
    phone = clinic.phone().enter().open()
    phone.sign(order)
    phone.page.wait_for_selector("[data-state=acknowledged]")
    phone.offline()
    card = phone.card(order)
    card.get_by_role("button", name="Report").click()
    card.get_by_label("Sites open").fill("2")
    card.get_by_label("Samplers on duty").fill("6")
    card.get_by_label("Photo of the site").set_input_files(tmp_path / "site.jpg")
    card.get_by_role("button", name="Send the report").click()
    phone.page.wait_for_selector("#foot-text:has-text('1 kept here')")
    phone.page.reload()
    phone.page.wait_for_selector("#foot-text:has-text('1 kept here')")
    phone.online()
    eventually(phone.page, lambda: len(clinic.rows(Report)) == 1)
    (kept,) = clinic.rows(File)
    assert clinic.rows(Report)[0].files == [kept.id]
    assert kept.size < (tmp_path / "site.jpg").stat().st_size * 0.7


def test_what_one_account_wrote_waits_for_it_on_a_shared_computer(clinic: Clinic) -> None:
    order = clinic.stage.order()
    phone = clinic.phone(width=1366, height=768).enter("wang01").open()
    phone.offline()
    phone.trouble(order, "Said by the first")
    phone.page.wait_for_selector("#foot-text:has-text('1 kept here')")
    phone.page.goto("about:blank")
    phone.enter("li02").context.set_offline(False)
    phone.page.goto(f"{clinic.origin}/inbox")
    phone.page.wait_for_selector("#foot-others:has-text('1 more wait for other accounts')")
    phone.sign(order)
    phone.page.wait_for_selector("[data-state=acknowledged]")
    assert clinic.rows(Remark) == []
    phone.enter("wang01").page.goto(f"{clinic.origin}/inbox")
    eventually(phone.page, lambda: len(clinic.rows(Remark)) == 1)
    signer = clinic.stage.world.journal("dispatch.DirectiveAcknowledged")[0].actor
    assert clinic.rows(Remark)[0].made_by != signer


def test_a_session_that_ended_asks_to_sign_in_and_keeps_what_was_said(clinic: Clinic) -> None:
    order = clinic.stage.order()
    phone = clinic.phone().enter("wang01").open()
    phone.context.clear_cookies()
    phone.trouble(order, "Nobody is signed in")
    phone.page.wait_for_selector("body[data-net=signed-out]")
    assert phone.page.get_by_role("link", name="Sign in").is_visible()
    assert "1 kept here" in phone.page.inner_text("#foot-text")
    phone.enter("wang01").page.reload()
    eventually(phone.page, lambda: [remark.text for remark in clinic.rows(Remark)] == ["Nobody is signed in"])


def test_without_a_script_two_presses_sign(clinic: Clinic) -> None:
    order = clinic.stage.order()
    phone = clinic.phone().enter()
    context = clinic.chromium.new_context(java_script_enabled=False)
    context.add_cookies(phone.context.cookies())
    page = context.new_page()
    page.goto(f"{clinic.origin}/inbox")
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_role("button", name="Confirm signature").click()
    page.wait_for_selector("[data-state=acknowledged]")
    assert clinic.stage.part(order).state == "acknowledged"
    context.close()


SMALL = """() => [...document.querySelectorAll("a, button, summary, input:not([type=hidden]), textarea")]
  .filter((one) => one.checkVisibility() && !one.matches(".skip"))
  .map((one) => [one.textContent.trim() || one.type, one.getBoundingClientRect()])
  .filter(([, box]) => box.height < 47.5 || box.width < 47.5).map(([name]) => name)"""
NAMELESS = """() => [...document.querySelectorAll("input:not([type=hidden]), textarea")]
  .filter((one) => !one.labels?.length).map((one) => one.outerHTML)"""


def test_whatever_is_pressed_is_large_and_named_and_nothing_is_cut_off(clinic: Clinic) -> None:
    clinic.stage.count()
    phone = clinic.phone().enter().open()
    for button, close in (("Full text", "Close"), ("In trouble", "Not yet"), ("Sign", "")):
        phone.page.get_by_role("button", name=button, exact=True).click()
        assert phone.page.evaluate(SMALL) == []
        if close:
            phone.page.get_by_role("button", name=close, exact=True).click()
    assert phone.page.evaluate(NAMELESS) == []
    assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert phone.page.evaluate("document.activeElement.textContent.trim()") == "Confirm signature"
    phone.page.set_viewport_size({"width": 1366, "height": 768})
    width = phone.page.locator(".order[data-recipient]").bounding_box()["width"]
    assert 480 <= width <= 640
