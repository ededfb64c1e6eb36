"""Those inside a zone are told when it is declared, regraded and lifted; each once, in numbers, without its name."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from region.dispatch.models import Directive, Recipient
from region.zones.actions import declaring
from region.zones.models import Zone
from tests.region.zones.ground import Ground
from tests.world import World


def orders(world: World) -> list[Directive]:
    with world.as_system() as w:
        return list(w.session.scalars(select(Directive).order_by(Directive.id)))


def test_the_sites_inside_and_those_who_look_after_its_people_are_ordered(world: World) -> None:
    ground = Ground.of(world)
    zone = ground.declared()
    world.run()
    (order,) = orders(world)
    assert (order.state, order.template, order.place_id) == ("issued", "zone_declared", ground.community.id)
    assert order.title_en.startswith(
        f"Wanghu, high-risk zone {ground.zone(zone).code}: in force from Mon 1 Aug"
    )
    assert "1,500 people" in order.body_en and "1 sites" in order.body_en and "高风险区" in order.title_zh
    assert "望湖小区" not in order.body_zh + order.title_zh, "a zone's own name may name a family's house"
    with world.as_system() as w:
        told = set(w.session.scalars(select(Recipient.place_id)))
    assert told == {ground.clinic.id, ground.office.id}, (
        "the clinic inside, and the office that serves the grids"
    )
    assert ground.zone(zone).directive == f"directive:{order.id}"


def test_each_change_is_ordered_once_and_a_draft_or_a_new_outline_never(sqlite_world: World) -> None:
    ground = Ground.of(sqlite_world)
    ground.drawn()
    zone = ground.declared()
    with sqlite_world.as_("commander", ground.district, "leader") as w:
        declaring.regrade(w, w.get(Zone, zone), "medium", at=w.now + timedelta(hours=2), reason="assessed")
    sqlite_world.wait(hours=3)
    sqlite_world.run()
    with sqlite_world.as_("commander", ground.district, "leader") as w:
        declaring.lift(w, w.get(Zone, zone), reason="assessed")
    sqlite_world.run()
    assert [one.template for one in orders(sqlite_world)] == ["zone_declared", "zone_regraded", "zone_lifted"]
    assert "medium-risk from Mon 1 Aug 2022 11:00" in orders(sqlite_world)[1].title_en
