"""What differs between the two signatures is explained, agreed to or decided; nothing disappears on the way."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from region.resources.actions import differing, handing, transferring
from region.resources.actions.handing import Signed
from region.resources.models import Transfer
from region.resources.states import TRANSFER
from region.spine.errors import Forbidden, Invalid, Refused
from region.spine.work import Work
from tests.region.resources.road import Road, accounted
from tests.region.resources.store import issue, unbalanced
from tests.world import World


def disputed(road: Road) -> tuple[int, int]:
    """A transfer of a hundred of which ninety came, and its line."""
    transfer = road.on_the_way(100)
    line = road.lines(transfer)[0].id
    road.receive(transfer, {line: Signed(90)}, "one box is not there")
    return transfer, line


def test_what_never_left_goes_back_into_the_books_when_the_taker_agrees(world: World) -> None:
    road = Road.of(world)
    transfer, line = disputed(road)
    assert (road.state(transfer), road.kept(road.clinic)) == ("disputed", (90, 0, 0))
    with world.as_("storekeeper", road.store) as w:
        differing.explain(w, w.get(Transfer, transfer), {line: 6}, "a box stood behind the door")
    assert (road.state(transfer), road.kept(road.store)) == ("explained", (900, 0, 0))
    with world.as_("storekeeper", road.store) as w, pytest.raises(Forbidden):
        differing.confirm(w, w.get(Transfer, transfer))
    with world.as_("clinic", road.clinic) as w:
        differing.confirm(w, w.get(Transfer, transfer), "agreed")
    assert (road.state(transfer), road.kept(road.store)) == ("received", (906, 0, 0))
    found = [(line.sent, line.received, line.settled, line.settled_as) for line in road.lines(transfer)]
    assert found == [(90, 90, 0, None), (6, 0, 6, "never_left"), (4, 0, 4, "lost")]
    with world.as_system() as w:
        row = w.get(Transfer, transfer)
        assert (row.remark, row.explanation) == (
            "one box is not there\nagreed",
            "a box stood behind the door",
        )
    assert accounted(world, "n95") == (1000, 1000)
    assert unbalanced(world) == []


def test_what_the_two_do_not_agree_on_the_place_that_ordered_it_decides(sqlite_world: World) -> None:
    world = sqlite_world
    road = Road.of(world)
    transfer, line = disputed(road)
    with world.as_("storekeeper", road.store) as w:
        differing.explain(w, w.get(Transfer, transfer), {line: 10}, "it never left")
    with world.as_("clinic", road.clinic) as w:
        differing.contest(w, w.get(Transfer, transfer), "the driver saw it loaded")
    assert road.state(transfer) == "disputed"
    gone = next(one.id for one in road.lines(transfer) if one.in_transit)
    with pytest.raises(Invalid, match="more-than-missing"), world.as_("duty_officer", road.district) as w:
        differing.settle(w, w.get(Transfer, transfer), {gone: 11}, "no")
    with world.as_("duty_officer", road.district) as w:
        differing.settle(w, w.get(Transfer, transfer), {}, "lost on the road")
    assert (road.state(transfer), road.kept(road.store)) == ("received", (900, 0, 0))
    assert [line.settled_as for line in road.lines(transfer)] == [None, "lost"]
    assert accounted(world, "n95") == (1000, 1000)


def test_an_explanation_is_not_given_twice_nor_by_the_taker(sqlite_world: World) -> None:
    world = sqlite_world
    road = Road.of(world)
    transfer, line = disputed(road)
    with world.as_("clinic", road.clinic) as w, pytest.raises(Forbidden):
        differing.explain(w, w.get(Transfer, transfer), {line: 10}, "it never left")
    with world.as_("storekeeper", road.store) as w:
        differing.explain(w, w.get(Transfer, transfer), {}, "lost")
    with world.as_("storekeeper", road.store) as w, pytest.raises(Refused, match="not-from-here"):
        differing.explain(w, w.get(Transfer, transfer), {}, "lost")


SIDES = {
    "giver": ("storekeeper", ("commit", "ship", "take_back", "explain", "refuse")),
    "taker": ("clinic", ("receive", "confirm", "contest")),
}
"""Who makes which move; the rest is the district's."""
FORWARD = ("commit", "ship", "receive", "explain")


def test_nothing_disappears_whatever_happens_in_whatever_order(world: World) -> None:
    """Received from outside = on hand + on the way + used + written off + lost, after every step."""
    road, dice = Road.of(world, masks=3000), random.Random(4)
    done: set[str] = set()
    for _ in range(6):
        transfer = road.ordered(dice.randint(1, 120))
        while (state := road.state(transfer)) not in TRANSFER.ends:
            verbs = [verb for verb in TRANSFER.verbs(state) if verb not in ("offer", "dispute")]
            verb = dice.choice([*verbs, *(verb for verb in FORWARD * 5 if verb in verbs)])
            _move(road, dice, transfer, verb)
            done.add(verb)
            assert accounted(world, "n95") == (3000, 3000), verb
        issue(world, road.store, "n95", dice.randint(1, 40))
    assert {"commit", "ship", "receive", "explain"} <= done
    assert (road.kept(road.store)[1], road.kept(road.clinic)[2]) == (0, 0)
    assert unbalanced(world) == []


def _move(road: Road, dice: random.Random, transfer: int, verb: str) -> None:
    lines = road.lines(transfer)
    some = {line.id: dice.randint(line.in_transit // 2, line.in_transit) for line in lines}
    fit = {
        number: Signed(units // 2, units - units // 2 - 1 if units > 1 else 0)
        for number, units in some.items()
    }
    moves: dict[str, Callable[[Work, Transfer], None]] = {
        "commit": transferring.set_aside,
        "refuse": lambda w, row: transferring.refuse(w, row, "needed here"),
        "cancel": lambda w, row: transferring.cancel(w, row, "enough"),
        "ship": lambda w, row: handing.ship(w, row, {one.id: dice.randint(1, one.ordered) for one in lines}),
        "receive": lambda w, row: handing.receive(w, row, dice.choice([fit, fit, None])),
        "turn_back": lambda w, row: handing.turn_back(w, row, "closed road"),
        "take_back": lambda w, row: handing.take_back(w, row, some, words="some fell off"),
        "explain": lambda w, row: differing.explain(w, row, some, "so it was"),
        "confirm": differing.confirm,
        "contest": lambda w, row: differing.contest(w, row, "it was not"),
        "settle": lambda w, row: differing.settle(w, row, some, "be it so"),
    }
    role, place = "duty_officer", road.district
    for side, (name, verbs) in SIDES.items():
        if verb in verbs:
            role, place = name, road.store if side == "giver" else road.clinic
    with road.world.as_(role, place) as w:
        moves[verb](w, w.get(Transfer, transfer))
