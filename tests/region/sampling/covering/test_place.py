"""Sites are placed: all within the walk with as few as can be, nobody over-full, and who is beyond is told why."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from region.sampling.covering.laboratories import to_laboratories
from region.sampling.covering.place import Placed, place, serve
from region.sampling.covering.problem import BadProblem, Homes, Limits, Problem, Spots
from region.sampling.covering.reach import METRES_A_DEGREE, share_within, ways

LIMITS = Limits(reach=800.0, capacity=3000)


def town(metres: list[tuple[float, float]], people: list[int], radius: float = 0.0) -> Homes:
    """Homes so many metres east and north of a point on the equator."""
    at = np.array(metres, dtype=float).reshape(-1, 2) / METRES_A_DEGREE
    count = len(people)
    ids = np.arange(count, dtype=np.int64)
    return Homes(
        ids, at[:, 0], at[:, 1], np.array(people), np.full(count, radius), np.zeros(count, dtype=np.int64)
    )


def middles(homes: Homes) -> Spots:
    """A spot in the middle of each home."""
    known = np.flatnonzero(np.isfinite(homes.lon))
    return Spots(
        homes.ids[known] + 1000, homes.lon[known], homes.lat[known], np.zeros(len(known), dtype=bool)
    )


def random_town(seed: int, homes: int = 12) -> Homes:
    """Homes strewn over two kilometres."""
    rng = np.random.default_rng(seed)
    at = [(float(x), float(y)) for x, y in rng.uniform(0, 2000, (homes, 2))]
    return town(at, [int(one) for one in rng.integers(200, 900, homes)])


def loads(found: Placed) -> Counter[int]:
    """People of each spot."""
    count: Counter[int] = Counter()
    for share in found.shares:
        count[share.site] += share.people
    return count


def fewest_by_hand(problem: Problem) -> int:
    """By trying all sets of spots: the fewest within reach of everybody, room not counted."""
    near = ways(problem.homes, problem.spots, np.arange(len(problem.homes)), 99, problem.limits.reach)
    reached = {
        spot: {int(home) for home in near.home[near.spot == spot]} for spot in range(len(problem.spots))
    }
    everybody = set(range(len(problem.homes)))
    for count in range(1, len(problem.spots) + 1):
        for chosen in combinations(reached, count):
            if set().union(*(reached[spot] for spot in chosen)) == everybody:
                return count
    raise AssertionError("nobody can be reached")


@pytest.mark.parametrize("seed", range(4))
def test_as_few_sites_as_there_can_be(seed: int) -> None:
    homes = random_town(seed)
    problem = Problem(homes, middles(homes), Limits(reach=800.0, capacity=100_000))
    found = place(problem)
    assert sum(found.spots.values()) == found.needed == fewest_by_hand(problem)
    assert found.covered == 1.0 and found.unserved == []


@pytest.mark.parametrize("most", [None, 3, 6])
def test_everybody_has_a_site_and_none_is_over_full(most: int | None) -> None:
    homes = random_town(7, 40)
    found = place(Problem(homes, middles(homes), LIMITS), most)
    assert sum(share.people for share in found.shares) + sum(
        one.people for one in found.unserved if one.why == "full"
    ) == int(homes.people.sum())
    sites = found.spots
    assert all(number <= 3000 * sites[spot] for spot, number in loads(found).items())
    if most is not None:
        assert sum(sites.values()) <= most
    assert 0 < found.covered <= 1


def test_more_sites_than_needed_shorten_the_walk() -> None:
    homes = random_town(3, 30)
    problem = Problem(homes, middles(homes), LIMITS)
    few = place(problem)
    many = place(problem, few.needed + 5)
    assert sum(many.spots.values()) >= sum(few.spots.values()) and many.covered >= few.covered - 1e-9


def test_who_is_beyond_the_walk_is_told_with_the_reason() -> None:
    homes = town([(0, 0), (1500, 0), (float("nan"), 0)], [500, 400, 50])
    spots = Spots(np.array([9]), np.array([0.0]), np.array([0.0]), np.array([True]))
    found = serve(Problem(homes, spots, LIMITS), np.array([1]))
    assert {(one.home, one.people, one.why) for one in found.unserved} == {
        (1, 400, "far"),
        (2, 50, "nowhere"),
    }
    assert [share.metres for share in found.shares] == pytest.approx([0, 1500])
    full = serve(Problem(town([(0, 0)], [5000]), spots, LIMITS), np.array([1]))
    assert [(one.people, one.why) for one in full.unserved] == [(2000, "full")]
    wide = serve(Problem(town([(0, 0)], [1000], radius=1600.0), spots, LIMITS), np.array([1]))
    assert [(one.people, one.why) for one in wide.unserved] == [(750, "wide")]
    assert wide.covered == 0.25


def test_a_place_with_more_people_than_one_site_takes_gets_several() -> None:
    homes = town([(0, 0)], [7000])
    found = place(Problem(homes, middles(homes), LIMITS))
    assert found.spots == {1000: 3} and found.unserved == []


def test_buildings_are_preferred_where_both_would_do() -> None:
    homes = town([(0, 0), (100, 0)], [500, 500])
    bare = middles(homes)
    spots = Spots(
        np.r_[bare.ids, 5],
        np.r_[bare.lon, bare.lon[0]],
        np.r_[bare.lat, 0.0004],
        np.array([False, False, True]),
    )
    assert place(Problem(homes, spots, LIMITS)).spots == {5: 1}


def test_the_share_of_a_disc_within_reach() -> None:
    away = np.array([0.0, 0.0, 3000.0, 800.0])
    radius = np.array([100.0, 1600.0, 100.0, 1e-6])
    assert share_within(800.0, radius, away)[:3] == pytest.approx([1.0, 0.25, 0.0])
    half = share_within(1e6, np.array([10.0]), np.array([1e6]))
    assert half == pytest.approx([0.5], abs=2e-3)
    rng = np.random.default_rng(1)
    inside = rng.uniform(-1, 1, (200_000, 2)) * 500
    inside = inside[np.hypot(*inside.T) <= 500]
    drawn = np.mean(np.hypot(inside[:, 0] - 600, inside[:, 1]) <= 800)
    assert share_within(800.0, np.array([500.0]), np.array([600.0])) == pytest.approx([drawn], abs=0.01)


def test_laboratories_get_no_more_than_their_share() -> None:
    at = np.array([[0.0, 0.0], [0.01, 0.0], [0.02, 0.0], [0.03, 0.0]])
    labs = np.array([[0.0, 0.0], [1.0, 0.0]])
    tubes = np.array([100, 100, 100, 100])
    assert to_laboratories(at, tubes, labs, np.array([1000, 1000])).tolist() == [0, 0, 0, 0]
    assert to_laboratories(at, tubes, labs, np.array([200, 1000])).tolist() == [0, 0, 1, 1]
    assert sorted(to_laboratories(at, tubes, labs, np.array([20, 20])).tolist()) == [0, 0, 1, 1]
    nowhere = np.array([[np.nan, np.nan], [0.5, 0.0]])
    assert len(to_laboratories(at, tubes, nowhere, np.array([400, 400]))) == 4


def test_what_cannot_be_solved_is_said() -> None:
    with pytest.raises(BadProblem, match="homes-uneven"):
        Homes(*(np.zeros(n, dtype=np.int64) for n in (1, 2, 1, 1, 1, 1)))
    with pytest.raises(BadProblem, match="option-value"):
        Limits(reach=0, capacity=1)
    empty = Spots(*(np.zeros(0, dtype=np.int64),) * 4)
    found = place(Problem(town([(0, 0)], [10]), empty, LIMITS))
    assert found.spots == {} and [(one.people, one.why) for one in found.unserved] == [(10, "full")]
