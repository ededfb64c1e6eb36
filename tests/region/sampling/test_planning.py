"""A round is drafted, planned from lists and populations, blocked while laboratories cannot carry it, approved, run."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from region.sampling.actions import drafting, planning, pledging, running
from region.sampling.models import Round, RoundArea, RoundLab, RoundSite
from region.sampling.needs import Asked
from region.spine.errors import Forbidden, Invalid, Refused
from tests.region.sampling.ground import running_round
from tests.region.sampling.planning_ground import Plan, drafted, planned_ground, sited
from tests.world import World


def test_a_plan_is_reckoned_from_populations_less_those_apart(world: World) -> None:
    plan = drafted(planned_ground(world), Asked(exempt=100, separate=20, singles=50, separate_tubes=30))
    with world.as_system() as w:
        row = w.get(Round, plan.round_id)
        assert row.plan["people"] == {"registered": 18_000, "exempt": 100, "separate": 20, "due": 17_880}
        assert row.plan["rules"] == w.rules.pack("sampling").digest
        need = row.plan["need"]
        # 17,830 in pools of ten that are 99.5 % full, 50 alone, 30 tubes of the separate scheme.
        assert (need["pools"], need["singles"], need["tubes"]) == (1792, 80, 1872)
        assert (need["sites"], need["samplers"]) == (8, 50)
        kept = w.session.execute(select(func.count(), func.sum(RoundArea.due))).one()
        assert tuple(kept) == (12, 17_880)
        assert pledging.burden(w, row).capacity == 2000  # as the laboratory declared
    told = world.journal("sampling.RoundPlanned")[-1].data
    assert told["load"] == pytest.approx(0.936) and told["tubes"] == 1872


def test_at_10_a_plan_above_full_load_is_blocked_until_aid_is_attached(world: World) -> None:
    plan = drafted(planned_ground(world, lab=1700))
    with pytest.raises(Refused) as refused, world.as_("commander", plan.district, "leader") as w:
        planning.approve(w, w.get(Round, plan.round_id))
    assert refused.value.code == "round-overloaded"
    assert refused.value.facts["missing"] == 110 and refused.value.facts["load"] == "106.5%"
    assert plan.state() == "planned"
    other = world.site(world.area(level="district"), "laboratory")
    with pytest.raises(Invalid), world.as_("duty_officer", plan.district) as w:
        pledging.pledge(w, w.get(Round, plan.round_id), other.id, 400, aid=True)  # whose letter?
    for tubes, state in ((109, "planned"), (400, "approved")):
        with world.as_("duty_officer", plan.district) as w:
            pledging.pledge(w, w.get(Round, plan.round_id), other.id, tubes, aid=True, note_code="YC-2022-18")
        try:
            with world.as_("commander", plan.district, "leader") as w:
                planning.approve(w, w.get(Round, plan.round_id))
        except Refused as still:
            assert still.facts["missing"] == 1
        assert plan.state() == state
    told = world.journal("sampling.LabPledged")[-1].data
    assert (told["laboratory"], told["tubes_a_day"], told["aid"]) == (other.id, 400, True)


def test_nobody_approves_his_own_round_and_none_without_a_laboratory(world: World) -> None:
    plan = drafted(planned_ground(world, lab=0))
    with pytest.raises(Forbidden), world.as_("commander", plan.district, "duty_officer") as w:
        planning.approve(w, w.get(Round, plan.round_id))
    with pytest.raises(Refused, match="round-no-laboratory"), world.as_("commander", plan.district) as w:
        planning.approve(w, w.get(Round, plan.round_id))
    with pytest.raises(Forbidden), world.as_("duty_officer", plan.district, "another") as w:
        planning.approve(w, w.get(Round, plan.round_id))


def test_the_same_form_twice_is_one_round_and_another_with_its_code_is_refused(world: World) -> None:
    plan = drafted(planned_ground(world))
    with world.as_("duty_officer", plan.district) as w:
        row = w.get(Round, plan.round_id)
        facts = {"area": plan.district.id, "starts_at": row.starts_at, "method_code": "pool_10", "code": "R1"}
        assert drafting.draft(w, due_at=row.due_at, **facts).id == row.id
        facts["starts_at"] += timedelta(hours=1)
        with pytest.raises(Invalid, match="round-code-taken"):
            drafting.draft(w, due_at=row.due_at + timedelta(hours=1), **facts)
    with world.as_system() as w:
        assert w.session.scalar(select(func.count()).select_from(Round)) == 1


def test_a_plan_is_made_again_when_what_was_asked_changes(world: World) -> None:
    plan = drafted(planned_ground(world))
    with world.as_("duty_officer", plan.district) as w:
        row = w.get(Round, plan.round_id)
        asked = Asked(household_persons=2000, household_tubes=800)
        drafting.change(w, row, asked, starts_at=row.starts_at, due_at=row.due_at, method_code="pool_20")
        planning.plan(w, row)
        # 16,000 in pools of twenty, and 800 households.
        assert (row.plan["need"]["pools"], row.plan["need"]["households"]) == (805, 800)
        assert row.plan["need"]["by_size"] == {"20": 805, "1": 800}
        assert w.session.scalar(select(func.count()).select_from(RoundArea)) == 12


def approved(plan: Plan) -> Plan:
    """A second person agrees."""
    with plan.world.as_("commander", plan.district, "leader") as w:
        planning.approve(w, w.get(Round, plan.round_id))
    return plan


def test_a_round_runs_from_its_order_to_its_end(world: World) -> None:
    plan = sited(approved(drafted(planned_ground(world))))
    with world.as_("duty_officer", plan.district) as w:
        running.order(w, w.get(Round, plan.round_id))
    world.run()
    with world.as_system() as w:
        row = w.get(Round, plan.round_id)
        assert row.directive is not None and row.state == "ordered"
        sites = list(w.session.scalars(select(RoundSite).order_by(RoundSite.number)))
        assert {site.state for site in sites} == {"ordered"}
        runner = sites[0].place_id
    clinic = next(one for one in plan.clinics if one.id == runner)
    with world.as_("clinic", clinic) as w:
        running.move_site(w, w.get(RoundSite, sites[0].id), "ready")
        running.move_site(w, w.get(RoundSite, sites[0].id), "open")
        running.move_site(w, w.get(RoundSite, sites[0].id), "open")  # a second tap
    world.run()
    assert plan.state() == "running"  # the first open site opens the round
    with world.as_("duty_officer", plan.district) as w:
        row = w.get(Round, plan.round_id)
        running.finish(w, row)
        running.reopen(w, row)
        running.finish(w, row)
        running.close(w, row)
    assert plan.state() == "closed"
    with world.as_system() as w:
        states = set(w.session.scalars(select(RoundSite.state)))
    assert states == {"stopped"}
    verbs = [entry.data["verb"] for entry in world.journal("sampling.RoundMoved")]
    assert verbs == ["approve", "order", "told", "open", "finish", "reopen", "finish", "close"]


def test_a_round_is_called_off_with_a_reason_and_its_sites_stop(world: World) -> None:
    plan = sited(approved(drafted(planned_ground(world))))
    with pytest.raises(Invalid), world.as_("commander", plan.district) as w:
        running.cancel(w, w.get(Round, plan.round_id), " ")
    with world.as_("commander", plan.district) as w:
        running.cancel(w, w.get(Round, plan.round_id), "storm")
        running.cancel(w, w.get(Round, plan.round_id), "storm")
    with world.as_system() as w:
        assert set(w.session.scalars(select(RoundSite.state))) == {"stopped"}


def test_a_round_does_not_close_while_tubes_wait_unless_somebody_says_why(world: World) -> None:
    from region.sampling.actions.syncing import sync

    ground = running_round(world)
    with ground.sampler() as w:
        sync(w, ground.batch([ground.tube([ground.person(1)])]))
    with world.as_("duty_officer", ground.district) as w:
        running.finish(w, w.get(Round, ground.round_id))
    with pytest.raises(Refused) as refused, world.as_("duty_officer", ground.district) as w:
        running.close(w, w.get(Round, ground.round_id))
    assert refused.value.facts["tubes"] == 1
    with world.as_("duty_officer", ground.district) as w:
        running.close(w, w.get(Round, ground.round_id), "the laboratory burnt down")
        assert w.get(Round, ground.round_id).plan["tubes_waiting"] == 1


def test_laboratories_once_set_are_not_overwritten_by_what_is_declared(world: World) -> None:
    plan = drafted(planned_ground(world))
    with world.as_("duty_officer", plan.district) as w:
        row = w.get(Round, plan.round_id)
        pledging.pledge(w, row, plan.lab.id, 1900)
        planning.plan(w, row)
    with world.as_system() as w:
        assert list(w.session.scalars(select(RoundLab.tubes_a_day))) == [1900]
