"""Where each case stands in a drawing of who infected whom: time to the right, whole chains together, few crossings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from region.tracing.graph import Edge, Graph

WIDTH, ROW, TOP, LEFT = 1200, 9, 34, 24
"""Of the drawing, in its own units; a row's height; room for the days above and the first case's mark at the left."""
MOST_TICKS = 12


@dataclass(frozen=True)
class Spot:
    """A case in the drawing; `generation` None in a ring, `offspring` how many others it infected."""

    id: int
    x: float
    y: float
    generation: int | None
    offspring: float


@dataclass(frozen=True)
class Line:
    """From a source to a case; `first` for the surest source, along which the chain is laid."""

    x1: float
    y1: float
    x2: float
    y2: float
    first: bool


@dataclass(frozen=True)
class Drawing:
    """All of it, and the days above: where a tick stands, and its day. `undated` cases stand at the left edge."""

    spots: Sequence[Spot]
    lines: Sequence[Line]
    ticks: Sequence[tuple[float, date]]
    height: float
    undated: int


def draw(graph: Graph) -> Drawing:
    """Lay the cases out: x is the day of onset, y the order of a walk along the surest sources."""
    order = _walk(graph)
    days = sorted({node.onset for node in graph.nodes.values() if node.onset is not None})
    first = days[0] if days else date.min
    span = max((days[-1] - first).days, 1) if days else 1

    def x(id: int) -> float:
        onset = graph.nodes[id].onset
        return LEFT if onset is None else LEFT + 30 + (WIDTH - LEFT - 60) * (onset - first).days / span

    y = {id: TOP + ROW * (1 + place) for place, id in enumerate(order)}
    spots = [Spot(id, x(id), y[id], graph.generations.get(id), graph.offspring[id]) for id in order]
    lines = [
        Line(x(edge.source), y[edge.source], x(case), y[case], edge is edges[0])
        for case, edges in sorted(graph.sources.items())
        for edge in edges
    ]
    step = max(1, -(-span // MOST_TICKS))
    dated = [first + timedelta(days=n) for n in range(0, span + 1, step)] if days else []
    ticks = [(LEFT + 30 + (WIDTH - LEFT - 60) * (day - first).days / span, day) for day in dated]
    undated = sum(node.onset is None for node in graph.nodes.values())
    return Drawing(spots, lines, ticks, TOP + ROW * (len(order) + 2), undated)


def _walk(graph: Graph) -> list[int]:
    """Chains by size; in a chain each case is followed by those whom it infected, the earliest ill first."""
    below: dict[int, list[Edge]] = defaultdict(list)
    for edges in graph.sources.values():
        below[edges[0].source].append(edges[0])

    def ill(id: int) -> tuple[date, int]:
        return graph.nodes[id].onset or date.max, id

    done: dict[int, None] = {}
    for chain in graph.chains:
        roots = [id for id in chain if id not in graph.sources] or [min(chain, key=ill)]
        stack = sorted(roots, key=ill, reverse=True)
        while stack:
            id = stack.pop()
            if id not in done:
                done[id] = None
                stack += sorted((edge.case for edge in below[id]), key=ill, reverse=True)
        done |= dict.fromkeys(sorted((id for id in chain if id not in done), key=ill))
    return list(done)
