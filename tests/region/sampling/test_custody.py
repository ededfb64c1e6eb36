"""A box goes from hand to hand: both sides sign, every tube is somewhere, and what is late is told once."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from sqlalchemy import select

from region.sampling.actions import custody, signing
from region.sampling.actions.signing import Said
from region.sampling.events.field import BoxMoved
from region.sampling.models import Box, Handover, LabDay, RoundArea, Tube, TubeMember
from region.sampling.queries import boxes
from region.spine.actor import Actor, Grant
from region.spine.errors import Forbidden, Invalid, Missing, Refused, Stale
from tests.region.sampling.carrying import bench, courier, items, packed, sent, states
from tests.region.sampling.ground import Ground, running_round
from tests.world import World


def signed(ground: Ground, box: int) -> list[tuple[str, str]]:
    with ground.world.as_system() as w:
        return [(one.step, one.side) for one in signing.signatures(w, box)]


def sampled(ground: Ground) -> int:
    with ground.world.as_system() as w:
        return sum(w.session.scalars(select(RoundArea.sampled)))


def test_a_box_goes_all_the_way_and_each_hand_signs(world: World) -> None:
    ground = running_round(world)
    box = sent(ground, 3, people=2)
    assert (box.state, box.tubes, box.lab_id) == ("sealed", 3, ground.lab.id)
    with ground.sampler() as w:
        custody.give(w, w.get(Box, box.id), "collect", Said(tubes=3))
    with courier(ground) as w:
        custody.collect(w, w.get(Box, box.id), Said(tubes=3, celsius=5.5))
        custody.give(w, w.get(Box, box.id), "receive")
    world.wait(hours=1)
    with bench(ground) as w:
        assert custody.receive(w, w.get(Box, box.id), Said(celsius=6.0))
        assert custody.unpack(w, w.get(Box, box.id), whole=True) == 3
    assert signed(ground, box.id) == [
        ("seal", "giver"),
        ("collect", "giver"),
        ("collect", "taker"),
        ("receive", "giver"),
        ("receive", "taker"),
        ("unpack", "taker"),
    ]
    assert states(ground, box.id) == Counter(received=3) and items(ground) == []
    told = [one.data["verb"] for one in world.journal(BoxMoved.event_name())]
    assert told == ["open", "seal", "collect", "receive", "unpack"]
    with bench(ground) as w:
        assert w.get(Box, box.id).received_at == world.clock.at
        assert w.session.scalars(select(LabDay.received)).all() == [3]


def test_everything_twice_is_once(world: World) -> None:
    ground = running_round(world)
    box = sent(ground, 2)
    for _ in range(2):
        with courier(ground) as w:
            custody.collect(w, w.get(Box, box.id))
    for _ in range(2):
        with bench(ground) as w:
            custody.receive(w, w.get(Box, box.id))
    for _ in range(2):
        with bench(ground) as w:
            custody.unpack(w, w.get(Box, box.id), whole=True)
    with ground.sampler() as w:
        custody.seal(w, w.get(Box, box.id))
    assert len(signed(ground, box.id)) == 4
    with world.as_system() as w:
        assert w.session.scalars(select(LabDay.received)).all() == [2]


def test_two_laboratory_desks_receive_at_once_and_one_wins(world: World) -> None:
    ground = running_round(world)
    box = sent(ground, 4)
    came: list[object] = []
    start = threading.Barrier(2)

    def take(name: str) -> None:
        start.wait()
        try:
            with bench(ground, name) as w:
                row = w.get(Box, box.id)
                custody.receive(w, row)
                came.append(custody.unpack(w, row, whole=True))
        except Stale as stale:
            came.append(stale.code)

    threads = [threading.Thread(target=take, args=(f"lab-{n}",)) for n in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert 4 in came and set(came) <= {4, 0, "crossed"} and len(came) == 2
    with world.as_system() as w:
        assert w.session.scalars(select(LabDay.received)).all() == [4]
        takers = select(Handover.step).where(Handover.side == "taker")
        assert sorted(w.session.scalars(takers)) == ["receive", "unpack"]


def test_who_gives_may_not_take_and_who_carried_may_not_receive(sqlite_world: World) -> None:
    world = sqlite_world
    ground = running_round(world)
    box = sent(ground, 1)
    grants = tuple(Grant(role, ground.district.path) for role in ("sampler", "courier", "laboratory"))
    with world.office.work(Actor("account:77", grants, account_id=77)) as w:
        custody.give(w, w.get(Box, box.id), "collect")
        with pytest.raises(Forbidden, match="same-hand"):
            custody.collect(w, w.get(Box, box.id))
        w.session.rollback()
    with world.office.work(Actor("account:77", grants, account_id=77)) as w:
        custody.collect(w, w.get(Box, box.id))
    with (
        pytest.raises(Forbidden, match="same-hand"),
        world.office.work(Actor("account:77", grants, account_id=77)) as w,
    ):
        custody.receive(w, w.get(Box, box.id))


@pytest.mark.parametrize(("celsius", "flagged"), [(2.0, 0), (8.0, 0), (1.9, 1), (8.1, 1), (None, 0)])
def test_a_temperature_outside_the_range_is_flagged(
    sqlite_world: World, celsius: float | None, flagged: int
) -> None:
    ground = running_round(sqlite_world)
    box = sent(ground, 1)
    with courier(ground) as w:
        custody.collect(w, w.get(Box, box.id), Said(celsius=celsius))
    assert [one.kind for one in items(ground)] == ["temperature_wrong"] * flagged
    assert [one.facts["celsius"] for one in items(ground)] == [celsius] * flagged
    assert box.id and signed(ground, box.id)[-1] == ("collect", "taker")


def test_a_count_that_differs_is_looked_into_and_no_tube_is_lost(world: World) -> None:
    ground = running_round(world)
    box = sent(ground, 4, people=2)
    with courier(ground) as w:
        custody.collect(w, w.get(Box, box.id), Said(tubes=3))
    with bench(ground) as w:
        row = w.get(Box, box.id)
        custody.receive(w, row)
        custody.unpack(w, row, counted=3)
    found = [(one.kind, one.other, one.facts["expected"], one.facts["counted"]) for one in items(ground)]
    assert found == [("count_differs", "collect", 4, 3), ("count_differs", "unpack", 4, 3)]
    assert states(ground, box.id) == Counter(closed=4) and sampled(ground) == 8


def test_a_lost_box_loses_its_tubes_and_their_people_are_due_again(world: World) -> None:
    ground = running_round(world)
    box, other = sent(ground, 3, people=2), sent(ground, 1)
    assert sampled(ground) == 7
    with world.as_("epidemiologist", ground.district) as w:
        with pytest.raises(Invalid):
            custody.lose(w, w.get(Box, box.id), " ")
        custody.lose(w, w.get(Box, box.id), "the van burned out")
    with world.as_("epidemiologist", ground.district) as w:
        custody.lose(w, w.get(Box, box.id), "again")
        assert (
            w.session.scalars(select(TubeMember.counted).join(Tube).where(Tube.box_id == box.id)).all()
            == [False] * 6
        )
    assert states(ground, box.id) == Counter(lost=3) and states(ground, other.id) == Counter(closed=1)
    assert sampled(ground) == 1
    settled = items(ground, "settled")
    assert [(one.kind, one.note, one.facts["tubes"]) for one in settled] == [
        ("box_lost", "the van burned out", 3)
    ]
    with bench(ground) as w, pytest.raises(Refused):
        custody.receive(w, w.get(Box, box.id))


def test_only_an_empty_box_may_be_void(sqlite_world: World) -> None:
    ground = running_round(sqlite_world)
    full, empty = packed(ground, 2, sealed=False), packed(ground, 0, sealed=False)
    full.send()
    empty.send()
    first, second = full.row.id, empty.row.id
    with ground.sampler() as w:
        with pytest.raises(Refused, match="box-not-empty"):
            custody.void(w, w.get(Box, first))
        custody.void(w, w.get(Box, second))
        custody.void(w, w.get(Box, second))
    assert (full.row.state, empty.row.state) == ("open", "void")
    with ground.sampler() as w:
        custody.seal(w, w.get(Box, first), number="S-1")
    assert (full.row.tubes, full.row.seal) == (2, "S-1")


def test_late_boxes_are_told_once_and_stand_on_the_map(world: World) -> None:
    ground = running_round(world)
    waits, carried, quick = sent(ground, 1), sent(ground, 1), sent(ground, 1)
    with courier(ground) as w:
        custody.collect(w, w.get(Box, carried.id))
        custody.collect(w, w.get(Box, quick.id))
    with bench(ground) as w:
        custody.receive(w, w.get(Box, quick.id))
    world.wait(hours=1, minutes=55)
    world.run()
    assert world.journal("sampling.BoxLate") == []
    world.wait(minutes=5)
    world.run()
    world.wait(hours=2)
    world.run()
    world.run()
    told = [(one.data["box"], one.data["state"]) for one in world.journal("sampling.BoxLate")]
    assert sorted(told) == sorted([(waits.id, "sealed"), (carried.id, "collected"), (quick.id, "received")])
    with world.as_("epidemiologist", ground.district) as w:
        points = {one.box: (one.lon, one.lat) for one in boxes.late_points(w)}
        assert points[waits.id] == points[carried.id] == (120.0, 30.0)
        assert points[quick.id] == (ground.lab.lon, ground.lab.lat)
        assert [one.row.late_at is not None for one in boxes.listed(w)] == [True] * 3


def test_a_stranger_s_box_is_missing(world: World) -> None:
    ground, foreign = running_round(world), running_round(world)
    box = sent(foreign, 1)
    with bench(ground) as w, pytest.raises(Missing):
        custody.receive(w, w.get(Box, box.id))
    with ground.sampler() as w:
        assert boxes.by_code(w, box.code) is None and boxes.listed(w) == []
    with foreign.sampler() as w, pytest.raises(Forbidden):
        custody.receive(w, w.get(Box, box.id))


def test_a_box_is_sent_to_another_laboratory_with_its_tubes(world: World) -> None:
    ground = running_round(world)
    box, aid = sent(ground, 2), world.site(ground.district, "laboratory")
    with world.as_("duty_officer", ground.district) as w:
        custody.redirect(w, w.get(Box, box.id), aid.id)
    with bench(ground) as w, pytest.raises(Missing):
        w.get(Box, box.id)
    with world.as_("laboratory", aid) as w:
        custody.receive(w, w.get(Box, box.id))
        assert custody.unpack(w, w.get(Box, box.id), whole=True) == 2


def test_the_way_is_timed_from_the_sealing(sqlite_world: World) -> None:
    """A courier who comes late has less time left: K17 runs from the sealing."""
    ground = running_round(sqlite_world)
    box = sent(ground, 1)
    sqlite_world.wait(hours=3, minutes=30)
    with courier(ground) as w:
        row = w.get(Box, box.id)
        custody.collect(w, row)
        due = boxes.due_of(w.rules, row)
    assert due is not None and (due - sqlite_world.clock.at).total_seconds() == 29 * 60
