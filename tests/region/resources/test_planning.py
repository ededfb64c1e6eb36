"""Plans: reckoned from what stands, edited with a reason, decided once, never beyond what the solver proved safe."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
from sqlalchemy import select, update

from region.places.models import Place
from region.resources.actions import planning
from region.resources.allocation import plan as solving
from region.resources.allocation.outcome import Plan as Found
from region.resources.allocation.problem import Problem
from region.resources.models import Plan, PlanLine, Shelf
from region.spine import worker
from region.spine.errors import Forbidden, Invalid, Missing, Refused, Stale
from region.spine.work import Work
from region.spine.worker import Desk
from tests.region.resources.store import receive
from tests.world import World

DAILY = 100.0


def burning(world: World, places: Sequence[Place], rate: float = DAILY) -> None:
    """As if their burn had been reckoned."""
    with world.as_system() as w:
        ids = [place.id for place in places]
        w.session.execute(update(Shelf).where(Shelf.place_id.in_(ids)).values(burn=rate, why="known"))


@pytest.fixture
def district(world: World) -> Place:
    """A warehouse with plenty, two centres with next to nothing, and one whose burn nobody knows."""
    district = world.area(level="district")
    warehouse = world.site(district, "warehouse")
    poor = [world.clinic(district) for _ in range(3)]
    receive(world, warehouse, "n95", 10_000, "A")
    for clinic in poor:
        receive(world, clinic, "n95", 60, "B")
    burning(world, poor[:2])
    return district


def asked(world: World, district: Place, **given: object) -> int:
    """A plan asked for and reckoned by the workers."""
    with world.as_("planner", district) as w:
        plan = planning.ask(w, district.id, "n95", uid="plan-form-1", **given)  # type: ignore[arg-type]
    world.run()
    return plan.id


def lines(world: World, plan: int) -> list[PlanLine]:
    with world.as_system() as w:
        return list(w.session.scalars(select(PlanLine).where(PlanLine.plan_id == plan).order_by(PlanLine.id)))


def test_a_plan_lifts_those_who_are_short_and_says_who_it_cannot_judge(world: World, district: Place) -> None:
    plan = asked(world, district)
    assert asked(world, district) == plan  # the same form asks once
    found = lines(world, plan)
    assert [line.proposed for line in found] == [640, 640]  # 700 are seven days; 60 are there
    assert all(line.proposed % 20 == 0 for line in found)
    with world.as_("planner", district) as w:
        row = w.get(Plan, plan)
        assert row.state == "proposed"
        assert [one["why"] for one in row.short] == ["unknown-burn"]
        assert len(row.found["lifted"]) == 2
        assert row.found["greedy"]["lifted"] == 2
    assert [line.why["taker_before"] for line in found] == [0.6, 0.6]


def test_a_long_reckoning_says_that_it_lives(
    world: World, district: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    enough = threading.Event()
    alive, solve = Desk.alive, solving.make_plan

    def counted(desk: Desk, w: Work) -> None:
        alive(desk, w)
        told.append(desk.held.id)
        if len(told) == 3:
            enough.set()

    def slow(problem: Problem) -> Found:
        assert enough.wait(60)
        return solve(problem)

    monkeypatch.setattr(Desk, "alive", counted)
    monkeypatch.setattr(worker, "SIGN_OF_LIFE", 0.01)
    monkeypatch.setattr(solving, "make_plan", slow)
    assert len(lines(world, asked(world, district))) == 2
    assert len(told) >= 3


def test_a_line_may_be_cut_with_a_reason_and_never_grow(world: World, district: Place) -> None:
    plan = asked(world, district)
    first = lines(world, plan)[0].id
    for quantity, reason, code in (
        (700, "more", "line-quantity"),
        (-1, "x", "line-quantity"),
        (20, " ", "field-missing"),
    ):
        with pytest.raises(Invalid) as wrong, world.as_("planner", district) as w:
            planning.edit(w, w.get(PlanLine, first), quantity, reason)
        assert wrong.value.code == code
    with world.as_("planner", district) as w:
        planning.edit(w, w.get(PlanLine, first), 320, "half now, the road is closed")
    assert [(line.proposed, line.quantity) for line in lines(world, plan)] == [(640, 320), (640, 640)]
    with pytest.raises(Stale), world.as_("commander", district) as w:
        planning.approve(
            w, w.get(Plan, plan), version=2
        )  # whoever approves has seen the plan before it was cut


def test_the_planner_does_not_approve_and_a_decided_plan_is_not_touched(
    world: World, district: Place
) -> None:
    plan = asked(world, district)
    with pytest.raises(Forbidden), world.as_("planner", district) as w:
        planning.approve(w, w.get(Plan, plan))
    with world.as_("commander", district) as w:
        planning.drop(w, w.get(Plan, plan))
    with pytest.raises(Refused) as refused, world.as_("commander", district) as w:
        planning.approve(w, w.get(Plan, plan))
    assert refused.value.code == "not-from-here"
    with world.as_("commander", district) as w:
        planning.drop(w, w.get(Plan, plan))  # twice is once
    first = lines(world, plan)[0].id
    with pytest.raises(Refused), world.as_("planner", district) as w:
        planning.edit(w, w.get(PlanLine, first), 0, "late")
    assert len(world.journal("resources.PlanDropped")) == 1


def test_a_plan_that_nobody_decides_on_grows_too_old(world: World, district: Place) -> None:
    plan = asked(world, district)
    world.wait(hours=25)
    world.run()
    with world.as_system() as w:
        assert w.get(Plan, plan).state == "dropped"
    assert world.journal("resources.PlanDropped")[0].data["lapsed"] is True


def test_a_plan_of_another_district_is_nobodys(world: World, district: Place) -> None:
    plan = asked(world, district)
    other = world.area(level="district")
    with pytest.raises(Missing), world.as_("planner", other) as w:
        w.get(Plan, plan)
    with pytest.raises(Forbidden), world.as_("planner", other) as w:
        planning.ask(w, district.id, "n95", uid="plan-form-9")


def test_a_floor_below_the_published_one_is_refused(world: World, district: Place) -> None:
    with pytest.raises(Invalid) as wrong, world.as_("planner", district) as w:
        planning.ask(w, district.id, "n95", uid="plan-form-3", floor=1)
    assert (wrong.value.code, wrong.value.facts["least"]) == ("floor-wrong", 7)
