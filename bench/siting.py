"""Where the sites of a round should stand, for many people: `python -m bench.siting [millions]`.

A made city of towns, grids of some 330 people, a building in every third grid. Wanted: an area of 360,000 people in
under 20 seconds; ten million by parts, told with the memory that it took.
"""

from __future__ import annotations

import resource
import sys

import numpy as np

from region.sampling.covering.place import place
from region.sampling.covering.problem import Homes, Limits, Problem, Spots

PEOPLE_A_GRID, GRIDS_A_PART, REACH, CAPACITY, WANTED_SECONDS = 333, 135, 807.7, 3000, 20.0


def city(people: int, seed: int = 5) -> Problem:
    """Grids around town centres, close in the middle and wide at the rim; parts are towns."""
    rng = np.random.default_rng(seed)
    grids = people // PEOPLE_A_GRID
    towns = max(1, grids // GRIDS_A_PART)
    side = int(np.ceil(np.sqrt(towns)))
    part = np.arange(grids) % towns
    middle = np.stack([113 + 0.06 * (part % side), 29 + 0.06 * (part // side)], axis=1)
    away = np.abs(rng.normal(0, 0.016, grids))
    turn = rng.uniform(0, 2 * np.pi, grids)
    at = middle + np.stack([away * np.cos(turn), away * np.sin(turn)], axis=1)
    ids = np.arange(grids)
    homes = Homes(
        ids=ids,
        lon=at[:, 0],
        lat=at[:, 1],
        people=rng.integers(160, 500, grids),
        radius=150 + 25_000 * away,
        part=part,
    )
    built = ids[::3]
    spots = Spots(
        ids=np.r_[ids, grids + built],
        lon=np.r_[at[:, 0], at[built, 0] + 0.0005],
        lat=np.r_[at[:, 1], at[built, 1] + 0.0005],
        built=np.arange(grids + len(built)) >= grids,
    )
    return Problem(homes, spots, Limits(reach=REACH, capacity=CAPACITY))


def main(arguments: list[str]) -> int:
    """One city; 1 where the small one takes longer than wanted."""
    people = int(float(arguments[0]) * 1_000_000) if arguments else 360_000
    problem = city(people)
    found = place(problem)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    everybody = int(problem.homes.people.sum())
    print(f"{everybody:,} people in {len(problem.homes):,} grids, {len(problem.spots):,} spots")
    print(
        f"{sum(found.spots.values()):,} sites, {everybody / max(1, sum(found.spots.values())):,.0f} people each; "
        f"{found.covered:.1%} within the walk, {found.mean_walk:.0f} m on average"
    )
    met = found.seconds < WANTED_SECONDS or bool(arguments)
    print(f"{found.seconds:.1f} s, {memory:,.0f} MiB: {'met' if met else 'NOT MET'}")
    return int(not met)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
