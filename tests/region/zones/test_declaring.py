"""Zones are declared, regraded, redrawn and lifted, at once or from a moment on; the map of any past hour stays."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from region.spine.errors import Forbidden, Invalid, Refused
from region.zones.actions import declaring
from region.zones.actions.drawing import Outline
from region.zones.models import Zone, ZoneGrade
from region.zones.queries.shown import at_hour
from tests.region.zones.ground import GROUND, SOUTH, WEST, Ground, square
from tests.world import World


def on_map(ground: Ground, at: datetime) -> list[tuple[str, float]]:
    """Grades and ground (1 is that of the drawing) of what a map of that moment shows."""
    with ground.world.as_("epidemiologist", ground.district) as w:
        frame = at_hour(w, at)
    if frame is None:
        return []
    shapes = zip(frame["grade"], frame.geometry, strict=True)
    return [(grade, round(shape.area / GROUND.area, 3)) for grade, shape in shapes]


def test_the_map_of_any_past_hour_is_drawn_from_the_history(world: World) -> None:
    ground = Ground.of(world)
    drawn = ground.drawn()
    assert on_map(ground, world.clock.at) == [], "a draft binds nobody"
    hours = [world.clock.at]
    with world.as_("commander", ground.district, "leader") as w:
        declaring.declare(w, w.get(Zone, drawn), at=w.now + timedelta(hours=1))
    world.wait(hours=2)
    hours.append(world.clock.at)
    with world.as_("commander", ground.district, "leader") as w:
        declaring.redraw(w, w.get(Zone, drawn), Outline(square(WEST, SOUTH, 0.02)), reason="too wide")
    assert ground.zone(drawn).people == 500
    world.wait(hours=1)
    hours.append(world.clock.at)
    with world.as_("commander", ground.district, "leader") as w:
        declaring.regrade(w, w.get(Zone, drawn), "medium", reason="one zone, one policy")
    world.wait(hours=1)
    hours.append(world.clock.at)
    with world.as_("commander", ground.district, "leader") as w:
        declaring.lift(w, w.get(Zone, drawn), reason="drawn by mistake")
    world.wait(hours=1)
    assert ground.zone(drawn).state == "lifted"
    third = round(0.02 * 0.02 / GROUND.area, 3)
    found = [on_map(ground, at - timedelta(minutes=1)) for at in (*hours, world.clock.at)]
    assert found == [[], [("high", 1.0)], [("high", third)], [("medium", third)], []]
    with world.as_system() as w:
        rows = w.session.scalars(select(ZoneGrade).order_by(ZoneGrade.id)).all()
        assert [row.decided_by for row in rows] == ["leader"] * 4
        assert all(len(row.pack_digest) > 20 for row in rows)


def test_what_is_decided_for_later_holds_then_and_the_lift_ends_the_zone_by_itself(world: World) -> None:
    ground = Ground.of(world)
    zone = ground.declared()
    with world.as_("commander", ground.district, "leader") as w:
        declaring.lift(w, w.get(Zone, zone), at=w.now + timedelta(hours=5), reason="moved away")
    world.run()
    assert (ground.zone(zone).state, ground.zone(zone).grade) == ("standing", "high")
    with pytest.raises(Refused, match="zone-change-planned"), world.as_("commander", ground.district) as w:
        declaring.redraw(w, w.get(Zone, zone), Outline(square(WEST, SOUTH)), reason="now")
    world.wait(hours=5, minutes=1)
    world.run()
    ended = ground.zone(zone)
    assert (ended.state, ended.grade) == ("lifted", "low") and ended.lifted_at is not None
    verbs = [entry.data["verb"] for entry in world.journal("zones.ZoneMoved")]
    assert verbs == ["draw", "declare", "lift", "ordered", "ordered", "end"]


def test_a_draft_that_nobody_declares_and_a_zone_that_nobody_looks_at_are_late(world: World) -> None:
    ground = Ground.of(world)
    ground.drawn()
    standing = ground.declared()
    world.wait(hours=13)
    world.run()
    late = [entry.data for entry in world.journal("zones.ZoneMoved") if entry.data["verb"] == "late"]
    assert [one["zone"] for one in late] == [1] and ground.zone(standing).late_at is None
    world.wait(days=14)
    world.run()
    assert ground.zone(standing).late_at is not None


def test_a_decision_needs_a_reason_a_person_who_may_and_a_time_that_can_be(world: World) -> None:
    ground = Ground.of(world)
    zone = ground.declared(newest=date(2022, 7, 31))
    with world.as_("commander", ground.district) as w:
        row = w.get(Zone, zone)
        with pytest.raises(Invalid, match="zone-reason-needed"):
            declaring.lift(w, row, reason=" ")
        with pytest.raises(Invalid, match="zone-grade-unknown"):
            declaring.regrade(w, row, "high", reason="again")
        with pytest.raises(Invalid, match="zone-moment-wrong"):
            declaring.lift(w, row, at=w.now + timedelta(days=31), reason="much later")
        with pytest.raises(Refused, match="not-from-here"):
            declaring.declare(w, row)
    with pytest.raises(Forbidden), world.as_("epidemiologist", ground.district) as w:
        declaring.lift(w, w.get(Zone, zone), reason="mine")
