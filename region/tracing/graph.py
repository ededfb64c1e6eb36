"""Who infected whom, as figures: generations, offspring, serial intervals and chains; pure, from cases and sources.

A case may have several possible sources. Each of k sources counts 1/k of him among its offspring; a case's generation
is one more than the smallest of its sources'. Serial interval: onset of the case minus onset of its source, in days
(Svensson 2007, Math Biosci 208:300; negative ones are possible and are kept). Offspring after Lloyd-Smith et al. 2005,
Nature 438:355: its mean and the share of cases that nobody was infected by.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from statistics import fmean, quantiles

LIKELY = ("confirmed", "probable", "possible")
"""How sure a source is, the surest first."""


@dataclass(frozen=True)
class Node:
    """A case: its number, and the day it became ill (None: not known)."""

    id: int
    onset: date | None


@dataclass(frozen=True)
class Edge:
    """`source` may have infected `case`."""

    case: int
    source: int
    likely: str = "probable"


@dataclass(frozen=True)
class Intervals:
    """Days from the onset of a source to that of its case: how many are known, and what they are like."""

    n: int
    mean: float
    median: float
    low: float
    high: float
    negative: int


class Graph:
    """The cases of an incident and their possible sources; an edge whose ends are not both cases is not in it."""

    def __init__(self, nodes: Sequence[Node], edges: Sequence[Edge]) -> None:
        self.nodes: Mapping[int, Node] = {one.id: one for one in nodes}
        self.edges = [one for one in edges if one.case in self.nodes and one.source in self.nodes]

    @cached_property
    def sources(self) -> Mapping[int, Sequence[Edge]]:
        """The possible sources of each case that has any, the surest and then the latest ill before him first."""
        found: dict[int, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            found[edge.case].append(edge)
        return {case: sorted(edges, key=self._rank) for case, edges in found.items()}

    def _rank(self, edge: Edge) -> tuple[int, int, int]:
        onset = self.nodes[edge.source].onset
        return LIKELY.index(edge.likely), -onset.toordinal() if onset else 0, edge.source

    @cached_property
    def offspring(self) -> Mapping[int, float]:
        """By case, how many others it infected; a case of k possible sources counts 1/k for each."""
        found = dict.fromkeys(self.nodes, 0.0)
        for edges in self.sources.values():
            for edge in edges:
                found[edge.source] += 1 / len(edges)
        return found

    @cached_property
    def generations(self) -> Mapping[int, int]:
        """By case, 0 for one without a source; who can be reached from none of them (a ring) is not in it."""
        below: dict[int, list[int]] = defaultdict(list)
        for edge in self.edges:
            below[edge.source].append(edge.case)
        found = {id: 0 for id in self.nodes if id not in self.sources}
        wave = sorted(found)
        while wave:
            following = {case for source in wave for case in below[source] if case not in found}
            found |= dict.fromkeys(following, found[wave[0]] + 1)
            wave = sorted(following)
        return found

    @property
    def rings(self) -> list[int]:
        """Cases that are, by their sources, their own ancestors, or hang below such: the data are wrong."""
        return sorted(self.nodes.keys() - self.generations.keys())

    @cached_property
    def chains(self) -> Sequence[Sequence[int]]:
        """Cases that hang together by any source, the longest chain first."""
        root = {id: id for id in self.nodes}

        def top(id: int) -> int:
            while root[id] != id:
                root[id] = root[root[id]]
                id = root[id]
            return id

        for edge in self.edges:
            root[top(edge.case)] = top(edge.source)
        found: dict[int, list[int]] = defaultdict(list)
        for id in sorted(self.nodes):
            found[top(id)].append(id)
        return sorted(found.values(), key=lambda chain: (-len(chain), chain[0]))

    @cached_property
    def intervals(self) -> Intervals | None:
        """Serial intervals of cases with one source alone, so that no guess is in them; None when there is none."""
        days = []
        for case, edges in self.sources.items():
            mine, his = self.nodes[case].onset, self.nodes[edges[0].source].onset
            if len(edges) == 1 and mine is not None and his is not None:
                days.append((mine - his).days)
        if not days:
            return None
        cut = quantiles(days, n=20, method="inclusive") if len(days) > 1 else [float(days[0])] * 19
        negative = sum(one < 0 for one in days)
        return Intervals(len(days), fmean(days), cut[9], cut[0], cut[18], negative)

    @cached_property
    def by_generation(self) -> Sequence[tuple[int, float]]:
        """For each generation how many cases it has, and how many others each of them infected in the mean."""
        counts = Counter(self.generations.values())
        sums: dict[int, float] = defaultdict(float)
        for id, generation in self.generations.items():
            sums[generation] += self.offspring[id]
        return [(counts[one], sums[one] / counts[one]) for one in sorted(counts)]

    @cached_property
    def spread(self) -> Sequence[tuple[int, int]]:
        """How many cases infected so many others (whole numbers, rounded), from 0 on."""
        counts = Counter(round(one) for one in self.offspring.values())
        return sorted(counts.items())

    @property
    def most(self) -> tuple[int, float] | None:
        """The case that infected most others, and how many; the lowest number of several."""
        if not self.edges:
            return None
        id = min(self.nodes, key=lambda one: (-self.offspring[one], one))
        return id, self.offspring[id]
