"""Capacity as it is told: each number with its moment, what cannot be true refused, and the indicators K22 to K24."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from region.places.events import AreasLoaded
from region.places.models import Area, Place
from region.resources.actions import reporting
from region.resources.actions.reporting import Outcome
from region.resources.capacity import Told, kinds_of
from region.resources.queries import capacity, capacity_places
from region.resources.queries.capacity_places import AtPlace
from region.spine.errors import Forbidden, Invalid, Missing, Stale
from tests.world import START, World

ROOMS = "rooms.quarantine"


def tell(world: World, place: Place, kind: str = ROOMS, source: str = "portal", **numbers: Any) -> Outcome:
    """A place tells one kind."""
    with world.as_("clinic", place) as w:
        return reporting.report(w, place.id, [Told(kind=kind, **numbers)], source=source)


def known(world: World, place: Place, kind: str = ROOMS) -> AtPlace:
    """What stands of one kind at a place."""
    with world.as_("clinic", place) as w:
        return next(one for one in capacity_places.of_place(w, w.get(Place, place.id)) if one.kind == kind)


def values(world: World, place: Place, kind: str = ROOMS) -> tuple[int | None, ...]:
    """Total, ready, in use, broken."""
    return tuple(one.value for one in known(world, place, kind).numbers.values())


def people(world: World, area: Place, number: int) -> None:
    """So many people live in an area."""
    with world.as_system() as w:
        w.get(Area, area.id).population = number
        w.tell(AreasLoaded(load=0, digest="-", new=0, changed=1, refused=0, place=area.id))


def test_each_number_keeps_its_own_moment(world: World) -> None:
    hotel = world.site(world.area(), "quarantine_site")
    tell(world, hotel, total=160, ready=150, in_use=20)
    world.wait(hours=30)
    tell(world, hotel, in_use=41)
    numbers = known(world, hotel).numbers
    assert [one.value for one in numbers.values()] == [160, 150, 41, None]
    assert (numbers["total"].at, numbers["in_use"].at) == (START, START + timedelta(hours=30))
    assert [one.stale for one in numbers.values()] == [True, True, False, False]
    assert [entry.data["kinds"] for entry in world.journal("resources.CapacityReported")] == [[ROOMS]] * 2


def test_what_comes_late_goes_into_the_history_and_changes_nothing(world: World) -> None:
    hotel = world.site(world.area(), "quarantine_site")
    tell(world, hotel, total=160, in_use=41)
    late = tell(world, hotel, in_use=99, at=START - timedelta(hours=2))
    assert (late.changed, late.older) == ((), 1)
    assert values(world, hotel) == (160, None, 41, None)
    with world.as_("clinic", hotel) as w:
        told = [(row.at, row.in_use) for row in capacity_places.history(w, hotel.id, ROOMS)]
    assert told == [(START, 41), (START - timedelta(hours=2), 99)]


def test_the_same_report_again_is_one(world: World) -> None:
    hotel = world.site(world.area(), "quarantine_site")
    first, again = (tell(world, hotel, total=160, in_use=41, at=START) for _ in range(2))
    assert (first.changed, first.known, again.changed, again.known) == ((ROOMS,), 0, (), 1)
    assert len(world.journal("resources.CapacityReported")) == 1
    tell(world, hotel, in_use=14, at=START)  # a slip mended within the same moment
    tell(world, hotel, total=160, in_use=41, at=START)
    assert values(world, hotel) == (160, None, 14, None)


@pytest.mark.parametrize(
    ("numbers", "code", "field"),
    [
        ({"total": 10, "in_use": 8, "broken": 3}, "capacity-over-total", "in_use"),
        ({"total": 10, "ready": 11}, "capacity-ready-over-total", "ready"),
        ({"in_use": 101}, "capacity-over-total", "in_use"),
        ({"total": 39}, "capacity-over-total", "total"),
        ({}, "capacity-nothing", "total"),
        ({"in_use": 1, "at": START + timedelta(hours=1)}, "capacity-ahead", "at"),
    ],
)
def test_what_cannot_be_true_is_refused_by_kind_and_field(
    sqlite_world: World, numbers: dict[str, Any], code: str, field: str
) -> None:
    hotel = sqlite_world.site(sqlite_world.area(), "quarantine_site")
    tell(sqlite_world, hotel, total=100, in_use=40)
    with pytest.raises(Invalid) as refused:
        tell(sqlite_world, hotel, **numbers)
    assert (refused.value.code, refused.value.facts["kind"], refused.value.facts["field"]) == (
        code,
        ROOMS,
        field,
    )
    assert values(sqlite_world, hotel) == (100, None, 40, None)


def test_of_a_program_s_list_what_holds_is_kept_and_the_rest_named(sqlite_world: World) -> None:
    hospital = sqlite_world.site(sqlite_world.area(), "hospital")
    lines = [Told(kind="beds.icu", total=12, in_use=13), Told(kind="beds.sofa", total=1)]
    with sqlite_world.as_("clinic", hospital) as w:
        found = reporting.report_each(w, hospital.id, [*lines, Told(kind="beds.ward", total=9)], source="api")
    assert [(at, fault.code) for at, fault in found.refused] == [
        (0, "capacity-over-total"),
        (1, "no-such-capacity"),
    ]
    assert found.changed == ("beds.ward",) and values(sqlite_world, hospital, "beds.icu")[0] is None


def test_a_report_of_all_kinds_at_once_is_told(world: World) -> None:
    hospital = world.site(world.area(), "hospital")
    kinds = tuple(sorted(kinds_of(world.office.rules)))
    with world.as_("clinic", hospital) as w:
        reporting.report(w, hospital.id, [Told(kind=kind, total=3) for kind in kinds])
    (entry,) = world.journal("resources.CapacityReported")
    assert (entry.subject, tuple(entry.data["kinds"])) == (f"site:{hospital.id}", kinds)


def test_one_tap_says_that_nothing_changed(world: World) -> None:
    hotel = world.site(world.area(), "quarantine_site")
    tell(world, hotel, total=160, ready=150, in_use=41)
    world.wait(hours=30)
    seen = {ROOMS: known(world, hotel).version}
    with world.as_("clinic", hotel) as w:
        reporting.confirm(w, hotel.id, seen)
    numbers = known(world, hotel).numbers
    assert {one.at for one in numbers.values() if one.value is not None} == {START + timedelta(hours=30)}
    assert values(world, hotel) == (160, 150, 41, None)
    with pytest.raises(Stale), world.as_("clinic", hotel) as w:
        reporting.confirm(w, hotel.id, seen)


def test_another_s_place_is_not_reported_for(sqlite_world: World) -> None:
    area = sqlite_world.area()
    own, other = sqlite_world.clinic(area), sqlite_world.clinic(area)
    for place, role, fault in ((other, "clinic", Forbidden), (own, "epidemiologist", Forbidden)):
        with pytest.raises(fault), sqlite_world.as_(role, own) as w:
            reporting.report(w, place.id, [Told(kind="samplers", total=3)])
    with pytest.raises(Missing), sqlite_world.as_("clinic", own) as w:
        capacity.of_area(w, area.id)


def test_k22_occupancy_and_k23_rooms_for_ten_thousand(world: World) -> None:
    district = world.area()
    people(world, district, 360_000)
    sizes = (160, 140, 130, 120, 120, 110)
    sites = [world.site(district, "quarantine_site") for _ in sizes]
    for site, size in zip(sites, sizes, strict=True):
        tell(world, site, total=size, ready=size, in_use=size - 12 if size > 110 else 96)
    with world.as_("duty_officer", district) as w:
        day4 = capacity.indicators(w, district.id)
    assert (day4.occupancy.part, day4.occupancy.whole) == (706, 780)
    assert f"{day4.occupancy.share:.1%}" == "90.5%" and f"{day4.rooms_per_10k:.1f}" == "21.7"
    assert band(world, district) == "red"
    for site, opened in zip(sites[:2], (360, 360), strict=True):
        size = sizes[sites.index(site)]
        tell(world, site, total=size + opened, ready=size + opened, at=START + timedelta(minutes=1))
    tell(world, sites[0], in_use=520, at=START + timedelta(minutes=2))
    tell(world, sites[1], in_use=425, at=START + timedelta(minutes=2))
    with world.as_("duty_officer", district) as w:
        day8 = capacity.indicators(w, district.id).occupancy
    assert (day8.part, day8.whole, f"{day8.share:.1%}") == (1_375, 1_500, "91.7%")


def band(world: World, area: Place, kind: str = ROOMS) -> str:
    """How full a kind is in an area."""
    with world.as_("duty_officer", area) as w:
        return capacity.of_area(w, area.id)[kind].band


def test_k24_use_of_beds_by_type(world: World) -> None:
    district = world.area()
    people(world, district, 360_000)
    shelter, hospital = (world.site(district, type_) for type_ in ("shelter_hospital", "designated_hospital"))
    tell(world, shelter, "beds.shelter", total=200, ready=200, in_use=75)
    tell(world, hospital, "beds.isolation", total=120, ready=120, in_use=13, broken=0)
    with world.as_("duty_officer", district) as w:
        beds = capacity.indicators(w, district.id).beds
    assert f"{beds['beds.shelter'].share:.1%}" == "37.5%"
    assert f"{beds['beds.isolation'].share:.1%}" == "10.8%"
    assert beds["beds.icu"].share is None  # asked for and never told: a dash


def test_a_stale_number_is_counted_as_stale_and_never_as_fresh(world: World) -> None:
    district = world.area()
    people(world, district, 10_000)
    silent, awake = (world.site(district, "quarantine_site") for _ in range(2))
    world.site(district, "quarantine_site")  # never told anything
    tell(world, silent, total=100, ready=100, in_use=0)
    world.wait(hours=25)
    tell(world, awake, total=50, ready=50, in_use=45)
    with world.as_("duty_officer", district) as w:
        rooms = capacity.of_area(w, district.id)[ROOMS]
        found = capacity.indicators(w, district.id)
    ready = rooms.numbers["ready"]
    assert (ready.value, ready.stale, ready.fresh, rooms.free.value, rooms.free.fresh) == (
        150,
        100,
        50,
        105,
        5,
    )
    assert (rooms.places, rooms.stale, rooms.missing, rooms.oldest) == (2, 1, 1, START)
    assert (found.occupancy.part, found.occupancy.whole, found.occupancy.left_out) == (45, 50, 1)
    assert (found.rooms_per_10k, found.rooms_left_out, rooms.band) == (50.0, 2, "red")
    world.wait(hours=25)
    with world.as_("duty_officer", district) as w:
        found = capacity.indicators(w, district.id)
    assert (found.occupancy.share, found.rooms_per_10k) == (None, None)
    assert band(world, district) == "unknown"


def test_a_laboratory_is_measured_by_its_load(sqlite_world: World) -> None:
    district = sqlite_world.area()
    lab = sqlite_world.site(district, "laboratory")
    seen = []
    for number, tubes in enumerate((31_000, 33_000, 38_000)):
        at = START + timedelta(seconds=number)
        tell(
            sqlite_world,
            lab,
            "lab.tubes_per_day",
            total=38_000,
            ready=38_000 - (tubes == 38_000),
            in_use=tubes,
            at=at,
        )
        seen.append(band(sqlite_world, district, "lab.tubes_per_day"))
    assert seen == ["green", "amber", "red"]


def test_places_of_a_kind_come_by_what_they_have_to_spare(sqlite_world: World) -> None:
    district = sqlite_world.area()
    sites = [sqlite_world.site(district, "quarantine_site") for _ in range(4)]
    for site, in_use in zip(sites, (30, 10, 20, None), strict=True):
        tell(sqlite_world, site, total=40, ready=40, in_use=in_use)
    with sqlite_world.as_("duty_officer", district) as w:
        rows = capacity_places.of_kind(w, district.id, ROOMS)
        after = capacity_places.cursor(rows[1][1])
        rest = capacity_places.of_kind(w, district.id, ROOMS, after=after)
        stale = capacity_places.of_kind(w, district.id, ROOMS, stale_only=True)
    assert [one.free for _place, one in rows] == [30, 20, 10, None]
    assert [one.free for _place, one in rest] == [10, None] and stale == []
