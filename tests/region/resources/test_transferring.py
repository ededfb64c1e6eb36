"""Transfers: lots chosen to be good on arrival, two signatures, nothing taken twice, and who may do what."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from region.places.models import Place
from region.resources.actions import handing, transferring
from region.resources.actions.handing import Signed
from region.resources.actions.transferring import Ordered
from region.resources.models import Transfer
from region.spine.actor import Actor, Grant
from region.spine.errors import Fault, Forbidden, Invalid, Missing, Refused
from tests.region.resources.road import GOOD, Road
from tests.region.resources.store import by_lot, receive, uid, unbalanced
from tests.world import World


def test_goods_go_from_hand_to_hand_with_both_signatures(world: World) -> None:
    road = Road.of(world)
    transfer = road.ordered(100)
    assert road.kept(road.store) == (1000, 0, 0)
    road.commit(transfer)
    assert road.kept(road.store) == (1000, 100, 0)
    road.ship(transfer)
    assert (road.kept(road.store), road.kept(road.clinic)) == ((900, 0, 0), (0, 0, 100))
    line = road.lines(transfer)[0]
    road.receive(transfer, {line.id: Signed(96, 4)})
    assert road.state(transfer) == "received"
    assert (road.kept(road.store), road.kept(road.clinic)) == ((900, 0, 0), (96, 0, 0))
    with world.as_system() as w:
        row = w.get(Transfer, transfer)
        assert (row.shipped_by, row.received_by, row.carrier) == ("storekeeper", "clinic", "van 3")
    told = [entry.event for entry in world.journal() if entry.subject == f"transfer:{transfer}"]
    names = ("TransferOrdered", "TransferAnswered", "TransferShipped", "TransferReceived", "TransferEnded")
    assert told == [f"resources.{name}" for name in names]
    assert unbalanced(world) == []


def test_lots_that_would_be_past_their_day_on_arrival_stay_where_they_are(sqlite_world: World) -> None:
    world = sqlite_world
    road = Road.of(world, masks=0)
    receive(world, road.store, "n95", 50, "TODAY", date(2022, 8, 1))
    receive(world, road.store, "n95", 30, "SOON", date(2022, 9, 1))
    receive(world, road.store, "n95", 50, "LATER", GOOD)
    transfer = road.ordered(60)
    road.commit(transfer)
    assert [(line.ordered, line.sent) for line in road.lines(transfer)] == [(30, 0), (30, 0)]
    assert by_lot(world, road.store, "n95") == [(50, 0, 0), (30, 30, 0), (50, 30, 0)]
    late = road.ordered(21, due_at=world.clock.at + timedelta(days=40))
    with pytest.raises(Refused) as refused:
        road.commit(late)
    facts = refused.value.facts
    assert (refused.value.code, facts["there"], facts["wanted"]) == ("not-enough", 20, 21)


def test_two_lines_of_one_item_do_not_take_the_same_units(sqlite_world: World) -> None:
    world = sqlite_world
    road = Road.of(world, masks=100)
    transfer = road.ordered(lines=[Ordered("n95", 60), Ordered("n95", 40)])
    road.commit(transfer)
    assert road.kept(road.store) == (100, 100, 0)
    other = road.ordered(lines=[Ordered("n95", 1)])
    with pytest.raises(Refused, match="not-enough"):
        road.commit(other)


def test_what_is_called_off_or_refused_is_free_again(sqlite_world: World) -> None:
    world = sqlite_world
    road = Road.of(world)
    first, second = road.ordered(100), road.ordered(100)
    road.commit(first)
    road.commit(second)
    with world.as_("duty_officer", road.district) as w:
        transferring.cancel(w, w.get(Transfer, first), "not needed")
    assert road.kept(road.store) == (1000, 100, 0)
    with world.as_("storekeeper", road.store) as w:
        transferring.refuse(w, w.get(Transfer, second), "the store was flooded")
    assert road.kept(road.store) == (1000, 0, 0)
    assert (road.state(first), road.state(second)) == ("cancelled", "refused")
    with pytest.raises(Refused, match="not-from-here"):
        road.ship(first)


def test_an_offer_waits_for_the_taker_and_a_return_for_who_gave(sqlite_world: World) -> None:
    world = sqlite_world
    road = Road.of(world)
    said = {"giver": road.store.id, "taker": road.clinic.id, "ordered_for": road.district.id}
    with world.as_("storekeeper", road.store) as w:
        offer = transferring.order(w, kind="offer", uid=uid(), lines=[Ordered("n95", 10)], **said).id
    assert road.state(offer) == "offered"
    with pytest.raises(Refused, match="not-from-here"):
        road.commit(offer)
    with world.as_("clinic", road.clinic) as w:
        transferring.accept(w, w.get(Transfer, offer))
    road.commit(offer)
    road.ship(offer)
    road.receive(offer)
    back = {"giver": road.clinic.id, "taker": road.store.id, "ordered_for": road.district.id}
    with world.as_("clinic", road.clinic) as w:
        returned = transferring.order(
            w, kind="return", uid=uid(), lines=[Ordered("n95", 4)], returns_id=offer, **back
        )
        assert (returned.state, returned.returns_id) == ("offered", offer)
    with world.as_("storekeeper", road.store) as w:
        transferring.refuse(w, w.get(Transfer, returned.id), "no room")
    assert road.state(returned.id) == "refused"


def test_goods_called_back_are_signed_for_by_who_sent_them(sqlite_world: World) -> None:
    world = sqlite_world
    road = Road.of(world)
    transfer = road.on_the_way(100)
    line = road.lines(transfer)[0].id
    with world.as_("duty_officer", road.district) as w:
        handing.turn_back(w, w.get(Transfer, transfer), "the bridge is closed")
    assert road.kept(road.clinic) == (0, 0, 0)
    with world.as_("storekeeper", road.store) as w, pytest.raises(Invalid, match="field-missing"):
        handing.take_back(w, w.get(Transfer, transfer), {line: 90})
    with world.as_("storekeeper", road.store) as w:
        handing.take_back(w, w.get(Transfer, transfer), {line: 90}, words="one box fell off")
    assert (road.state(transfer), road.kept(road.store)) == ("turned_back", (990, 0, 0))
    found = [(line.sent, line.settled, line.settled_as) for line in road.lines(transfer)]
    assert found == [(90, 90, "turned_back"), (10, 10, "lost")]


def test_what_was_set_aside_and_does_not_leave_is_free(sqlite_world: World) -> None:
    world = sqlite_world
    road = Road.of(world)
    transfer = road.ordered(100)
    road.commit(transfer)
    line = road.lines(transfer)[0].id
    with pytest.raises(Invalid, match="more-than-set-aside"):
        road.ship(transfer, {line: 101})
    with pytest.raises(Invalid, match="nothing-sent"):
        road.ship(transfer, {line: 0})
    road.ship(transfer, {line: 80})
    assert (road.kept(road.store), road.kept(road.clinic)) == ((920, 0, 0), (0, 0, 80))
    with pytest.raises(Invalid, match="more-than-sent"):
        road.receive(transfer, {line: Signed(80, 1)})


def test_a_lot_whose_last_day_passed_while_it_waited_does_not_leave(sqlite_world: World) -> None:
    world = sqlite_world
    road = Road.of(world, masks=0)
    receive(world, road.store, "n95", 100, "SOON", date(2022, 8, 3))
    transfer = road.ordered(100)
    road.commit(transfer)
    world.wait(days=3)
    with pytest.raises(Refused, match="lot-expired"):
        road.ship(transfer)


def test_nobody_signs_for_the_other_side(sqlite_world: World) -> None:
    world = sqlite_world
    road = Road.of(world)
    transfer = road.ordered(100)
    road.commit(transfer)
    with world.as_("clinic", road.clinic) as w, pytest.raises(Forbidden):
        handing.ship(w, w.get(Transfer, transfer))
    road.ship(transfer)
    with world.as_("storekeeper", road.store) as w, pytest.raises(Forbidden):
        handing.receive(w, w.get(Transfer, transfer))
    with world.as_("storekeeper", road.store) as w, pytest.raises(Forbidden):
        handing.turn_back(w, w.get(Transfer, transfer), "I want it back")
    with world.as_("storekeeper", road.stranger) as w, pytest.raises(Missing):
        w.get(Transfer, transfer)
    both = Actor("account:7", (Grant("storekeeper", road.district.path),), account_id=7)
    other = road.ordered(5)
    with world.office.work(both) as w:
        transferring.set_aside(w, w.get(Transfer, other))
        handing.ship(w, w.get(Transfer, other))
    with world.office.work(both) as w, pytest.raises(Forbidden, match="same-hand"):
        handing.receive(w, w.get(Transfer, other))


def test_nobody_is_ordered_to_give_who_is_not_below(sqlite_world: World) -> None:
    world = sqlite_world
    road = Road.of(world)
    with pytest.raises(Invalid, match="not-below"):
        road.ordered(giver=road.stranger.id)
    with pytest.raises(Invalid, match="same-place"):
        road.ordered(taker=road.store.id)
    with pytest.raises(Forbidden):
        road.ordered(ordered_for=road.city.id)
    assert road.ordered(uid="the-same") == road.ordered(uid="the-same")


@pytest.mark.parametrize("verb", ["commit", "ship", "receive"])
def test_two_who_sign_at_once_sign_once(world: World, verb: str) -> None:
    road = Road.of(world)
    transfer = road.ordered(100)
    steps: dict[str, Callable[[int], None]] = {
        "commit": road.commit,
        "ship": road.ship,
        "receive": road.receive,
    }
    for name in list(steps)[: list(steps).index(verb)]:
        steps[name](transfer)
    faults: list[str] = []

    def sign() -> None:
        try:
            steps[verb](transfer)
        except Fault as fault:
            faults.append(fault.code)

    people = [threading.Thread(target=sign) for _ in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert faults == []
    kept = {"commit": (1000, 100, 0), "ship": (900, 0, 0), "receive": (900, 0, 0)}[verb]
    assert road.kept(road.store) == kept
    assert road.kept(road.clinic)[0] == (100 if verb == "receive" else 0)
    assert unbalanced(world) == []


def test_transfers_that_cross_each_other_wait_and_both_go_through(world: World) -> None:
    road = Road.of(world)
    receive(world, road.clinic, "n95", 500, "B", GOOD)
    there, back = road.ordered(10), road.ordered(10, giver=road.clinic.id, taker=road.store.id)
    road.commit(there)
    with world.as_("clinic", road.clinic) as w:
        transferring.set_aside(w, w.get(Transfer, back))
    faults: list[str] = []

    def send(role: str, place: Place, transfer: int) -> None:
        try:
            with world.as_(role, place) as w:
                handing.ship(w, w.get(Transfer, transfer))
        except Fault as fault:
            faults.append(fault.code)

    people = [
        threading.Thread(target=send, args=one)
        for one in (("storekeeper", road.store, there), ("clinic", road.clinic, back))
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert faults == []
    assert (road.kept(road.store), road.kept(road.clinic)) == ((990, 0, 10), (490, 0, 10))
