"""The wall as it is served: to whom, how it is kept, and what an empty region sees."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from region.app import create_app
from region.spine.actor import Actor
from tests.region.board.test_wall import PERSONS, Stage, all_states, staged
from tests.world import World


@pytest.fixture
def stage(world: World) -> Stage:
    return staged(world)


def browser(stage: Stage, actor: Actor | None) -> Any:
    app = create_app(stage.world.settings, stage.world.office)
    app.extensions["region"] = dataclasses.replace(app.extensions["region"], identify=lambda *_: actor)
    return app.test_client()


def test_the_page_says_it_all_before_any_script_runs(stage: Stage) -> None:
    all_states(stage)
    page = browser(stage, stage.viewer()).get("/board?lang=en").get_data(as_text=True)
    for words in ("Linjiang Health Command", "2 sites in Nanping", "have not signed order 001", "target 95%"):
        assert words in page
    assert not [name for name in PERSONS if name in page]


def test_data_is_kept_by_its_etag_until_something_happens(stage: Stage) -> None:
    order = stage.issue("form-0001", (stage.town.id,))
    client = browser(stage, stage.viewer())
    first = client.get("/board/data")
    tag = first.headers["ETag"]
    assert client.get("/board/data", headers={"If-None-Match": tag}).status_code == 304
    stage.sign(order, stage.clinics[0])
    again = client.get("/board/data", headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert again.json["seq"] > first.json["seq"]


def test_the_maps_features_are_the_actors_own(stage: Stage) -> None:
    all_states(stage)
    client = browser(stage, stage.viewer(stage.other))
    assert [f["id"] for f in client.get("/board/sites.geojson").json["features"]] == [stage.elsewhere.id]
    areas = client.get("/board/areas.geojson")
    assert [f["id"] for f in areas.json["features"]] == [stage.other.id]
    same = client.get("/board/areas.geojson", headers={"If-None-Match": areas.headers["ETag"]})
    assert same.status_code == 304


@pytest.mark.parametrize(
    "path", ["/board", "/board/data", "/board/live", "/board/areas.geojson", "/board/sites.geojson"]
)
def test_only_those_who_may_see_the_board(stage: Stage, path: str) -> None:
    program = {"Accept": "application/json"}
    assert browser(stage, None).get(path, headers=program).status_code == 401
    sampler = stage.world.actor("sampler", stage.clinics[0])
    assert browser(stage, sampler).get(path, headers=program).status_code == 403


def test_an_empty_region_says_how_to_begin(world: World) -> None:
    nobody = Actor("wall", world.actor("wall_display", world.site(world.area())).grants)
    app = create_app(world.settings, world.office)
    app.extensions["region"] = dataclasses.replace(app.extensions["region"], identify=lambda *_: nobody)
    page = app.test_client().get("/board?lang=en").get_data(as_text=True)
    assert "Begin at the desk" in page
    assert "No order is running." in page
