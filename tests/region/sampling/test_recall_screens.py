"""Positive pools on screen: each sees his own members, names are opened for a purpose, and every opening is told."""

from __future__ import annotations

from typing import Any

import pytest

from region.places.models import Place
from region.sampling.queries.recalls import follow_up
from tests.region.sampling.pool_stage import Stage
from tests.world import World


@pytest.fixture
def stage(sqlite_world: World) -> Stage:
    """Two members live near the clinic that took the pool, one near another clinic."""
    made = Stage.of(sqlite_world)
    other = sqlite_world.area(made.ground.district, level="community")
    sqlite_world.clinic(other)
    people = [made.ground.person(n) for n in (0, 1)] + [made.ground.person(2, home=other.id)]
    tube = made.ground.tube(people)
    made.send(tube)
    made.answer("positive", tube)
    return made


def other_clinic(stage: Stage) -> Place:
    theirs = next(one.place_id for one in stage.members() if one.place_id != stage.ground.clinic.id)
    with stage.world.as_system() as w:
        return w.get(Place, theirs)


def opened(stage: Stage) -> list[dict[str, Any]]:
    return [entry.data for entry in stage.world.journal("people.PersonOpened")]


def test_each_clinic_finds_its_own_members_and_nobody_else_s(stage: Stage) -> None:
    for clinic, own, foreign in (
        (stage.ground.clinic, {0, 1}, {2}),
        (other_clinic(stage), {2}, {0, 1}),
    ):
        browser = stage.world.browser_as("clinic", clinic, lang="en")
        assert "Pool 1" in browser.get("/sampling/recalls").text
        page = browser.get("/sampling/recalls/1").text
        assert page.count('name="person"') == len(own) and "测试" not in page and "测*" in page
        text = browser.post("/sampling/recalls/1/open").text
        assert all(f"测试{n}" in text for n in own) and not any(f"测试{n}" in text for n in foreign)
    assert [one["purpose"] for one in opened(stage)] == ["find_retest"] * 2
    assert [set(one["persons"]) for one in opened(stage)] == [{stage.id(0), stage.id(1)}, {stage.id(2)}]


def test_a_stranger_s_clinic_finds_nothing_and_no_name_is_kept_anywhere(stage: Stage) -> None:
    world = stage.world
    stranger = world.clinic(world.area(level="district"))
    browser = world.browser_as("clinic_lead", stranger)
    assert browser.get("/sampling/recalls/1").status_code == 404
    assert browser.post("/sampling/recalls/1/open").status_code == 404
    tried = {"person": stage.id(0), "reason": "away"}
    assert browser.post("/sampling/recalls/1/tried", data=tried).status_code == 404
    foreign = world.browser_as("clinic", other_clinic(stage)).post("/sampling/recalls/1/tried", data=tried)
    assert foreign.status_code == 404, "another clinic's member of the same pool"
    assert not opened(stage)
    assert not [entry for entry in world.journal() if "测试" in str(entry.data)]


def test_a_vain_attempt_is_recorded_once_and_only_while_he_is_due(stage: Stage) -> None:
    browser = stage.world.browser_as("clinic", stage.ground.clinic, lang="en")
    said = {"person": stage.id(0), "reason": "not_found"}
    for _ in range(2):  # a double click
        assert browser.post("/sampling/recalls/1/tried", data=said).status_code == 303
    assert browser.post("/sampling/recalls/1/tried", data=said, headers={"X-Quiet": "1"}).status_code == 204
    assert len(stage.world.journal("sampling.MemberTried")) == 1
    assert "Not reached" in browser.get("/sampling/recalls/1").text
    unknown = {"person": stage.id(0), "reason": "hidden"}
    assert browser.post("/sampling/recalls/1/tried", data=unknown).status_code == 422
    stage.alone(0)
    assert browser.post("/sampling/recalls/1/tried", data=said).status_code == 409


@pytest.mark.parametrize(
    ("lang", "waits", "cleared"), [("zh", "待单管复采", "已排除"), ("en", "sampled alone", "cleared")]
)
def test_a_pool_is_followed_to_its_end_on_screen(stage: Stage, lang: str, waits: str, cleared: str) -> None:
    desk = stage.world.browser_as("epidemiologist", stage.ground.district, lang=lang)
    assert waits in desk.get("/sampling/recalls").text
    lab = stage.world.browser_as("laboratory", stage.ground.lab, lang=lang)
    shown = lab.get("/sampling/recalls/1")
    assert shown.status_code == 200 and "测*" not in shown.text, "a laboratory needs no names"
    assert lab.post("/sampling/recalls/1/open").status_code == 403
    stage.answer("negative", *stage.alone(0, 1, 2))
    assert cleared in desk.get("/sampling/recalls").text and "100.0" in desk.get("/sampling/recalls").text
    assert cleared in desk.get("/sampling/recalls/1").text


def test_numbers_of_a_clinic_are_those_of_its_own_members(stage: Stage) -> None:
    """K20 joins recalls and members: each is filtered by what the reader may know of."""
    stage.alone(0)
    for clinic, taken, members in ((stage.ground.clinic, 1, 2), (other_clinic(stage), 0, 1)):
        with stage.world.as_("clinic", clinic) as w:
            found = follow_up(w)
        assert (found.done, found.members) == (taken, members)
    stranger = stage.world.clinic(stage.world.area())
    with stage.world.as_("clinic", stranger) as w:
        assert follow_up(w).share is None
