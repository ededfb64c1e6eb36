"""Against every possible plan of a tiny evening, counted out one by one."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from region.resources.allocation.network import settle
from region.resources.allocation.plan import make_plan
from region.resources.allocation.problem import Array, Ints, Problem
from region.resources.allocation.reach import great_circle
from region.resources.allocation.scene import scene
from tests.region.resources.allocation.evenings import Spot, evening, held, moves, store, usable

CLOSE = 1e-6
EXPIRY = st.sampled_from([4.0, 9.0, math.inf])
MORE = st.tuples(st.integers(0, 5), EXPIRY)
ENOUGH = st.tuples(st.integers(3, 8), EXPIRY)  # a giver's own floor is three units


def giver(lots: list[tuple[int, float]], north: int) -> Spot:
    return Spot(tuple(lots), burn=0.5, floor=6.0, north=north)


def taker(has: int, burn: float, rank: int, north: int) -> Spot:
    return Spot(((has, math.inf),), burn=burn, floor=3.0, rank=rank, north=north)


TAKERS = st.builds(
    taker, st.integers(0, 2), st.sampled_from([1.0, 1.4, 1.9]), st.integers(1, 3), st.integers(0, 30)
)


@st.composite
def tiny(draw: st.DrawFn) -> Problem:
    """Two givers, one of up to two lots, and one or two takers."""
    return evening(
        giver([draw(ENOUGH), *draw(st.lists(MORE, max_size=1))], 5),
        giver([draw(ENOUGH)], draw(st.integers(0, 30))),
        *draw(st.lists(TAKERS, min_size=1, max_size=2)),
        pack=draw(st.integers(1, 2)),
        least_consignment=draw(st.integers(0, 3)),
        per_km=0.01,
        per_consignment=draw(st.sampled_from([0.0, 0.1, 5.0])),
        weight_gap=0.0,
        cost_gap=0.0,
    )


def counted_out(problem: Problem, lots: list[int], takers: list[int]) -> Ints:
    """All ways in which each lot may give each taker so many packs, (ways, lots, takers), within the lots."""
    pack = problem.rules.pack
    each = []
    for lot in lots:
        full = int(problem.lots.quantity[lot]) // pack
        rows = [row for row in itertools.product(range(7), repeat=len(takers)) if sum(row) <= full]
        each.append(rows)
    return np.array([list(way) for way in itertools.product(*each)], dtype=np.int64).reshape(
        -1, len(lots), len(takers)
    )


def allowed(problem: Problem, ways: Ints, lots: list[int], takers: list[int]) -> Ints:
    """Those ways, in packs, that break no promise; written from the promise, not from the program."""
    places, rules, days = problem.places, problem.rules, problem.lots.days
    good = np.ones(len(ways), dtype=bool)
    for n, t in enumerate(takers):
        got = ways[:, :, n].sum(axis=1) * rules.pack
        wanted = math.ceil((held(problem, t + 1) - usable(problem, t + 1)) / rules.pack - 1e-9) * rules.pack
        wanted = max(wanted, math.ceil(rules.least_consignment / rules.pack) * rules.pack)
        good &= (got == 0) | (got == wanted)
        after = (usable(problem, t + 1) + wanted) / places.burn[t]
        for k, lot in enumerate(lots):
            good &= (ways[:, k, n] == 0) | (days[lot] >= after - 1e-9)
    for g in (0, 1):
        own = [k for k, lot in enumerate(lots) if problem.lots.place[lot] == g]
        for begin in [0.0, *(float(days[lots[k]]) for k in own)]:
            later = [k for k in own if days[lots[k]] > begin]
            gave = ways[:, later, :].sum(axis=(1, 2)) * rules.pack
            kept = problem.lots.quantity[[lots[k] for k in later]].sum() - gave
            good &= (gave == 0) | (kept >= places.burn[g] * max(0.0, places.floor[g] - begin) - 1e-9)
        for n in range(len(takers)):
            sent = ways[:, own, n].sum(axis=1) * rules.pack
            good &= (sent == 0) | (sent >= rules.least_consignment)
    return ways[good]


def worth(problem: Problem, ways: Ints, lots: list[int], takers: list[int]) -> tuple[Array, Array]:
    """The weight that each way lifts and what it costs, (ways,)."""
    places, rules = problem.places, problem.rules
    weight, cost = np.zeros(len(ways)), np.zeros(len(ways))
    for n, t in enumerate(takers):
        days = usable(problem, t + 1) / places.burn[t]
        one = 10.0 ** (5 - places.rank[t]) * (2 - days / places.floor[t])
        weight += one * (ways[:, :, n].sum(axis=1) > 0)
        for g in (0, 1):
            own = [k for k, lot in enumerate(lots) if problem.lots.place[lot] == g]
            sent = ways[:, own, n].sum(axis=1)
            apart = great_circle(places.lon[[g]], places.lat[[g]], places.lon[[t]], places.lat[[t]])[0]
            cost += rules.per_km * sent * rules.pack * apart * rules.detour + rules.per_consignment * (
                sent > 0
            )
    return weight, cost


@settings(max_examples=50, deadline=None)
@given(problem=tiny())
def test_no_way_lifts_more_or_lifts_the_same_for_less(problem: Problem) -> None:
    lots = [n for n, place in enumerate(problem.lots.place) if place < 2]
    takers = [t for t in range(2, len(problem.places)) if usable(problem, t + 1) < held(problem, t + 1)]
    plan = make_plan(problem)
    if not takers:
        assert not plan.lines
        return
    ways = allowed(problem, counted_out(problem, lots, takers), lots, takers)
    weight, cost = worth(problem, ways, lots, takers)
    assert plan.weight.value == pytest.approx(weight.max(), rel=1e-7)
    lifted = np.stack([ways[:, :, n].sum(axis=1) > 0 for n in range(len(takers))], axis=1)
    same = (lifted == [t + 1 in plan.lifted for t in takers]).all(axis=1)
    assert plan.cost.value == pytest.approx(cost[same].min(), rel=1e-6, abs=1e-9)


def test_the_telephone_is_beaten_where_the_nearest_is_the_only_one_of_another() -> None:
    """The first in order takes from the nearest, which is all that the second has; the plan sends it farther."""
    problem = evening(
        Spot(((100, 700.0),), burn=1.0, north=10, floor=40.0),
        Spot(((100, 700.0),), burn=1.0, north=-20, floor=40.0),
        Spot(north=0, burn=8.0, rank=1),
        Spot(north=30, burn=8.0, rank=2),
        most_minutes=40.0,
    )
    plan = make_plan(problem)
    assert plan.lifted == (3, 4)
    assert dict(moves(plan).pair) == {(2, 3): 56, (1, 4): 56}
    assert [line.why for line in plan.lines] == ["farther", "nearest"]
    assert [line.choice for line in plan.lines] == [2, 1]


def test_a_fixed_cost_sends_one_van_where_two_would_be_nearer() -> None:
    spots = [store((40, 700.0), north=5), store((200, 700.0), north=10), Spot(burn=10.0, north=0)]
    cheap = make_plan(evening(*spots, per_km=1.0, per_consignment=0.0))
    dear = make_plan(evening(*spots, per_km=1.0, per_consignment=1000.0))
    assert [line.giver for line in cheap.lines] == [1, 2] and cheap.lines[0].why == "part"
    assert [line.giver for line in dear.lines] == [2]
    assert dear.cost.value == pytest.approx(1000 + 70 * 10 * 1.3, rel=1e-3)


def test_a_better_class_comes_first_and_in_it_the_emptier() -> None:
    spots = [
        store((70, 700.0)),
        *(Spot(((has, 700.0),), rank=rank) for has, rank in [(0, 4), (20, 2), (0, 2)]),
    ]
    assert make_plan(evening(*spots)).lifted == (4,)
    assert make_plan(evening(*spots[:3])).lifted == (3,)


def test_whole_sites_are_weighed_where_neither_the_telephone_nor_rounding_finds_the_best() -> None:
    """Of 20 units the emptiest site takes 18; a part of a site is worth most with the second; best are the others."""
    sites = [
        Spot(((2, 700.0),), burn=2.0),
        Spot(((32, 700.0),), burn=4.0),
        *[Spot(((15, 700.0),), burn=2.5)] * 2,
    ]
    plan = make_plan(evening(store((20, 700.0)), *(replace(site, floor=10.0) for site in sites)))
    assert plan.lifted == (4, 5) and plan.weight.method == "milp"
    assert plan.weight.value == pytest.approx(2 * 1.4 * 100) and plan.weight.bound == pytest.approx(280)


def test_parts_of_packs_in_an_answer_of_the_solver_are_made_whole() -> None:
    at = scene(evening(store((70, 700.0), north=1), store((70, 700.0), north=2), Spot(burn=10.0)))
    whole = settle(at.net, np.array([0.5, 69.5]), np.array([True]), at.price, 1)
    assert whole is not None and whole.tolist() == [70, 0]
    assert settle(at.net, np.array([0.5, 0.0]), np.array([True]), at.price, 1) is not None
    assert settle(at.net, np.array([0.5, 69.5]), np.array([False]), at.price, 1).sum() == 0
    assert settle(at.net, np.array([35.0, 35.0]), np.array([True]), at.price, 40) is None
