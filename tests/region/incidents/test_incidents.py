"""Incidents opened, raised and closed, and realms for exercises, on both databases."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from region.incidents import actions, queries
from region.incidents.models import Incident
from region.places.models import Place
from region.spine.actor import system_actor
from region.spine.errors import Forbidden, Invalid, Refused, Stale
from region.spine.work import Work
from tests.world import World

GIVEN: dict[str, Any] = {
    "kind": "infectious_disease",
    "pack": "CN-COVID-9ED",
    "level": "IV",
    "title_zh": "疫情",
}


def opened(w: Work, place: Place, code: str = "LJ-1", **other: Any) -> Incident:
    return actions.open_incident(w, code=code, place_id=place.id, **{**GIVEN, "title_en": "", **other})


def test_an_incident_keeps_the_digest_of_its_rules(world: World) -> None:
    area = world.area()
    with world.as_("commander", area) as w:
        one = opened(w, area)
        assert (one.pack_digest, one.title_en) == (w.rules.pack("CN-COVID-9ED").digest, "疫情")
        assert opened(w, area).id == one.id
        with pytest.raises(Refused, match="incident-code-taken"):
            opened(w, area, pack="CN-GENERIC")
        assert [found.id for found in queries.incidents(w)] == [one.id]
        assert queries.current(w) is one
    assert len(world.journal("incidents.IncidentOpened")) == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"level": "V"}, "incident-level-unusable"),
        ({"pack": "NONE"}, "no-such-rules"),
        ({"kind": "Big Trouble"}, "incident-kind-unusable"),
        ({"code": "张三"}, "incident-code-unusable"),
        ({"title_zh": ""}, "incident-title-missing"),
    ],
)
def test_what_is_wrong_is_named(sqlite_world: World, wrong: dict[str, str], code: str) -> None:
    area = sqlite_world.area()
    with sqlite_world.as_system() as w, pytest.raises(Invalid, match=code):
        opened(w, area, **wrong)


def test_a_response_is_raised_and_ended_by_who_may(world: World) -> None:
    area, other = world.area(), world.area()
    with world.as_("commander", area) as w:
        number = opened(w, area).id
    with world.as_("duty_officer", area) as w:
        actions.change_level(w, number, "III", version=1)
        with pytest.raises(Stale):
            actions.change_level(w, number, "II", version=1)
        assert actions.change_level(w, number, "III").version == 2
        with pytest.raises(Forbidden):
            actions.close_incident(w, number)
    with world.as_("commander", other) as w:
        assert queries.incidents(w) == []
    for _ in range(2):
        with world.as_("commander", area) as w:
            actions.close_incident(w, number)
    with world.as_("commander", area) as w:
        assert queries.current(w) is None
        with pytest.raises(Refused, match="not-from-here"):
            actions.change_level(w, number, "I")
    assert [one.data for one in world.journal("incidents.LevelChanged")] == [
        {"changed": number, "old": "IV", "new": "III"}
    ]
    assert len(world.journal("incidents.IncidentClosed")) == 1


def test_an_exercise_has_a_world_and_a_clock_of_its_own(world: World) -> None:
    area = world.area()
    starts = datetime(2022, 8, 1, 0, 0, tzinfo=UTC)
    with world.as_system() as w:
        opened(w, area)
        assert queries.realm_of(w) is None
        realm = actions.prepare_exercise(w, "演练", "Drill", rate=60, starts=starts)
        assert actions.prepare_exercise(w, "别名", "Other", realm=realm.id).name_en == "Drill"
        with pytest.raises(Invalid, match="exercise-rate"):
            actions.prepare_exercise(w, "演练", "Drill", rate=60)
    world.wait(minutes=2)
    with world.office.work(system_actor(realm.id)) as w:
        assert w.now == datetime(2022, 8, 1, 2, 0, tzinfo=UTC)
        assert queries.incidents(w) == []
        known = queries.realm_of(w)
        assert known is not None and known.name_zh == "演练"
        assert opened(w, area).realm == realm.id
    assert [one.data["rate"] for one in world.journal("incidents.ExercisePrepared")] == [60]


def test_the_page_opens_raises_and_closes(sqlite_world: World) -> None:
    area = sqlite_world.area(code="990106")
    browser = sqlite_world.browser_as("commander", area, lang="en")
    page = browser.get("/incidents").get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None and "No incident has been opened" in page
    form = {"csrf_token": found.group(1), "code": "LJ-1", "place": "990106", **GIVEN, "title_en": "Cluster"}
    for wrong in ({"code": "no good"}, {"place": "NOWHERE"}):
        answer = browser.post("/incidents", data=form | wrong)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422 and 'role="alert"' in page
        assert all(f'value="{typed}"' in page for typed in wrong.values())
    assert browser.post("/incidents", data=form).status_code == 302
    assert "Cluster" in browser.get("/incidents").get_data(as_text=True)
    with sqlite_world.as_system() as w:
        number = queries.by_code(w, "LJ-1").id
    csrf = {"csrf_token": found.group(1)}
    assert (
        browser.post(f"/incidents/{number}/level", data={**csrf, "level": "II", "version": "1"}).status_code
        == 302
    )
    assert (
        browser.post(f"/incidents/{number}/level", data={**csrf, "level": "I", "version": "1"}).status_code
        == 409
    )
    assert browser.post(f"/incidents/{number}/close", data=csrf).status_code == 302
    stranger = sqlite_world.browser_as("commander", sqlite_world.area(), login="stranger", lang="en")
    token = re.search(r'name="csrf_token" value="([^"]+)"', stranger.get("/incidents").get_data(as_text=True))
    assert token is not None
    assert stranger.post(f"/incidents/{number}/close", data={"csrf_token": token.group(1)}).status_code == 404


def test_a_city_s_incident_is_the_current_one_of_its_districts_and_of_nobody_else(world: World) -> None:
    city, other = world.area(level="city"), world.area(level="city")
    district = world.area(city, level="district")
    clinic = world.clinic(district)
    with world.as_("commander", city) as w:
        whole = opened(w, city).id
    for place in (city, district, clinic):
        with world.as_("clinic", place) as w:
            found = queries.current(w)
            assert found is not None and found.id == whole
    with world.as_("commander", other) as w:
        assert queries.current(w) is None
    with world.as_("commander", district) as w:
        assert queries.incidents(w) == [], "it is not theirs to change"
