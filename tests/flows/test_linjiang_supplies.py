"""Ten days of Linjiang's masks and tubes, movement by movement: stock and days of supply at each midnight."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from sqlalchemy import select

from region.places.models import Place
from region.resources.actions import handing, keeping, requesting, transferring
from region.resources.actions.requesting import Asked, Given
from region.resources.burn import shown
from region.resources.models import AreaSupply, SupplyRequest, Transfer
from tests.region.resources.store import receive, uid, unbalanced
from tests.world import World

MASKS, TUBES = "n95", "tube_10"
MASKS_USED = (2_400, 6_800, 8_200, 9_100, 9_400, 9_000, 8_200, 7_200, 5_500, 3_900)
TUBES_USED = (0, 34_760, 34_340, 34_475, 34_500, 34_515, 34_520, 34_525, 34_530, 0)
MASK_STOCK = (57_600, 50_800, 42_600, 33_500, 144_100, 135_100, 126_900, 119_700, 114_200, 110_300)
TUBE_STOCK = (150_000, 115_240, 80_900, 46_425, 211_925, 177_410, 142_890, 108_365, 73_835, 73_835)
MASK_DAYS = (None, 11.0, 7.3, 4.2, 16.2, 14.7, 14.3, 14.7, 16.4, 19.9)
TUBE_DAYS = {3: 2.34, 4: 1.34, 5: 6.15}
"""The scenario's truth table: units, and days as the wall shows them; None is a dash (one day of data)."""
NEEDED = {MASKS: 120_000, TUBES: 200_000}


class Linjiang(NamedTuple):
    """The city's store, the district's, and the three places that use what it holds."""

    city: Place
    city_store: Place
    district: Place
    users: list[Place]


@pytest.fixture
def linjiang(world: World) -> Linjiang:
    """D1 at midnight: 60,000 masks and 150,000 tubes stand in four places of the district."""
    world.clock.at = midnight(world, 1)
    city = world.area(level="city")
    city_store, district = world.site(city, "warehouse"), world.area(city, level="district")
    users = [world.site(district, "warehouse"), *(world.clinic(district) for _ in range(3))]
    receive(world, city_store, MASKS, 500_000)
    receive(world, city_store, TUBES, 500_000)
    for place in users:
        receive(world, place, MASKS, 15_000)
        receive(world, place, TUBES, 37_500)
    return Linjiang(city, city_store, district, users)


def midnight(world: World, day: int) -> datetime:
    """The beginning of a day of the scenario; D1 is 2022-08-01."""
    zone = world.office.clock.zone
    return datetime(2022, 8, 1, tzinfo=zone).astimezone(UTC) + timedelta(days=day - 1)


def shares(total: int, places: int) -> list[int]:
    """Whole parts of a total that are as equal as they can be."""
    part, rest = divmod(total, places)
    return [part + (n < rest) for n in range(places)]


def use(world: World, users: list[Place], item: str, total: int) -> None:
    """What a day took, in each place its part."""
    for place, part in zip(users, shares(total, len(users)), strict=True):
        if part:
            with world.as_("storekeeper", place) as w:
                keeping.issue(w, place.id, item, part, uid=uid())


def ask(world: World, there: Linjiang, item: str) -> list[int]:
    """Every place asks for its part of what the district needs; the city accepts and draws up the transfers."""
    made = []
    for place, part in zip(there.users, shares(NEEDED[item], len(there.users)), strict=True):
        with world.as_("storekeeper", place) as w:
            answer = there.city.id
            request = requesting.ask(w, place.id, [Asked(item, part)], uid=uid(), answer_place=answer)
        with world.as_("planner", there.city) as w:
            row = w.get(SupplyRequest, request.id)
            requesting.accept(w, row)
            made += requesting.requisition(w, row, [Given(there.city_store.id, {item: part})], uid=uid())
    return [one.id for one in made]


def send(world: World, there: Linjiang, transfers: list[int]) -> None:
    """The city's store commits itself and signs that the goods have left."""
    for id in transfers:
        with world.as_("storekeeper", there.city_store, "city keeper") as w:
            transferring.set_aside(w, w.get(Transfer, id))
            handing.ship(w, w.get(Transfer, id), carrier="T1")


def sign_for(world: World, there: Linjiang, transfers: list[int]) -> None:
    """Each place signs for all that came."""
    for id, place in zip(transfers, there.users, strict=True):
        with world.as_("storekeeper", place) as w:
            handing.receive(w, w.get(Transfer, id))


def reckon(world: World) -> None:
    """The minute's reckoning, and with it the night's where a day is over."""
    with world.as_system() as w:
        w.owe("resources.reckon", key=f"minute:{w.now.isoformat()}")
    world.run()


def supplies(world: World, area: Place) -> Mapping[str, AreaSupply]:
    """What the wall reads of an area."""
    reckon(world)
    with world.as_system() as w:
        rows = w.session.scalars(select(AreaSupply).where(AreaSupply.place_id == area.id)).all()
        return {row.item: row for row in rows}


def test_ten_days_of_masks_and_tubes_are_those_of_the_truth_table(world: World, linjiang: Linjiang) -> None:
    coming: list[int] = []
    for day in range(1, 11):
        world.clock.at = midnight(world, day) + timedelta(hours=10)
        if day == 5:
            sign_for(world, linjiang, coming[:4])
            sign_for(world, linjiang, coming[4:])
        world.clock.at = midnight(world, day) + timedelta(hours=20)
        use(world, linjiang.users, MASKS, MASKS_USED[day - 1])
        use(world, linjiang.users, TUBES, TUBES_USED[day - 1])
        if day in (3, 4):
            coming += ask(world, linjiang, TUBES if day == 3 else MASKS)
            send(world, linjiang, coming[-4:])
        world.clock.at = midnight(world, day + 1) + timedelta(seconds=30)
        found = supplies(world, linjiang.district)
        assert (found[MASKS].on_hand, found[TUBES].on_hand) == (MASK_STOCK[day - 1], TUBE_STOCK[day - 1]), day
        assert shown(found[MASKS].days) == MASK_DAYS[day - 1], day
        if day in TUBE_DAYS:
            assert shown(found[TUBES].days, 2) == TUBE_DAYS[day], day
    assert (found[MASKS].band, found[MASKS].known, found[MASKS].places) == ("green", 4, 4)
    assert unbalanced(world) == []


def test_what_is_on_its_way_is_nobodys_stock_and_not_lost(world: World, linjiang: Linjiang) -> None:
    transfers = ask(world, linjiang, TUBES)
    send(world, linjiang, transfers)
    district = supplies(world, linjiang.district)
    world.wait(seconds=1)
    city = supplies(world, linjiang.city)
    assert (district[TUBES].on_hand, district[TUBES].coming) == (150_000, 200_000)
    assert city[TUBES].on_hand == 150_000 + 300_000  # and 200,000 on the road
    sign_for(world, linjiang, transfers)
    world.wait(seconds=1)
    district = supplies(world, linjiang.district)
    assert (district[TUBES].on_hand, district[TUBES].coming) == (350_000, 0)
