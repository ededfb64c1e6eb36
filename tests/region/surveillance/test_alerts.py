"""An alert from signal to closing: each step with its clock, its words and its place in the record."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import insert, select

from region.places.models import Place
from region.spine.errors import Forbidden
from region.spine.work import Work
from region.surveillance.actions import triage
from region.surveillance.actions.raising import raise_signals
from region.surveillance.actions.triage import to_be_notified
from region.surveillance.found import Found
from region.surveillance.models import Alert, CaseReport, DayCount
from region.surveillance.queries.learning import learned
from tests.world import World


def outbreak(world: World, place: Place, **given: Any) -> int:
    """An alert of the day, with the cards of its weeks."""
    with world.as_system() as w:
        day = w.office.clock.day(w.now)
        rows = [
            {"realm": 0, "stream": "card", "item": "dysentery", "place_id": place.id, "told_at": w.now}
            | {"day": day - dt.timedelta(days=back), "count": 1 if back > 6 else 4, "first": 1}
            for back in range(200)
        ]
        w.session.execute(insert(DayCount), rows)
        facts: dict[str, Any] = {"kind": "series", "rule": "detector.weekly_recent", "method": "bayes"}
        facts |= {"stream": "card", "item": "dysentery", "day": day, "days": 7, "observed": 28.0}
        facts |= {"expected": 7.0, "upper": 15.0, "probability": 1e-6, "q": 1e-4}
        (alert,) = raise_signals(w, [Found(place=place.id, **(facts | given))])
        return alert.id


@pytest.fixture
def district(sqlite_world: World) -> Place:
    return sqlite_world.area(sqlite_world.area(level="city"))


def test_from_signal_to_closing_with_every_step_once(sqlite_world: World, district: Place) -> None:
    number = outbreak(sqlite_world, district)
    desk = sqlite_world.browser_as("epidemiologist", district, lang="en")
    assert "28 cases in 7 days, 7 expected" in desk.get("/surveillance").text
    at = f"/surveillance/alerts/{number}"
    for _ in range(2):  # a double click
        assert desk.post(f"{at}/take").status_code == 303
    wordless = desk.post(f"{at}/verify", data={"note": " "})
    assert wordless.status_code == 422 and "Give a reason" in wordless.text
    assert desk.post(f"{at}/verify", data={"note": "eleven of one canteen"}).status_code == 303
    assert "Choose a level of risk" in desk.post(f"{at}/assess", data={"risk": "huge"}).text
    yes = {"risk": "medium", "annex2:serious": "yes", "annex2:unusual": "yes", "emerged": "2022-07-29"}
    assert desk.post(f"{at}/assess", data=yes).status_code == 303
    assert "to be notified within 24 hours" in desk.get(at).text
    assert desk.post(f"{at}/close").status_code == 303
    assert desk.post(f"{at}/take").status_code == 409
    verbs = [entry.data["verb"] for entry in sqlite_world.journal("surveillance.AlertStepped")]
    assert verbs == ["take", "verify", "assess", "close"]
    page = desk.get(at).text
    assert "eleven of one canteen" in page and "detected after 3 days" in page
    assert "Nothing here" in desk.get("/surveillance").text


def test_the_early_response_is_timed_by_its_latest_action(sqlite_world: World, district: Place) -> None:
    number = outbreak(sqlite_world, district)
    desk = sqlite_world.browser_as("epidemiologist", district, lang="en")
    at = f"/surveillance/alerts/{number}"
    steps = {
        "take": {},
        "verify": {"note": "yes"},
        "assess": {"risk": "low"},
        "respond": {"note": "canteen closed"},
    }
    for verb, form in steps.items():
        assert desk.post(f"{at}/{verb}", data=form).status_code == 303
    names = ("investigation", "analysis", "laboratory", "care", "measures", "communication", "coordination")
    form = {f"action:{name}": "2022-08-03" for name in names} | {"action:care": "2022-08-06", "note": "done"}
    assert desk.post(f"{at}/feed_back", data=form | {"action:care": "soon"}).status_code == 422
    assert desk.post(f"{at}/feed_back", data=form).status_code == 303
    assert "early response after 5 days" in desk.get(at).text


def test_a_dismissed_alert_needs_its_reason_and_is_learned_from(sqlite_world: World, district: Place) -> None:
    number, urgent = (
        outbreak(sqlite_world, district),
        outbreak(sqlite_world, sqlite_world.area(), urgent=True),
    )
    sqlite_world.wait(hours=3)
    desk = sqlite_world.browser_as("epidemiologist", district, lang="en")
    assert desk.post(f"/surveillance/alerts/{number}/dismiss").status_code == 422
    assert desk.post(f"/surveillance/alerts/{number}/dismiss", data={"note": "one family"}).status_code == 303
    with sqlite_world.as_system() as w:
        today = w.office.clock.day(w.now)
        (one,) = learned(w, today - dt.timedelta(days=9), today)
        late = w.get(Alert, urgent)
        assert late.answered_at is None
    assert (one.kept, one.paged, one.answered, one.in_time, one.suspected, one.dismissed) == (
        2,
        2,
        1,
        1,
        0,
        1,
    )
    assert (one.response, one.predictive) == (0.5, 0.0)
    assert "100.0%" in desk.get("/surveillance/learning").text


def test_a_stranger_finds_nothing_and_a_reader_steps_nowhere(sqlite_world: World, district: Place) -> None:
    number = outbreak(sqlite_world, district)
    stranger = sqlite_world.browser_as("epidemiologist", sqlite_world.area())
    assert stranger.post(f"/surveillance/alerts/{number}/take").status_code == 404
    reader = sqlite_world.browser_as("commander", district)
    assert reader.get(f"/surveillance/alerts/{number}").status_code == 200
    assert reader.post(f"/surveillance/alerts/{number}/take").status_code == 403


def test_the_map_shows_alerts_and_clusters_of_its_fortnight(sqlite_world: World, district: Place) -> None:
    outbreak(sqlite_world, district)
    centre = (district.lon or 0.0, district.lat or 0.0)
    outbreak(
        sqlite_world,
        sqlite_world.area(),
        kind="cluster",
        rule="scan",
        centre=centre,
        radius_km=12.0,
        observed=9.0,
    )
    desk = sqlite_world.browser_as("epidemiologist", district, lang="en")
    seen = desk.get("/surveillance/map").text
    assert seen.count('class="map-alert" d="M') == 2  # the legend's and the alert's
    assert 'class="map-alert" d="M' in desk.get("/surveillance/map?day=2022-06-01").text
    assert desk.get("/surveillance/map?day=2022-06-01").text.count("map-alert") < seen.count("map-alert")
    assert desk.get("/surveillance/map?day=never").status_code == 422


def test_cases_by_onset_are_completed_and_no_name_is_shown(sqlite_world: World, district: Place) -> None:
    number = outbreak(sqlite_world, district)
    clinic = sqlite_world.clinic(district)
    with sqlite_world.as_system() as w:
        today = w.office.clock.day(w.now)
        base = {"place_id": district.id, "reporter_id": clinic.id, "source": "screen", "item": "dysentery"}
        base |= {
            "first_item": "dysentery",
            "kind": "confirmed",
            "diagnosed_at": w.now,
            "due_at": w.now,
            "since": w.now,
        }
        base |= {"state": "entered", "diagnosed_on": today, "realm": 0, "facts": {}, "version": 1}
        rows = [
            base
            | {"source_ref": f"c{n}", "onset_on": today - dt.timedelta(days=n % 20)}
            | {
                "entered_at": w.now - dt.timedelta(days=max(n % 20 - 2, 0)),
                "admitted": False,
                "imported": False,
                "note": "",
            }
            for n in range(40)
        ]
        w.session.execute(insert(CaseReport.__table__), rows)
        assert len(w.session.scalars(select(CaseReport.id)).all()) == 40
    page = (
        sqlite_world.browser_as("epidemiologist", district, lang="en")
        .get(f"/surveillance/alerts/{number}")
        .text
    )
    assert "Line list of the last 60 days: 40" in page and '"completed": [' in page


def test_a_grade_that_was_proposed_is_kept_by_an_assessment_that_names_none(
    sqlite_world: World, district: Place
) -> None:
    number = outbreak(sqlite_world, district)
    with sqlite_world.as_system() as w:
        (alert,) = raise_signals(w, [found_again(w, district)])
        assert alert.id == number
        alert.grade = 3
    with sqlite_world.as_("epidemiologist", district) as w:
        row = w.get(Alert, number)
        triage.step(w, row, "take")
        triage.step(w, row, "verify", "yes")
        triage.step(w, row, "assess", "", {"risk": "low"})
        assert (row.risk, row.grade) == ("low", 3)
    with pytest.raises(Forbidden), sqlite_world.as_("commander", district) as w:
        triage.step(w, w.get(Alert, number), "assess", "", {"risk": "low"})


def found_again(w: Work, place: Place) -> Found:
    """Another signal of the same happening."""
    day = w.office.clock.day(w.now)
    return Found(
        "series", "detector.ears", "ears-c2", "card", "dysentery", place.id, day, 7, 20.0, page=False
    )


def test_two_answers_with_yes_are_to_be_notified() -> None:
    assert not to_be_notified({}) and not to_be_notified({"annex2": {"serious": True, "spread": False}})
    assert to_be_notified({"annex2": {"serious": True, "unusual": True}})
