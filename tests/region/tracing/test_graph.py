"""Figures of who infected whom, reckoned by hand."""

from __future__ import annotations

from datetime import date

import pytest

from region.tracing.graph import Edge, Graph, Intervals, Node

DAYS = {1: 1, 2: 5, 3: 6, 4: 9, 5: 9, 6: None, 7: 20}


def nodes() -> list[Node]:
    return [Node(id, None if day is None else date(2022, 8, day)) for id, day in DAYS.items()]


def graph() -> Graph:
    """1 infected 2 and 3; 4 was infected by 2 or by 3; 3 infected 5; 6 and 7 stand alone."""
    return Graph(
        nodes(), [Edge(2, 1), Edge(3, 1), Edge(4, 2), Edge(4, 3, "possible"), Edge(5, 3), Edge(5, 99)]
    )


def test_a_tree_with_two_possible_sources() -> None:
    found = graph()
    assert len(found.edges) == 5, "a source that is no case is not in it"
    assert found.offspring == {1: 2.0, 2: 0.5, 3: 1.5, 4: 0, 5: 0, 6: 0, 7: 0}
    assert found.generations == {1: 0, 2: 1, 3: 1, 4: 2, 5: 2, 6: 0, 7: 0}
    assert found.chains == [[1, 2, 3, 4, 5], [6], [7]]
    assert found.most == (1, 2.0)
    assert found.by_generation == [(3, pytest.approx(2 / 3)), (2, 1.0), (2, 0.0)]
    assert found.rings == []


def test_serial_intervals_are_of_cases_with_one_source() -> None:
    assert graph().intervals == Intervals(3, 4.0, 4.0, pytest.approx(3.1), pytest.approx(4.9), 0)
    assert Graph(nodes(), [Edge(1, 2), Edge(6, 1)]).intervals == Intervals(1, -4.0, -4.0, -4.0, -4.0, 1)
    assert Graph(nodes(), []).intervals is None and Graph(nodes(), []).most is None


def test_the_surest_source_comes_first_and_then_the_latest_ill() -> None:
    found = Graph(nodes(), [Edge(7, 1), Edge(7, 4), Edge(7, 2, "confirmed"), Edge(7, 6)])
    assert [edge.source for edge in found.sources[7]] == [2, 4, 1, 6]


def test_a_ring_is_named_and_hides_nobody_else() -> None:
    found = Graph(nodes(), [Edge(1, 2), Edge(2, 1), Edge(3, 2), Edge(5, 4)])
    assert found.rings == [1, 2, 3]
    assert found.generations == {4: 0, 5: 1, 6: 0, 7: 0}
    assert [len(chain) for chain in found.chains] == [3, 2, 1, 1]


def test_the_order_of_what_is_given_changes_nothing() -> None:
    found, turned = graph(), Graph(list(reversed(nodes())), list(reversed(graph().edges)))
    for name in ("offspring", "generations", "chains", "intervals", "by_generation", "spread", "most"):
        assert getattr(found, name) == getattr(turned, name), name
