"""How many sites at which spots serve one part of an area, by HiGHS.

A location problem with capacities: whole sites `y` at spots, shares `x` of homes that walk there. Either the fewest
sites that serve everybody (then the shorter walks, which together weigh less than one site), or a given number of sites
that serve the most people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from region.sampling.covering.problem import Array, Ints, Problem
from region.sampling.covering.reach import Ways

BARE = 0.02
"""How much dearer a bare point is than a building: it decides only between plans that are as good."""
WALKS = 0.5
"""What all walks weigh together, in sites."""


@dataclass(frozen=True)
class Part:
    """One part as matrices: `homes`, `spots` rows of the whole; `of`, `at` (ways,) the place of each way among them."""

    problem: Problem
    ways: Ways
    homes: Ints
    of: Ints
    spots: Ints
    at: Ints

    @classmethod
    def cut(cls, problem: Problem, ways: Ways) -> Part:
        """The part that these ways make."""
        homes, of = np.unique(ways.home, return_inverse=True)
        spots, at = np.unique(ways.spot, return_inverse=True)
        return cls(problem, ways, homes, of, spots, at)

    @property
    def people(self) -> Array:
        """People of the home of each way."""
        return self.problem.homes.people[self.ways.home].astype(float)


def choose(problem: Problem, ways: Ways, most: int | None = None) -> Ints:
    """Sites at each spot, (spots,): the fewest that serve all homes of these ways, or the best `most` of them."""
    counted = np.zeros(len(problem.spots), dtype=np.int64)
    if not len(ways) or most == 0:
        return counted
    part = Part.cut(problem, ways)
    plans = [_greedily(part, most)]
    solved = _solved(part, most)
    if solved is not None:
        plans.append(solved)
    counted[part.spots] = min(plans, key=lambda sites: _worth(part, sites, most))
    return counted


def _worth(part: Part, sites: Ints, most: int | None) -> float:
    """What a plan is judged by, the less the better: sites, or people without one where their number is given."""
    return float(sites.sum()) if most is None else -_served(part, sites)


def _served(part: Part, sites: Ints) -> float:
    left = part.problem.homes.people[part.homes].astype(float)
    for spot in np.flatnonzero(sites):
        _fill(part, left, int(spot), float(part.problem.limits.capacity * sites[spot]))
    return float(part.problem.homes.people[part.homes].sum() - left.sum())


def _solved(part: Part, most: int | None) -> Ints | None:
    """The solver's plan; None when it found none in its time."""
    limits, people, ways = part.problem.limits, part.people, part.ways
    count, arcs, homes = len(part.spots), len(ways), len(part.homes)
    all_people = float(part.problem.homes.people[part.homes].sum())
    walks = people * ways.metres / max(1.0, all_people * limits.reach)
    price = np.where(part.problem.spots.built[part.spots], 1.0, 1.0 + BARE)
    each = count + np.arange(arcs)
    serve = sparse.csr_matrix((np.ones(arcs), (part.of, each)), shape=(homes, count + arcs))
    fill = sparse.csr_matrix((people, (part.at, each)), shape=(count, count + arcs))
    fill -= sparse.csr_matrix((np.full(count, float(limits.capacity)), (np.arange(count),) * 2), fill.shape)
    limited = [LinearConstraint(fill, -np.inf, 0), LinearConstraint(serve, 0 if most else 1, 1)]
    goal = np.r_[price, WALKS * walks]
    if most:
        limited.append(LinearConstraint(np.r_[np.ones(count), np.zeros(arcs)][None, :], 0, most))
        goal = np.r_[price - 1, WALKS * walks - people * most / max(1.0, all_people)]
    told = milp(
        goal,
        constraints=limited,
        integrality=np.r_[np.ones(count), np.zeros(arcs)],
        bounds=Bounds(0, np.r_[_most_at(part), np.ones(arcs)]),
        options={"time_limit": limits.seconds, "mip_rel_gap": limits.gap},
    )
    return None if told.x is None else np.round(told.x[:count]).astype(np.int64)


def _most_at(part: Part) -> Array:
    """So many sites at one spot as all who could come there would need."""
    could = np.bincount(part.at, part.people, len(part.spots))
    return np.maximum(1.0, np.ceil(could / part.problem.limits.capacity))


def _greedily(part: Part, most: int | None) -> Ints:
    """A plan without the solver: again and again the spot where the most who have no site yet can come."""
    left = part.problem.homes.people[part.homes].astype(float)
    sites, capacity = np.zeros(len(part.spots), dtype=np.int64), part.problem.limits.capacity
    built = 1e-6 * part.problem.spots.built[part.spots]
    while (left > 0).any() and (most is None or sites.sum() < most):
        could = np.minimum(np.bincount(part.at, left[part.of], len(part.spots)), capacity)
        best = int(np.argmax(could + built))
        if could[best] <= 0:
            break
        sites[best] += 1
        _fill(part, left, best, float(capacity))
    return sites


def _fill(part: Part, left: Array, spot: int, room: float) -> None:
    """Take those who are left and can come to a spot, the nearest first, while there is room."""
    rows = np.flatnonzero(part.at == spot)
    for home in part.of[rows[np.argsort(part.ways.metres[rows], kind="stable")]]:
        taken = min(room, float(left[home]))
        left[home] -= taken
        room -= taken
