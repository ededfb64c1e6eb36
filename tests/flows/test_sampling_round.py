"""An ordered round reaches those who run its sites, each with its own numbers; supplies learn what rounds will need."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from region.dispatch.models import Directive, Recipient
from region.places.models import Place
from region.resources.questions import PlannedSampling, Sampled
from region.sampling.actions import planning, running
from region.sampling.actions.syncing import sync
from region.sampling.models import Round, RoundSite
from region.sampling.needs import Asked
from tests.region.sampling.ground import running_round
from tests.region.sampling.planning_ground import drafted, planned_ground, sited
from tests.world import World


def planned(world: World, place: Place, first: date, last: date) -> dict[date, Sampled]:
    """What supplies are told."""
    with world.as_system() as w:
        return w.ask(PlannedSampling(place.id, first, last))


def test_the_order_tells_each_runner_its_sites_samplers_and_tubes(world: World) -> None:
    plan = sited(drafted(planned_ground(world)))
    with world.as_("commander", plan.district, "leader") as w:
        planning.approve(w, w.get(Round, plan.round_id))
    with world.as_("duty_officer", plan.district) as w:
        running.order(w, w.get(Round, plan.round_id))
        running.order(w, w.get(Round, plan.round_id))  # a second click
    world.run()
    with world.as_system() as w:
        order = w.session.scalars(select(Directive)).one()
        assert w.get(Round, plan.round_id).directive == f"directive:{order.id}"
        assert order.state == "issued" and order.template == "run_sampling_sites" and "R1" in order.title_en
        sites = list(w.session.scalars(select(RoundSite)))
        told = {row.place_id: row.targets for row in w.session.scalars(select(Recipient))}
        assert set(told) == {site.place_id for site in sites}
        for place, targets in told.items():
            mine = [site for site in sites if site.place_id == place]
            assert targets["sites_open"] == len(mine)
            assert targets["samplers"] == sum(site.samplers for site in mine)
            assert targets["tubes_ready"] >= sum(site.expected for site in mine) / 10 * 1.05
        assert all(site.lab_id == plan.lab.id for site in sites)


def test_supplies_learn_what_a_round_will_need(world: World) -> None:
    plan = drafted(planned_ground(world), Asked(singles=50, separate_tubes=30))
    first, last = date(2022, 8, 1), date(2022, 8, 5)
    # From 21:00 of the first day of the region to 21:00 of the second: an eighth, then seven eighths.
    found = planned(world, plan.district, first, last)
    assert sorted(found) == [date(2022, 8, 1), date(2022, 8, 2)]
    assert [one.persons for one in found.values()] == [2250, 15_750]
    assert found[date(2022, 8, 2)].tubes == {10: 1579, 1: 70}
    half = planned(world, plan.communities[0], first, last)
    assert sum(one.persons for one in half.values()) == 9000
    assert planned(world, plan.district, date(2022, 8, 4), last) == {}
    assert planned(world, world.area(level="district"), first, last) == {}
    sited(plan)
    with world.as_system() as w:
        sites = list(w.session.scalars(select(RoundSite)))
    clinic = plan.clinics[0]
    expected = sum(site.expected for site in sites if site.place_id == clinic.id)
    assert sum(one.persons for one in planned(world, clinic, first, last).values()) == expected > 0


def test_supplies_are_told_what_was_taken_once_the_day_is_over(world: World) -> None:
    ground = running_round(world, due=200)
    rows = [
        {"place_id": grid.id, "registered": 200, "exempt": 0, "separate": 0, "due": 200}
        for grid in ground.grids
    ]
    with world.as_system() as w:
        row = w.get(Round, ground.round_id)
        row.plan = {"asked": {}}
        planning.keep(w, row, rows)
    with ground.sampler() as w:
        sync(w, ground.batch([ground.tube([ground.person(n) for n in range(1, 9)])]))
    today = date(2022, 8, 1)
    before = planned(world, ground.district, today, today)[today]
    assert before.persons == round(400 * 16 / 24)  # today, as planned: from 08:00 to midnight
    world.wait(days=2)
    with world.as_("duty_officer", ground.district) as w:
        running.finish(w, w.get(Round, ground.round_id))
    after = planned(world, ground.district, today, date(2022, 8, 3))
    assert after == {today: Sampled(8, {10: 1})}
    assert planned(world, ground.clinic, today, date(2022, 8, 3)) == {today: Sampled(8, {10: 1})}
