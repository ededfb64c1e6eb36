"""A clinic's day in a real Chromium: two presses mark a line, with a network and without, once each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.browser.inbox_device import Clinic as Site
from tests.browser.inbox_device import Phone
from tests.browsing import eventually
from tests.region.board.day_ground import Clinic, clinic
from tests.world import World

pytestmark = pytest.mark.browser
EXPECTED = ("net::ERR_INTERNET_DISCONNECTED", "401 (UNAUTHORIZED)")


@pytest.fixture
def here(sqlite_world: World) -> Clinic:
    return clinic(sqlite_world)


@pytest.fixture
def site(sqlite_world: World, chromium: Any) -> Iterator[Site]:
    made = Site(sqlite_world, chromium)
    yield made
    made.close()


def opened(site: Site, here: Clinic, login: str = "nurse", place: Any = None, **size: int) -> Phone:
    phone = site.phone(**size).enter(login=login, place=place or here.place)
    phone.page.goto(f"{site.origin}/day")
    phone.page.wait_for_selector("body[data-net=online][data-worker=ready]")
    return phone


def line(phone: Phone, task: int) -> Any:
    return phone.page.locator(f"[data-line='care:{task}']")


def bad(phone: Phone) -> list[str]:
    return [text for text in phone.complaints if not any(one in text for one in EXPECTED)]


def test_two_presses_do_a_task_and_a_double_click_does_it_once(here: Clinic, site: Site) -> None:
    now = here.world.clock.at
    first = here.task("visit", due_at=now - timedelta(minutes=20))
    second = here.task("call", due_at=now + timedelta(minutes=30))
    third = here.task("call", due_at=now + timedelta(hours=5))
    phone = opened(site, here)
    page = phone.page
    shown = page.locator("[data-line]").evaluate_all("all => all.map(e => e.dataset.line)")
    assert shown == [f"care:{id}" for id in (first, second, third)]
    assert "20 min late" in line(phone, first).inner_text()
    assert page.locator("[data-filter=call]").inner_text() == "Phone call 2"
    line(phone, first).locator("[data-press]").click()
    line(phone, first).locator("[data-mark=do]").dblclick()
    eventually(page, lambda: here.row(first).state == "done")
    line(phone, second).locator("[data-press]").click()
    line(phone, second).get_by_role("button", name="No answer").click()
    eventually(page, lambda: (here.row(second).state, here.row(second).reason) == ("not_done", "no_answer"))
    page.locator("[data-filter=visit]").or_(page.locator("[data-filter=all]")).first.click()
    eventually(page, lambda: page.locator("[data-line]").count() == 1)
    assert len([one for one in here.world.journal("care.TasksMoved") if one.data["verb"] == "do"]) == 1
    assert here.row(first).version == 2 and bad(phone) == []


def test_what_is_pressed_offline_is_kept_and_sent_once_when_the_network_is_back(
    here: Clinic, site: Site
) -> None:
    task = here.task("visit", due_at=here.world.clock.at + timedelta(minutes=30))
    other = here.task("call", due_at=here.world.clock.at + timedelta(minutes=40))
    phone = opened(site, here)
    page = phone.page
    phone.offline()
    line(phone, task).locator("[data-press]").click()
    line(phone, task).locator("[data-mark=do]").click()
    page.get_by_text("1 kept here, sent when it is back").wait_for()
    page.reload()
    page.get_by_text("1 kept here, sent when it is back").wait_for()
    assert line(phone, other).is_visible() and line(phone, task).count() == 0
    assert here.row(task).state == "due" and page.locator("#day-kept-list li").count() == 1
    then = here.world.clock.at
    here.world.wait(hours=2)
    phone.online()
    eventually(page, lambda: here.row(task).state == "done")
    eventually(page, lambda: page.locator("#day-kept").is_hidden())
    assert here.row(task).done_at - then < timedelta(minutes=2)
    assert bad(phone) == []


def test_what_is_refused_later_is_shown_with_its_reason(here: Clinic, site: Site) -> None:
    task = here.task("visit", due_at=here.world.clock.at + timedelta(minutes=30))
    phone = opened(site, here)
    phone.offline()
    line(phone, task).locator("[data-press]").click()
    line(phone, task).locator("[data-mark=do]").click()
    sent = {"uid": "press-of-another", "key": f"care:{task}", "verb": "fail", "reason": "not_home"}
    given = {"marks": [sent | {"at": here.world.clock.at.isoformat()}]}
    assert here.browser("another").post("/api/v1/day/sync", json=given).json["marks"][0]["ended"] == "done"
    phone.online()
    note = phone.page.locator("#day-refused")
    note.get_by_text("Somebody else marked this before").wait_for()
    assert "王*明" in note.inner_text() and here.row(task).state == "not_done"
    note.get_by_role("button", name="Understood").click()
    eventually(phone.page, lambda: note.inner_text() == "")


def test_the_list_is_dropped_after_the_shift_and_what_was_pressed_is_not(here: Clinic, site: Site) -> None:
    task = here.task("visit", due_at=here.world.clock.at + timedelta(minutes=30))
    here.task("call", due_at=here.world.clock.at + timedelta(minutes=40))
    phone = opened(site, here)
    phone.context.clock.install()
    phone.page.reload()
    phone.page.wait_for_selector("body[data-net=online]")
    line(phone, task).wait_for()
    phone.offline()
    line(phone, task).locator("[data-press]").click()
    line(phone, task).locator("[data-mark=do]").click()
    phone.page.get_by_text("1 kept here").wait_for()
    phone.context.clock.fast_forward("13:00:00")
    phone.page.locator("#day-none").wait_for()
    assert phone.page.locator("[data-line]").count() == 0
    assert phone.page.locator("#day-kept-list li").count() == 1


def test_a_strangers_account_sees_none_of_it_on_the_same_device(here: Clinic, site: Site) -> None:
    task = here.task("visit", due_at=here.world.clock.at)
    phone = opened(site, here)
    line(phone, task).wait_for()
    phone.enter("stranger", place=here.world.clinic(here.care.other))
    phone.page.goto(f"{site.origin}/day")
    phone.page.locator("#day-empty").wait_for()
    assert "王*明" not in phone.page.content() and line(phone, task).count() == 0
    phone.context.clear_cookies()
    phone.page.goto(f"{site.origin}/day")
    assert "王*明" not in phone.page.content()


@pytest.mark.parametrize("size", [{}, {"viewport": {"width": 1366, "height": 768}}])
def test_whatever_is_pressed_is_large_and_nothing_is_wider_than_the_screen(
    here: Clinic, sqlite_world: World, chromium: Any, size: dict[str, Any]
) -> None:
    for n, kind in enumerate(("visit", "call", "sample_at_home")):
        here.task(kind, due_at=here.world.clock.at + timedelta(minutes=40 * n - 20))
    site = Site(sqlite_world, chromium)
    phone = opened(site, here)
    phone.page.set_viewport_size(size.get("viewport", {"width": 390, "height": 844}))
    phone.page.locator("[data-press]").first.click()
    small = phone.page.evaluate(
        "[...document.querySelectorAll('main button, main a')].filter(e => e.offsetParent)"
        ".filter(e => e.getBoundingClientRect().height < 48).map(e => e.id || e.textContent)"
    )
    wide = phone.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    site.close()
    assert (small, wide) == ([], 0)
