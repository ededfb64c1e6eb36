"""Scan statistics: every cylinder searched again by hand, and what must not change the answer."""

from __future__ import annotations

from dataclasses import replace
from math import log

import numpy as np
import pytest

from region.surveillance.detect.scan import Scan, haversine, plane, scan
from region.surveillance.detect.series import Array, BadSeries, Ints


def ground(seed: int = 3) -> tuple[Ints, Array, Array]:
    rng = np.random.default_rng(seed)
    counts = rng.poisson(0.4, (12, 9))
    counts[4, 6:] += 5
    return (
        counts,
        plane(rng.uniform(0, 50, 12), rng.uniform(0, 50, 12)),
        rng.integers(50, 900, 12).astype(float),
    )


def by_hand(counts: Ints, distance: Array, people: Array, how: Scan) -> float:
    """The largest ratio over all cylinders, one after the other."""
    areas, days = counts.shape
    cases, best = counts.sum(), 0.0
    weight = counts.sum(axis=1) if how.model == "permutation" else people
    by_day = counts.sum(axis=0) if how.model == "permutation" else np.ones(days)
    for centre in range(areas):
        order = sorted(range(areas), key=lambda area: (distance[centre, area], area))
        for size in range(1, areas + 1):
            inside = order[:size]
            if weight[inside].sum() > how.max_share * weight.sum():
                break
            for end in [days] if how.prospective else range(1, days + 1):
                for first in range(max(0, end - how.max_days), end):
                    c = counts[inside, first:end].sum()
                    mu = cases * weight[inside].sum() / weight.sum() * by_day[first:end].sum() / by_day.sum()
                    if c > mu and c >= how.min_cases:
                        rest = (cases - c) * log((cases - c) / (cases - mu)) if c < cases else 0.0
                        best = max(best, c * log(c / mu) + rest)
    return best


@pytest.mark.parametrize("model", ["poisson", "permutation"])
@pytest.mark.parametrize("prospective", [True, False])
def test_the_likeliest_is_the_likeliest_of_all_cylinders(model: str, prospective: bool) -> None:
    for seed in range(5):
        counts, distance, people = ground(seed)
        how = Scan(model, prospective, max_days=4, max_share=0.4, replicates=0)
        found = scan(counts, distance, how, people)
        assert found.clusters[0].llr == pytest.approx(by_hand(counts, distance, people, how), rel=1e-12)


def test_the_order_of_areas_and_the_unit_change_nothing() -> None:
    counts, distance, people = ground()
    before = counts.copy()
    mixed = np.random.default_rng(1).permutation(12)
    how = Scan(max_days=4, replicates=0, max_share=0.4)
    one = scan(counts, distance, how, people).clusters[0]
    other = scan(counts[mixed], distance[mixed][:, mixed] * 1000, how, people[mixed] * 7).clusters[0]
    assert {int(mixed[area]) for area in other.members} == set(one.members)
    assert (other.first, other.last, other.observed) == (one.first, one.last, one.observed)
    assert other.llr == pytest.approx(one.llr) and other.radius == pytest.approx(one.radius * 1000)
    assert (counts == before).all()


def test_clusters_share_no_area_and_a_replicate_is_drawn_by_its_seed() -> None:
    counts, distance, _ = ground()
    how = Scan("permutation", max_days=4, replicates=99)
    found, again = scan(counts, distance, how), scan(counts, distance, how)
    members = [area for one in found.clusters for area in one.members]
    assert len(members) == len(set(members)) and (found.maxima == again.maxima).all()
    assert found.clusters[0].p == 0.01 and found.clusters[0].recurrence == 100
    assert found.clusters[0].gumbel < 0.01


def test_a_quiet_day_stops_early() -> None:
    _, distance, people = ground()
    quiet = np.random.default_rng(8).poisson(0.4, (12, 9))
    how = Scan(max_days=3, stop_after=5)
    full, early = (
        scan(quiet, distance, replace(how, stop_after=0), people),
        scan(quiet, distance, how, people),
    )
    assert len(full.maxima) == 999 > len(early.maxima)
    assert early.clusters[0].p == pytest.approx(5 / len(early.maxima))


def test_distances_and_refusals() -> None:
    assert haversine(np.array([0.0, 0.0]), np.array([0.0, 90.0]))[0, 1] == pytest.approx(10007.557, abs=0.01)
    with pytest.raises(BadSeries, match="scan-place"):
        haversine(np.array([91.0]), np.array([0.0]))
    counts, distance, _ = ground()
    with pytest.raises(BadSeries, match="scan-people"):
        scan(counts, distance, Scan())
    with pytest.raises(BadSeries, match="option-value"):
        Scan(max_share=0)
