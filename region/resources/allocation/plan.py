"""The plan of transfers of one item: lift the most weight above the floor, then do it at the least cost."""

from __future__ import annotations

import time

import numpy as np

from region.resources.allocation.greedy import fill
from region.resources.allocation.network import WHOLE, Network, carry, lift, network, settle, whole
from region.resources.allocation.outcome import Plan, Stage
from region.resources.allocation.problem import Array, Flags, Ints, Problem
from region.resources.allocation.report import report
from region.resources.allocation.scene import Scene, scene

#: Above so many arcs whole consignments are sought among some of each taker's arcs; the bound is always that of all.
ALL_ARCS, SOME_ARCS = 4000, 6
#: The share of the solver's time that whole sites may take before whole consignments have their turn.
FIRST_SHARE = 0.4


def make_plan(problem: Problem) -> Plan:
    """The best plan found in the time of the rules, with the bounds of the solver. The same input gives the same plan,
    unless the solver was stopped by its time."""
    began = time.perf_counter()
    at = scene(problem)
    if not len(at.net.arcs):
        nothing = Stage(0.0, 0.0, "lp", 0.0)
        return report(at, np.zeros(0, dtype=np.int64), nothing, nothing, began)
    flow, weight = _lift_most(at, began)
    flow, cost = _cost_least(at, flow, began)
    return report(at, flow, weight, cost, began)


def _left(at: Scene, began: float) -> float:
    return max(0.5, at.problem.rules.seconds - (time.perf_counter() - began))


def _lift_most(at: Scene, began: float) -> tuple[Ints, Stage]:
    """Whole flows that lift the most weight: the linear bound, rounded; and whole sites where that is not enough."""
    start, rules = time.perf_counter(), at.problem.rules
    found = {"greedy": fill(at, np.zeros(len(at.net.arcs), dtype=np.int64))}
    told = lift(at.net, at.weight, _left(at, began))
    bound = None if told is None else told.bound
    if told is not None:
        _add(at, found, "lp", told.flow, told.lifted)
    best, value = _best(at, found)
    if bound is None or value < bound * (1 - rules.weight_gap):
        rows = _some(at.net, at.price if told is None else told.reduced, found[best])
        net, keys = _part(at, rows)
        given = FIRST_SHARE * _left(at, began)
        price = np.zeros(len(rows))
        more = whole(net, price, 0.0, at.weight[keys], rules.least, rules.weight_gap / 2, given)
        if more is not None:
            _add(at, found, "milp", _wide(at, rows, more.flow), _spread(at, keys, more.lifted))
            if len(rows) == len(at.net.arcs) and more.bound is not None:
                bound = more.bound if bound is None else min(bound, more.bound)
    best, value = _best(at, found)
    return found[best], Stage(value, bound, best, time.perf_counter() - start)


def _add(at: Scene, found: dict[str, Ints], name: str, flow: Array, lifted: Array) -> None:
    """Make an answer of the solver whole: keep the sites that it lifts wholly, and serve others from what is left."""
    least = at.problem.rules.least
    small = at.net.into @ _too_small(flow, least).astype(float) > 0
    settled = settle(at.net, flow, (lifted > 1 - WHOLE) & ~small, at.price, least)
    if settled is not None:
        found[name] = fill(at, settled)


def _too_small(flow: Array, least: int) -> Flags:
    """Which flows, (arcs,), are consignments below the least. Where that is one pack none is: `settle` makes parts of
    packs whole."""
    return np.asarray((flow > WHOLE) & (flow < least - WHOLE) & (least > 1))


def _best(at: Scene, found: dict[str, Ints]) -> tuple[str, float]:
    values = {name: at.weight_of(flow) for name, flow in found.items()}
    name = max(values, key=values.__getitem__)
    return name, values[name]


def _cost_least(at: Scene, flow: Ints, began: float) -> tuple[Ints, Stage]:
    """Whole flows that lift the same sites at the least cost: the bound spreads the fixed cost of a consignment over
    the most that its arc can carry, which never costs more than the truth."""
    start, rules = time.perf_counter(), at.problem.rules
    if not flow.any():
        return flow, Stage(0.0, 0.0, "lp", time.perf_counter() - start)
    rows = np.flatnonzero(at.lifted(flow)[np.searchsorted(at.net.takers, at.net.arcs.taker)])
    net, _ = _part(at, rows)
    spread = at.price[rows] + rules.per_consignment / net.arcs.most
    told = carry(net, spread, np.zeros(len(rows), dtype=np.int64), _left(at, began))
    found, bound = {"start": flow}, None
    if told is not None:
        bound = told.bound
        _settled(at, found, "lp", rows, told.flow)
    best = _cheapest(at, found)
    if bound is None or at.cost_of(found[best]) > bound * (1 + rules.cost_gap):
        some = _some(net, spread if told is None else told.reduced, found[best][rows])
        proven = _whole_consignments(at, found, rows[some], _left(at, began))
        if len(some) == len(rows) and proven is not None:
            bound = proven if bound is None else max(bound, proven)
    best = _cheapest(at, found)
    value = at.cost_of(found[best])
    return found[best], Stage(value, bound, best, time.perf_counter() - start)


def _cheapest(at: Scene, found: dict[str, Ints]) -> str:
    return min(found, key=lambda name: at.cost_of(found[name]))


def _whole_consignments(at: Scene, found: dict[str, Ints], rows: Ints, seconds: float) -> float | None:
    """Seek among these arcs with every consignment at its full cost; what was proven of them, None if nothing."""
    rules = at.problem.rules
    net, _ = _part(at, rows)
    told = whole(net, at.price[rows], rules.per_consignment, None, rules.least, rules.cost_gap / 2, seconds)
    if told is None:
        return None
    _settled(at, found, "milp", rows, told.flow)
    return told.bound


def _settled(at: Scene, found: dict[str, Ints], name: str, rows: Ints, flow: Array) -> None:
    wide = _wide(at, rows, flow)
    if _too_small(flow, at.problem.rules.least).any():
        return
    settled = settle(at.net, wide, at.lifted(found["start"]), at.price, at.problem.rules.least)
    if settled is not None:
        found[name] = settled


def _some(net: Network, reduced: Array, flow: Ints) -> Ints:
    """Rows of the arcs among which whole consignments are sought: those in use, and of each taker the cheapest."""
    arcs = net.arcs
    if len(arcs) <= ALL_ARCS:
        return np.arange(len(arcs))
    order = np.lexsort((arcs.km, np.round(reduced * arcs.most, 6), arcs.taker))
    nth = np.arange(len(arcs)) - np.searchsorted(arcs.taker, arcs.taker[order])
    chosen: Flags = flow > 0
    chosen[order[nth < SOME_ARCS]] = True
    return np.flatnonzero(chosen)


def _part(at: Scene, rows: Ints) -> tuple[Network, Ints]:
    """The network of these arcs alone, and where its takers stand in the whole."""
    net = network(at.net.arcs.only(rows), at.stands, at.spares)
    return net, np.searchsorted(at.net.takers, net.takers)


def _wide(at: Scene, rows: Ints, flow: Array) -> Array:
    wide = np.zeros(len(at.net.arcs))
    wide[rows] = flow
    return wide


def _spread(at: Scene, keys: Ints, lifted: Array) -> Array:
    wide = np.zeros(len(at.net.takers))
    wide[keys] = lifted
    return wide
