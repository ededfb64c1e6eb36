"""The night: yesterday is judged once, an outbreak is found by several methods and raises one alert."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from sqlalchemy import insert, select

from region.places.models import Place
from region.surveillance.models import Alert, DayCount, DetectionRun, Signal
from region.surveillance.queries import counts
from tests.world import World

YEARS = 6


def fill(
    world: World, places: list[Place], item: str, mean: float, last: dict[int, int], seed: int = 1
) -> None:
    """Six years of a disease by day, up to yesterday, drawn; `last`: cases of the last days by place."""
    with world.as_system() as w:
        day = w.office.clock.day(w.now) - dt.timedelta(days=1)
        drawn = np.random.default_rng(seed).poisson(mean, (len(places), int(YEARS * 365.25)))
        for at, place in enumerate(places):
            if place.id in last:
                drawn[at, -3:] = last[place.id] / 3
        rows = [
            {"place_id": places[at].id, "day": day - dt.timedelta(days=int(drawn.shape[1] - 1 - back))}
            | {"realm": 0, "stream": "card", "item": item, "count": int(n), "first": int(n), "told_at": w.now}
            for (at, back), n in np.ndenumerate(drawn)
            if n
        ]
        w.session.execute(insert(DayCount), rows)


def nights(world: World) -> list[DetectionRun]:
    with world.as_system() as w:
        w.owe("surveillance.night", key=f"test:{w.now.isoformat()}")
    world.run()
    with world.as_system() as w:
        return list(w.session.scalars(select(DetectionRun).order_by(DetectionRun.id)))


@pytest.fixture
def districts(world: World) -> list[Place]:
    city = world.area(level="city")
    return [world.area(city) for _ in range(6)]


def test_a_night_judges_the_day_before_once_and_an_outbreak_is_one_alert(
    world: World, districts: list[Place]
) -> None:
    world.clock.at = world.clock.at.replace(hour=22)  # six in the morning there
    sick = districts[2]
    fill(world, districts, "shigellosis", 0.4, {sick.id: 42})
    fill(world, districts, "mumps", 0.2, {}, seed=2)
    (run,) = nights(world)
    assert (run.series, run.signals >= 4) == (2 * (6 + 1), True)
    assert 0 < run.answered <= run.judged
    with world.as_system() as w:
        alert = w.session.scalars(select(Alert).order_by(Alert.score.desc())).first()
        assert alert is not None and (alert.item, alert.place_id, alert.state) == (
            "shigellosis",
            sick.id,
            "raised",
        )
        wanted = select(Signal.rule).where(Signal.alert_id == alert.id).order_by(Signal.rule)
        rules = set(w.session.scalars(wanted))
    assert {"detector.weekly_flexible", "detector.percentile", "scan.clusters"} <= rules
    assert len(nights(world)) == 1
    assert len(world.journal("surveillance.NightJudged")) == 1


def test_what_is_usual_pages_nobody_and_before_the_hour_nothing_is_owed(
    world: World, districts: list[Place]
) -> None:
    world.clock.at = world.clock.at.replace(hour=17)  # one at night there
    fill(world, districts, "mumps", 0.2, {}, seed=3)
    assert nights(world) == []
    world.wait(hours=1)
    (run,) = nights(world)
    with world.as_system() as w:
        paged = w.session.scalars(select(Signal).where(Signal.alert_id.is_not(None))).all()
    assert run.answered and [(one.rule, one.q) for one in paged] == []


def test_what_nobody_could_have_infected_is_named_a_definition_and_no_outbreak(
    sqlite_world: World,
) -> None:
    sqlite_world.clock.at = sqlite_world.clock.at.replace(hour=22)
    city = sqlite_world.area(level="city")
    here = sqlite_world.area(city)
    fill(sqlite_world, [here], "pneumonia", 60.0, {here.id: 180})
    with sqlite_world.as_system() as w:
        yesterday = w.office.clock.day(w.now) - dt.timedelta(days=1)
        row = w.session.get(DayCount, (0, "card", "pneumonia", here.id, yesterday))
        assert row is not None
        row.count = 2000
    nights(sqlite_world)
    with sqlite_world.as_system() as w:
        found = w.session.scalars(select(Signal).where(Signal.place_id == here.id)).all()
    assert {one.kind for one in found} >= {"definition", "series"}
    assert all(one.alert_id is None for one in found)


def test_cards_that_come_late_are_expected_and_a_syndrome_that_was_not_told_is_not_zero(
    sqlite_world: World,
) -> None:
    city = sqlite_world.area(level="city")
    here, there = sqlite_world.area(city), sqlite_world.area(city)
    clinic = sqlite_world.clinic(here)
    with sqlite_world.as_system() as w:
        day = w.office.clock.day(w.now)
        row = {
            "realm": 0,
            "stream": "fever_clinic",
            "item": "fever",
            "day": day,
            "first": 4,
            "told_at": w.now,
        }
        w.session.execute(insert(DayCount), [row | {"place_id": clinic.id, "count": 4}])
        table = counts.table(w, "fever_clinic", "district", day, 3)
        empty = counts.table(w, "card", "district", day, 3)
        assert table.places == (here.id, there.id) and empty.items == ()
        assert table.counts[0, 0, 2] == 4.0 and np.isnan(table.counts[0, 1, 2])
        assert list(table.told) == [False, False, True]
        assert list(counts.known_share(w, ("fever",), day, 7, 60)) == [1.0]
