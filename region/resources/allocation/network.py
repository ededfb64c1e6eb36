"""The plan as a network for HiGHS: flows in packs from givers' levels to takers, relaxed or with whole consignments.

Once it is settled which sites are lifted and which arcs are used, what is left is a flow in a network with whole
limits, so a vertex of its linear programme is whole (Hoffman and Kruskal 1956): only these two need be integer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from region.resources.allocation.problem import Array, Flags, Ints
from region.resources.allocation.reach import Arcs
from region.resources.allocation.spare import Spare, Stand

WHOLE = 1e-6  # how near to a whole number the solver's answer must be


@dataclass(frozen=True)
class Network:
    """`arcs` with their `takers` (row in Places) and `needs` (packs), (takers,); `into` (takers, arcs) and `out`
    (limits, arcs) sum the flows of a taker and of a giver's level; `limit`, (limits,), is what may leave."""

    arcs: Arcs
    takers: Ints
    needs: Ints
    into: Any
    out: Any
    limit: Ints

    def fits(self, flow: Ints) -> bool:
        """Whether these whole flows, (arcs,), keep every limit and give each taker all of its need or nothing."""
        got = self.into @ flow
        return bool(
            ((flow >= 0) & (flow <= self.arcs.most)).all() and (self.out @ flow <= self.limit).all()
        ) and (bool(((got == 0) | (got == self.needs)).all()))


@dataclass(frozen=True)
class Answer:
    """Of the solver: `flow` (arcs,), `lifted` (takers,) 0 to 1, the proven `bound` of the goal (None: nothing proven),
    and for a relaxed goal the `reduced` cost of each arc's flow."""

    flow: Array
    lifted: Array
    bound: float | None
    reduced: Array


def network(arcs: Arcs, stands: Stand, spares: Spare) -> Network:
    """The matrices of these arcs; a level that an earlier one of the same giver limits as much is left out."""
    takers, slot = np.unique(arcs.taker, return_inverse=True)
    count = len(arcs)
    into = sparse.csr_matrix((np.ones(count), (slot, np.arange(count))), shape=(len(takers), count))
    begins = spares.first[arcs.giver]
    depth = arcs.level - begins + 1
    column = np.repeat(np.arange(count), depth)
    row = np.repeat(begins, depth) + np.arange(depth.sum()) - np.repeat(np.cumsum(depth) - depth, depth)
    binding = _binding(spares)
    used = np.unique(row[binding[row]])
    kept = binding[row]
    at = np.searchsorted(used, row[kept])
    out = sparse.csr_matrix((np.ones(int(kept.sum())), (at, column[kept])), shape=(len(used), count))
    return Network(arcs, takers, stands.needs[takers], into, out, spares.limit[used])


def _binding(spares: Spare) -> Flags:
    """Whether a level allows less than every earlier level of the same giver, (levels,)."""
    binding = np.ones(len(spares.limit), dtype=bool)
    for row in range(1, len(spares.limit)):
        place = np.searchsorted(spares.first, row, side="right") - 1
        before = spares.limit[spares.first[place] : row]
        binding[row] = not len(before) or bool(spares.limit[row] < before.min())
    return binding


def lift(net: Network, weight: Array, seconds: float) -> Answer | None:
    """The most weight that can be lifted where a site may be lifted in part: the bound of the first goal."""
    sites, count = len(net.takers), len(net.arcs)
    tied = sparse.hstack([net.into, -sparse.diags(net.needs.astype(float))]).tocsr()
    told = linprog(
        np.r_[np.zeros(count), -weight],
        A_ub=sparse.hstack([net.out, sparse.csr_matrix((len(net.limit), sites))]).tocsr(),
        b_ub=net.limit,
        A_eq=tied,
        b_eq=np.zeros(sites),
        bounds=np.c_[np.zeros(count + sites), np.r_[net.arcs.most, np.ones(sites)]],
        method="highs-ds",
        options={"time_limit": seconds},
    )
    if told.status != 0:
        return None
    return Answer(told.x[:count], told.x[count:], -told.fun, told.lower.marginals[:count])


