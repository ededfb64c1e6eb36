"""A plan is approved: transfers lot by lot, one order to the givers and one to the takers, once, on both desks."""

from __future__ import annotations

from sqlalchemy import select

from region.dispatch.models import Directive, Recipient
from region.flows import supply
from region.places.models import Place
from region.resources.actions import planning
from region.resources.events.planning import PlanApproved
from region.resources.models import Plan, Transfer
from tests.region.resources.store import receive
from tests.region.resources.test_planning import asked, burning
from tests.world import World


def short_district(world: World) -> tuple[Place, Place, list[Place]]:
    """A warehouse with two lots, and two centres that are short."""
    district = world.area(level="district")
    warehouse = world.site(district, "warehouse")
    poor = [world.clinic(district) for _ in range(2)]
    receive(world, warehouse, "n95", 800, "SOON", world.clock.at.date().replace(year=2023))
    receive(world, warehouse, "n95", 5000, "LATER", world.clock.at.date().replace(year=2025))
    for clinic in poor:
        receive(world, clinic, "n95", 60)
    burning(world, poor)
    return district, warehouse, poor


def test_an_approved_plan_becomes_transfers_and_orders_once(world: World) -> None:
    district, warehouse, poor = short_district(world)
    incident = world.incident(district)
    plan = asked(world, district)
    for _ in range(2):  # a double click
        with world.as_("commander", district) as w:
            planning.approve(w, w.get(Plan, plan))
        world.run()
    with world.as_system() as w:
        again = PlanApproved(plan=plan, lines=0, quantity=0, place=district.id)
        supply.write_transfers(w, again)
        supply.tell_givers_and_takers(w, again)
    with world.as_system() as w:
        transfers = w.session.scalars(select(Transfer).order_by(Transfer.id)).all()
        assert [(one.giver_id, one.taker_id, one.state) for one in transfers] == [
            (warehouse.id, clinic.id, "ordered") for clinic in poor
        ]
        assert [sum(line.ordered for line in one.lines) for one in transfers] == [640, 640]
        assert all(line.lot_id is not None for one in transfers for line in one.lines)
        orders = w.session.scalars(select(Directive).order_by(Directive.id)).all()
        assert [(one.kind, one.state, one.incident_id) for one in orders] == [
            ("requisition", "issued", incident.id)
        ] * 2
        told = w.session.execute(select(Recipient.directive_id, Recipient.place_id)).all()
    assert {place for _order, place in told} == {warehouse.id, *(clinic.id for clinic in poor)}
    assert len(told) == 3


def test_without_an_open_response_the_transfers_stand_alone(world: World) -> None:
    district, _warehouse, _poor = short_district(world)
    plan = asked(world, district)
    with world.as_("commander", district) as w:
        planning.approve(w, w.get(Plan, plan))
    world.run()
    with world.as_system() as w:
        assert len(w.session.scalars(select(Transfer.id)).all()) == 2
        assert w.session.scalars(select(Directive.id)).all() == []
