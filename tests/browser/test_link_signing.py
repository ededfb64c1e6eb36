"""A doctor's telephone opens a signed link from a message: one tap signs, and the same link then says so."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.serving import make_server

from region.app import create_app
from tests.browser.inbox_device import Quiet
from tests.flows.stage import Stage, stage  # noqa: F401 - the fixture
from tests.region.dispatch.link_stage import Links, links  # noqa: F401 - the fixture
from tests.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def world(sqlite_world: World) -> World:
    """A screen has no SQL of its own."""
    return sqlite_world


@pytest.fixture
def origin(links: Links) -> Iterator[str]:  # noqa: F811
    app = create_app(links.world.settings, links.world.office)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture
def page(origin: str, chromium: Any) -> Iterator[Any]:
    """A telephone of 390 points, in English."""
    phone = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, locale="en-GB", base_url=origin
    )
    made = phone.new_page()
    made.set_default_timeout(20000)
    yield made
    phone.close()


def test_one_tap_signs_and_the_same_link_says_so(links: Links, page: Any) -> None:  # noqa: F811
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/s/{links.token()}")
    assert page.title().endswith("Count masks") and links.recipient().acknowledged_at is None
    button = page.get_by_role("button", name="Sign for it")
    box = button.bounding_box()
    assert box["height"] >= 48 and box["y"] + box["height"] <= 844, (
        "the button is in sight and under the thumb"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_label("Your name or post").fill("Ward sister")
    button.tap()
    page.wait_for_selector(".link-outcome h1")
    assert "Signed at Mon 1 Aug 09:00" in page.locator("h1").inner_text()
    assert page.get_by_role("link", name="Sign in to report").is_visible()
    page.goto(f"/s/{links.token()}")
    assert "Signed at" in page.locator("h1").inner_text() and page.locator("form").count() == 0
    assert links.signers() == ["Ward sister"] and len(links.signatures()) == 1
    assert [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:"))] == []
