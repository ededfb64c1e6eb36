"""A pool comes back positive: suspected, told, sampled again alone, restored or proposed; a pool is never a case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from region.dispatch.models import Directive, Recipient
from region.places.models import Place
from region.sampling.actions.receiving import reject
from region.sampling.queries import recalls as asked
from region.sampling.queries import turnaround
from region.surveillance.actions import proposing as cases
from region.surveillance.models import CaseProposal
from tests.promises.test_errands import again, everything
from tests.region.sampling.pool_stage import Stage
from tests.world import World

TEN = range(10)


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage.of(world)


def test_at_05_a_positive_pool_suspects_ten_and_one_positive_makes_one_proposal(stage: Stage) -> None:
    world = stage.world
    tube = stage.recalled(*TEN)
    assert stage.states() == {"pool_suspect": 10} and not stage.proposals()
    assert len(stage.apart()) == 10
    recall = stage.recalls()[0]
    assert recall.state == "recalled" and recall.due_at - recall.raised_at == timedelta(hours=4)
    tubes = stage.alone(*TEN)
    assert stage.states() == {"resampled": 10} and stage.recalls()[0].state == "resampled"
    world.wait(hours=3)
    stage.answer("positive", tubes[4])
    assert stage.states() == {"resampled": 9, "positive": 1}
    assert [(one.person_id, one.state) for one in stage.proposals()] == [(stage.id(4), "proposed")]
    assert stage.recalls()[0].state == "resampled"
    told_at = world.clock.at + timedelta(minutes=30)
    world.clock.at = told_at
    stage.answer("negative", *(one for one in tubes if one is not tubes[4]))
    assert stage.states() == {"restored": 9, "positive": 1}
    ended = [one.ended_at for one in stage.members() if one.state == "restored"]
    assert all(one is not None and one - told_at <= timedelta(minutes=10) for one in ended)
    assert stage.apart() == {stage.id(4)}
    assert stage.recalls()[0].state == "confirmed" and len(stage.proposals()) == 1
    stage.answer("positive", tube)  # the pool's result once more: nothing
    assert len(stage.recalls()) == 1 and len(stage.proposals()) == 1


def test_the_evening_of_day_two(stage: Stage) -> None:
    """17:40 two positive pools, 20 people sampled again; 22:10 one is positive and 19 are restored."""
    world = stage.world
    pools = [stage.pool(*TEN), stage.pool(*range(10, 20))]
    evening = world.clock.at.replace(hour=9, minute=40)  # 17:40 of the region
    world.clock.at = evening
    stage.answer("positive", *pools)
    assert [one.members for one in stage.recalls()] == [10, 10] and len(stage.apart()) == 20
    world.wait(hours=2)
    tubes = stage.alone(*range(20))
    world.clock.at = evening + timedelta(hours=4, minutes=30)
    stage.answer("negative", *tubes[:13], *tubes[14:])
    stage.answer("positive", tubes[13])
    assert [one.state for one in stage.recalls()] == ["cleared", "confirmed"]
    assert stage.states(1) == {"restored": 10} and stage.states(2) == {"restored": 9, "positive": 1}
    assert [one.found_at for one in stage.proposals()] == [world.clock.at]
    assert stage.apart() == {stage.id(13)}
    with world.as_system() as w:
        followed = asked.follow_up(w, round=stage.ground.round_id)
        pooled = turnaround.pool_positivity(w, [stage.ground.round_id])
    assert (followed.in_time, followed.done, followed.members) == (20, 20, 20)
    assert (pooled.part, pooled.whole) == (2, 2)


def test_the_clinics_of_the_homes_are_ordered_in_numbers_without_names(stage: Stage) -> None:
    world, ground = stage.world, stage.ground
    with world.as_system() as w:
        community = w.get(Place, ground.clinic.parent_id)
    other = world.area(ground.district, level="community")
    office, theirs = world.site(community, "community_office"), world.clinic(other)
    stage.send(
        ground.tube(
            [*(ground.person(n) for n in range(6)), *(ground.person(n, home=other.id) for n in (6, 7))]
        )
    )
    tube = ground.tube([*(ground.person(n) for n in (10, 11)), ground.person(12, home=other.id)])
    stage.send(tube)
    stage.answer("grey", tube)
    with world.as_system() as w:
        order = w.session.scalars(select(Directive)).one()
        sent = w.session.execute(select(Recipient.place_id, Recipient.targets)).all()
    assert (order.kind, order.state, order.place_id) == ("recall", "issued", ground.district.id)
    assert {row.place_id: row.targets for row in sent} == {
        ground.clinic.id: {"resampled": 2},
        theirs.id: {"resampled": 1},
        office.id: {},
    }
    said = f"{order.title_zh} {order.body_zh} {order.title_en} {order.body_en}"
    assert "3人" in said and "测试" not in said
    assert stage.recalls()[0].directive == f"directive:{order.id}"
    assert {one.place_id for one in stage.members()} == {ground.clinic.id, theirs.id}


def test_what_says_nothing_makes_a_member_due_again(stage: Stage) -> None:
    world = stage.world
    stage.recalled(0, 1, 2)
    tubes = stage.alone(0, 1, 2)
    stage.answer("invalid", tubes[0])
    stage.answer("grey", tubes[1])
    broken = next(one.tube_id for one in stage.members() if one.state == "resampled") or 0
    with world.as_("laboratory", stage.ground.lab) as w:
        reject(w, stage.ground.lab.id, [broken], "leaking")
    world.run()
    assert stage.states() == {"pool_suspect": 3} and stage.recalls()[0].state == "recalled"
    assert not stage.proposals() and len(stage.apart()) == 3
    world.wait(minutes=5)
    stage.answer("negative", *stage.alone(0, 1, 2))
    assert stage.states() == {"restored": 3} and stage.recalls()[0].state == "cleared"


def test_who_is_in_two_pools_is_restored_by_a_sample_taken_after_both(stage: Stage) -> None:
    world = stage.world
    first, second = stage.pool(0, 1), stage.pool(0, 2)
    world.wait(hours=1)
    stage.answer("positive", first)
    world.wait(minutes=20)
    early = stage.alone(0)
    world.wait(minutes=20)
    stage.answer("positive", second)
    stage.answer("negative", *early)
    assert stage.state(0, 1) == stage.state(0, 2) == "pool_suspect"
    world.wait(minutes=20)
    stage.answer("negative", *stage.alone(0))
    assert stage.state(0, 1) == stage.state(0, 2) == "restored"
    assert stage.apart() == {stage.id(1), stage.id(2)}


def test_a_pool_whose_result_is_taken_back_lets_everybody_go(stage: Stage) -> None:
    world = stage.world
    tube = stage.recalled(0, 1, 2)
    stage.answer("positive", *stage.alone(0))
    stage.answer("negative", tube)
    assert stage.recalls()[0].state == "withdrawn"
    assert stage.states() == {"positive": 1, "restored": 2} and stage.apart() == {stage.id(0)}
    with world.as_system() as w:
        assert w.session.scalars(select(Directive)).one().state in ("withdrawing", "cancelled")
    world.wait(minutes=30)
    stage.answer("positive", tube)  # and positive after all: another recall, with a clock of its own
    assert [one.state for one in stage.recalls()] == ["withdrawn", "recalled"]
    assert stage.states(2) == {"positive": 1, "pool_suspect": 2} and len(stage.apart()) == 3


def test_a_negative_that_turns_positive_recalls_a_cleared_pool_again(stage: Stage) -> None:
    world = stage.world
    stage.recalled(0, 1)
    tubes = stage.alone(0, 1)
    stage.answer("negative", *tubes)
    assert stage.recalls()[0].state == "cleared" and not stage.apart()
    world.wait(hours=1)
    stage.answer("positive", tubes[1])
    assert [one.state for one in stage.recalls()] == ["cleared", "confirmed"]
    assert stage.state(0, 2) == "restored" and stage.state(1, 2) == "positive"
    assert stage.apart() == {stage.id(1)} and len(stage.proposals()) == 1
    with world.as_system() as w:
        assert asked.follow_up(w).members == 2, "one pool is counted once"


def test_a_single_positive_outside_a_recall_is_proposed_too(stage: Stage) -> None:
    stage.answer("positive", *stage.alone(3, stream="fever"))
    assert not stage.recalls() and [one.person_id for one in stage.proposals()] == [stage.id(3)]
    stage.answer("grey", *stage.alone(4, stream="fever"))
    assert len(stage.proposals()) == 1


def test_who_is_no_case_after_all_is_sampled_with_others_again(stage: Stage) -> None:
    world = stage.world
    stage.recalled(0, 1)
    stage.answer("positive", *stage.alone(0, 1))
    assert len(stage.apart()) == 2
    with world.as_("epidemiologist", stage.ground.district) as w:
        first, second = w.session.scalars(select(CaseProposal).order_by(CaseProposal.id)).all()
        cases.decide(w, first, "dismiss", "the other kit says no")
        cases.decide(w, second, "accept")
    world.run()
    assert stage.apart() == {stage.proposals()[1].person_id}


def test_a_phone_that_sends_the_rest_of_a_tube_later_recalls_them_too(stage: Stage) -> None:
    ground = stage.ground
    people = [ground.person(n) for n in range(5)]
    tube = ground.tube(people[:3])
    stage.send(tube)
    stage.answer("positive", tube)
    stage.send(tube.model_copy(update={"revision": 2, "people": people}))
    assert stage.recalls()[0].members == 5 and len(stage.apart()) == 5
    assert all(one.told_at is not None for one in stage.members())


def test_every_step_run_twice_changes_nothing(stage: Stage) -> None:
    """A worker dies after its effects and before its end: all that it did is done once more."""
    world = stage.world
    tube = stage.recalled(*range(4))
    for _ in range(2):
        before = everything(world)
        again(world)
        assert world.run() and everything(world) == before
        stage.answer("negative", *stage.alone(0, 1))
        stage.answer("positive", *stage.alone(2))
        stage.answer("negative", tube)


def test_members_not_told_or_not_sampled_in_time_are_late_once(stage: Stage) -> None:
    world = stage.world
    stage.recalled(0, 1)
    world.wait(hours=5)
    world.run()
    assert stage.recalls()[0].late_at is not None
    assert len(world.journal("sampling.RecallLate")) == 1
    stage.alone(0, 1)
    with world.as_system() as w:
        followed = asked.follow_up(w, since=world.clock.at - timedelta(days=1))
    assert (followed.share, followed.done, followed.members) == (0, 2, 2)