def carry(net: Network, price: Array, least: Ints, seconds: float) -> Answer | None:
    """The cheapest flows that lift all takers of the network at a `price` a pack, at least `least` on each arc."""
    told = linprog(
        price,
        A_ub=net.out,
        b_ub=net.limit,
        A_eq=net.into,
        b_eq=net.needs,
        bounds=np.c_[least, net.arcs.most],
        method="highs-ds",
        options={"time_limit": max(0.1, seconds)},
    )
    if told.status != 0:
        return None
    return Answer(told.x, np.ones(len(net.takers)), told.fun, told.lower.marginals)


def whole(
    net: Network, price: Array, fixed: float, weight: Array | None, least: int, gap: float, seconds: float
) -> Answer | None:
    """The same with whole sites and whole consignments; `weight` None: all takers are to be lifted, at least cost.

    The goal is cost - weight lifted; a consignment is nothing or at least `least` packs, and costs `fixed`. The bound
    is that of the cost, or of the weight. None: nothing found in time, or nothing there.
    """
    sites, count = len(net.takers), len(net.arcs)
    free = 0 if weight is None else 1
    vans = fixed > 0 or least > 1  # otherwise any part of a consignment is as good as the whole
    eye, most = sparse.identity(count, format="csr"), sparse.diags(net.arcs.most.astype(float))
    none = sparse.csr_matrix((count, sites))
    tied = sparse.hstack(
        [net.into, sparse.csr_matrix((sites, count)), -sparse.diags(net.needs.astype(float))]
    )
    out = sparse.hstack([net.out, sparse.csr_matrix((len(net.limit), count + sites))])
    rules = [
        LinearConstraint(tied.tocsr(), 0, 0),
        LinearConstraint(out.tocsr(), -np.inf, net.limit),
        LinearConstraint(sparse.hstack([eye, -most, none]).tocsr(), -np.inf, 0),
    ]
    if least > 1:
        rules.append(LinearConstraint(sparse.hstack([eye, -least * eye, none]).tocsr(), 0, np.inf))
    told = milp(
        np.r_[price, np.full(count, fixed), np.zeros(sites) if weight is None else -weight],
        constraints=rules,
        integrality=np.r_[np.zeros(count), np.full(count, int(vans)), np.ones(sites)],
        bounds=Bounds(
            np.r_[np.zeros(2 * count), np.full(sites, 1 - free)], np.r_[net.arcs.most, np.ones(count + sites)]
        ),
        options={"time_limit": max(0.1, seconds), "mip_rel_gap": gap},
    )
    if told.x is None:
        return None
    bound = told.mip_dual_bound if weight is None else -told.mip_dual_bound
    known = bound is not None and np.isfinite(bound)
    flow = np.where(told.x[count : 2 * count] > 0.5, told.x[:count], 0.0) if vans else told.x[:count]
    return Answer(flow, told.x[2 * count :], float(bound) if known else None, np.zeros(count))


def settle(net: Network, flow: Array, lifted: Flags, price: Array, least: int) -> Ints | None:
    """Whole flows, (arcs,), over the arcs that `flow` uses, for the `lifted` takers alone; None where there are none.

    Costs the least at `price` a pack. `flow` may be a little off, as a solver's answers are.
    """
    chosen = np.zeros(len(net.arcs), dtype=np.int64)
    used = np.flatnonzero((flow > WHOLE) & lifted[np.searchsorted(net.takers, net.arcs.taker)])
    if not len(used):
        return chosen
    rows = np.flatnonzero(lifted)
    part = Network(
        net.arcs.only(used),
        net.takers[rows],
        net.needs[rows],
        net.into[rows][:, used],
        net.out[:, used],
        net.limit,
    )
    told = carry(part, price[used], np.full(len(used), least if least > 1 else 0), 60.0)
    if told is None:
        return None
    chosen[used] = np.rint(told.flow).astype(np.int64)
    near = bool((np.abs(told.flow - chosen[used]) <= 100 * WHOLE).all())
    return chosen if near and net.fits(chosen) else None
