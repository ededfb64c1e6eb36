"""Health checks in a real Chromium: a nurse's tablet in a corridor, and a resident's phone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from werkzeug.serving import make_server

from region.app import create_app
from region.quarantine.actions import linking, nightly
from region.quarantine.models import Check, Stay
from tests.browser.inbox_device import Quiet
from tests.region.quarantine.ground import Ground, ground
from tests.world import World

pytestmark = pytest.mark.browser
DAY = date(2022, 8, 2)


@pytest.fixture
def place(sqlite_world: World) -> Ground:
    return ground(sqlite_world)


@pytest.fixture
def server(place: Ground) -> Iterator[tuple[Any, str]]:
    app = create_app(place.world.settings, place.world.office)
    made = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield app, f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()
    thread.join()


def opened(chromium: Any, width: int, height: int, lang: str = "en", touch: bool = True) -> Any:
    context = chromium.new_context(
        viewport={"width": width, "height": height}, has_touch=touch, locale=f"{lang}-CN"
    )
    page = context.new_page()
    page.set_default_timeout(20000)
    page.complaints = []
    page.on("console", lambda m: m.type in ("error", "warning") and page.complaints.append(m.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    return page


def morning(place: Ground, number: int) -> list[int]:
    ids = place.inside(number)
    place.world.wait(hours=22, minutes=30)
    with place.world.as_system() as w:
        nightly.make_dues(w, DAY, "am")
    return ids


def kept(place: Ground) -> dict[int, tuple[float | None, list[str]]]:
    with place.world.as_system() as w:
        return {row.stay_id: (row.celsius, row.symptoms) for row in w.session.query(Check)}


def test_a_nurse_s_pass_is_two_taps_a_person(place: Ground, server: tuple[Any, str], chromium: Any) -> None:
    ids = morning(place, 4)
    app, origin = server
    page = opened(chromium, 1024, 768)
    token = place.world.signed_in("quarantine_nurse", place.site, lang="en")
    sealed = app.session_interface.get_signing_serializer(app).dumps({"sid": token})
    page.context.add_cookies([{"name": "region", "value": sealed, "url": origin}])
    page.goto(f"{origin}/quarantine/checks")
    for id in ids[:2]:
        row = page.locator(f"[data-stay='{id}']")
        row.get_by_text("36.6", exact=True).tap()
        row.get_by_text("No symptoms").tap()
    ill = page.locator(f"[data-stay='{ids[2]}']")
    ill.get_by_placeholder("other °C").fill("38.4")
    assert not ill.get_by_text("fatigue").is_visible()
    ill.get_by_text("Symptoms …").tap()
    ill.get_by_text("fatigue").tap()
    for chip in ill.locator(".chip:visible").all():
        assert (chip.bounding_box() or {"height": 0})["height"] >= 48
    page.get_by_role("button", name="Keep these checks").tap()
    page.get_by_text("Kept: 3 checks.").wait_for()
    assert kept(place) == {ids[0]: (36.6, []), ids[1]: (36.6, []), ids[2]: (38.4, ["fatigue"])}
    assert page.locator("[data-stay]").first.get_attribute("data-stay") == str(ids[2])
    page.get_by_role("button", name="Doctor called").tap()
    page.get_by_text("1 acted on in time").wait_for()
    assert page.locator("[data-stay]").first.get_attribute("data-stay") == str(ids[3])
    assert page.evaluate("document.documentElement.scrollWidth") <= 1024 and page.complaints == []
    page.context.close()


def test_a_resident_answers_on_his_phone(place: Ground, server: tuple[Any, str], chromium: Any) -> None:
    stay = morning(place, 1)[0]
    with place.nurse() as w:
        word = linking.give(w, w.get(Stay, stay))
    page = opened(chromium, 390, 844)
    page.goto(f"{server[1]}/q/{word}?lang=en")
    page.get_by_label("Temperature, °C").fill("36,7")
    page.get_by_text("No symptoms").tap()
    page.get_by_role("button", name="Send").tap()
    page.get_by_text("Kept at").wait_for()
    assert kept(place) == {stay: (36.7, [])}
    assert page.get_by_text("CN-COVID-9ED").is_visible()
    page.get_by_role("link", name="中文").tap()
    page.get_by_text("密切接触者").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390 and page.complaints == []
    page.context.close()
