"""The wall's supplies scene, from real movements: what runs out first, what is unknown, what is on the road, to whom.

A wall that shows 0 for what nobody knows, or 40 days for what one site of twenty has told, sends a truck to the
wrong door. Nobody stands behind a wall to explain it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from region.board.queries.snapshot import difference, snapshot
from region.places.models import Place
from region.resources.actions import handing, transferring
from region.resources.actions.transferring import Ordered
from region.resources.models import Transfer
from tests.region.resources.store import issue, receive, uid
from tests.world import World


@dataclass
class Ground:
    """A district with two sub-districts, a clinic in each, its warehouse, and another district beside it."""

    world: World
    district: Place
    towns: list[Place]
    clinics: list[Place]
    store: Place
    elsewhere: Place

    def days(self, number: int, item: str = "n95", *used: int) -> None:
        """So many days on which each clinic used so much, each with its night."""
        for _ in range(number):
            for clinic, units in zip(self.clinics, used, strict=False):
                if units:
                    issue(self.world, clinic, item, units)
            self.world.wait(days=1)
            self.reckon()

    def reckon(self) -> None:
        with self.world.as_system() as w:
            w.owe("resources.reckon", key=f"test:{uid()}")
        self.world.run()

    def send(self, taker: Place, units: int, ship: bool = True) -> int:
        """The district orders its warehouse to give masks."""
        said: dict[str, Any] = {"giver": self.store.id, "taker": taker.id, "kind": "requisition"}
        with self.world.as_("duty_officer", self.district) as w:
            lines = [Ordered("n95", units)]
            made = transferring.order(w, lines=lines, ordered_for=self.district.id, uid=uid(), **said).id
        if ship:
            with self.world.as_("storekeeper", self.store) as w:
                transferring.set_aside(w, w.get(Transfer, made))
                handing.ship(w, w.get(Transfer, made))
        return made

    def shown(self, lang: str = "en", place: Place | None = None) -> dict[str, Any]:
        viewer = self.world.actor("wall_display", place or self.district)
        with self.world.office.work(viewer, reading=True) as w:
            scene: dict[str, Any] = snapshot(w, lang)["supplies"]
            return scene

    def figure(self, code: str, lang: str = "en") -> dict[str, Any]:
        figures: list[dict[str, Any]] = self.shown(lang)["figures"]
        return next(one for one in figures if one["key"] == code)


@pytest.fixture
def world(sqlite_world: World) -> World:
    """Screens have no SQL of their own: one database is enough."""
    return sqlite_world


@pytest.fixture
def ground(world: World) -> Ground:
    city = world.area(level="city")
    district = world.area(city, name_en="Linjiang", name_zh="临江区")
    towns = [
        world.area(district, level="subdistrict", name_en=f"{name} Town", name_zh=zh)
        for name, zh in (("Nanping", "南屏镇"), ("Beipo", "北坡镇"))
    ]
    clinics = [
        world.clinic(town, name_en=f"Clinic {n}", name_zh=f"{n} 号站", lon=121.1 + n / 10, lat=31.2)
        for n, town in enumerate(towns)
    ]
    store = world.site(district, "warehouse", name_en="Store", name_zh="总仓", lon=121.0, lat=31.0)
    return Ground(world, district, towns, clinics, store, world.area(city, name_en="Elsewhere"))


def stocked(ground: Ground) -> None:
    """Two days: the first clinic has 2 days left of its masks, the second 16."""
    world = ground.world
    world.wait(hours=-8)
    for clinic, masks in zip(ground.clinics, (400, 1800), strict=True):
        receive(world, clinic, "n95", masks)
    ground.days(2, "n95", 100, 100)


def test_a_figure_says_how_long_it_lasts_against_its_target_and_what_that_rests_on(ground: Ground) -> None:
    stocked(ground)
    masks = ground.figure("n95")
    assert (masks["name"], masks["value"], masks["unit"]) == ("Medical protective mask", "9", "days")
    assert (masks["tone"], masks["mark"]) == ("watch", "watch")
    assert masks["note"] == "target 14 days\n1,800 pcs · 200/day\n2 of 2 places known"
    assert masks["at"] == "01:00"
    chinese = ground.figure("n95", "zh")
    assert (chinese["name"], chinese["unit"]) == ("医用防护口罩", "天")
    assert chinese["note"] == "目标 14 天\n1,800 只 · 日耗 200\n2 处中 2 处消耗已知"


def test_what_nobody_knows_is_a_dash_and_never_a_nought(ground: Ground) -> None:
    assert ground.shown()["figures"] == []
    assert not ground.shown()["known"]
    receive(ground.world, ground.clinics[0], "n95", 500)
    ground.days(1, "n95", 30)
    masks = ground.figure("n95")
    assert (masks["value"], masks["unit"], masks["tone"], masks["mark"]) == ("–", "", "plain", "none")
    assert masks["note"] == "target 14 days\n470 pcs · daily use unknown\n0 of 1 places known"
    scene = ground.shown()
    assert scene["known"]
    assert scene["list"] == []
    assert set(scene["map"]["classes"].values()) == {0}, "an outline, and no colour"


def test_the_map_is_coloured_by_the_worst_item_at_thresholds_that_mean_something(ground: Ground) -> None:
    stocked(ground)
    shown = ground.shown()["map"]
    assert shown["title"] == "Days of supply: Medical protective mask"
    assert shown["classes"] == {str(ground.towns[0].id): 1, str(ground.towns[1].id): 3}
    assert [(one["key"], one["text"]) for one in shown["legend"]] == [
        (1, "<7"),
        (2, "7–14"),
        (3, "14–30"),
        (4, "≥30 days"),
    ]


def test_what_runs_out_within_hours_is_told_in_hours(ground: Ground) -> None:
    ground.world.wait(hours=-8)
    receive(ground.world, ground.clinics[0], "oxygen_cylinder", 27)
    ground.days(2, "oxygen_cylinder", 10)
    oxygen = ground.figure("oxygen_cylinder")
    assert (oxygen["value"], oxygen["unit"], oxygen["tone"]) == ("16", "h", "watch")
    scene = ground.shown()
    assert scene["map"]["title"] == "Hours of supply: Oxygen cylinder"
    assert [one["text"] for one in scene["map"]["legend"]] == ["<8", "8–24", "≥24 h"]
    assert scene["map"]["classes"] == {str(ground.towns[0].id): 2}
    (line,) = scene["list"]
    assert f"{line['lead']} {line['text']}" == "Clinic 0 oxygen cylinder gone in 16 h"


def test_in_an_event_tubes_are_held_against_their_own_target(ground: Ground) -> None:
    ground.world.wait(hours=-8)
    receive(ground.world, ground.clinics[0], "tube_10", 800)
    ground.days(2, "tube_10", 100)
    quiet = ground.figure("tube_10")
    assert (quiet["value"], quiet["tone"]) == ("6", "bad")
    assert quiet["note"].startswith("target 14 days")
    ground.world.incident(ground.district)
    burning = ground.figure("tube_10")
    assert burning["tone"] == "plain"
    assert burning["note"].startswith("target 5 days")


def test_the_sentence_says_where_when_and_what_is_coming(ground: Ground) -> None:
    stocked(ground)
    first, second = ground.shown()["list"]
    assert f"{first['lead']} {first['text']}" == "Clinic 0 medical protective mask gone in 2 days"
    assert first["note"].startswith("none on its way · 200 pcs left · told Tue 2 Aug ")
    assert (first["tone"], second["tone"]) == ("bad", "plain")
    receive(ground.world, ground.store, "n95", 5000)
    ground.send(ground.clinics[0], 2000)
    (first, *_) = ground.shown()["list"]
    assert first["note"].startswith("2,000 coming by ")
    assert ground.shown("zh")["list"][0]["note"].startswith("2,000 在途")


def test_a_late_transfer_turns_red_in_every_place_where_it_is_shown(ground: Ground) -> None:
    stocked(ground)
    receive(ground.world, ground.store, "n95", 5000)
    ground.send(ground.clinics[0], 2000)
    ground.send(ground.clinics[1], 100, ship=False)
    before = ground.shown()["road"]
    assert before["counts"] == {"late": "0", "under_way": "1", "planned": "1"}
    assert (before["line"]["lead"], before["line"]["text"]) == ("1 transfer on its way", "none late")
    assert before["line"]["note"].startswith("next 2,000 pcs of medical protective mask to Clinic 0 by ")
    assert before["line"]["note"].endswith("1 yet to be sent")
    ground.world.wait(hours=24, minutes=1)
    ground.world.run()
    scene = ground.shown()
    road = scene["road"]
    assert (road["counts"]["late"], road["counts"]["under_way"]) == ("1", "0")
    assert (road["line"]["tone"], road["line"]["text"]) == ("bad", "1 late")
    assert "2,000 pcs of medical protective mask to Clinic 0: " in road["line"]["note"]
    assert road["arrows"] != before["arrows"], "the map must fetch its arrows again"
    assert scene["list"][0]["note"].startswith("2,000 coming, late")


def test_arrows_run_from_giver_to_taker_by_state(ground: Ground) -> None:
    receive(ground.world, ground.store, "n95", 50_000)
    ground.send(ground.clinics[0], 20_000)
    ground.send(ground.clinics[1], 10, ship=False)
    client = ground.world.browser_as("wall_display", ground.district, lang="en")
    first, second = client.get("/board/moves.geojson").json["features"]
    assert first["geometry"]["coordinates"] == [[121.0, 31.0], [121.1, 31.2]]
    assert (first["properties"]["state"], first["properties"]["breadth"]) == ("under_way", 4)
    assert first["properties"]["name"] == "Store → Clinic 0"
    assert (second["properties"]["state"], second["properties"]["breadth"]) == ("planned", 1)


def test_near_expiry_and_the_oldest_number_are_named(ground: Ground) -> None:
    world = ground.world
    today = world.office.clock.day(world.clock.at)
    world.wait(hours=-8)
    receive(world, ground.clinics[0], "n95", 300, "A", today + timedelta(days=60))
    receive(world, ground.clinics[1], "n95", 700, "B", today + timedelta(days=900))
    ground.days(2, "n95", 0, 10)
    near, silent = ground.shown()["facts"]
    assert (near["value"], near["unit"], near["tone"]) == ("300", "pcs", "watch")
    assert near["note"] == "Medical protective mask: of 980 usable"
    assert silent["value"] == "2 d"
    assert (silent["tone"], silent["note"]) == (
        "watch",
        "Clinic 0 · Medical protective mask · target 1 d 12 h",
    )


def test_a_district_shows_its_own_and_no_other(ground: Ground) -> None:
    stocked(ground)
    own = ground.shown(place=ground.towns[1])
    assert own["figures"][0]["value"] == "16"
    assert own["map"]["classes"] == {str(ground.towns[1].id): 3}
    assert "Clinic 0" not in json.dumps(own)
    nothing = ground.shown(place=ground.elsewhere)
    assert (nothing["known"], nothing["figures"], nothing["list"]) == (False, [], [])
    assert nothing["map"]["classes"] == {}


def test_both_languages_are_complete(ground: Ground) -> None:
    stocked(ground)
    receive(ground.world, ground.store, "n95", 5000)
    ground.send(ground.clinics[0], 2000)
    scene = ground.shown("zh")
    parts = [*scene["figures"], *scene["list"], *scene["facts"], scene["road"]["line"]]
    said = [one[name] for one in parts for name in ("name", "note", "lead", "text") if one.get(name)]
    said += [scene["map"]["title"], *(one["text"] for one in scene["map"]["legend"][-1:])]
    assert not [text for text in said if text.isascii()]


def test_the_part_is_patched_when_stock_moves_and_only_then(ground: Ground) -> None:
    stocked(ground)
    viewer = ground.world.actor("wall_display", ground.district)
    with ground.world.office.work(viewer, reading=True) as w:
        before = snapshot(w, "en")
    issue(ground.world, ground.clinics[0], "n95", 100)
    ground.reckon()
    with ground.world.office.work(viewer, reading=True) as w:
        after, again = snapshot(w, "en"), snapshot(w, "en")
    assert difference(before, after)["supplies"]["figures"][0]["value"] == "8.5"
    assert "supplies" not in difference(after, again)
