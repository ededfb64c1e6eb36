"""Who infected whom: figures of a small graph worked out by hand, rings, several sources."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from region.tracing import graph as figures
from region.tracing.graph import Edge, Node, graph

START = date(2022, 8, 1)


def nodes(**days: int) -> list[Node]:
    """Cases c1, c2 … with the day of their onset."""
    return [
        Node(int(name[1:]), START + timedelta(days=n), START + timedelta(days=n)) for name, n in days.items()
    ]


SMALL = graph(
    nodes(c1=0, c2=3, c3=4, c4=4, c5=9, c6=2, c7=8),
    [
        Edge(2, 1),
        Edge(3, 1),
        Edge(4, 1, "probable"),
        Edge(5, 2),
        Edge(5, 3, "confirmed"),
        Edge(7, 6),
        Edge(7, 4),
    ],
)
"""1 infected 2, 3, 4; 3 infected 5 (2 may have); 4 or 6 infected 7."""


def test_the_likeliest_source_counts_and_of_equals_the_first() -> None:
    assert SMALL.best == {2: 1, 3: 1, 4: 1, 5: 3, 7: 4}
    assert SMALL.unsure == 2 and len(SMALL.edges) == 7


def test_generations_chains_and_clusters() -> None:
    assert figures.generations(SMALL) == {1: 0, 2: 1, 3: 1, 4: 1, 5: 2, 6: 0, 7: 2}
    assert figures.chains(SMALL) == {1: (1, 2, 3, 4, 7, 5), 6: (6,)}
    assert figures.cluster_sizes(SMALL) == [7]
    assert figures.cluster_sizes(graph(nodes(c1=0, c2=1, c3=2), [Edge(2, 1)])) == [2, 1]


def test_serial_intervals_with_mean_median_and_quantiles() -> None:
    days = figures.serial_intervals(SMALL)
    assert days == [3, 4, 4, 4, 5]
    found = figures.summary(days, (0.0, 0.05, 0.5, 0.75, 1.0))
    assert found is not None and (found.n, found.mean, found.median) == (5, 4.0, 4)
    assert found.quantiles == pytest.approx({0.0: 3, 0.05: 3.2, 0.5: 4, 0.75: 4, 1.0: 5})
    assert figures.summary([]) is None
    unknown = graph([Node(1, START, START), Node(2, START)], [Edge(2, 1)])
    assert figures.serial_intervals(unknown) == []


def test_an_interval_may_be_negative() -> None:
    assert figures.serial_intervals(graph(nodes(c1=5, c2=3), [Edge(2, 1)])) == [-2]


def test_offspring_their_distribution_and_r_by_generation() -> None:
    assert figures.offspring(SMALL) == {1: 3, 2: 0, 3: 1, 4: 1, 5: 0, 6: 0, 7: 0}
    assert figures.distribution(SMALL) == {0: 4, 1: 2, 3: 1}
    assert figures.by_generation(SMALL) == [(0, 2, 1.5), (1, 3, pytest.approx(2 / 3)), (2, 2, 0.0)]


def test_dispersion_by_moments() -> None:
    # counts 5, 0, 0, 0, 0: m = 1, v = (16 + 4) / 4 = 5, k = 1 / (5 - 1)
    assert figures.dispersion([5, 0, 0, 0, 0]) == pytest.approx(0.25)
    assert figures.dispersion([1, 1, 1]) is None and figures.dispersion([3]) is None


def test_a_ring_of_sources_is_counted_without_them_and_told() -> None:
    found = graph(nodes(c1=0, c2=1, c3=2, c4=3), [Edge(1, 3), Edge(2, 1), Edge(3, 2), Edge(4, 3)])
    assert found.rings == (1, 2, 3) and found.best == {4: 3}
    assert figures.generations(found) == {1: 0, 2: 0, 3: 0, 4: 1}
    assert figures.cluster_sizes(found) == [4]


def test_sources_beyond_the_cases_and_oneself_are_left_out() -> None:
    found = graph(nodes(c1=0, c2=1), [Edge(2, 9), Edge(2, 2), Edge(2, 1)])
    assert found.best == {2: 1} and [edge.source for edge in found.edges] == [1]


def test_nobody_has_no_figures() -> None:
    empty = graph([], [])
    assert (
        figures.chains(empty) == {}
        and figures.cluster_sizes(empty) == []
        and figures.by_generation(empty) == []
    )
