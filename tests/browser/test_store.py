"""A storekeeper in a real Chromium: from the shelves to an issue in three presses, a double click is one issue."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from region.app import create_app
from region.resources.models import Sheet
from tests.region.resources.store import receive, shelf
from tests.world import World

pytestmark = pytest.mark.browser


def test_a_storekeeper_issues_once_however_often_the_button_is_pressed(
    sqlite_world: World, chromium: Any
) -> None:
    world = sqlite_world
    store = world.site(world.area(), "warehouse", name_en="Central store")
    receive(world, store, "n95", 1200, "B2201", date(2024, 5, 31))
    app = create_app(world.settings, world.office)
    person = world.actor("storekeeper", store)
    app.extensions["region"] = replace(app.extensions["region"], identify=lambda _office, _request: person)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    origin, complaints, asked = f"http://127.0.0.1:{server.server_port}", [], []
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.on("request", lambda r: asked.append(r.url))
    page.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))
    page.goto(f"{origin}/supplies?lang=en")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.click("text=Issue for use")
    page.wait_for_selector("[name=quantity]:focus")
    page.keyboard.type("200")
    page.dblclick("button.button-first")
    page.wait_for_selector("[role=status]")
    assert "Issue for use" in page.inner_text("[role=status]")
    page.close()
    server.shutdown()
    server.server_close()
    thread.join()
    assert shelf(world, store, "n95").on_hand == 1000
    with world.as_system() as w:
        assert list(w.session.scalars(select(Sheet.kind).order_by(Sheet.id))) == ["receive", "issue"]
    assert complaints == [] and not [url for url in asked if not url.startswith((origin, "data:"))]
