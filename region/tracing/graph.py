"""Who infected whom: chains, generations, intervals between onsets, and how many each case infected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import floor
from statistics import fmean, median, variance

LIKELY = ("confirmed", "probable", "possible")


@dataclass(frozen=True)
class Node:
    """A case: its number, the day that it is drawn on, and its onset where that is known."""

    id: int
    day: date
    onset: date | None = None


@dataclass(frozen=True)
class Edge:
    """One possible source of one case, and how likely it is held to be (one of `LIKELY`)."""

    case: int
    source: int
    likely: str = "possible"


@dataclass(frozen=True)
class Intervals:
    """Lengths in days: how many, mean, median, and quantiles by share (type 7 of Hyndman and Fan 1996)."""

    n: int
    mean: float
    median: float
    quantiles: Mapping[float, float]


@dataclass(frozen=True)
class Graph:
    """Cases with all their possible sources, and the one each is counted under (`best`)."""

    nodes: Mapping[int, Node]
    edges: tuple[Edge, ...]
    best: Mapping[int, int]
    """The likeliest source of a case; of equally likely ones that with the lowest number. Never a ring."""
    rings: tuple[int, ...]
    """Cases whose likeliest sources lead back to themselves: they are counted without a source."""

    @property
    def unsure(self) -> int:
        """Cases with several possible sources."""
        return sum(n > 1 for n in Counter(edge.case for edge in self.edges).values())


def graph(nodes: Iterable[Node], edges: Iterable[Edge]) -> Graph:
    """A graph of these cases; edges from or to others or oneself are left out, each pair is kept once."""
    by_id = {node.id: node for node in nodes}
    among = [edge for edge in edges if {edge.case, edge.source} <= by_id.keys() and edge.case != edge.source]
    pairs = {(edge.case, edge.source): edge for edge in among}
    kept = sorted(pairs.values(), key=lambda edge: (edge.case, LIKELY.index(edge.likely), edge.source))
    best: dict[int, int] = {}
    for edge in kept:
        best.setdefault(edge.case, edge.source)
    rings = _rings(best)
    for one in rings:
        del best[one]
    return Graph(by_id, tuple(kept), best, rings)


def _rings(best: Mapping[int, int]) -> tuple[int, ...]:
    """Every case that stands in a ring of likeliest sources."""
    settled: set[int] = set()
    rings: list[int] = []
    for start in best:
        way: list[int] = []
        at: int | None = start
        while at is not None and at not in settled and at not in way:
            way.append(at)
            at = best.get(at)
        if at in way:
            rings += way[way.index(at) :]
        settled.update(way)
    return tuple(sorted(rings))


def generations(found: Graph) -> dict[int, int]:
    """The generation of each case: 0 without a known source, else one more than that of its likeliest source."""
    known: dict[int, int] = {}
    for start in found.nodes:
        way = [start]
        while way[-1] not in known and way[-1] in found.best:
            way.append(found.best[way[-1]])
        known.setdefault(way[-1], 0)
        for one in reversed(way[:-1]):
            known[one] = known[found.best[one]] + 1
    return known


def chains(found: Graph) -> dict[int, tuple[int, ...]]:
    """The chains by their first case: it and all whose likeliest sources lead back to it, the longest first."""
    members: dict[int, list[int]] = {}
    for one in sorted(found.nodes, key=lambda id: (found.nodes[id].day, id)):
        root = one
        while root in found.best:
            root = found.best[root]
        members.setdefault(root, []).append(one)
    by_size = sorted(members, key=lambda root: (-len(members[root]), root))
    return {root: tuple(members[root]) for root in by_size}


def cluster_sizes(found: Graph) -> list[int]:
    """Sizes of the clusters, the largest first: cases joined by any possible source, not only by the likeliest."""
    joined = {one: one for one in found.nodes}

    def top(one: int) -> int:
        while joined[one] != one:
            joined[one] = joined[joined[one]]
            one = joined[one]
        return one

    for edge in found.edges:
        joined[top(edge.case)] = top(edge.source)
    return sorted(Counter(top(one) for one in found.nodes).values(), reverse=True)


def serial_intervals(found: Graph) -> list[int]:
    """Days from the onset of the likeliest source to that of the case, where both are known; may be negative."""
    pairs = [(found.nodes[case].onset, found.nodes[source].onset) for case, source in found.best.items()]
    return sorted((later - earlier).days for later, earlier in pairs if later and earlier)


def summary(days: Sequence[int], shares: Sequence[float] = (0.05, 0.25, 0.75, 0.95)) -> Intervals | None:
    """Mean, median and quantiles of lengths in days; None without any."""
    if not days:
        return None
    quantiles = {share: quantile(days, share) for share in shares}
    return Intervals(len(days), fmean(days), median(days), quantiles)


def quantile(values: Sequence[float], share: float) -> float:
    """The quantile at `share` of (0 to 1): x[j] + g (x[j+1] - x[j]) with h = (n - 1) share, j = floor h, g = h - j.

    That is type 7 of Hyndman and Fan, Sample quantiles in statistical packages, The American Statistician 50 (1996).
    """
    ranked = sorted(values)
    at = (len(ranked) - 1) * share
    low = floor(at)
    high = min(low + 1, len(ranked) - 1)
    return ranked[low] + (at - low) * (ranked[high] - ranked[low])


def offspring(found: Graph) -> dict[int, int]:
    """How many cases each infected, as the likeliest source; 0 for those who infected nobody."""
    counts = Counter(found.best.values())
    return {one: counts[one] for one in found.nodes}


def distribution(found: Graph) -> dict[int, int]:
    """How many cases infected none, one, two … others."""
    return dict(sorted(Counter(offspring(found).values()).items()))


def dispersion(counts: Collection[int]) -> float | None:
    """The dispersion k of a negative binomial distribution of offspring by moments: m² / (v - m).

    m is the mean and v the variance (n - 1); None where v is not above m, or with fewer than two cases. Small k means
    that few infect many: Lloyd-Smith and others, Superspreading and the effect of individual variation, Nature 438
    (2005).
    """
    if len(counts) < 2:
        return None
    mean, spread = fmean(counts), variance(counts)
    return mean * mean / (spread - mean) if spread > mean else None


def by_generation(found: Graph) -> list[tuple[int, int, float]]:
    """For each generation its number, its cases, and R: how many each of them infected on average.

    R of generation g is the cases of g + 1 over those of g. The newest generations have not infected everybody yet:
    their R is too low while an outbreak goes on.
    """
    sizes = Counter(generations(found).values())
    return [(number, sizes[number], sizes[number + 1] / sizes[number]) for number in sorted(sizes)]
