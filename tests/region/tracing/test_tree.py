"""The drawing of who infected whom: nothing is lost, nothing overlaps, time goes to the right."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from region.tracing.graph import Edge, Graph, Node
from region.tracing.tree import LEFT, WIDTH, draw

FIRST = date(2022, 8, 1)
ONSETS = st.lists(st.one_of(st.none(), st.integers(0, 60)), min_size=1, max_size=30)


@given(ONSETS, st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), max_size=40))
def test_every_case_has_a_row_of_its_own_and_every_source_its_line(
    onsets: list[int | None], links: list[tuple[int, int]]
) -> None:
    nodes = [Node(n, None if at is None else FIRST + timedelta(days=at)) for n, at in enumerate(onsets, 1)]
    edges = [Edge(case, source) for case, source in set(links) if case != source]
    graph = Graph(nodes, edges)
    drawing = draw(graph)
    assert sorted(spot.id for spot in drawing.spots) == [node.id for node in nodes]
    assert len({spot.y for spot in drawing.spots}) == len(nodes)
    assert all(LEFT <= spot.x <= WIDTH and spot.y < drawing.height for spot in drawing.spots)
    assert len(drawing.lines) == len(graph.edges)
    assert drawing.undated == onsets.count(None)
    x = {spot.id: spot.x for spot in drawing.spots}
    dated = sorted((node.onset, x[node.id]) for node in nodes if node.onset)
    assert [at for _, at in dated] == sorted(at for _, at in dated)


def test_whom_somebody_infected_stands_below_him() -> None:
    nodes = [Node(n, FIRST + timedelta(days=n)) for n in range(1, 6)]
    drawing = draw(Graph(nodes, [Edge(2, 1), Edge(4, 1), Edge(3, 2), Edge(5, 2, "possible"), Edge(5, 4)]))
    assert [spot.id for spot in sorted(drawing.spots, key=lambda spot: spot.y)] == [1, 2, 3, 4, 5]
    assert sum(not line.first for line in drawing.lines) == 1
