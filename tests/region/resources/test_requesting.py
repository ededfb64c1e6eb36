"""Requests: who is asked, what is approved and promised, how they end, and who is late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from region.resources.actions import differing, requesting, transferring
from region.resources.actions.handing import Signed
from region.resources.actions.requesting import Asked, Given
from region.resources.models import SupplyRequest, Transfer
from region.resources.queries import requests
from region.resources.queries.transfers import of_request
from region.spine.errors import Forbidden, Invalid, Missing, Refused
from tests.promises.test_errands import again, everything
from tests.region.resources.road import Road
from tests.region.resources.store import uid
from tests.world import World


def asked(road: Road, units: int = 100, **facts: Any) -> int:
    """The clinic asks for masks; the id of the request."""
    with road.world.as_("clinic", road.clinic) as w:
        said = {"uid": uid(), **facts}
        return requesting.ask(w, road.clinic.id, [Asked("n95", units)], **said).id


def accepted(road: Road, units: int = 100, approved: int | None = None) -> int:
    """A request that the district agreed to."""
    request = asked(road, units)
    with road.world.as_("duty_officer", road.district) as w:
        row = w.get(SupplyRequest, request)
        requesting.accept(w, row, None if approved is None else {"n95": approved})
    return request


def requisitioned(road: Road, request: int, *units: int) -> list[int]:
    """Transfers for a request from the warehouse, one for each number."""
    with road.world.as_("duty_officer", road.district) as w:
        givers = [Given(road.store.id, {"n95": one}) for one in units]
        return [one.id for one in requesting.requisition(w, w.get(SupplyRequest, request), givers, uid=uid())]


def state(road: Road, request: int) -> tuple[str, list[tuple[int, int, int]]]:
    """Where a request stands once all that is owed was done; approved, promised and received of its lines."""
    road.world.run()
    with road.world.as_system() as w:
        lines = requests.lines_of(w, request)
        found = [(line.approved, line.promised, line.received) for line in lines]
        return w.get(SupplyRequest, request).state, found


def test_who_answers_is_the_area_above_that_keeps_supplies(sqlite_world: World) -> None:
    world = sqlite_world
    road = Road.of(world, masks=0)
    with world.as_("clinic", road.clinic) as w:
        assert [one.id for one in requests.answerers(w, road.clinic.id)] == [road.district.id, road.city.id]
    with world.as_("storekeeper", road.store) as w:
        above = [one.id for one in requests.answerers(w, road.store.id)]
        assert above == [road.city.id, road.district.id]
        with pytest.raises(Missing):
            requesting.ask(w, road.store.id, [Asked("n95", 1)], uid=uid(), answer_place=road.elsewhere.id)


def test_a_request_is_fulfilled_by_itself_when_all_that_was_approved_has_come(world: World) -> None:
    road = Road.of(world)
    request = accepted(road, 100, approved=80)
    first, second = requisitioned(road, request, 50, 30)
    assert state(road, request) == ("requisitioned", [(80, 80, 0)])
    for transfer in (first, second):
        road.commit(transfer)
        road.ship(transfer)
    road.receive(first)
    assert state(road, request) == ("requisitioned", [(80, 80, 50)])
    world.wait(hours=5)
    road.receive(second)
    assert state(road, request) == ("fulfilled", [(80, 80, 80)])
    with world.as_("duty_officer", road.district) as w:
        met = requests.met(w)
        assert (met.share, met.median, met.by_item) == (1.0, timedelta(hours=5), {"n95": 1.0})
    assert len(world.journal("resources.RequestEnded")) == 1


def test_a_transfer_that_comes_to_nothing_opens_its_request_again(sqlite_world: World) -> None:
    world = sqlite_world
    road = Road.of(world)
    request = accepted(road, 100)
    first, second = requisitioned(road, request, 60, 40)
    with world.as_("storekeeper", road.store) as w:
        transferring.refuse(w, w.get(Transfer, first), "needed here")
    assert state(road, request) == ("accepted", [(100, 40, 0)])
    (third,) = requisitioned(road, request, 60)
    for transfer in (second, third):
        road.commit(transfer)
        road.ship(transfer)
    road.receive(second)
    line = road.lines(third)[0].id
    road.receive(third, {line: Signed(55, 2)})
    assert state(road, request) == ("accepted", [(100, 98, 95)])
    with world.as_("storekeeper", road.store) as w:
        differing.explain(w, w.get(Transfer, third), {}, "lost")
    with world.as_("clinic", road.clinic) as w:
        differing.confirm(w, w.get(Transfer, third))
    assert state(road, request) == ("accepted", [(100, 95, 95)])
    with world.as_("duty_officer", road.district) as w:
        requesting.end_short(w, w.get(SupplyRequest, request), "enough")
    with world.as_("duty_officer", road.district) as w:
        assert requests.met(w).share == 0.95


def test_more_than_asked_or_approved_is_refused(sqlite_world: World) -> None:
    world = sqlite_world
    road = Road.of(world)
    request = asked(road, 100)
    with world.as_("duty_officer", road.district) as w, pytest.raises(Refused, match="not-from-here"):
        requesting.requisition(w, w.get(SupplyRequest, request), [Given(road.store.id, {})], uid=uid())
    for approved, code in ((101, "more-than-asked"), (0, "nothing-approved")):
        with pytest.raises(Invalid, match=code), world.as_("duty_officer", road.district) as w:
            requesting.accept(w, w.get(SupplyRequest, request), {"n95": approved})
    with world.as_("clinic", road.clinic) as w, pytest.raises(Forbidden):
        requesting.accept(w, w.get(SupplyRequest, request))
    with world.as_("duty_officer", road.district) as w:
        requesting.note(w, w.get(SupplyRequest, request))
        requesting.provide(w, w.get(SupplyRequest, request), "when the lorry is back")
        requesting.accept(w, w.get(SupplyRequest, request))
    with pytest.raises(Refused, match="more-than-approved"):
        requisitioned(road, request, 60, 41)
    assert state(road, request) == ("accepted", [(100, 0, 0)])


def test_the_same_form_twice_asks_and_draws_up_once(sqlite_world: World) -> None:
    world = sqlite_world
    road = Road.of(world)
    assert asked(road, uid="the-same-form") == asked(road, uid="the-same-form")
    request = accepted(road)
    for _ in range(2):
        with world.as_("duty_officer", road.district) as w:
            row = w.get(SupplyRequest, request)
            requesting.requisition(w, row, [Given(road.store.id, {"n95": 100})], uid="the-same")
    with world.as_system() as w:
        assert len(of_request(w, request)) == 1


def test_the_asker_may_call_it_off_until_something_is_on_its_way(sqlite_world: World) -> None:
    world = sqlite_world
    road = Road.of(world)
    request = accepted(road)
    (transfer,) = requisitioned(road, request, 40)
    with world.as_("clinic", road.clinic) as w, pytest.raises(Refused, match="transfers-open"):
        requesting.cancel(w, w.get(SupplyRequest, request), "found some")
    with world.as_("duty_officer", road.district) as w:
        transferring.cancel(w, w.get(Transfer, transfer), "not needed")
    world.run()
    with world.as_("clinic", road.clinic) as w:
        requesting.cancel(w, w.get(SupplyRequest, request), "found some")
    assert state(road, request)[0] == "cancelled"
    with world.as_("clinic", road.stranger) as w, pytest.raises(Missing):
        w.get(SupplyRequest, request)


def test_who_is_late_is_told_once_for_each_state_and_stands_first(sqlite_world: World) -> None:
    world = sqlite_world
    road = Road.of(world)
    request = asked(road)
    world.wait(hours=2)
    fresh = asked(road)
    assert [one.row.id for one in _listed(road)] == [request, fresh]
    world.wait(hours=2, minutes=1)
    world.run()
    assert len(world.journal("resources.RequestLate")) == 1
    with world.as_("duty_officer", road.district) as w:
        requesting.accept(w, w.get(SupplyRequest, fresh))
    assert [(one.row.id, bool(one.row.late_at)) for one in _listed(road)] == [(request, True), (fresh, False)]
    with world.as_("duty_officer", road.district) as w:
        requesting.accept(w, w.get(SupplyRequest, request))
        assert w.get(SupplyRequest, request).late_at is None
    (transfer,) = requisitioned(road, request, 100)
    world.wait(hours=5)
    world.run()
    assert [entry.data["state"] for entry in world.journal("resources.TransferLate")] == ["ordered"]
    road.commit(transfer)
    world.wait(hours=11)
    world.run()
    assert len(world.journal("resources.TransferLate")) == 1


def test_a_clock_and_a_count_run_twice_change_nothing(world: World) -> None:
    road = Road.of(world)
    late, request = asked(road), accepted(road)
    (transfer,) = requisitioned(road, request, 100)
    road.commit(transfer)
    road.ship(transfer)
    world.wait(hours=5)
    world.run()
    road.receive(transfer)
    world.run()
    assert (state(road, late)[0], state(road, request)[0]) == ("requested", "fulfilled")
    before = everything(world)
    again(world)
    assert world.run()
    assert everything(world) == before


def _listed(road: Road) -> list[requests.Listed]:
    with road.world.as_("duty_officer", road.district) as w:
        return requests.listed(w)
