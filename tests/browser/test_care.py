"""Key people in a real Chromium: a doctor's old PC, and her phone at the door."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.serving import make_server

from region.app import create_app
from region.care.actions import classing, teams, ways
from region.care.actions.classing import Facts
from region.care.actions.teams import Member
from region.care.actions.ways import Way
from region.care.models import CareRoute
from tests.browser.inbox_device import Quiet
from tests.browsing import eventually
from tests.region.care.ground import Ground, ground
from tests.world import World

pytestmark = pytest.mark.browser
PC, PHONE = (1366, 768), (390, 844)


@pytest.fixture
def here(sqlite_world: World) -> Ground:
    return community(sqlite_world)


@pytest.fixture
def server(here: Ground) -> Iterator[tuple[Any, str]]:
    app = create_app(here.world.settings, here.world.office)
    made = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield app, f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()
    thread.join()


def community(world: World) -> Ground:
    """Twenty people of four groups, three of them classed, one on dialysis with a way, one team; the second day."""
    here = ground(world)
    people = here.people(20)
    hospitals = [world.site(here.district, "hospital") for _ in range(2)]
    for group, part in (
        ("dialysis", people[:4]),
        ("elderly_alone", people[4:12]),
        ("cold_chain", people[10:]),
    ):
        here.joined(part, group)
    world.signed_in("clinic", here.clinic, "dr-wang")
    world.signed_in("community_officer", here.home, "li-ming")
    with world.as_system() as w:
        for person, age in ((people[0], 82), (people[5], 70), (people[6], 66)):
            classing.classify(w, person, here.home.id, Facts(age, "stable", "partial"))
        way = Way(
            "dialysis", hospitals[0].id, (1, 3, 5), 15, transport="community_car", fallback=hospitals[1].id
        )
        ways.set_way(w, people[0], here.home.id, way)
        team = [Member("doctor", "dr-wang"), Member("community_worker", "li-ming")]
        teams.set_team(w, here.home.id, "three_person", team)
    here.nightly()
    world.wait(hours=20)
    here.nightly()
    return here


def opened(chromium: Any, server: tuple[Any, str], token: str, size: tuple[int, int]) -> Any:
    app, origin = server
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, locale="en-CN")
    sealed = app.session_interface.get_signing_serializer(app).dumps({"sid": token})
    context.add_cookies([{"name": "region", "value": sealed, "url": origin}])
    page = context.new_page()
    page.set_default_timeout(20000)
    page.complaints = []
    page.on("console", lambda m: m.type in ("error", "warning") and page.complaints.append(m.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    return page


def fits(page: Any) -> bool:
    """Nothing is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_doctor_goes_from_the_groups_to_a_person_and_does_what_is_due(
    here: Ground, server: tuple[Any, str], chromium: Any
) -> None:
    token = here.world.signed_in("clinic", here.clinic, lang="en")
    page = opened(chromium, server, token, PC)
    page.goto(f"{server[1]}/care")
    page.get_by_role("link", name="People on haemodialysis").click()
    assert page.locator(".queue li").count() == 6, "four samplings, a visit and a transport"
    page.locator(".queue li").first.get_by_role("button", name="Task done").click()
    eventually(page, lambda: page.locator(".queue li").count() == 5)
    assert page.url.rstrip("?").endswith("/care/groups/dialysis")
    page.get_by_role("link", name="Everybody").click()
    page.locator("td a").first.click()
    page.get_by_role("button", name="Asked: it stands").click()
    page.get_by_text("last checked").wait_for()
    assert "It is not the health code" in page.content() and fits(page)
    assert page.complaints == []
    page.context.close()
    with here.world.as_system() as w:
        assert w.session.query(CareRoute).one().checked_at == w.now


@pytest.mark.parametrize("size", [PC, PHONE])
def test_every_page_of_care_fits_its_window(
    here: Ground, server: tuple[Any, str], chromium: Any, size: tuple[int, int]
) -> None:
    page = opened(chromium, server, here.world.signed_in("clinic_lead", here.district, lang="en"), size)
    first = here.tasks()[0].person_id
    paths = (
        "",
        "/groups/cold_chain",
        "/groups/all?show=people",
        f"/people/{first}",
        "/teams",
        "/ways",
        "/lists",
    )
    for path in paths:
        page.goto(f"{server[1]}/care{path}")
        assert page.locator("h1").count() == 1, path
        assert fits(page), path
    assert page.complaints == []
    page.context.close()
