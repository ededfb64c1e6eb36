"""The errand that places a round's sites: run again, or late, it changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from region.sampling.actions import site_edits, siting
from region.sampling.covering import place as covering
from region.sampling.models import Round, RoundSite
from region.spine import errands
from region.spine.worker import run_one
from tests.promises.test_errands import again, everything
from tests.region.sampling.planning_ground import Plan, drafted, planned_ground
from tests.world import World


@pytest.fixture
def plan(world: World) -> Plan:
    return drafted(planned_ground(world))


def asked(plan: Plan, most: int | None = None) -> None:
    """A duty officer has the sites placed."""
    with plan.world.as_("duty_officer", plan.district) as w:
        siting.ask(w, w.get(Round, plan.round_id), most)


def sites(plan: Plan) -> int:
    """How many sites the round has, less those that were taken away."""
    with plan.world.as_system() as w:
        return len(w.session.scalars(select(RoundSite).where(RoundSite.state != "stopped")).all())


def test_run_twice_it_changes_nothing_the_second_time(plan: Plan) -> None:
    asked(plan)
    plan.world.run()
    assert sites(plan) and {one.runner for one in plan.world.errands("done")} >= {"sampling.site_round"}
    before = everything(plan.world)
    again(plan.world)
    assert plan.world.run()
    assert everything(plan.world) == before


def test_run_again_after_a_person_took_a_site_away_it_does_not_put_it_back(plan: Plan) -> None:
    asked(plan)
    plan.world.run()
    number = sites(plan)
    with plan.world.as_("duty_officer", plan.district) as w:
        site_edits.remove(w, w.session.scalars(select(RoundSite).order_by(RoundSite.id)).all()[0])
    before = everything(plan.world)
    again(plan.world)
    assert plan.world.run()
    assert sites(plan) == number - 1 and everything(plan.world) == before


def test_two_workers_with_the_same_errand_place_the_sites_once(plan: Plan) -> None:
    """One lost its lease while it reckoned and goes on: the other has the errand."""
    asked(plan)
    world = plan.world
    with world.as_system() as w:
        (first,) = errands.claim(w.session, "slow", w.real_now, 20)
    world.wait(seconds=errands.LEASE.total_seconds() + 1)
    world.run()
    number, before = sites(plan), everything(world)
    assert number
    run_one(world.office, first)
    assert sites(plan) == number and everything(world) == before


def test_an_answer_to_an_older_question_is_not_taken(plan: Plan) -> None:
    asked(plan)
    asked(plan, most=2)
    plan.world.run()
    with plan.world.as_system() as w:
        kept = w.get(Round, plan.round_id).plan["siting"]
    assert (kept["state"], kept["most"], sites(plan)) == ("placed", 2, 2)
    assert len(plan.world.journal("sampling.RoundSitesSet")) == 1


def test_an_answer_is_not_taken_when_another_was_asked_for_while_it_was_reckoned(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    reckon, calls = covering.place, []

    def slow(problem: Any, most: int | None) -> Any:
        calls.append(most)
        if len(calls) == 1:
            asked(plan, most=2)
        return reckon(problem, most)

    monkeypatch.setattr(covering, "place", slow)
    asked(plan)
    plan.world.run()
    assert calls == [None, 2] and sites(plan) == 2
    (told,) = plan.world.journal("sampling.RoundSitesSet")
    assert told.data["sites"] == 2
