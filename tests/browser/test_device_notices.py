"""Notices on a device, in a real browser: the page asks for them, and the service worker shows what is pushed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from region.dispatch.actions import addresses
from region.dispatch.models import Address
from region.exercise.gateways.server import Gateways
from tests.browser.inbox_device import Clinic, Phone
from tests.browsing import eventually
from tests.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(sqlite_world: World, chromium: Any, gateways: Gateways) -> Iterator[Phone]:
    world, gateways.now = sqlite_world, sqlite_world.clock
    fields = gateways.fields()
    world.office = replace(
        world.office, installation=replace(world.office.installation, channels=fields, demo=True)
    )
    clinic = Clinic(world, chromium)
    yield clinic.phone().enter()
    clinic.close()


SHOWN = """async () => {
  const found = await navigator.serviceWorker.getRegistration("/inbox");
  const notices = await found.getNotifications();
  return notices.map((one) => [one.title, one.body, one.tag, one.lang, one.data.url]);
}"""


def test_what_is_pushed_is_shown_and_a_later_one_takes_its_place(phone: Phone) -> None:
    phone.context.grant_permissions(["notifications"], origin=phone.site.origin)
    phone.open()
    registrations: list[dict[str, Any]] = []
    devtools = phone.context.new_cdp_session(phone.page)
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated", lambda told: registrations.extend(told["registrations"])
    )
    devtools.send("ServiceWorker.enable")
    eventually(phone.page, lambda: bool(registrations))
    for body in ("Sign for it by 17:45.", "Sign for it now."):
        said = {"title": "[Urgent] LJ-1 <b>Count</b>", "body": body, "tag": "LJ-1", "lang": "en",
                "url": "/inbox", "pressing": True}  # fmt: skip
        devtools.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": phone.site.origin,
                "registrationId": registrations[0]["registrationId"],
                "data": json.dumps(said),
            },
        )
        eventually(phone.page, lambda wanted=body: [one[1] for one in phone.page.evaluate(SHOWN)] == [wanted])
    assert phone.page.evaluate(SHOWN) == [
        ["[Urgent] LJ-1 <b>Count</b>", "Sign for it now.", "LJ-1", "en", "/inbox"]
    ]


BROWSER_SUBSCRIBES = """(said) => {
  let known = null;
  PushManager.prototype.getSubscription = async () => known;
  PushManager.prototype.subscribe = async () => {
    if (!said) throw new DOMException("no push service", "AbortError");
    known = { options: {}, toJSON: () => said, unsubscribe: async () => { known = null; return true; } };
    return known;
  };
}"""
"""Stands in for the browser's own push service, which no test may reach."""


def opened(phone: Phone, subscription: dict[str, Any] | None) -> Any:
    """The page, in a browser whose push service gives this subscription, or is out of reach."""
    phone.context.grant_permissions(["notifications"], origin=phone.site.origin)
    phone.context.add_init_script(f"({BROWSER_SUBSCRIBES})({json.dumps(subscription)})")
    phone.page.goto(f"{phone.site.origin}/device")
    return phone.page


def test_a_device_is_switched_on_reached_and_switched_off(phone: Phone, gateways: Gateways) -> None:
    page = opened(phone, gateways.pushes.subscribe("phone-1"))
    page.get_by_role("button", name="Switch on").click()
    page.wait_for_selector("#device-word:text('On: this device')")
    (row,) = phone.site.rows(Address)
    world = phone.site.stage.world
    with world.as_system() as w:
        addresses.ask_trial(w, row.id)
    with ThreadPoolExecutor(1) as worker:  # this thread runs the browser's own loop
        worker.submit(world.run).result(30)
    assert gateways.book.said_on("push")[0].facts["title"] == "Test message"
    page.get_by_role("button", name="Switch off").click()
    page.wait_for_selector("#device-word:text-is('Off')")
    assert phone.site.rows(Address)[0].ended_at is not None and phone.complaints == []


def test_where_no_push_service_is_reached_the_page_says_so(phone: Phone) -> None:
    page = opened(phone, None)
    page.get_by_role("button", name="Switch on").click()
    page.wait_for_selector("#device-word:text('That did not work')")
    assert page.get_by_role("button", name="Switch on").is_enabled() and not phone.site.rows(Address)
