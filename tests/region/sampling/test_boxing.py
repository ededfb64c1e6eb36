"""Boxes of phones: a code is one box's while it is under way; a second phone is told, and a person looks."""

from __future__ import annotations

from sqlalchemy import select

from region.sampling.models import Box, Tube
from region.sampling.schemas import SentBox
from tests.region.sampling.books import check, items, members
from tests.region.sampling.ground import Ground, running_round, uid
from tests.region.sampling.sync_stage import OTHER, seen, send
from tests.world import World


def opened(ground: Ground, code: str = "BOX-0001") -> SentBox:
    """A box as a phone says that it opened it."""
    return SentBox.model_validate({"uid": uid(), "code": code, "opened_at": ground.world.clock.at})


def test_a_box_that_two_phones_use_is_the_first_ones_and_no_tube_is_lost(world: World) -> None:
    ground = running_round(world)
    mine, theirs = opened(ground), opened(ground)
    first = ground.batch([ground.tube([ground.person(1)], box=mine.uid)], [mine])
    second = ground.batch([ground.tube([ground.person(2)], box=theirs.uid)], [theirs], device=OTHER)
    assert [one.state for one in send(ground, first).boxes] == ["kept"]
    for _ in range(2):  # sent again it is the same, and raised once
        answer = send(ground, second)
        assert [(one.state, one.reason) for one in answer.boxes] == [("contested", "box-taken")]
        assert [one.state for one in answer.tubes] == ["kept"]
    with world.as_system() as w:
        box = w.session.scalars(select(Box)).one()
        assert box.uid == mine.uid
        assert list(w.session.scalars(select(Tube.box_id).order_by(Tube.id))) == [box.id, None]
    (item,) = items(world)["box_twice"]
    assert (item.ref, item.other) == (f"box:{box.id}", theirs.uid)
    assert item.facts == {"code": "BOX-0001", "device": OTHER}
    assert len(members(world)) == 2
    check(world)


def test_a_code_may_be_used_again_when_its_box_was_unpacked(world: World) -> None:
    ground = running_round(world)
    send(ground, ground.batch([], [opened(ground)]))
    with world.as_system() as w:
        w.session.scalars(select(Box)).one().state = "unpacked"
        w.tell(seen(ground))
    assert [one.state for one in send(ground, ground.batch([], [opened(ground)], device=OTHER)).boxes] == [
        "kept"
    ]
    assert "box_twice" not in items(world)
