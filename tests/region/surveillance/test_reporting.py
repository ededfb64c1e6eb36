"""Report cards: once, on their clock, counted on their day; corrected and void cards leave it; K05."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from region.places.models import Place
from region.spine.errors import Invalid
from region.surveillance.actions import reporting
from region.surveillance.actions.reporting import NewCard
from region.surveillance.models import CaseReport, DayCount
from region.surveillance.queries.reports import in_time
from tests.world import World


@pytest.fixture
def clinic(world: World) -> Place:
    return world.clinic(world.area(world.area(level="city")))


def card(world: World, clinic: Place, ref: str = "1", **given: Any) -> NewCard:
    """A card of the clinic's district, diagnosed an hour ago."""
    facts: dict[str, Any] = {"item": "dysentery", "kind": "confirmed", "place": clinic.parent_id}
    facts |= {"reporter": clinic.id, "diagnosed_at": world.clock.at - dt.timedelta(hours=1)}
    return NewCard(ref=ref, **(facts | given))


def counted(world: World) -> dict[str, int]:
    with world.as_system() as w:
        return {one.item: one.count for one in w.session.scalars(select(DayCount))}


def test_a_card_is_one_card_however_often_it_comes_and_counts_on_its_day(world: World, clinic: Place) -> None:
    with world.as_system() as w:
        first = reporting.enter(
            w, "table", [card(world, clinic), card(world, clinic), card(world, clinic, "2")]
        )
        assert len(first) == 2
        assert reporting.enter(w, "table", [card(world, clinic)]) == []
        assert len(reporting.enter(w, "api", [card(world, clinic)])) == 1
    assert counted(world) == {"dysentery": 3}
    (entry, _) = world.journal("surveillance.CardsEntered")
    assert (len(entry.data["cards"]), entry.data["late"]) == (2, 0)


def test_two_hours_and_twenty_four_are_two_clocks(world: World, clinic: Place) -> None:
    ago = world.clock.at - dt.timedelta(hours=3)
    with world.as_system() as w:
        late = card(world, clinic, "1", item="cholera", diagnosed_at=ago)
        rows = reporting.enter(w, "screen", [late, card(world, clinic, "2", diagnosed_at=ago)])
        assert [row.entered_at <= row.due_at for row in rows] == [False, True]
        today = w.office.clock.day(w.now)
        assert in_time(w, today, today).share == 0.5
        assert in_time(w, today - dt.timedelta(days=9), today - dt.timedelta(days=8)).share is None


def test_what_is_corrected_or_void_leaves_its_day_and_the_day_says_revised(
    world: World, clinic: Place
) -> None:
    with world.as_system() as w:
        rows = reporting.enter(w, "screen", [card(world, clinic, "1"), card(world, clinic, "2")])
        ids = [row.id for row in rows]
    world.wait(hours=23)
    with world.as_system() as w:
        moved, gone = (w.get(CaseReport, number) for number in ids)
        reporting.reclassify(w, moved, "typhoid", "clinical")
        reporting.reclassify(w, moved, "typhoid", "clinical")
        with pytest.raises(Invalid, match="reason-needed"):
            reporting.review(w, gone, "void")
        reporting.review(w, gone, "void", duplicate_of=moved.id)
        reporting.review(w, gone, "void", duplicate_of=moved.id)
        assert (moved.first_item, moved.item, gone.state) == ("dysentery", "typhoid", "void")
        days = {one.item: one.revised_at for one in w.session.scalars(select(DayCount))}
        assert days["dysentery"] == w.now
    assert counted(world) == {"dysentery": 0, "typhoid": 1}
    assert (
        len(world.journal("surveillance.CardRevised")) == len(world.journal("surveillance.CardReviewed")) == 1
    )


def test_a_card_nobody_looks_at_is_late_once(world: World, clinic: Place) -> None:
    with world.as_system() as w:
        reporting.enter(w, "screen", [card(world, clinic, "1")])
    world.run()
    world.wait(hours=25)
    world.run()
    world.run()
    assert len(world.journal("surveillance.CardLate")) == 1


def test_impossible_cards_are_refused_with_their_field(world: World, clinic: Place) -> None:
    wrong = {"item": "hiccups", "kind": "perhaps", "onset_on": dt.date(2030, 1, 1)}
    with world.as_system() as w:
        for field, value in wrong.items():
            with pytest.raises(Invalid) as fault:
                reporting.enter(w, "screen", [card(world, clinic, **{field: value})])
            assert fault.value.facts["field"] == field
        tomorrow = world.clock.at + dt.timedelta(days=1)
        with pytest.raises(Invalid, match="future-day"):
            reporting.enter(w, "screen", [card(world, clinic, diagnosed_at=tomorrow)])
        with pytest.raises(Invalid, match="own-duplicate"):
            (row,) = reporting.enter(w, "screen", [card(world, clinic)])
            reporting.review(w, row, "void", duplicate_of=row.id)


def test_a_clinic_enters_by_the_page_and_the_centre_looks_at_it(sqlite_world: World) -> None:
    world = sqlite_world
    district = world.area(world.area(level="city"))
    clinic = world.clinic(district)
    nurse = world.browser_as("clinic", clinic, lang="en")
    form = {"ref": "r1", "item": "cholera", "kind": "confirmed", "place": clinic.code}
    form |= {"diagnosed_at": "2022-08-01T07:00"}
    assert "no disease of the list" in nurse.post("/surveillance/reports", data=form | {"item": "x"}).text
    for _ in range(2):  # a double click
        assert nurse.post("/surveillance/reports", data=form).status_code == 303
    assert "Cholera" in nurse.get("/surveillance/reports").text
    assert nurse.post("/surveillance/reports/1/review").status_code == 403
    desk = world.browser_as("epidemiologist", district, lang="en")
    assert desk.post("/surveillance/reports/1/void").status_code == 422
    assert desk.post("/surveillance/reports/1/review", data={"kind": "clinical"}).status_code == 303
    assert "reviewed" in desk.get("/surveillance/reports").text
    world.run()
    assert "Cholera" in desk.get("/surveillance?show=urgent").text
    stranger = world.browser_as("epidemiologist", world.area())
    assert stranger.post("/surveillance/reports/1/void", data={"note": "x"}).status_code == 404
