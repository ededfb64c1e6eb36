"""Burn, days of supply and the sums of areas, reckoned on a clock from real movements.

A rate that is divided by days of silence, or blown up by an entry made late, sends masks to the wrong place. An
area that says 40 days while nobody knows what its places use is worse than one that says that it does not know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from region.places.models import Place
from region.resources.actions import reckoning
from region.resources.burn import shown
from region.resources.models import AreaSupply, Shelf
from region.spine.journal import Entry
from tests.region.resources.store import issue, receive, shelf, uid
from tests.world import World


@dataclass
class Ground:
    """A city with a district of two sub-districts, a clinic in each, and the district's warehouse."""

    world: World
    city: Place
    district: Place
    towns: list[Place]
    clinics: list[Place]
    warehouse: Place

    def day(self, *used: tuple[Place, int]) -> None:
        """One day on which these places used so many masks, and the night after it."""
        for place, number in used:
            issue(self.world, place, "n95", number)
        self.night()

    def night(self) -> None:
        """A night passes, with its reckoning."""
        self.world.wait(days=1)
        self.reckon()

    def reckon(self) -> None:
        """What falls due in this minute."""
        with self.world.as_system() as w:
            w.owe("resources.reckon", key=f"test:{uid()}")
        self.world.run()

    def area(self, place: Place, item: str = "n95") -> AreaSupply:
        with self.world.as_system() as w:
            wanted = select(AreaSupply).where(AreaSupply.place_id == place.id, AreaSupply.item == item)
            return w.session.scalars(wanted).one()

    def told(self, event: str) -> list[Any]:
        return [one.data for one in self.world.journal(f"resources.{event}")]


@pytest.fixture
def ground(world: World) -> Ground:
    city = world.area(level="city")
    district = world.area(city)
    towns = [world.area(district, level="subdistrict") for _ in range(2)]
    clinics = [world.clinic(town) for town in towns]
    made = Ground(world, city, district, towns, clinics, world.site(district, "warehouse"))
    world.wait(hours=-8)  # one in the morning of the region's day
    for clinic in clinics:
        receive(world, clinic, "n95", 1000)
    return made


def both(ground: Ground, number: int) -> Sequence[tuple[Place, int]]:
    return [(clinic, number) for clinic in ground.clinics]


def test_at_14_days_of_supply_with_one_day_of_data_shows_a_dash(ground: Ground) -> None:
    ground.day(*both(ground, 100))
    one, area = shelf(ground.world, ground.clinics[0], "n95"), ground.area(ground.district)
    assert (one.burn, one.days, one.why, one.band, one.last_used) == (
        None,
        None,
        "one_day",
        "unknown",
        date(2022, 8, 1),
    )
    assert (area.days, area.band, area.known, area.places, area.usable) == (None, "unknown", 0, 2, 1800)
    assert shown(area.days) is None  # which a screen prints as a dash
    ground.day(*both(ground, 200))
    one, area = shelf(ground.world, ground.clinics[0], "n95"), ground.area(ground.district)
    assert (one.burn, one.days, one.why) == (150, 700 / 150, "known")
    assert (area.burn, area.days, area.band, area.known) == (300, 1400 / 300, "red", 2)


def test_a_day_that_has_only_begun_is_no_day_of_use(ground: Ground) -> None:
    ground.day(*both(ground, 100))
    ground.day(*both(ground, 100))
    issue(ground.world, ground.clinics[0], "n95", 10)
    ground.reckon()
    one = shelf(ground.world, ground.clinics[0], "n95")
    assert (one.burn, one.burn_days, one.days, one.stale) == (100, 2, 7.9, False)


def test_a_silent_site_s_burn_turns_unknown_with_its_age(ground: Ground) -> None:
    quiet, other = ground.clinics
    for _ in range(3):
        ground.day((quiet, 50), (other, 50))
    for _ in range(3):
        ground.day((other, 50))
    assert shelf(ground.world, quiet, "n95").burn == 50
    ground.day((other, 50))
    one = shelf(ground.world, quiet, "n95")
    assert (one.burn, one.days, one.why, one.band) == (None, None, "silent", "unknown")
    assert one.last_used == date(2022, 8, 3)
    area = ground.area(ground.district)
    assert (area.known, area.places, area.unknown) == (1, 2, 1)
    assert area.oldest_told is not None and area.oldest_told.date() == date(2022, 8, 2)
    ground.world.wait(days=40)  # so long that its days are not looked at any more
    ground.reckon()
    one = shelf(ground.world, quiet, "n95")
    assert (one.why, one.last_used, one.recent) == ("silent", date(2022, 8, 3), None)


def test_a_late_bulk_entry_does_not_inflate_the_rate(ground: Ground) -> None:
    late, other = ground.clinics
    for _ in range(3):
        ground.day((late, 40), (other, 40))
    for _ in range(4):
        ground.day((other, 40))
    ground.day((late, 200), (other, 40))
    one, area = shelf(ground.world, late, "n95"), ground.area(ground.district)
    assert (one.burn, one.burn_days, one.why) == (40, 3, "known")
    assert area.burn == pytest.approx(80)


