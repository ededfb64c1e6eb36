"""What zones learn of sampling: a day's answers by person, who is due, and whether rounds may stop."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from region.sampling.events.rounds import RoundDrafted
from region.sampling.models import Round, RoundArea
from region.zones.lowering import Round as Found
from region.zones.questions import Stopping, StopRule, ZoneRounds
from tests.region.zones.ground import Ground
from tests.world import World

TODAY = date(2022, 8, 1)


def asked(ground: Ground, day: date = TODAY) -> Found:
    with ground.world.as_system() as w:
        return w.ask(ZoneRounds((ground.grids[0].id,), day))


def a_round(ground: Ground, due: int, state: str = "running", days: int = 0) -> None:
    with ground.world.as_system() as w:
        starts = w.now + timedelta(days=days)
        facts = {"plan": {}, "made_by": "test", "made_at": starts, "since": starts, "method": "pool_10"}
        row = w.add(
            Round(
                code=f"R{days}",
                place_id=ground.district.id,
                incident_id=ground.incident.id,
                starts_at=starts,
                due_at=starts + timedelta(hours=12),
                state=state,
                **facts,
            )
        )
        w.add(RoundArea(round_id=row.id, place_id=ground.grids[0].id, registered=due, due=due))
        w.tell(RoundDrafted(round=row.id, starts=starts, due=row.due_at, place=ground.district.id))


def test_each_person_counts_once_by_what_his_tubes_say_now(world: World) -> None:
    ground = Ground.of(world)
    ground.residents(14)
    p = ground.people
    assert asked(ground) == Found(0, 0, 0, 14)
    ground.tube(p[:4], "negative")
    ground.tube(p[4:7], "positive")
    ground.tube(p[7:9], None)
    ground.tube([p[9]], "grey", size=1)
    assert asked(ground) == Found(done=4, pending=6, positive=0, due=14)
    world.wait(hours=20)  # the next day: their own tubes resolve the pool of yesterday
    ground.tube([p[4]], "negative", size=1)
    ground.tube([p[5]], "positive", size=1)
    assert asked(ground) == Found(done=5, pending=4, positive=1, due=14)
    assert asked(ground, TODAY + timedelta(days=1)) == Found(done=1, pending=0, positive=1, due=14)


def test_whom_a_round_has_as_due_counts_before_whom_the_register_has(world: World) -> None:
    ground = Ground.of(world)
    ground.residents(3)
    a_round(ground, due=40)
    assert asked(ground).due == 40
    assert asked(ground, TODAY + timedelta(days=3)).due == 3


@pytest.mark.parametrize(("pack", "known"), [("CN-COVID-20M", True), ("CN-COVID-9ED", False)])
def test_the_stop_rule_is_the_one_of_the_pack(sqlite_world: World, pack: str, known: bool) -> None:
    ground = Ground.of(sqlite_world, pack)
    for n in range(3):
        a_round(ground, due=10, state="closed", days=n)
    with sqlite_world.as_system() as w:
        found = w.ask(StopRule(ground.district.id, ground.incident.id))
    assert found == (Stopping("wait", 3, 3, TODAY + timedelta(days=6), 3) if known else None)
