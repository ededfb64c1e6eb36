"""The screens of people's rights: each thing done there by who may, and nothing of anybody for a stranger."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from region.people.models import Destruction, Export, Glass, Merging
from tests.region.people.ground import Ground
from tests.region.people.test_exporting import key_people
from tests.region.sampling.ground import resident
from tests.world import World

PAGES = (
    "/people/search",
    "/people/mergings",
    "/people/grounds",
    "/people/exports",
    "/people/exports/approve",
    "/people/glass",
    "/people/glass/review",
    "/people/destructions",
)
WANTED = {"what": "key_people", "fields": ["name", "group"], "purpose": "care", "reason": "上门"}
WHY = "昏迷送医，须联系家属"


def rows(ground: Ground, model: Any) -> list[Any]:
    with ground.world.as_system() as w:
        return list(w.session.scalars(select(model).order_by(model.id)))


def test_a_list_is_asked_for_approved_by_another_and_fetched(sqlite_world: World) -> None:
    ground = Ground(sqlite_world)
    key_people(ground)
    asks = sqlite_world.browser_as("epidemiologist", ground.east, "officer-1", lang="en")
    chief = sqlite_world.browser_as("commander", ground.city, "officer-6", lang="en")
    assert "asked for no list" in asks.get("/people/exports").text
    wrong = asks.post("/people/exports", data={**WANTED, "place": ground.east.code, "purpose": ""})
    assert wrong.status_code == 422 and "上门" in wrong.text
    foreign = asks.post("/people/exports", data={**WANTED, "place": ground.west.code})
    assert foreign.status_code in (403, 404) and not rows(ground, Export)
    assert asks.post("/people/exports", data={**WANTED, "place": ground.east.code}).status_code == 303
    assert "somebody&#39;s approval" in asks.get("/people/exports").text
    assert asks.post("/people/exports/1/fetch").status_code == 409
    assert asks.post("/people/exports/1/approve").status_code == 403
    assert "上门" in chief.get("/people/exports/approve").text
    assert chief.post("/people/exports/1/approve", data={"version": 1}).status_code == 303
    page = asks.get("/people/exports").text
    assert "may be fetched" in page and "张小" not in page
    fetched = asks.post("/people/exports/1/fetch")
    assert fetched.headers["Content-Disposition"] == 'attachment; filename="key_people-1.csv"'
    assert "张小1" in fetched.get_data(as_text=True)


def test_the_glass_is_broken_looked_through_shut_and_judged(sqlite_world: World) -> None:
    ground = Ground(sqlite_world)
    there = ground.person(1, ground.outer)
    epi = sqlite_world.browser_as("epidemiologist", ground.east, "officer-1", lang="en")
    assert epi.post("/people/glass", data={"place": "nowhere", "reason": WHY}).status_code == 422
    assert epi.post("/people/glass", data={"place": ground.outer.code, "reason": "x"}).status_code == 422
    assert epi.post("/people/glass", data={"place": ground.outer.code, "reason": WHY}).status_code == 303
    seen = epi.post("/people/glass/1/look", data={"number": resident(1), "purpose": "care"})
    assert "张小1" in seen.text and "1 people opened" in epi.get("/people/glass").text
    assert "张小1" not in epi.get("/people/glass").text, "shown once"
    assert epi.post("/people/glass/1/shut").status_code == 303
    privacy = sqlite_world.browser_as("privacy_officer", ground.city, "officer-5", lang="en")
    page = privacy.get("/people/glass/review").text
    assert WHY in page and f"Person {there}" in page and "张小" not in page
    assert privacy.post("/people/glass/1/judge", data={"verb": "blame", "verdict": ""}).status_code == 422
    done = privacy.post("/people/glass/1/judge", data={"verb": "justify", "verdict": "核实"})
    assert (done.status_code, rows(ground, Glass)[0].state) == (303, "justified")


def test_what_an_ended_response_held_is_destroyed_on_screen_by_two(sqlite_world: World) -> None:
    ground = Ground(sqlite_world)
    incident = sqlite_world.incident(ground.city)
    for n in range(6):
        ground.person(n, incident=incident.id)
    ground.ended(incident)
    first, second = (
        sqlite_world.browser_as("privacy_officer", ground.city, name, lang="en")
        for name in ("officer-5", "officer-6")
    )
    assert incident.code in first.get("/people/destructions").text
    assert "Listed for destruction" in first.get("/people/grounds").text
    assert first.post("/people/destructions/1/carry_out").status_code == 409
    assert first.post("/people/destructions/1/approve").status_code == 303
    assert first.post("/people/destructions/1/approve").status_code == 409, "not the same person twice"
    assert first.post("/people/destructions/1/hold", data={"why": ""}).status_code == 422
    assert second.post("/people/destructions/1/approve").status_code == 303
    assert second.post("/people/destructions/1/carry_out").status_code == 303
    page = second.get("/people/destructions/1").text
    assert rows(ground, Destruction)[0].certificate["sha256"] in page and "张小" not in page
    assert second.post("/people/destructions/1/burn").status_code == 404


def test_two_rows_are_joined_and_parted_on_screen(sqlite_world: World) -> None:
    ground = Ground(sqlite_world)
    kept = ground.person(1)
    gone = ground.person(2, kind="none", number="", name="张小1", phone="13800000001")
    epi = sqlite_world.browser_as("epidemiologist", ground.east, "officer-1", lang="en")
    page = epi.get("/people/mergings").text
    assert "same name and telephone" in page and "张小1" not in page and "张*" in page
    assert epi.post("/people/mergings", data={"kept": kept, "gone": gone}).status_code == 303
    assert "the same person as" in epi.get(f"/people/{gone}").text
    assert epi.post("/people/mergings/1/undo").status_code == 303
    assert rows(ground, Merging)[0].undone_at is not None


@pytest.mark.parametrize("role", ["storekeeper", "sampler", "wall_display"])
def test_who_has_nothing_to_do_with_people_sees_no_page_of_theirs(sqlite_world: World, role: str) -> None:
    ground = Ground(sqlite_world)
    id = ground.person(1)
    stranger = sqlite_world.browser_as(role, ground.inner)
    found = {
        page: stranger.get(page).status_code for page in (*PAGES, f"/people/{id}", "/people/destructions/1")
    }
    assert set(found.values()) <= {403, 404}, found
    for verb in ("exports", "exports/1/approve", "exports/1/fetch", "glass", "glass/1/look", "glass/1/judge"):
        assert stranger.post(f"/people/{verb}", data={"number": resident(1)}).status_code in (403, 404), verb


def test_a_stranger_of_another_district_finds_pages_without_anybody(sqlite_world: World) -> None:
    """He may ask for exports, join people and break the glass at home: here he finds neither people nor papers."""
    ground = Ground(sqlite_world)
    key_people(ground)
    id = ground.person(1)
    ground.person(5, kind="none", number="", name="张小1", phone="13800000001")
    asks = sqlite_world.browser_as("epidemiologist", ground.east, "officer-1")
    assert asks.post("/people/exports", data={**WANTED, "place": ground.east.code}).status_code == 303
    with ground.commander() as w:
        row = w.session.scalars(select(Export)).one()
    incident = sqlite_world.incident(ground.east)
    ground.ended(incident)
    stranger = sqlite_world.browser_as("epidemiologist", ground.west, "officer-8")
    assert stranger.get(f"/people/{id}").status_code == 404
    assert stranger.post(f"/people/exports/{row.id}/fetch").status_code == 404
    for page in ("/people/mergings", "/people/exports", "/people/glass"):
        text = stranger.get(page).text
        assert "张" not in text and resident(1)[-4:] not in text and "上门" not in text, page
    officer = sqlite_world.browser_as("privacy_officer", ground.west, "officer-9")
    assert officer.get("/people/destructions/1").status_code == 404
    for page in (
        "/people/destructions",
        "/people/grounds",
        "/people/glass/review",
        "/people/exports/approve",
    ):
        text = officer.get(page).text
        assert incident.code not in text and "上门" not in text, page
