"""What is done by telephone: in the order of allocation each site takes from the nearest that can spare.

The baseline that every plan is compared with, and a start that no plan may fall behind. It is kinder than a telephone:
a site that cannot be lifted wholly takes nothing away from the next.
"""

from __future__ import annotations

import time

import numpy as np

from region.resources.allocation.outcome import Plan, Stage
from region.resources.allocation.problem import Ints, Problem
from region.resources.allocation.reach import Arcs
from region.resources.allocation.report import report
from region.resources.allocation.scene import Scene, scene
from region.resources.allocation.spare import Spare


class Left:
    """What every level may still give, while sites are served one after the other."""

    def __init__(self, spares: Spare, arcs: Arcs, flow: Ints) -> None:
        # Lists: one by one they are several times as quick as arrays.
        self._slack: list[int] = spares.limit.tolist()
        self._first: list[int] = spares.first[arcs.giver].tolist()
        self._level: list[int] = arcs.level.tolist()
        self._most: list[int] = arcs.most.tolist()
        for arc in np.flatnonzero(flow):
            self._take(int(arc), int(flow[arc]))

    def _take(self, arc: int, packs: int) -> None:
        for row in range(self._first[arc], self._level[arc] + 1):
            self._slack[row] -= packs

    def _free(self, arc: int) -> int:
        rows = slice(self._first[arc], self._level[arc] + 1)
        return min(self._most[arc], *self._slack[rows])

    def serve(self, arcs: range, need: int, least: int) -> list[tuple[int, int]]:
        """Arcs and packs that give a site its whole need, nearest first; empty where they cannot."""
        lines: list[tuple[int, int]] = []
        for arc in arcs:
            packs = min(need, self._free(arc))
            if 0 < need - packs < least:
                packs = need - least
            if packs < least:
                continue
            lines.append((arc, packs))
            need -= packs
            if not need:
                for chosen, given in lines:
                    self._take(chosen, given)
                return lines
        return []


def fill(at: Scene, flow: Ints) -> Ints:
    """Serve, in the order of allocation, all sites that these whole flows, (arcs,), leave short; the new flows."""
    filled, left = flow.copy(), Left(at.spares, at.net.arcs, flow)
    got = at.net.into @ flow
    ends = np.searchsorted(at.net.arcs.taker, at.net.takers, side="right").tolist()
    begins = np.searchsorted(at.net.arcs.taker, at.net.takers).tolist()
    order = np.lexsort((at.net.takers, at.stands.days[at.net.takers], at.problem.places.rank[at.net.takers]))
    for n in order.tolist():
        if got[n] == 0:
            for arc, packs in left.serve(
                range(begins[n], ends[n]), int(at.net.needs[n]), at.problem.rules.least
            ):
                filled[arc] = packs
    return filled


def greedy_nearest(problem: Problem) -> Plan:
    """The plan of the baseline, over the same sites, givers and rules; its stages have no bound."""
    began = time.perf_counter()
    at = scene(problem)
    flow = fill(at, np.zeros(len(at.net.arcs), dtype=np.int64))
    took = time.perf_counter() - began
    weight = Stage(at.weight_of(flow), None, "greedy", took)
    return report(at, flow, weight, Stage(at.cost_of(flow), None, "greedy", 0.0), began)
