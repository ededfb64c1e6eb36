"""The laboratory's bench in a real Chromium: a scanner types and presses Enter, and one scan receives a box."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.serving import make_server

from region.app import create_app
from region.sampling.models import Box
from tests.browser.inbox_device import Quiet
from tests.browsing import eventually
from tests.region.sampling.carrying import items, packed, sent, states
from tests.region.sampling.ground import Ground, running_round
from tests.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def ground(sqlite_world: World) -> Ground:
    return running_round(sqlite_world)


@pytest.fixture
def page(ground: Ground, chromium: Any) -> Iterator[Any]:
    world = ground.world
    app = create_app(world.settings, world.office)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    token = world.signed_in("laboratory", ground.lab, lang="en")
    sealed = app.session_interface.get_signing_serializer(app).dumps({"sid": token})
    origin = f"http://127.0.0.1:{server.server_port}"
    context.add_cookies([{"name": "region", "value": sealed, "url": origin}])
    made = context.new_page()
    made.set_default_timeout(20000)
    made.complaints = []
    made.on("console", lambda m: m.type in ("error", "warning") and made.complaints.append(m.text))
    made.on("pageerror", lambda error: made.complaints.append(str(error)))
    made.goto(f"{origin}/sampling/bench")
    yield made
    context.close()
    server.shutdown()
    server.server_close()
    thread.join()


def scan(page: Any, code: str) -> None:
    """As a scanner does it: keys and Enter, to whatever has the focus."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def test_one_scan_receives_a_box_and_a_burst_of_tubes_loses_none(ground: Ground, page: Any) -> None:
    packs = packed(ground, 5)
    packs.send()
    box = packs.row
    page.reload()
    assert page.evaluate("document.activeElement.id") == "code"
    scan(page, packs.box.code)
    page.get_by_text("box received: 5 tubes").wait_for()
    with ground.world.as_system() as w:
        assert w.get(Box, box.id).state == "received"
    for tube in packs.tubes[:4]:  # faster than the server answers
        scan(page, tube.code)
    eventually(page, lambda: page.locator("[data-figure=received]").inner_text().startswith("4"))
    assert states(ground, box.id) == {"received": 4, "closed": 1}
    page.locator("#reason").select_option("leaking")
    scan(page, packs.tubes[4].code)
    page.get_by_text("rejected: Leaking or broken; its people are due again").wait_for()
    assert page.locator("#reason").input_value() == ""
    scan(page, "NOT-IN-BOOKS-1")
    page.get_by_text("not in the books").wait_for()
    page.locator("#bench-now").get_by_role("button", name="All 5 are here").click()
    page.get_by_text("counted: 5 of 5 tubes are here").wait_for()
    assert states(ground, box.id) == {"received": 4, "rejected": 1}
    assert [one.ref for one in items(ground)] == ["NOT-IN-BOOKS-1"]
    assert page.evaluate("document.activeElement.id") == "code"
    assert page.complaints == []


def test_a_scan_that_got_no_answer_is_said_and_scanned_again_counts_once(ground: Ground, page: Any) -> None:
    box = sent(ground, 2)
    page.context.set_offline(True)
    scan(page, box.code)
    page.get_by_text("No answer. Scan it again").wait_for()
    page.context.set_offline(False)
    scan(page, box.code)
    page.get_by_text("box received: 2 tubes").wait_for()
    scan(page, box.code)
    page.get_by_text("this box was received before").wait_for()
    page.locator("#bench-scans").get_by_role("button", name="All 2 are here").first.click()
    page.get_by_text("counted: 2 of 2 tubes are here").wait_for()
    assert states(ground, box.id) == {"received": 2}
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 1366
    assert [one for one in page.complaints if "ERR_INTERNET_DISCONNECTED" not in one] == []
