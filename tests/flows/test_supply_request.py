"""The third day: tubes for two days and a third; the city gives 200,000, and they come in 38 hours (DOMAIN 11.3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from region.places.models import Place
from region.resources.actions import handing, reckoning, requesting, transferring
from region.resources.actions.requesting import Asked, Given
from region.resources.models import Shelf, SupplyRequest, Transfer
from region.resources.queries import requests
from tests.region.resources.store import issue, receive, shelf, unbalanced
from tests.world import World

TUBES = "tube_10"
ZONE = ZoneInfo("Asia/Shanghai")


def at(world: World, day: int, hour: int) -> None:
    """Move the clock to an hour of a day of the story (D1 is 1 August) and do what is owed until then."""
    world.clock.at = datetime(2022, 8, day, hour, tzinfo=ZONE)
    world.run()


def reckoned(world: World, store: Place) -> Shelf:
    """The shelf of tubes after the burn was reckoned."""
    with world.as_system() as w:
        reckoning.reckon_stale(w)
    return shelf(world, store, TUBES)


def asked(world: World, store: Place) -> int:
    """The warehouse asks the city for what its days do not last."""
    with world.as_("storekeeper", store) as w:
        due = w.now + timedelta(hours=38)
        return requesting.ask(w, store.id, [Asked(TUBES, 200_000)], uid="tubes-d3", needed_by=due).id


def drawn_up(world: World, city: Place, request: int, giver: Place) -> int:
    """The city accepts it whole and orders it from its own warehouse."""
    with world.as_("duty_officer", city) as w:
        row = w.get(SupplyRequest, request)
        requesting.accept(w, row)
        return requesting.requisition(w, row, [Given(giver.id, {TUBES: 200_000})], uid="tubes-d3")[0].id


def sign(world: World, place: Place, action: Any, transfer: int) -> None:
    """One of the two stores signs."""
    with world.as_("storekeeper", place) as w:
        action(w, w.get(Transfer, transfer))


def two_days_of_use(world: World, reserve: Place, store: Place) -> None:
    """What both stores hold at first, and what the second and third day use up."""
    receive(world, reserve, TUBES, 500_000)
    receive(world, store, TUBES, 150_000)
    for day, used in ((2, 34_760), (3, 34_340)):
        at(world, day, 18)
        issue(world, store, TUBES, used)


def check_met(world: World, city: Place, request: int) -> None:
    """The city sees one request, met whole in 38 hours."""
    with world.as_("duty_officer", city) as w:
        met = requests.met(w)
        found = (met.requests, met.share, met.by_item, met.median)
        assert found == (1, 1.0, {TUBES: 1.0}, timedelta(hours=38))
        assert w.get(SupplyRequest, request).state == "fulfilled"


def test_tubes_that_last_two_days_and_a_third_are_asked_for_and_come_in_38_hours(world: World) -> None:
    city = world.area(level="city", name_en="Yunchuan City")
    reserve = world.site(city, "warehouse")
    store = world.site(world.area(city, name_en="Linjiang District"), "warehouse")
    two_days_of_use(world, reserve, store)
    at(world, 3, 20)
    request = asked(world, store)
    at(world, 3, 22)
    transfer = drawn_up(world, city, request, reserve)
    at(world, 4, 0)  # the day is over, and its use counts
    sign(world, reserve, transferring.set_aside, transfer)
    found = reckoned(world, store)
    assert (found.on_hand, round(found.days or 0, 2), found.band) == (80_900, 2.34, "red")
    at(world, 4, 11)
    sign(world, reserve, handing.ship, transfer)
    assert shelf(world, store, TUBES).coming == 200_000
    at(world, 4, 18)
    issue(world, store, TUBES, 34_475)
    at(world, 5, 10)
    sign(world, store, handing.receive, transfer)
    world.run()
    check_met(world, city, request)
    at(world, 5, 18)
    issue(world, store, TUBES, 34_500)
    at(world, 6, 0)
    found = reckoned(world, store)
    assert (found.on_hand, found.coming, round(found.days or 0, 2)) == (211_925, 0, 6.15)
    assert not [line for line in world.journal() if line.event.endswith("Late")]
    assert unbalanced(world) == []
