"""Findings become signals once; signals of one happening become one alert, with its clock."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from region.places.models import Place
from region.surveillance.actions.raising import Found, raise_signals
from region.surveillance.models import Alert, Signal
from region.surveillance.scoring import score
from tests.world import World

DAY = dt.date(2022, 8, 1)


def found(place: Place, **given: Any) -> Found:
    facts: dict[str, Any] = {
        "kind": "series",
        "rule": "weekly",
        "method": "ears-c1",
        "stream": "card",
        "item": "dysentery",
        "day": DAY,
        "days": 7,
        "observed": 9.0,
        "expected": 3.0,
        "probability": 1e-4,
    }
    return Found(place=place.id, **(facts | given))


def raised(world: World, *findings: Found) -> list[tuple[int, int, bool]]:
    """What stands after these findings: place, number of signals, urgent, by alert."""
    with world.as_system() as w:
        raise_signals(w, findings)
        rows = w.session.query(Alert).order_by(Alert.id).all()
        return [(row.place_id, row.signals, row.urgent) for row in rows]


def test_one_happening_is_one_alert_and_the_same_finding_again_changes_nothing(world: World) -> None:
    city = world.area(level="city")
    here, there = world.area(city), world.area(city)
    first = found(here)
    assert raised(world, first, first, found(here, rule="daily"), found(there)) == [
        (here.id, 2, False),
        (there.id, 1, False),
    ]
    assert raised(world, first, found(city, kind="cluster", rule="scan", day=DAY + dt.timedelta(days=3))) == [
        (here.id, 3, False),
        (there.id, 1, False),
    ]
    assert raised(world, found(here, day=DAY + dt.timedelta(days=40)))[-1] == (here.id, 1, False)
    assert len(world.journal("surveillance.AlertRaised")) == 3
    assert [entry.data["signals"] for entry in world.journal("surveillance.AlertGrew")] == [1]


def test_what_is_below_the_minimum_is_kept_and_pages_nobody(sqlite_world: World) -> None:
    here = sqlite_world.area()
    assert raised(sqlite_world, found(here, page=False, observed=2.0)) == []
    with sqlite_world.as_system() as w:
        assert [row.alert_id for row in w.session.query(Signal)] == [None]


def test_a_dismissed_alert_explains_what_is_no_larger(sqlite_world: World) -> None:
    here = sqlite_world.area()
    raised(sqlite_world, found(here))
    with sqlite_world.as_system() as w:
        alert = w.session.query(Alert).one()
        alert.state = "dismissed"
        raise_signals(w, [found(here, day=DAY + dt.timedelta(days=1))])
    assert raised(sqlite_world, found(here, day=DAY + dt.timedelta(days=2), observed=10.0)) == [
        (here.id, 2, False),
        (here.id, 1, False),
    ]


def test_an_urgent_alert_is_late_after_two_hours_and_says_so_once(world: World) -> None:
    here = world.area()
    raised(world, found(here, urgent=True, probability=None), found(world.area()))
    world.wait(hours=1, minutes=59)
    world.run()
    assert world.journal("surveillance.AlertLate") == []
    world.wait(minutes=2)
    world.run()
    world.run()
    assert [entry.data["state"] for entry in world.journal("surveillance.AlertLate")] == ["raised"]
    world.wait(hours=22)
    world.run()
    assert len(world.journal("surveillance.AlertLate")) == 2


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"observed": 0, "expected": None, "probability": 1.0, "weight": 0.0, "urgent": False}, 0.0),
        ({"observed": 1e6, "expected": 1.0, "probability": 0.0, "weight": 1.0, "urgent": False}, 100.0),
        ({"observed": 1, "expected": None, "probability": None, "weight": 0.0, "urgent": True}, 80.0),
        # 35 * 0.5 + 25 * 0.5 (four times) + 15 * log10(1 + 99) / 3 + 25 * 0.4
        ({"observed": 99, "expected": 24.75, "probability": 1e-5, "weight": 0.4, "urgent": False}, 50.0),
    ],
)
def test_the_score_is_made_of_its_four_parts(given: dict[str, Any], wanted: float) -> None:
    assert score(**given) == wanted
