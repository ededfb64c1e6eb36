"""Risk zones by the web: the list, drawing with corners typed, one zone's page, signing, and the map at an hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.region.zones.ground import SOUTH, WEST, Ground
from tests.region.zones.test_reviewing import look, standing
from tests.world import World

CORNERS = f"{WEST}, {SOUTH}\n{WEST + 0.03}，{SOUTH}\n{WEST + 0.03}, {SOUTH + 0.02}"


@pytest.fixture
def ground(sqlite_world: World) -> Ground:
    return Ground.of(sqlite_world)


def form(ground: Ground, **facts: Any) -> dict[str, Any]:
    said = {
        "incident": ground.incident.id,
        "grade": "high",
        "name_zh": "望湖小区",
        "corners": CORNERS,
        "crs": "WGS84",
    }
    return {**said, **facts}


def test_a_zone_is_drawn_typed_declared_and_lifted_by_two_people(ground: Ground) -> None:
    epi = ground.world.browser_as("epidemiologist", ground.district, lang="en")
    assert "No zone is drawn" in epi.get("/zones").text
    page = epi.get("/zones/new").text
    assert "Wanghu Clinic" in page and 'value="high"' in page and 'value="low"' not in page
    made = epi.post("/zones/new", data=form(ground))
    assert made.status_code == 303 and made.location == "/zones/1"
    page = epi.get("/zones/1").text
    assert "draft, not declared yet" in page and "Declare the zone" not in page and "Grid 1" in page
    assert epi.post("/zones/1/declare").status_code == 403
    chief = ground.world.browser_as("commander", ground.district, lang="en")
    assert chief.post("/zones/1/declare", data={"grade": "medium"}).status_code == 303
    page = chief.get("/zones/1").text
    assert "zone in force" in page and "Medium risk" in page and "0 of 7 clear days are over" in page
    listed = chief.get("/zones").text
    assert "望湖小区" in listed and "Lift" not in listed
    assert chief.post("/zones/1/lift", data={"reason": ""}).status_code == 422
    assert chief.post("/zones/1/lift", data={"reason": "moved"}).status_code == 303
    assert "Ended in the last 14 days" in chief.get("/zones").text
    assert chief.post("/zones/1/fly", data={"reason": "moved"}).status_code == 422


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"corners": "here"}, "The outline cannot be read"),
        ({"corners": "114,30\n115,x\n116,31"}, "The outline cannot be read"),
        ({"corners": "116.1,30\n116.2,30\n116.2,30.01"}, "does not lie within the area"),
        ({"name_zh": ""}, "Give the zone a name"),
        ({"newest": "2022-13-41"}, "This time cannot be taken"),
        ({"newest": "2022-08-05"}, "has not come yet"),
        ({"crs": "MARS"}, "it is never guessed"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    ground: Ground, facts: dict[str, str], said: str
) -> None:
    epi = ground.world.browser_as("epidemiologist", ground.district, lang="en")
    answer = epi.post("/zones/new", data=form(ground, **facts))
    assert answer.status_code == 422 and said in answer.text
    assert facts.get("corners", CORNERS).split("\n")[0] in answer.text


def test_the_page_says_why_not_and_the_proposal_is_signed_there(sqlite_world: World) -> None:
    ground, _zone = standing(sqlite_world)
    tube = ground.tube(ground.people, None)
    chief = ground.world.browser_as("commander", ground.district, lang="en")
    assert "day-7 round incomplete: 12 without a result of 12" in chief.get("/zones/1").text
    ground.answer(tube, "negative")
    look(ground)
    assert "proposal to sign" in chief.get("/zones").text
    page = chief.get("/zones/1").text
    assert "The rules propose: Medium risk from Sun 14 Aug 00:00" in page and "7 of 7 clear days" in page
    ground.answer(tube, None)
    page = chief.get("/zones/1").text
    assert "Cannot be signed now:" in page and "disabled>Sign the proposal" in page
    refused = chief.post("/zones/reviews/1/sign")
    assert refused.status_code == 409 and "12 results are missing" in refused.text
    ground.answer(tube, "negative")
    assert chief.post("/zones/reviews/1/sign").status_code == 303
    assert "proposal signed" in chief.get("/zones/1").text


def test_features_at_an_hour_and_only_to_who_may_know(ground: Ground) -> None:
    ground.declared()
    ground.world.wait(hours=3)
    epi = ground.world.browser_as("epidemiologist", ground.district)
    now = epi.get("/zones/features.geojson").json["features"]
    assert [one["properties"]["grade"] for one in now] == ["high"]
    before = ground.world.clock.at.astimezone(ground.world.office.clock.zone) - timedelta(hours=4)
    asked = epi.get(f"/zones/features.geojson?at={before:%Y-%m-%dT%H:%M}")
    assert asked.json["features"] == []
    assert (
        epi.get("/zones/features.geojson?at=yesterday", headers={"Accept": "application/json"}).status_code
        == 422
    )
    stranger = ground.world.browser_as("epidemiologist", ground.world.area(level="district"))
    assert stranger.get("/zones/features.geojson").json["features"] == []
    assert stranger.get("/zones/1").status_code == 404
    wall = ground.world.browser_as("wall_display", ground.district)
    assert len(wall.get("/board/zones.geojson").json["features"]) == 1
    assert wall.get(f"/board/zones.geojson?at={before:%Y-%m-%dT%H:%M}").json["features"] == []
    shown = wall.get(f"/board?lang=en&at={before:%Y-%m-%dT%H:%M}").text
    assert (
        f"at={before:%Y-%m-%dT%H}" in shown
        and f"zones as of {before:%a} {before.day} {before:%b %H:%M}" in shown
    )
    assert "zones as of" not in wall.get("/board?lang=en").text
