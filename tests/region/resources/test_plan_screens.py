"""The planner's pages: ask, wait, read, cut a line, approve; a wrong field says what is wrong beside it."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from region.places.models import Place
from region.resources.models import Plan, PlanLine
from tests.region.resources.store import receive
from tests.region.resources.test_planning import asked, district, lines
from tests.world import World

__all__ = ["district"]


@pytest.fixture
def world(sqlite_world: World) -> World:
    """Screens have no SQL of their own: one database is enough."""
    return sqlite_world


def test_a_planner_asks_and_the_page_waits_for_the_answer(world: World, district: Place) -> None:
    planner = world.browser_as("planner", district, lang="en")
    assert "No plan yet" in planner.get("/supplies/plans").text
    form = {"area": district.id, "item": "n95", "floor": "7", "form_token": "form-12345678"}
    answer = planner.post("/supplies/plans", data=form)
    assert answer.status_code == 303
    assert planner.post("/supplies/plans", data=form).location == answer.location  # a double click
    waiting = planner.get(answer.location).text
    assert "Being reckoned" in waiting and 'http-equiv="refresh"' in waiting
    world.run()
    shown = planner.get(answer.location).text
    assert "2 of 2 sites come above 7 days" in shown
    assert "0.6 → <b>7.0</b>" in shown
    assert "its use is not known" in shown
    assert "Approve" not in shown  # that is somebody else's


def test_what_is_wrong_stands_beside_its_field(world: World, district: Place) -> None:
    planner = world.browser_as("planner", district, lang="en")
    wrong = planner.post("/supplies/plans", data={"area": district.id, "item": "n95", "floor": "2"})
    assert wrong.status_code == 422 and "must lie between 7" in wrong.text
    wrong = planner.post("/supplies/plans", data={"area": district.id, "item": "gold", "floor": "7"})
    assert wrong.status_code == 422 and "The catalogue has no item gold" in wrong.text


def test_a_line_is_cut_and_the_commander_approves_what_he_sees(world: World, district: Place) -> None:
    plan = asked(world, district)
    line = lines(world, plan)[0].id
    planner = world.browser_as("planner", district, lang="en")
    where = f"/supplies/plans/{plan}"
    refused = planner.post(f"{where}/lines/{line}", data={"quantity": "320", "reason": ""})
    assert refused.status_code == 422
    assert (
        planner.post(f"{where}/lines/{line}", data={"quantity": "320", "reason": "road closed"}).status_code
        == 303
    )
    shown = planner.get(where).text
    assert "road closed" in shown
    assert "1 of 2 sites come above 7 days" in shown and "2 stay short or cannot be judged" in shown
    assert "0.6 → <b>3.8</b>" in shown  # and not the 7.0 of the proposal
    commander = world.browser_as("commander", district, lang="en")
    assert commander.post(f"{where}/approve", data={"version": "2"}).status_code == 409
    assert commander.post(f"{where}/approve", data={"version": "3"}).status_code == 303
    with world.as_system() as w:
        assert w.session.scalars(select(Plan.state)).one() == "approved"
        assert sum(w.session.scalars(select(PlanLine.quantity))) == 960


def test_the_map_has_an_arrow_for_each_transfer_and_sites_before_and_after(
    world: World, district: Place
) -> None:
    plan = asked(world, district)
    planner = world.browser_as("planner", district, lang="en")
    arrows = json.loads(planner.get(f"/supplies/plans/{plan}/moves.geojson").text)["features"]
    assert [one["properties"]["state"] for one in arrows] == ["planned", "planned"]
    states = {}
    for when in ("before", "after"):
        answer = planner.get(f"/supplies/plans/{plan}/sites.geojson?when={when}")
        states[when] = [one["properties"]["state"] for one in json.loads(answer.text)["features"]]
    assert sorted(states["before"]) == ["late", "late", "none", "working"]
    assert sorted(states["after"]) == ["none", "watch", "watch", "working"]


def test_an_area_without_outline_and_an_item_that_nobody_keeps_have_a_page(
    world: World, district: Place
) -> None:
    bare = world.areas(district, 1, "subdistrict")[0]
    clinic = world.clinic(bare, lon=113.5, lat=29.5)
    receive(world, clinic, "n95", 10)
    planner = world.browser_as("planner", district, lang="en")
    for item, said in (("n95", "its use is not known"), ("goggles", "No site here keeps this item")):
        form = {"area": bare.id, "item": item, "floor": "7", "form_token": f"form-bare-{item}"}
        where = planner.post("/supplies/plans", data=form).location
        world.run()
        page = planner.get(where).text
        assert said in page
        assert ("113.48" in page) == (item == "n95")  # the map begins where the clinic is


def test_a_stranger_finds_no_plan(world: World, district: Place) -> None:
    plan = asked(world, district)
    stranger = world.browser_as("planner", world.area(level="district"))
    for path in ("", "/sites.geojson", "/moves.geojson", "/areas.geojson"):
        assert stranger.get(f"/supplies/plans/{plan}{path}").status_code == 404
