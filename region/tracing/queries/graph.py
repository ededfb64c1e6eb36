"""The cases of an incident and their possible sources, as the graph is made of them, and laid out on a sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import aliased

from region.spine.work import Work
from region.tracing.graph import Edge, Graph, Node, chains, generations, graph
from region.tracing.models import Case, Infection

LEFT, TOP, ROW, WIDTH, MARGIN = 104, 34, 16, 1000, 16
"""Of the sheet, in units of its own: where time begins, the first row, a row's height, the whole width."""
MOST_TICKS = 12


@dataclass(frozen=True)
class Spot:
    """A case on the sheet."""

    id: int
    code: str
    day: date
    generation: int
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """A possible source on the sheet: `path` from source to case; the likeliest ones are `best`, the others dashed."""

    path: str
    best: bool


@dataclass(frozen=True)
class Sheet:
    """The drawing: cases one below the other, chain by chain, time to the right."""

    width: int
    height: int
    spots: tuple[Spot, ...]
    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, date], ...]


def graph_of(w: Work, incident: int) -> tuple[Graph, dict[int, str]]:
    """The graph of an incident's cases that the actor may know of, void ones left out, and their codes.

    A case is drawn on the day of its onset, or of its positive where the onset is not known.
    """
    mine = (Case.incident_id == incident, Case.state != "void")
    rows = w.session.execute(select(Case.id, Case.code, Case.day, Case.onset_on).where(*mine)).all()
    source = aliased(Case)
    wanted = select(Infection.case_id, Infection.source_id, Infection.likely)
    wanted = wanted.join(Case, Case.id == Infection.case_id).join(source, source.id == Infection.source_id)
    pairs = w.session.execute(wanted.where(*mine, source.incident_id == incident))
    nodes = [Node(row.id, row.onset_on or row.day, row.onset_on) for row in rows]
    edges = [Edge(row.case_id, row.source_id, row.likely) for row in pairs]
    return graph(nodes, edges), {row.id: row.code for row in rows}


def sheet(found: Graph, codes: dict[int, str], chain: int | None = None) -> Sheet:
    """The drawing of the whole graph, or of the chain that begins with this case."""
    members = chains(found)
    order = [one for root, ids in members.items() if chain in (None, root) for one in _walk(found, root, ids)]
    if not order:
        return Sheet(WIDTH, TOP, (), (), ())
    days = [found.nodes[one].day for one in order]
    first, whole = min(days), max((max(days) - min(days)).days, 1)

    def x(day: date) -> float:
        return round(LEFT + (day - first).days / whole * (WIDTH - LEFT - MARGIN), 1)

    steps = generations(found)
    spots = {}
    for number, one in enumerate(order):
        day = found.nodes[one].day
        spots[one] = Spot(one, codes[one], day, steps[one], x(day), TOP + ROW * (number + 0.5))
    lines = [
        Line(_path(spots[edge.source], spots[edge.case]), found.best.get(edge.case) == edge.source)
        for edge in found.edges
        if edge.case in spots and edge.source in spots
    ]
    every = max(1, -(-whole // MOST_TICKS))
    ticks = [first + timedelta(days=n) for n in range(0, whole + 1, every)]
    height = TOP + ROW * len(order) + 8
    drawn = sorted(lines, key=lambda one: one.best)
    return Sheet(WIDTH, height, tuple(spots.values()), tuple(drawn), tuple((x(day), day) for day in ticks))


def _walk(found: Graph, root: int, ids: tuple[int, ...]) -> list[int]:
    """A chain from its first case on, each followed by those whom it infected, in the order of their days."""
    children: dict[int, list[int]] = {}
    for one in ids:
        if one in found.best:
            children.setdefault(found.best[one], []).append(one)
    order, waiting = [], [root]
    while waiting:
        one = waiting.pop()
        order.append(one)
        waiting += reversed(children.get(one, []))
    return order


def _path(source: Spot, case: Spot) -> str:
    """Down from the source and then along to the case."""
    return f"M{source.x:g} {source.y:g}V{case.y:g}H{case.x:g}"
