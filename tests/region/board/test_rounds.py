"""A running round on boards: figures are the sums of its rows, to whom they are shown, and what nobody knows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from region.board.queries import rounds as asking
from region.board.queries.rounds import RoundStanding
from region.board.queries.snapshot import snapshot
from region.places.models import Place
from region.sampling.actions import summing
from region.sampling.models import Round, RoundArea, RoundSum
from region.sampling.queries import sums
from region.spine.errors import Missing
from tests.region.board.round_ground import DUE, Ground, ground
from tests.world import World


def seen(here: Ground, place: Place, area: int | None = None) -> RoundStanding:
    with here.world.office.work(here.world.actor("commander", place), reading=True) as w:
        row = asking.current_round(w)
        assert row is not None
        return asking.standing(w, row, area)


def scene(here: Ground, place: Place, lang: str = "en") -> dict[str, Any]:
    viewer = here.world.actor("wall_display", place)
    with here.world.office.work(viewer, reading=True) as w:
        shown: dict[str, Any] = snapshot(w, lang)["sampling"]
        return shown


def test_the_whole_and_its_parts_are_the_sums_of_the_grids(world: World) -> None:
    here = ground(world)
    taken = [here.taken(n) for n in range(8)]
    r = seen(here, here.district)
    assert (r.whole.due, r.whole.sampled) == (8 * DUE, sum(map(sum, taken)))
    assert list(r.whole.hours) == [sum(row[hour] for row in taken) for hour in range(4)]
    assert r.level == "community" and [one.id for one in r.parts] == [one.id for one in here.communities]
    assert [one.sum.sampled for one in r.parts] == [
        sum(taken[2 * n]) + sum(taken[2 * n + 1]) for n in range(4)
    ]
    assert [one.id for one in r.missing] == [one.id for one in reversed(here.communities)]
    assert r.pace.finish is not None and r.planned == pytest.approx(4 / 24)
    town = seen(here, here.towns[1])
    assert town.level == "grid" and town.whole.sampled == sum(map(sum, taken[4:]))
    assert seen(here, here.city).top.id == here.district.id, "a city sees the round where it takes place"
    assert seen(here, here.district, here.towns[0].id).whole.due == 4 * DUE


def test_laboratories_times_and_sites(world: World) -> None:
    r = seen(ground(world), _district(world))
    assert [(one.received, one.capacity, one.load, one.waiting) for one in r.labs] == [
        (90, 100, 0.9, 38),
        (60, 100, 0.6, 8),
    ]
    assert (r.times.tubes, r.times.median, r.times.p90) == (100, 4.0, 6.0)
    assert (r.sites.total, r.sites.open, r.sites.silent) == (4, 4, 1)
    assert [one.number for one in r.sites.first] == [4, 3, 2, 1]
    assert r.sites.oldest == r.now - timedelta(minutes=80)


def _district(world: World) -> Place:
    with world.as_system() as w:
        return w.session.scalars(select(Place).where(Place.name_en == "Linjiang")).one()


def test_kept_sums_say_the_same_as_adding_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    here = ground(world)
    exact = seen(here, here.district)
    monkeypatch.setattr(sums, "AT_ONCE", 4)
    monkeypatch.setattr(summing, "AT_ONCE", 4)
    with world.as_system() as w:
        w.owe("sampling.sum_rounds", key="test:sums")
    world.run()
    kept = seen(here, here.district)
    assert kept.whole.summed_at is not None and kept.whole.grids == 8
    assert (kept.whole.sampled, list(kept.whole.hours)) == (exact.whole.sampled, list(exact.whole.hours))
    assert [(one.id, one.sum.due, list(one.sum.hours)) for one in kept.parts] == [
        (one.id, one.sum.due, list(one.sum.hours)) for one in exact.parts
    ]
    assert seen(here, here.district, here.towns[0].id).whole.summed_at is None, "four grids are added up"
    with world.as_system() as w:
        assert summing.sum_round(w, here.round_id) == len(w.session.scalars(select(RoundSum)).all()) == 7


def test_a_stranger_sees_nothing(world: World) -> None:
    here = ground(world)
    stranger = world.area(here.city, name_en="Elsewhere")
    viewer = world.actor("commander", stranger)
    with world.office.work(viewer, reading=True) as w:
        assert asking.current_round(w) is None
        with world.office.work(world.actor("commander", here.district), reading=True) as own:
            row = own.get(Round, here.round_id)
        with pytest.raises(Missing):
            asking.standing(w, row)
    assert scene(here, stranger) | {"line": {}, "map": {}} == {
        "known": False,
        **dict.fromkeys(("name", "more_labs", "more"), ""),
        **{name: [] for name in ("figures", "labs", "list", "facts")},
        "curve": None,
        "map": {},
        "line": {},
    }
    with pytest.raises(Missing):
        seen(here, here.towns[0], here.towns[1].id)


def test_the_wall_says_whether_it_ends_in_time_and_who_is_missing(sqlite_world: World) -> None:
    here = ground(sqlite_world)
    shown = scene(here, here.district)
    share, finish, left = shown["figures"]
    assert (share["value"], share["tone"], finish["tone"]) == ("36.4", "plain", "plain")
    assert share["note"] == "target 98%\n582 of 1,600 people\nan even pace: 16.7% by now"
    assert left["value"] == "1,018"
    assert shown["list"][0]["lead"] == "298 people" and "Community B1" in shown["list"][0]["text"]
    assert [one["signed"] for one in shown["labs"]] == ["90%", "60%"]
    assert (
        set(shown["map"]["classes"].values()) == {4} and shown["line"]["lead"] == "1 site silent (1 h 20 min)"
    )
    late = ground(sqlite_world, hours=3)
    figures = scene(late, late.district)["figures"]
    assert [one["tone"] for one in figures] == ["bad", "bad", "bad"], "its time is over"
    assert scene(late, late.district)["map"]["legend"][-1]["text"] == "≥99%"


def test_an_empty_round_shows_dashes(sqlite_world: World) -> None:
    here = ground(sqlite_world)
    with sqlite_world.as_system() as w:
        for one in w.session.scalars(select(RoundArea)):
            one.due = one.sampled = 0
    shown = scene(here, here.district)
    assert [one["value"] for one in shown["figures"]] == ["–", "–", "–"]
    assert shown["curve"] is None and shown["map"]["classes"] == {}
    page = sqlite_world.browser_as("commander", here.district, lang="en")
    answer = page.get(f"/sampling/rounds/{here.round_id}/board?lang=en")
    assert answer.status_code == 200 and "Nobody is due here" in answer.text


def test_the_page_its_map_and_the_hours(sqlite_world: World) -> None:
    here = ground(sqlite_world)
    page = sqlite_world.browser_as("commander", here.district, lang="zh")
    at = f"/sampling/rounds/{here.round_id}/board"
    assert "能否按时采完" in page.get(f"{at}?lang=zh").text
    found = page.get(f"{at}/areas.geojson?area={here.towns[0].id}").json["features"]
    grids = {one["id"]: one["properties"].get("class") for one in found}
    assert grids == {here.towns[0].id: None, **{one.id: 4 for one in here.grids[:4]}}
    elsewhere = sqlite_world.area(here.city)
    foreign = sqlite_world.browser_as("commander", elsewhere)
    assert [foreign.get(path).status_code for path in (at, f"{at}/areas.geojson", f"{at}/live")] == [404] * 3
    assert page.get(f"{at}?area={elsewhere.id}").status_code == 404
