"""Two hands on the same round or the same code in the same moment: one is first, the other is told clearly."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from region.sampling.actions import planning, running
from region.sampling.actions.syncing import sync
from region.sampling.models import Round, RoundSite
from region.sampling.schemas import Batch, SyncAnswer
from region.spine.errors import Refused, Stale
from region.spine.work import Work
from tests.region.sampling.books import check, items
from tests.region.sampling.ground import Ground, running_round
from tests.region.sampling.planning_ground import Plan, drafted, planned_ground, sited
from tests.region.sampling.sync_stage import OTHER, tubes
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
THIRD = "01900000-0000-7000-8000-00000000d003"


def moved_at_once(
    plan: Plan, role: str, names: tuple[str, ...], act: Callable[[Work, Round], None]
) -> list[str]:
    """Each of these people reads the round, waits until all have, and acts."""
    barrier = Barrier(len(names))

    def one(name: str) -> str:
        try:
            with plan.world.as_(role, plan.district, name) as w:
                row = w.get(Round, plan.round_id)
                barrier.wait(10)
                act(w, row)
        except (Stale, Refused) as fault:
            return fault.code
        return "done"

    with ThreadPoolExecutor(len(names)) as pool:
        return sorted(pool.map(one, names))


def verbs(plan: Plan) -> list[str]:
    """What happened to the round."""
    return [one.data["verb"] for one in plan.world.journal("sampling.RoundMoved")]


def approved(plan: Plan) -> Plan:
    with plan.world.as_("commander", plan.district, "leader") as w:
        planning.approve(w, w.get(Round, plan.round_id))
    return plan


def test_of_two_who_approve_a_round_one_is_first(world: World) -> None:
    plan = sited(drafted(planned_ground(world)))
    outcomes = moved_at_once(plan, "commander", ("leader", "deputy"), planning.approve)
    assert outcomes == ["crossed", "done"] and verbs(plan) == ["approve"]
    with world.as_("commander", plan.district, "deputy") as w:
        row = w.get(Round, plan.round_id)
        assert row.plan["approved_by"] in ("leader", "deputy")
        planning.approve(w, row)  # the second looks again: it is approved already
    assert verbs(plan) == ["approve"] and plan.state() == "approved"


def test_of_two_who_order_a_round_one_is_first(world: World) -> None:
    plan = approved(sited(drafted(planned_ground(world))))
    outcomes = moved_at_once(plan, "duty_officer", ("duty one", "duty two"), running.order)
    assert outcomes == ["crossed", "done"] and verbs(plan) == ["approve", "order"]
    with world.as_system() as w:
        sites = w.session.scalars(select(RoundSite)).all()
        assert sites and {one.state for one in sites} == {"ordered"}
    told = world.journal("sampling.RoundSiteMoved")
    assert len(told) == len(sites) == len({one.data["site"] for one in told})


def test_of_an_order_and_a_cancellation_one_is_first(world: World) -> None:
    plan = approved(sited(drafted(planned_ground(world))))
    acts = {"one": running.order, "two": lambda w, row: running.cancel(w, row, "storm")}
    outcomes = moved_at_once(plan, "commander", tuple(acts), lambda w, row: acts[w.actor.name](w, row))
    assert outcomes == ["crossed", "done"]
    assert (plan.state(), verbs(plan)[1:]) in [("ordered", ["order"]), ("cancelled", ["cancel"])]


def sent_at_once(ground: Ground, batches: list[Batch]) -> list[SyncAnswer]:
    """Each phone in a thread and a work of its own, begun together; one that was crossed sends again, as phones do."""
    barrier = Barrier(len(batches))

    def one(batch: Batch) -> SyncAnswer:
        for tried in range(5):
            try:
                with ground.sampler() as w:
                    if not tried:
                        barrier.wait(10)
                    return sync(w, batch)
            except Stale:
                continue
        raise AssertionError("crossed each time")

    with ThreadPoolExecutor(len(batches)) as pool:
        return list(pool.map(one, batches))


def test_phones_that_claim_one_code_at_once_leave_one_holder_and_lose_nobody(world: World) -> None:
    ground = running_round(world)
    devices = (ground.batch().device, OTHER, THIRD)
    for n in range(0, 90, 30):  # three times: threads do not meet each time
        code = ground.code()
        made = [[ground.tube([ground.person(n + 10 * k + i) for i in range(3)], code=code)] for k in range(3)]
        batches = [ground.batch(one, device=device) for one, device in zip(made, devices, strict=True)]
        answers = sent_at_once(ground, batches)
        assert sorted(one.tubes[0].state for one in answers) == ["contested", "contested", "kept"]
        standing = [one.contested for one in tubes(world) if one.code == code]
        assert sorted(standing) == [False, True, True]
        assert [one.tubes[0].state for one in sent_at_once(ground, batches)] == [
            one.tubes[0].state for one in answers
        ], "the same again says the same"
    raised = items(world)["tube_twice"]
    assert len(raised) == len({(one.ref, one.other) for one in raised}) == 6
    with world.as_system() as w:
        assert w.get(RoundSite, ground.site_id).sampled == 27
    check(world)


def test_two_tubes_that_swap_codes_at_once_do_not_wait_for_each_other_for_ever(world: World) -> None:
    ground = running_round(world)
    codes = [ground.code(), ground.code()]
    made = [
        [ground.tube([ground.person(10 * k + i)], code=code) for i, code in enumerate(codes[:: 1 - 2 * k])]
        for k in range(2)
    ]
    devices = (ground.batch().device, OTHER)
    answers = sent_at_once(
        ground, [ground.batch(one, device=device) for one, device in zip(made, devices, strict=True)]
    )
    states = sorted(tube.state for answer in answers for tube in answer.tubes)
    assert states == ["contested", "contested", "kept", "kept"]
    check(world)
