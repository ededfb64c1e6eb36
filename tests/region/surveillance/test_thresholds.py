"""Fixed thresholds: by unit and window, national and local rows together, the strictest wins, all are recorded."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from sqlalchemy import select

from region.spine.rulebook import Rulebook
from region.surveillance.actions import reporting
from region.surveillance.actions.reporting import NewCard
from region.surveillance.models import Alert, Signal
from region.surveillance.thresholds import Card, Hit, evaluate
from tests.world import World

DAY = dt.date(2022, 8, 4)
ROWS = {
    name: one.value for name, one in Rulebook.shipped().pack("surveillance").values_under("threshold").items()
}


def cards(number: int, item: str, unit: int | None = 7, **given: Any) -> list[Card]:
    """So many cards of one unit in county 1, on the last three days."""
    return [Card(item, DAY - dt.timedelta(days=n % 3), 1, unit=unit, **given) for n in range(number)]


def fired(found: list[Card], rows: Any = None, **given: Any) -> list[str]:
    return [hit.rule.removeprefix("threshold.") for hit in evaluate(found, rows or ROWS, DAY, **given)]


def test_at_18_nineteen_no_twenty_yes_and_two_schools_are_not_one() -> None:
    assert fired(cards(19, "infectious_diarrhoea")) == []
    assert fired(cards(20, "infectious_diarrhoea")) == ["infectious_diarrhoea"]
    two = cards(12, "infectious_diarrhoea", 7) + cards(12, "infectious_diarrhoea", 8)
    assert fired(two) == []
    county = {"item": "infectious_diarrhoea", "days": 7, "unit": "county", "count": 20, "action": "county"}
    assert fired(two, ROWS | {"local_county": county}) == ["local_county"]
    assert fired(cards(9, "varicella")) == ["local_varicella"]
    assert fired(cards(10, "varicella")) == ["varicella", "local_varicella"]
    assert fired(cards(9, "influenza_like_illness")) == []
    assert fired(cards(10, "influenza_like_illness")) == ["ili_county"]
    assert fired(cards(30, "influenza_like_illness")) == ["ili", "ili_county"]


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (cards(1, "cholera", None), ["cholera"]),
        (cards(2, "dysentery", None, died=True), ["dysentery_deaths"]),
        (cards(5, "influenza_like_illness", admitted=True), ["ili_admitted"]),
        (cards(5, "malaria"), []),
        (cards(5, "malaria", facts=frozenset({"local"})), ["malaria"]),
        (cards(1, "anthrax", None, facts=frozenset({"occupational"})), ["anthrax_work"]),
        (cards(1, "dengue", None), ["dengue_first"]),
        (cards(30, "gonorrhoea"), []),
    ],
)
def test_each_form_of_a_row_fires_where_it_should(found: list[Card], wanted: list[str]) -> None:
    assert fired(found) == wanted


def test_the_first_of_a_county_is_the_first_once_and_the_strictest_wins() -> None:
    assert fired(cards(1, "dengue", None), known={("dengue", 1)}) == []
    hits = evaluate(cards(10, "measles"), ROWS, DAY)
    assert [(hit.action, hit.wins) for hit in hits] == [("report", True), ("investigate", False)]


def test_a_window_rolls_and_forgets() -> None:
    old = [Card("dysentery", DAY - dt.timedelta(days=3), 1, unit=7) for _ in range(10)]
    assert fired(old) == [] and fired([*old, *cards(10, "dysentery")]) == ["dysentery"]


def test_the_order_of_the_cards_means_nothing() -> None:
    found = cards(40, "infectious_diarrhoea") + cards(12, "mumps", 9) + cards(3, "dysentery", 8, died=True)
    wanted: list[Hit] = evaluate(found, ROWS, DAY)
    for seed in range(5):
        mixed = random.Random(seed).sample(found, len(found))
        assert evaluate(mixed, ROWS, DAY) == wanted


def test_twenty_cards_of_one_school_are_one_urgent_alert_at_once(world: World) -> None:
    district = world.area(world.area(level="city"))
    school, clinic = world.site(district, "school"), world.clinic(district)

    def enter(first: int, last: int) -> None:
        with world.as_system() as w:
            told = [
                NewCard(f"c{n}", "infectious_diarrhoea", "clinical", district.id, clinic.id, w.now, school.id)
                for n in range(first, last)
            ]
            reporting.enter(w, "table", told)
        world.run()

    enter(0, 19)
    with world.as_system() as w:
        assert w.session.scalars(select(Alert)).all() == []
    enter(19, 21)
    enter(21, 25)
    with world.as_system() as w:
        alert = w.session.scalars(select(Alert)).one()
        signal = w.session.scalars(select(Signal)).one()
        assert (alert.urgent, alert.place_id, alert.score) == (True, school.id, signal.score)
        assert (signal.rule, signal.observed, signal.facts["wins"]) == (
            "threshold.infectious_diarrhoea",
            21.0,
            True,
        )
        assert alert.due_at == w.now + dt.timedelta(hours=2)
