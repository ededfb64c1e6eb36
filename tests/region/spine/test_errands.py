"""What is owed is done once in effect, whoever dies on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from region.dispatch.events import DirectiveDiscarded
from region.spine import errands, schedule, worker
from region.spine.actor import system_actor
from region.spine.clock import Realm
from region.spine.errands import Errand
from region.spine.errors import Refused, Stale, Unready
from region.spine.flow import Runner, runner, when
from region.spine.journal import Entry
from region.spine.work import Work
from tests.world import World


@pytest.fixture
def done(world: World) -> list[Any]:
    """What the test's own runner did; it fails as its argument says."""
    did: list[Any] = []

    def run(w: Work, what: str = "", fails: str = "", times: int = 99) -> None:
        tries = did.count(f"tried {what}")
        did.append(f"tried {what}")
        if fails and tries < times:
            raise {"unready": Unready("away"), "refused": Refused("no"), "bug": ValueError("张三")}[fails]
        w.tell(DirectiveDiscarded(directive=1))
        did.append(f"did {what}")

    world.office.flows.runners["test.run"] = Runner("test.run", run)
    return did


def owe(world: World, key: str = "k", **how: Any) -> bool:
    with world.as_system() as w:
        return w.owe("test.run", key=key, **how)


def test_a_key_is_owed_once(world: World, done: list[Any]) -> None:
    assert owe(world, what="a")
    assert not owe(world, what="a")
    world.run()
    world.run()
    assert done.count("did a") == 1


def test_a_timer_waits_for_its_time(world: World, done: list[Any]) -> None:
    owe(world, what="later", after=timedelta(minutes=30))
    world.run()
    assert done == []
    world.wait(minutes=31)
    world.run()
    assert done == ["tried later", "did later"]


def test_unready_is_tried_again_with_growing_pauses(world: World, done: list[Any]) -> None:
    owe(world, what="x", fails="unready", times=2)
    world.run()
    assert done.count("tried x") == 1
    world.wait(seconds=3)
    world.run()
    assert done.count("tried x") == 2
    world.wait(seconds=3)
    world.run()
    assert done.count("tried x") == 2, "the second pause is longer"
    world.wait(seconds=3)
    world.run()
    assert done.count("did x") == 1


def test_a_refusal_is_dead_at_once_and_told(world: World, done: list[Any]) -> None:
    owe(world, what="x", fails="refused")
    world.run()
    assert [row.state for row in world.errands()] == ["dead"]
    assert world.journal("spine.ErrandDied")[0].data["reason"] == "no"


def test_a_poison_errand_ends_dead_and_names_nobody(world: World, done: list[Any]) -> None:
    owe(world, what="x", fails="bug")
    for _ in range(errands.MOST_TRIES + 2):
        world.run()
        world.wait(minutes=10)
    row = world.errands()[0]
    assert (row.state, row.tries) == ("dead", errands.MOST_TRIES)
    assert row.last_error is not None and row.last_error.startswith("ValueError:run:")
    assert "张" not in row.last_error


def test_what_a_dead_worker_held_returns_and_runs_once(world: World, done: list[Any]) -> None:
    owe(world, what="x")
    with world.office.work(system_actor()) as w:
        held = errands.claim(w.session, "normal", w.real_now, 10)
    assert len(held) == 1
    world.run()
    assert done == [], "the lease still holds"
    world.wait(seconds=errands.LEASE.total_seconds() + 1)
    world.run()
    assert done.count("did x") == 1
    assert len(world.journal("spine.ErrandReturned")) == 1
    worker.run_one(world.office, held[0])
    assert done.count("did x") == 1, "the one thought dead finds its lease lost before it begins"
    assert len(world.journal("dispatch.DirectiveDiscarded")) == 1


def test_what_kills_its_worker_each_time_ends_dead(world: World, done: list[Any]) -> None:
    owe(world, what="x")
    for _ in range(errands.MOST_TRIES):
        with world.as_system() as w:
            assert len(errands.claim(w.session, "normal", w.real_now, 1)) == 1
        world.wait(minutes=1)
        worker.sweep_once(world.office)
    assert [row.state for row in world.errands()] == ["dead"]
    assert world.journal("spine.ErrandDied")[0].data["reason"] == "its-worker-died"


def test_two_claims_never_hold_the_same_errand(world: World, done: list[Any]) -> None:
    for number in range(5):
        owe(world, key=str(number), what="x")
    with world.as_system() as w:
        first = errands.claim(w.session, "normal", w.real_now, 3)
        second = errands.claim(w.session, "normal", w.real_now, 3)
    assert len(first) == 3
    assert len(second) == 2
    assert not {one.id for one in first} & {one.id for one in second}


def test_a_lost_lease_cannot_be_finished(world: World, done: list[Any]) -> None:
    owe(world, what="x")
    with world.as_system() as w:
        held = errands.claim(w.session, "normal", w.real_now, 1)[0]
    world.wait(minutes=1)
    worker.sweep_once(world.office)
    with world.as_system() as w, pytest.raises(Stale):
        errands.finish(w.session, held, w.real_now)


def test_a_step_reacts_once_and_knows_its_cause(world: World) -> None:
    seen: list[int] = []

    @when(DirectiveDiscarded)
    def react(w: Work, e: DirectiveDiscarded) -> None:
        seen.append(e.directive)

    world.office.flows.steps[DirectiveDiscarded] = [react]
    world.office.flows.named["test_errands.react"] = react
    with world.as_system() as w:
        told = w.tell(DirectiveDiscarded(directive=7))
    world.run()
    assert seen == [7]
    step = world.errands("done")[0]
    assert step.cause_id == told.id


def test_errands_of_an_exercise_run_in_its_realm_and_on_its_clock(world: World, done: list[Any]) -> None:
    start = world.clock.at
    with world.as_system() as w:
        w.session.add(
            Realm(id=1, name_zh="演练", name_en="Drill", anchor_real=start, anchor_realm=start, rate=60.0)
        )
    with world.office.work(system_actor(1)) as w:
        w.owe("test.run", key="drill", after=timedelta(hours=1), what="drill")
    world.wait(seconds=59)
    world.run()
    assert done == []
    world.wait(seconds=2)
    world.run()
    assert done == ["tried drill", "did drill"]
    with world.office.work(system_actor(1)) as w:
        assert [entry.realm for entry in w.session.scalars(select(Entry))] == [1]
    assert world.journal() == []


def test_what_recurs_is_owed_once_in_each_slot_whoever_sweeps(world: World, done: list[Any]) -> None:
    plan = schedule.Every("test.run", timedelta(minutes=10))
    for _ in range(2):
        schedule.owe_scheduled(world.office, [plan], {})
    assert len(world.errands()) == 1
    world.wait(minutes=10)
    schedule.owe_scheduled(world.office, [plan], {})
    assert len(world.errands()) == 2


def test_the_marks_of_a_runner_are_found() -> None:
    @runner("test.found", queue="urgent")
    def found(w: Work) -> None:
        """Nothing."""

    assert found.__dict__["runner"].queue == "urgent"


def test_an_errand_row_is_placed(world: World, done: list[Any]) -> None:
    east, west = world.area(), world.area()
    with world.as_system() as w:
        w.owe("test.run", key="e", place=east.id, what="e")
    with world.as_("duty_officer", west) as w:
        assert w.session.scalars(select(Errand)).all() == []
