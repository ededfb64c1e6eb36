"""Who could give to whom tonight: each short site's nearest givers and all warehouses, within the travel limit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from region.resources.allocation.problem import Array, Flags, Ints, Places, Problem, Rules
from region.resources.allocation.spare import Spare, Stand, level_of

EARTH_KM = 6371.0088  # mean radius, IUGG


@dataclass(frozen=True)
class Arcs:
    """Possible consignments, one a row, sorted by taker and distance: rows in Places, (arcs,) each.

    `level`: row in Spare from which this taker may draw; `most`: packs that could go at once; `km` by road.
    """

    taker: Ints
    giver: Ints
    level: Ints
    most: Ints
    km: Array

    def __len__(self) -> int:
        return len(self.taker)

    def only(self, rows: Ints | Flags) -> Arcs:
        """These rows alone."""
        return Arcs(self.taker[rows], self.giver[rows], self.level[rows], self.most[rows], self.km[rows])


def on_sphere(lon: Array, lat: Array) -> Array:
    """Points of the unit sphere, (points, 3): the nearest by chord is the nearest by great circle, everywhere."""
    east, north = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=1)


def great_circle(lon1: Array, lat1: Array, lon2: Array, lat2: Array) -> Array:
    """Kilometres by the haversine formula (Sinnott 1984), sphere of mean radius."""
    north1, north2 = np.radians(lat1), np.radians(lat2)
    h = np.sin((north2 - north1) / 2) ** 2
    h = h + np.cos(north1) * np.cos(north2) * np.sin(np.radians(lon2 - lon1) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(h, 0.0, 1.0))))


def road_km(places: Places, a: Ints, b: Ints, rules: Rules) -> Array:
    """Kilometres by road: great circle times the detour."""
    return rules.detour * great_circle(places.lon[a], places.lat[a], places.lon[b], places.lat[b])


def arcs(problem: Problem, stands: Stand, spares: Spare) -> Arcs:
    """All consignments that may be made: in reach, of lots that last long enough, of at least the least size."""
    least = problem.rules.least
    found = in_reach(problem, stands, spares, least)
    return found.only(found.most >= least)


def in_reach(problem: Problem, stands: Stand, spares: Spare, least: int) -> Arcs:
    """Of each short place its nearest givers of at least so many packs, and all such warehouses, within the travel
    limit; `most` is 0 where no lot lasts long enough."""
    taker, giver = _pairs(problem, stands, spares, least)
    km = road_km(problem.places, taker, giver, problem.rules)
    near = km / problem.rules.speed * 60 <= problem.rules.most_minutes
    taker, giver, km = taker[near], giver[near], km[near]
    level = level_of(spares, giver, stands.lasts[taker])
    limit = np.where(level >= 0, _least_limit(spares, giver, level), 0)
    found = Arcs(taker, giver, level, np.minimum(stands.needs[taker], limit), km)
    return found.only(np.lexsort((giver, km, taker)))


def _pairs(problem: Problem, stands: Stand, spares: Spare, least: int) -> tuple[Ints, Ints]:
    """Takers and givers, (pairs,): of each short place its nearest givers, and all warehouses that can give."""
    places = problem.places
    most = np.array([spares.most(p) for p in range(len(places))], dtype=np.int64)
    takers = np.flatnonzero(stands.needs > 0)
    givers, stores = (np.flatnonzero((most >= least) & (places.warehouse == kind)) for kind in (False, True))
    near = np.zeros((len(takers), 0), dtype=np.int64)
    if len(givers) and len(takers):
        points = on_sphere(places.lon, places.lat)
        wanted = np.arange(1, min(problem.rules.neighbours, len(givers)) + 1)
        near = givers[cKDTree(points[givers]).query(points[takers], k=wanted)[1]]
    near = np.concatenate([near, np.tile(stores, (len(takers), 1))], axis=1)
    return np.repeat(takers, near.shape[1]), near.ravel()


def _least_limit(spares: Spare, giver: Ints, level: Ints) -> Ints:
    """The least limit of the levels up to each arc's own, (arcs,)."""
    least = np.full(len(giver), np.iinfo(np.int64).max)
    for step in range(int(np.diff(spares.first).max(initial=0))):
        row = spares.first[giver] + step
        within = row <= level
        least = np.where(within, np.minimum(least, spares.limit[np.where(within, row, 0)]), least)
    return least
