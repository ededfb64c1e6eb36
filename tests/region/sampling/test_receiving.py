"""One scan at the bench: boxes and tubes come in, are rejected with a reason, or wait until the field tells of them."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from region.sampling.actions import custody, scanning
from region.sampling.actions.receiving import receive_tubes, reject
from region.sampling.actions.reporting import Result, report
from region.sampling.actions.scanning import scan
from region.sampling.actions.signing import signatures
from region.sampling.models import Box, LabDay, RoundArea, Tube
from region.sampling.queries.bench import bench as figures
from region.sampling.queries.transport import transport
from region.spine.errors import Forbidden, Invalid, Missing, Refused
from tests.region.sampling.carrying import bench, items, packed, sent, states
from tests.region.sampling.ground import Ground, running_round, uid
from tests.world import World


def day(ground: Ground) -> dict[date, tuple[int, int]]:
    with ground.world.as_system() as w:
        return {one.day: (one.received, one.rejected) for one in w.session.scalars(select(LabDay))}


def tubes_of(ground: Ground, box: int) -> list[Tube]:
    with ground.world.as_system() as w:
        return list(w.session.scalars(select(Tube).where(Tube.box_id == box).order_by(Tube.id)))


def sampled(ground: Ground) -> int:
    with ground.world.as_system() as w:
        return sum(w.session.scalars(select(RoundArea.sampled)))


def test_one_scan_receives_a_box_by_its_code_or_by_the_courier_s_picture(world: World) -> None:
    ground = running_round(world)
    first, second = sent(ground, 2), sent(ground, 2)
    with bench(ground) as w:
        came = scan(w, ground.lab.id, first.code.lower())
        assert (came.kind, came.new, came.box) == ("box", True, first.id)
    with bench(ground) as w:
        assert scan(w, ground.lab.id, first.code).new is False
        came = scan(w, ground.lab.id, f"https://region.example/sampling/boxes/{second.id}")
        assert (came.kind, came.new, came.box) == ("box", True, second.id)
    assert len(world.journal("sampling.BoxSigned")) == 4


def test_tubes_are_scanned_one_by_one_and_the_day_counts_each_once(world: World) -> None:
    ground = running_round(world)
    box, other = sent(ground, 3), sent(ground, 1)
    codes = [one.code for one in tubes_of(ground, box.id)]
    with bench(ground) as w:
        scan(w, ground.lab.id, box.code)
        for code in (codes[0], codes[1], codes[0]):
            scan(w, ground.lab.id, code, unpacking=box.id)
    strays = tubes_of(ground, other.id)
    world.wait(hours=20)  # the region's next day
    with bench(ground) as w:
        came = receive_tubes(w, ground.lab.id, codes, box.id)
        assert (came.received, came.again, came.unknown) == (1, 2, ())
        stray = scan(w, ground.lab.id, strays[0].code, unpacking=box.id)
        assert stray.new and stray.stray
        assert custody.unpack(w, w.get(Box, box.id)) == 0
    assert states(ground, box.id) == Counter(received=3)
    assert day(ground) == {date(2022, 8, 1): (2, 0), date(2022, 8, 2): (2, 0)} and items(ground) == []
    with bench(ground) as w:
        now = figures(w, ground.lab.id)
        assert (now.received, now.rejected, now.waiting, now.coming) == (2, 0, 4, 1)
        assert now.oldest == world.clock.at - timedelta(hours=20)


def test_a_rejected_tube_makes_its_people_due_again(world: World) -> None:
    ground = running_round(world)
    box = sent(ground, 2, people=3)
    bad, good = tubes_of(ground, box.id)
    with bench(ground) as w:
        scan(w, ground.lab.id, box.code)
        came = scan(w, ground.lab.id, bad.code, reason="leaking")
        assert (came.kind, came.new) == ("rejected", True)
        assert scan(w, ground.lab.id, bad.code, reason="leaking").new is False
    assert sampled(ground) == 3 and day(ground) == {date(2022, 8, 1): (0, 1)}
    with bench(ground) as w:
        assert custody.unpack(w, w.get(Box, box.id), whole=True) == 1
    assert states(ground, box.id) == Counter(rejected=1, received=1) and items(ground) == []
    assert [one.data["reason"] for one in world.journal("sampling.TubesRejected")] == ["leaking"]
    with bench(ground) as w:
        with pytest.raises(Invalid, match="reject-reason-unknown"):
            reject(w, ground.lab.id, [good.id], "ugly")
        with pytest.raises(Missing):
            reject(w, ground.lab.id, [10**6], "leaking")
    with bench(ground) as w:
        assert scan(w, ground.lab.id, bad.code).state == "rejected"
    assert [(one.kind, one.facts["state"]) for one in items(ground)] == [("unknown_tube", "rejected")]


def test_a_tube_with_a_result_is_not_rejected(sqlite_world: World) -> None:
    ground = running_round(sqlite_world)
    tube = tubes_of(ground, sent(ground, 1).id)[0]
    with bench(ground) as w:
        given = [Result(tube.code, "negative", w.now)]
        report(w, ground.lab.id, given, source="bench")
    with bench(ground) as w, pytest.raises(Refused):
        reject(w, ground.lab.id, [tube.id], "leaking")


def test_what_is_scanned_before_the_field_tells_of_it_is_received_when_it_does(world: World) -> None:
    ground = running_round(world)
    box = packed(ground, 3)
    scanned = world.clock.at
    with bench(ground, "tech") as w:
        assert scan(w, ground.lab.id, box.box.code).kind == "unknown"
        assert scan(w, ground.lab.id, box.tubes[0].code).kind == "unknown"
        assert scan(w, ground.lab.id, box.box.code).kind == "unknown"
    assert [one.kind for one in items(ground)] == ["unknown_tube"] * 2
    world.wait(hours=5)
    box.send()
    world.run()
    row = box.row
    assert (row.state, row.received_at) == ("received", scanned) and row.sealed_at is not None
    assert states(ground, row.id) == Counter(received=1, closed=2)
    assert [one.verdict for one in items(ground, "settled")] == ["matched"] * 2 and items(ground) == []
    with bench(ground) as w:
        taker = [one for one in signatures(w, row.id) if one.side == "taker"]
        assert [(one.step, one.signed_by) for one in taker] == [("receive", "tech")]
    before = len(world.journal())
    with world.as_system() as w:
        assert scanning.found_in_books(w) == 0
    assert len(world.journal()) == before


def test_a_box_whose_phone_was_silent_since_it_was_opened_is_received_and_sealed_later(world: World) -> None:
    ground = running_round(world)
    box = packed(ground, 3)
    opened = packed(ground, 0, sealed=False)
    opened.box = box.box.model_copy(update={"sealed_at": None})
    opened.send()
    with bench(ground) as w:
        assert scan(w, ground.lab.id, box.box.code).kind == "box"
    box.send(tubes=2)
    id = box.row.id
    with bench(ground) as w:
        assert custody.unpack(w, w.get(Box, id), whole=True) == 2
    assert [(one.kind, one.facts["expected"], one.facts["counted"]) for one in items(ground)] == [
        ("count_differs", 2, 3)
    ]
    world.wait(minutes=30)
    box.send()
    world.run()
    assert (box.row.state, box.row.tubes) == ("unpacked", 3) and box.row.sealed_at is not None
    assert states(ground, box.row.id) == Counter(received=3) and items(ground) == []


def test_a_code_that_nobody_can_read_or_of_a_stranger_changes_nothing(world: World) -> None:
    ground, foreign = running_round(world), running_round(world)
    theirs = sent(foreign, 1)
    with bench(ground) as w:
        assert scan(w, ground.lab.id, "管*1").kind == "unread"
        assert scan(w, ground.lab.id, theirs.code).kind == "unknown"
        assert scan(w, ground.lab.id, f"/sampling/boxes/{theirs.id}").kind in ("unknown", "unread")
    with ground.sampler() as w, pytest.raises(Forbidden):
        scan(w, ground.lab.id, theirs.code)
    with world.as_system() as w:
        scanning.found_in_books(w)
    assert states(foreign, theirs.id) == Counter(closed=1)
    with world.as_system() as w:
        assert w.get(Box, theirs.id).state == "sealed"


def boxes_received(ground: Ground, in_time: int, late: int) -> None:
    """Rows of boxes that were on their way for four hours and for a minute more."""
    template = sent(ground, 0)
    with ground.world.as_system() as w:
        for n in range(in_time + late):
            way = timedelta(hours=4, minutes=0 if n < in_time else 1)
            w.session.add(
                Box(
                    uid=uid(),
                    code=f"K17-{n}",
                    place_id=template.place_id,
                    lab_id=ground.lab.id,
                    round_id=ground.round_id,
                    site_id=template.site_id,
                    device=template.device,
                    opened_at=w.now,
                    sealed_at=w.now,
                    received_at=w.now + way,
                    state="unpacked",
                    since=w.now,
                )
            )
        custody.moved(w, w.get(Box, template.id), "seal")


def test_k17_of_the_first_round_is_96_2_percent(world: World) -> None:
    ground = running_round(world)
    boxes_received(ground, 500, 20)
    with world.as_system() as w:
        found = transport(w, round=ground.round_id)
        assert (found.received, found.in_time, found.limit) == (520, 500, timedelta(hours=4))
        assert found.share is not None and f"{100 * found.share:.1f}" == "96.2" and found.target == 0.95
        assert found.median == 4.0
        assert transport(w, lab=ground.lab.id, day=date(2022, 8, 1)).received == 520
        assert transport(w, lab=ground.lab.id, day=date(2022, 8, 2)).share is None
        assert transport(w, lab=ground.clinic.id).received == 0
