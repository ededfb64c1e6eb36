"""Proposals of cases: decided by a person, once, with a reason; who it is is opened for a purpose and told."""

from __future__ import annotations

import pytest

from tests.region.sampling.pool_stage import Stage
from tests.world import World


@pytest.fixture
def stage(sqlite_world: World) -> Stage:
    """Two people are positive, each in a tube of his own."""
    made = Stage.of(sqlite_world)
    made.answer("positive", *made.alone(3, 4, stream="fever"))
    return made


def test_one_is_accepted_once_and_one_dismissed_with_its_reason(stage: Stage) -> None:
    desk = stage.world.browser_as("epidemiologist", stage.ground.district, lang="en")
    assert "To decide: 2" in desk.get("/surveillance/proposals").text
    for _ in range(2):  # a double click
        assert desk.post("/surveillance/proposals/1/accept").status_code == 303
    assert len(stage.world.journal("surveillance.ProposalDecided")) == 1
    wordless = desk.post("/surveillance/proposals/2/dismiss", data={"note": "  "})
    assert wordless.status_code == 422 and "Give a reason" in wordless.text
    assert desk.post("/surveillance/proposals/1/dismiss", data={"note": "too late"}).status_code == 409
    desk.post("/surveillance/proposals/2/dismiss", data={"note": "the other kit says no"})
    page = desk.get("/surveillance/proposals").text
    assert "the other kit says no" in page and "Nothing to decide" in page
    assert [one.state for one in stage.proposals()] == ["accepted", "dismissed"]


def test_who_it_is_is_shown_for_a_purpose_only(stage: Stage) -> None:
    desk = stage.world.browser_as("epidemiologist", stage.ground.district)
    at = "/surveillance/proposals/1/open"
    assert "测试" not in desk.get("/surveillance/proposals").text
    assert desk.post(at, data={"purpose": "curious"}).status_code == 422
    assert "测试" in desk.post(at, data={"purpose": "investigate"}).text
    assert [entry.data["purpose"] for entry in stage.world.journal("people.PersonOpened")] == ["investigate"]


def test_a_stranger_finds_nothing_and_a_reader_decides_nothing(stage: Stage) -> None:
    world = stage.world
    stranger = world.browser_as("epidemiologist", world.area(level="district"))
    assert stranger.post("/surveillance/proposals/1/accept").status_code == 404
    assert stranger.post("/surveillance/proposals/1/open", data={"purpose": "investigate"}).status_code == 404
    reader = world.browser_as("commander", stage.ground.district)
    assert reader.get("/surveillance/proposals").status_code == 200
    assert reader.post("/surveillance/proposals/1/accept").status_code == 403


def test_a_result_taken_back_is_said_where_it_is_decided(stage: Stage) -> None:
    world = stage.world
    tubes = stage.alone(5, stream="fever")
    stage.answer("positive", *tubes)
    world.wait(minutes=10)
    stage.answer("negative", *tubes)
    desk = world.browser_as("epidemiologist", stage.ground.district, lang="en")
    assert "not positive any more" in desk.get("/surveillance/proposals").text


def test_a_proposal_that_waits_too_long_is_late_once(stage: Stage) -> None:
    stage.world.wait(hours=3)
    stage.world.run()
    assert len(stage.world.journal("surveillance.ProposalLate")) == 2
    desk = stage.world.browser_as("epidemiologist", stage.ground.district, lang="en")
    assert "too late" in desk.get("/surveillance/proposals").text
