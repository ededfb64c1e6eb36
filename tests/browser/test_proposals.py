"""An epidemiologist in a real Chromium: from one proposal to the next by keys, and a double click is one decision."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.serving import make_server

from region.app import create_app
from tests.region.sampling.pool_stage import Stage
from tests.world import World

pytestmark = pytest.mark.browser


def test_proposals_are_decided_by_the_keyboard(sqlite_world: World, chromium: Any) -> None:
    world = sqlite_world
    stage = Stage.of(world)
    stage.answer("positive", *stage.alone(3, 4, stream="fever"))
    app = create_app(world.settings, world.office)
    person = world.actor("epidemiologist", stage.ground.district)
    app.extensions["region"] = replace(app.extensions["region"], identify=lambda _office, _request: person)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    complaints: list[str] = []
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))
    page.goto(f"http://127.0.0.1:{server.server_port}/surveillance/proposals?lang=en")
    page.wait_for_timeout(700)  # what is pressed sooner decides nothing: it was meant for the page before
    for key in "jjka":  # the first, the second, back to the first, its button
        page.keyboard.press(key)
    page.locator("#proposals > li >> nth=0").locator("button.button-first:focus").dblclick()
    page.get_by_text("To decide: 1").wait_for()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(700)
    page.keyboard.press("j")
    page.locator("#proposals > li:focus").wait_for()
    page.keyboard.press("d")
    page.keyboard.type("the other kit says no")
    page.keyboard.press("Enter")
    page.get_by_text("Nothing to decide").wait_for()
    page.close()
    server.shutdown()
    server.server_close()
    thread.join()
    assert [one.state for one in stage.proposals()] == ["accepted", "dismissed"]
    assert len(world.journal("surveillance.ProposalDecided")) == 2 and complaints == []
