"""What every plan keeps, whatever the evening: floors, lots, packs, expiry, loads, and no worse than by telephone."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings

from region.resources.allocation.greedy import greedy_nearest
from region.resources.allocation.outcome import SHORT, UNKNOWN_BURN, Plan
from region.resources.allocation.plan import make_plan
from region.resources.allocation.problem import Problem
from tests.region.resources.allocation.evenings import CLOSE, held, moves, problems, usable

Planner = Callable[[Problem], Plan]
both = pytest.mark.parametrize("planner", [make_plan, greedy_nearest])
few = settings(max_examples=40, deadline=None)


@both
@few
@given(problem=problems())
def test_a_giver_keeps_its_floor_its_lots_and_its_vehicles(planner: Planner, problem: Problem) -> None:
    plan, lots = planner(problem), problem.lots
    told = moves(plan)
    for giver, gave in told.gave.items():
        row = giver - 1
        assert usable(problem, giver) - gave >= held(problem, giver) - CLOSE
        assert gave <= problem.places.loads[row] * problem.places.load[row]
        assert problem.places.burn[row] > 0 or problem.places.warehouse[row]
    for (giver, lot), units in told.lot.items():
        at = lot - 101
        assert lots.place[at] == giver - 1 and lots.days[at] >= 0
        assert units <= lots.quantity[at]
    assert not set(told.gave) & set(told.got)


@both
@few
@given(problem=problems())
def test_consignments_are_whole_packs_of_at_least_the_least_size(planner: Planner, problem: Problem) -> None:
    plan = planner(problem)
    assert all(line.quantity > 0 and line.quantity % problem.rules.pack == 0 for line in plan.lines)
    pairs = moves(plan).pair
    assert all(units >= problem.rules.least_consignment for units in pairs.values())
    assert plan.consignments == len(pairs)


@both
@few
@given(problem=problems())
def test_what_is_lifted_is_above_its_floor_and_all_else_is_told_short(
    planner: Planner, problem: Problem
) -> None:
    plan, places = planner(problem), problem.places
    got = moves(plan).got
    assert set(got) == set(plan.lifted)
    short = {row.place: row for row in plan.short}
    for row in range(len(places)):
        place, burn = row + 1, float(places.burn[row])
        has = usable(problem, place)
        if burn > 0:
            after = has + got.get(place, 0)
            below = after < held(problem, place) - CLOSE
            assert below == (place in short) and below <= (has < held(problem, place))
        else:
            assert place not in got
            assert (place in short) == (not places.warehouse[row])
            assert places.warehouse[row] or short[place].why == UNKNOWN_BURN
    assert all(row.why in SHORT for row in plan.short)
    assert plan.needy == len(plan.lifted) + sum(row.why != UNKNOWN_BURN for row in plan.short)


@both
@few
@given(problem=problems())
def test_nothing_expires_before_its_taker_has_used_it(planner: Planner, problem: Problem) -> None:
    for line in planner(problem).lines:
        assert problem.lots.days[line.lot - 101] >= line.taker_after - CLOSE


@both
@few
@given(problem=problems())
def test_what_a_giver_keeps_still_lasts_its_floor_day_by_day(planner: Planner, problem: Problem) -> None:
    """Not only in number: without what will have expired by then."""
    told, lots = moves(planner(problem)), problem.lots
    for giver in told.gave:
        burn, floor = float(problem.places.burn[giver - 1]), float(problem.places.floor[giver - 1])
        rows = [n for n in range(len(lots.ids)) if lots.place[n] == giver - 1 and lots.days[n] >= 0]
        for day in {float(lots.days[n]) for n in rows}:
            later = [n for n in rows if lots.days[n] > day]
            if burn > 0 and day < floor and any(told.lot[giver, 101 + n] for n in later):
                kept = sum(int(lots.quantity[n]) - told.lot[giver, 101 + n] for n in later)
                assert kept >= burn * (floor - day) - CLOSE


@both
@few
@given(problem=problems())
def test_the_numbers_of_a_line_are_those_of_its_places_and_add_up(planner: Planner, problem: Problem) -> None:
    plan, places, rules = planner(problem), problem.places, problem.rules
    told = moves(plan)
    assert math.isclose(sum(line.cost for line in plan.lines), plan.cost.value, abs_tol=CLOSE)
    for line in plan.lines:
        assert line.rank == places.rank[line.taker - 1]
        burn = float(places.burn[line.taker - 1])
        has = usable(problem, line.taker)
        assert math.isclose(line.taker_before, has / burn)
        assert math.isclose(line.taker_after, (has + told.got[line.taker]) / burn)
        assert line.minutes <= rules.most_minutes and math.isclose(line.minutes, line.km / rules.speed * 60)
        if problem.places.burn[line.giver - 1] > 0:
            left = usable(problem, line.giver) - told.gave[line.giver]
            assert line.giver_after is not None
            assert math.isclose(line.giver_after, left / float(places.burn[line.giver - 1]))
        else:
            assert line.giver_before is None and line.giver_after is None


@few
@given(problem=problems())
def test_never_less_weight_than_by_telephone_nor_more_than_the_bound(problem: Problem) -> None:
    plan, greedy = make_plan(problem), greedy_nearest(problem)
    assert plan.weight.value >= greedy.weight.value - CLOSE
    if plan.lifted == greedy.lifted:
        assert plan.cost.value <= greedy.cost.value + CLOSE
    assert plan.weight.bound is not None and plan.weight.bound >= greedy.weight.value - CLOSE
    assert plan.weight.gap is not None and plan.weight.gap <= 1e-5
    assert plan.cost.gap is not None and plan.cost.gap <= 1e-5


@settings(max_examples=25, deadline=None)
@given(problem=problems())
def test_the_same_evening_gives_the_same_plan(problem: Problem) -> None:
    first, again = make_plan(problem), make_plan(problem)
    assert (first.lines, first.lifted, first.short) == (again.lines, again.lifted, again.short)
