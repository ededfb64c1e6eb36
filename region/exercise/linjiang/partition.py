"""The district is cut into communities and grids that tile it exactly, small where people live close."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPoint, box
from shapely.geometry.base import BaseGeometry

from region.exercise.linjiang.names import TOWNSHIPS
from region.exercise.linjiang.terrain import Array, Terrain, outline

CLOUD = 36_000  # sample points that stand for where people live
SNAP = 0.001  # km; borders meet on a lattice of one metre before they are bent
STEP = 0.2  # km between points along a border, so that it bends
ROUNDS = 14
FEWEST, MOST = 5, 20  # grids in one community


class BrokenPartition(Exception):
    """The cut did not give one whole piece a grid: the plan of the district is at fault, not its caller."""


@dataclass(frozen=True)
class Partition:
    """The finest pieces, all arrays of one length: polygon (degrees), township number, community number."""

    grids: NDArray[np.object_]
    township: NDArray[np.intp]
    community: NDArray[np.intp]


def cut(rng: np.random.Generator, terrain: Terrain) -> Partition:
    """Cut the district; raises BrokenPartition if any grid is lost or torn."""
    land, cloud = outline(), _cloud(rng)
    seeds, cells, townships, communities = [], [], [], []
    for bank in (1, -1):
        shore = land.intersection(box(-20, 0, 20, 20) if bank > 0 else box(-20, -20, 20, 0))
        people = cloud[cloud[:, 1] * bank > 0]
        centres, owner = _community_centres(rng, people, bank)
        pieces = _cells(centres, shore)
        nearest = _nearest(people, centres)
        numbers = _grid_numbers(rng, owner)
        for i, piece in enumerate(pieces):
            points = _centres(rng, people[nearest == i], int(numbers[i]))
            seeds.append(points)
            cells.append(_cells(points, piece))
            townships += [int(owner[i])] * len(points)
            communities += [len(cells) - 1] * len(points)
    grids = _tile(np.concatenate(cells), np.concatenate(seeds), terrain)
    return Partition(grids, np.array(townships), np.array(communities))


def shares(weights: Array, total: int) -> NDArray[np.int_]:
    """Split a whole number by weights, shape (n,); the parts sum to it exactly (largest remainder)."""
    exact = weights / weights.sum() * total
    parts = np.floor(exact).astype(int)
    short = total - int(parts.sum())
    parts[np.argsort(parts - exact, kind="stable")[:short]] += 1
    return np.asarray(parts)


def _cloud(rng: np.random.Generator) -> Array:
    """Points where people live, shape (CLOUD, 2): thick about the old town on both banks, then thin."""
    land = outline()
    west, south, east, north = land.bounds
    tries = rng.uniform((west, south), (east, north), (CLOUD * 8, 2))
    x, y = tries.T
    thick = 0.11 + 0.89 * np.exp(-((x - 0.6) ** 2) / 22 - y**2 / 9)
    thick += 0.12 * np.exp(-((x + 9) ** 2 + (y - 3) ** 2) / 2) + 0.12 * np.exp(
        -((x - 7.5) ** 2 + (y + 4.2) ** 2) / 2
    )
    lucky = rng.uniform(0, 1.1, len(tries)) < thick
    kept = tries[lucky & shapely.contains_xy(land, x, y)]
    return np.asarray(kept[:CLOUD])


def _nearest(points: Array, centres: Array) -> NDArray[np.intp]:
    """Which centre each point is nearest to; no matrix product, whose last digit depends on the machine."""
    apart = (points[:, :1] - centres[:, 0]) ** 2 + (points[:, 1:] - centres[:, 1]) ** 2
    return np.asarray(np.argmin(apart, axis=1))


def _centres(rng: np.random.Generator, points: Array, count: int) -> Array:
    """Centres of `count` even groups of points, by Lloyd's rounds; an empty group keeps its centre."""
    centres = points[rng.choice(len(points), count, replace=False)]
    for _ in range(ROUNDS):
        group = _nearest(points, centres)
        size = np.bincount(group, minlength=count)
        sums = np.column_stack([np.bincount(group, weights=axis, minlength=count) for axis in points.T])
        centres = np.where(size[:, None] > 0, sums / np.maximum(size, 1)[:, None], centres)
    return centres


def _community_centres(rng: np.random.Generator, people: Array, bank: int) -> tuple[Array, NDArray[np.intp]]:
    """Centres of the communities of one bank, shape (n, 2), and the number of the township of each."""
    here = [i for i, township in enumerate(TOWNSHIPS) if township.seat[1] * bank > 0]
    pull = [np.hypot(*(people - np.array(TOWNSHIPS[i].seat)).T) - TOWNSHIPS[i].reach for i in here]
    side = np.argmin(np.array(pull), axis=0)
    groups = [_centres(rng, people[side == n], TOWNSHIPS[i].size) for n, i in enumerate(here)]
    return np.concatenate(groups), np.repeat(here, [len(group) for group in groups])


def _grid_numbers(rng: np.random.Generator, owner: NDArray[np.intp]) -> NDArray[np.int_]:
    """How many grids each community gets: uneven as in life, the sum of each township as planned."""
    numbers = np.zeros(len(owner), dtype=int)
    for i in np.unique(owner):
        mine = owner == i
        spread = np.clip(rng.normal(1, 0.16, int(mine.sum())), 0.72, 1.3)
        numbers[mine] = shares(spread, TOWNSHIPS[i].grids)
    if numbers.min() < FEWEST or numbers.max() > MOST:
        raise BrokenPartition(f"a community of {numbers.min()} or {numbers.max()} grids")
    return numbers


def _cells(centres: Array, within: BaseGeometry) -> NDArray[np.object_]:
    """The Voronoi cells of centres, in their order, cut to a convex piece of land, and so whole."""
    diagram = shapely.voronoi_polygons(MultiPoint(centres), extend_to=within, ordered=True)
    return np.asarray(shapely.intersection(shapely.get_parts(diagram), within), dtype=object)


def _tile(cells: NDArray[np.object_], seeds: Array, terrain: Terrain) -> NDArray[np.object_]:
    """Make all borders one shared network, bend it, and read the pieces back in the order of their seeds."""
    network = shapely.union_all(shapely.boundary(cells), grid_size=SNAP)
    borders = terrain.bend(shapely.segmentize(shapely.get_parts(network), STEP))
    pieces = shapely.get_parts(shapely.polygonize(borders))
    inside = shapely.points(terrain.to_degrees(seeds))
    seed, piece = shapely.STRtree(pieces).query(inside, predicate="within")
    if len(pieces) != len(cells) or len(np.unique(piece)) != len(cells) or len(seed) != len(cells):
        raise BrokenPartition(f"{len(pieces)} pieces for {len(cells)} grids")
    tiles = np.empty(len(cells), dtype=object)
    tiles[seed] = pieces[piece]
    if not (shapely.is_valid(tiles).all() and shapely.coverage_is_valid(tiles)):
        raise BrokenPartition("grids overlap or leave a gap")
    return tiles
