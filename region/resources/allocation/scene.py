"""Everything reckoned before anything is decided: where places stand, who spares what for whom, what counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from region.resources.allocation.network import Network, network
from region.resources.allocation.problem import RANKS, Array, Flags, Ints, Problem
from region.resources.allocation.reach import arcs
from region.resources.allocation.spare import Spare, Stand, spare, stand


@dataclass(frozen=True)
class Scene:
    """`weight` of each taker of the network, (takers,); `price` of carrying a pack along each arc, (arcs,)."""

    problem: Problem
    stands: Stand
    spares: Spare
    net: Network
    weight: Array
    price: Array

    def lifted(self, flow: Ints) -> Flags:
        """Which takers, (takers,), these whole flows, (arcs,), lift."""
        return np.asarray(self.net.into @ flow == self.net.needs)

    def weight_of(self, flow: Ints) -> float:
        """The first goal."""
        return float(self.weight[self.lifted(flow)].sum())

    def cost_of(self, flow: Ints) -> float:
        """The second goal, every consignment at its full fixed cost."""
        return float(self.price @ flow + self.problem.rules.per_consignment * np.count_nonzero(flow))


def weights(problem: Problem, stands: Stand, takers: Ints) -> Array:
    """What lifting each of these takers counts, (takers,): ratio ** (5 - rank) * (2 - days / floor).

    The class comes first, by `class_ratio`; inside a class a site with nothing left counts as two that are almost at
    their floor. With the ratio 10 a site outweighs at least five of the next class.
    """
    places = problem.places
    urgency = 2 - stands.days[takers] / places.floor[takers]
    return np.asarray(problem.rules.class_ratio ** (RANKS - places.rank[takers]) * urgency)


def scene(problem: Problem) -> Scene:
    """All of it for one problem."""
    stands = stand(problem)
    spares = spare(problem, stands)
    net = network(arcs(problem, stands, spares), stands, spares)
    price = problem.rules.per_km * problem.rules.pack * net.arcs.km
    return Scene(problem, stands, spares, net, weights(problem, stands, net.takers), price)
