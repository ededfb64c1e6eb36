"""Counts and cards from other systems: all or none, the row named, the same again changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from region.places.models import Place
from region.surveillance.models import CaseReport, DayCount
from tests.world import World


@pytest.fixture
def clinic(sqlite_world: World) -> Place:
    return sqlite_world.clinic(sqlite_world.area(sqlite_world.area(level="city")))


def count(**given: Any) -> dict[str, Any]:
    return {"stream": "fever_clinic", "item": "fever", "day": "2022-08-01", "count": "12"} | given


def kept(world: World) -> list[tuple[str, int, int, bool]]:
    with world.as_system() as w:
        rows = w.session.scalars(select(DayCount).order_by(DayCount.day))
        return [(one.item, one.count, one.first, one.revised_at is not None) for one in rows]


def test_a_clinic_tells_its_count_and_a_later_one_corrects_it(sqlite_world: World, clinic: Place) -> None:
    nurse = sqlite_world.browser_as("clinic", clinic, lang="en")
    for _ in range(2):  # a double click
        assert nurse.post("/surveillance/counts", data=count()).status_code == 303
    assert kept(sqlite_world) == [("fever", 12, 12, False)]
    assert nurse.post("/surveillance/counts", data=count(count="14")).status_code == 303
    assert kept(sqlite_world) == [("fever", 14, 12, True)]
    assert "revised, first 12" in nurse.get("/surveillance/counts").text
    assert len(sqlite_world.journal("surveillance.CountsTold")) == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"count": "-1"}, "whole number"),
        ({"count": "1e9"}, "whole number"),
        ({"day": "2030-01-01"}, "future"),
        ({"day": "yesterday"}, "yesterday"),
        ({"day": ""}, 'role="alert"'),
        ({"item": "boredom"}, "boredom"),
        ({"stream": "rumour"}, "rumour"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_lost(
    sqlite_world: World, clinic: Place, wrong: dict[str, str], field: str
) -> None:
    nurse = sqlite_world.browser_as("clinic", clinic, lang="en")
    refused = nurse.post("/surveillance/counts", data=count(**wrong))
    assert refused.status_code == 422 and field in refused.text
    assert kept(sqlite_world) == []


def test_another_system_tells_many_at_once_or_none(sqlite_world: World, clinic: Place) -> None:
    system = sqlite_world.browser_as("clinic", clinic, lang="en")
    rows = [{"item": "fever", "day": f"2022-07-{day:02}", "count": day} for day in range(1, 31)]
    at = "/api/v1/surveillance/counts"
    assert system.post(at, json={"stream": "fever_clinic", "counts": rows}).json == {
        "changed": 30,
        "told": 30,
    }
    assert system.post(at, json={"stream": "fever_clinic", "counts": rows}).json == {"changed": 0, "told": 30}
    spoilt = [*rows[:3], rows[3] | {"count": "many"}]
    for body in (
        {"stream": "fever_clinic", "counts": spoilt},
        {"counts": 3},
        [],
        {"stream": "x", "counts": rows},
    ):
        assert system.post(at, json=body).status_code == 422
    assert len(kept(sqlite_world)) == 30


def test_another_system_reports_cards_once(sqlite_world: World, clinic: Place) -> None:
    system = sqlite_world.browser_as("clinic", clinic, lang="en")
    at = "/api/v1/surveillance/reports"
    card = {"ref": "H1-7", "item": "mumps", "kind": "clinical", "place": clinic.code}
    card |= {"diagnosed_at": "2022-08-01T07:30:00+08:00", "onset_on": "2022-07-30"}
    assert system.post(at, json={"reports": [card, card]}).json == {"entered": 1, "told": 2}
    assert system.post(at, json={"reports": [card]}).json == {"entered": 0, "told": 1}
    for wrong in (
        {"ref": ""},
        {"diagnosed_at": "today"},
        {"diagnosed_at": "2022-08-01T07:30"},
        {"onset_on": "x"},
    ):
        assert system.post(at, json={"reports": [card | wrong]}).status_code == 422
    assert system.post(at, json={"reports": [card | {"place": "nowhere"}]}).status_code == 404
    with sqlite_world.as_system() as w:
        (row,) = w.session.scalars(select(CaseReport))
        assert (row.source, row.reporter_id, row.item) == ("api", clinic.id, "mumps")