def test_what_is_told_days_later_counts_on_the_day_it_happened(ground: Ground) -> None:
    world, clinic = ground.world, ground.clinics[0]
    ground.day(*both(ground, 100))
    ground.day((ground.clinics[1], 100))
    assert shelf(world, clinic, "n95").burn is None
    issue(world, clinic, "n95", 60, at=world.clock.at - timedelta(days=1))
    assert shelf(world, clinic, "n95").stale
    ground.reckon()
    assert shelf(world, clinic, "n95").burn == 80
    assert ground.area(ground.district).burn == pytest.approx((200 + 160) / 2)


def test_an_area_lasts_as_its_whole_stock_over_its_whole_use(ground: Ground) -> None:
    first, second = ground.clinics
    receive(ground.world, ground.warehouse, "n95", 10_000)
    ground.day((first, 100), (second, 10))
    ground.day((first, 100))
    ground.day((first, 100), (second, 20))
    area, town = ground.area(ground.city), ground.area(ground.towns[0])
    assert (area.on_hand, area.usable, area.places, area.known) == (11_670, 11_670, 3, 2)
    # The days of the area are 110, 100 and 120, though the second clinic used 15 on each day on which it used any.
    assert (area.burn, area.days) == (110, pytest.approx(11_670 / 110))
    assert (area.first_place_id, area.first_days) == (first.id, 7.0)
    assert (area.amber, area.green, area.unknown, area.red) == (1, 1, 1, 0)
    assert (town.usable, town.days, town.band) == (700, 7.0, "amber")
    with ground.world.as_system() as w:
        rows = w.session.scalars(select(AreaSupply.place_id)).all()
    assert set(rows) == {ground.city.id, ground.district.id, *(town.id for town in ground.towns)}


def test_a_band_is_told_when_it_changes_and_not_again(ground: Ground) -> None:
    for _ in range(2):
        ground.day(*both(ground, 100))
    changed = ground.told("BandChanged")
    assert len(changed) == 4 and {(one["before"], one["after"]) for one in changed} == {("unknown", "amber")}
    reckoned = len(ground.told("SuppliesReckoned"))
    for _ in range(3):
        ground.world.wait(minutes=1)
        ground.reckon()
    assert len(ground.told("BandChanged")) == 4
    assert len(ground.told("SuppliesReckoned")) == reckoned
    issue(ground.world, ground.clinics[0], "n95", 300)
    ground.reckon()
    assert [(one["after"], one["days"]) for one in ground.told("BandChanged")[4:]] == [
        ("red", 6.5),
        ("red", 6.5),
        ("red", 5.0),
    ]
    assert len(ground.told("SuppliesReckoned")) == reckoned + 1


def test_what_expires_overnight_may_not_be_used_in_the_morning(ground: Ground) -> None:
    world, clinic = ground.world, ground.clinics[0]
    receive(world, clinic, "n95", 500, "A", date(2022, 8, 2))
    receive(world, clinic, "n95", 200, "B", date(2022, 8, 20))
    ground.reckon()
    one = shelf(world, clinic, "n95")
    assert (one.usable, one.expired, one.near_expiry, one.first_expiry) == (1700, 0, 700, date(2022, 8, 2))
    ground.night()
    assert shelf(world, clinic, "n95").usable == 1700
    ground.night()
    one, area = shelf(world, clinic, "n95"), ground.area(ground.towns[0])
    assert (one.usable, one.expired, one.near_expiry) == (1200, 500, 200)
    assert (area.usable, area.expired, area.near_expiry, area.on_hand) == (1200, 500, 200, 1700)


def test_the_night_run_twice_changes_nothing(ground: Ground) -> None:
    for _ in range(2):
        ground.day(*both(ground, 100))

    def everything() -> list[Any]:
        with ground.world.as_system() as w:
            tables = [Shelf.__table__, AreaSupply.__table__, Entry.__table__]
            return [w.session.execute(select(table)).all() for table in tables]

    before = everything()
    ground.world.wait(minutes=5)
    with ground.world.as_system() as w:
        reckoning.reckon_items(w, ["n95"])
    assert everything() == before


def test_many_shelves_are_reckoned_a_part_at_a_time(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reckoning.reckon_stale, "__defaults__", (1,))
    ground.reckon()
    with ground.world.as_system() as w:
        assert not w.session.scalars(select(Shelf).where(Shelf.stale)).all()
        assert reckoning.parts_of_night(w, most=1) == [["n95"]]
    assert ground.area(ground.city).places == 2


def test_oxygen_is_red_by_the_hour(sqlite_world: World) -> None:
    district = sqlite_world.area()
    made = Ground(sqlite_world, district, district, [district], [sqlite_world.clinic(district)], district)
    receive(sqlite_world, made.clinics[0], "oxygen_cylinder", 100)
    for used in (30, 30, 25):
        issue(sqlite_world, made.clinics[0], "oxygen_cylinder", used)
        made.night()
    one = shelf(sqlite_world, made.clinics[0], "oxygen_cylinder")
    assert (one.days, one.band) == (pytest.approx(15 / (85 / 3)), "amber")  # 12.7 hours
    issue(sqlite_world, made.clinics[0], "oxygen_cylinder", 10)
    assert shelf(sqlite_world, made.clinics[0], "oxygen_cylinder").band == "red"  # 4.2 hours
