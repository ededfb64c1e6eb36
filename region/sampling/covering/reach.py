"""Who can walk where: straight-line metres between homes and spots, and the part of a home that lies within reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from region.sampling.covering.problem import Array, Homes, Ints, Spots

METRES_A_DEGREE = 111_195.0
"""Of latitude, on a sphere of 6,371 km."""


@dataclass(frozen=True)
class Ways:
    """Possible ways from a home to a spot, one a row, homes in order: rows in Homes and Spots, `metres` from the home's
    middle in a straight line."""

    home: Ints
    spot: Ints
    metres: Array

    def __len__(self) -> int:
        return len(self.home)

    def only(self, rows: Ints) -> Ways:
        """Some of the ways."""
        return Ways(self.home[rows], self.spot[rows], self.metres[rows])


def ways(homes: Homes, spots: Spots, rows: Ints, neighbours: int, reach: float = np.inf) -> Ways:
    """The ways of the homes in `rows` that have a place and people: to their nearest spots within `reach` metres."""
    at = np.isfinite(homes.lon[rows]) & np.isfinite(homes.lat[rows]) & (homes.people[rows] > 0)
    known = np.sort(rows[at])
    if not len(known) or not len(spots):
        empty = np.zeros(0, dtype=np.int64)
        return Ways(empty, empty, np.zeros(0))
    middle = float(np.mean(homes.lat[known]))
    tree = cKDTree(_flat(spots.lon, spots.lat, middle))
    count = min(neighbours, len(spots))
    metres, near = tree.query(_flat(homes.lon[known], homes.lat[known], middle), k=list(range(1, count + 1)))
    kept = np.flatnonzero(metres.ravel() <= reach)
    home = np.repeat(known, count)
    return Ways(home[kept], near.ravel()[kept].astype(np.int64), metres.ravel()[kept])


def _flat(lon: Array, lat: Array, middle: float) -> Array:
    """Points in metres east and north, (points, 2), true near the latitude `middle`: good for an area of a city."""
    east = lon * METRES_A_DEGREE * np.cos(np.radians(middle))
    return np.stack([east, lat * METRES_A_DEGREE], axis=1)


def share_within(reach: float, radius: Array, away: Array) -> Array:
    """The part of a disc of `radius` that lies within `reach` of a point `away` from its middle; all in metres.

    The lens of two circles over the disc (people spread evenly): 1 where the farthest of them is within reach.
    """
    small, r, d = np.maximum(radius, 1e-9), reach, np.maximum(away, 1e-9)
    near = np.clip((d**2 + small**2 - r**2) / (2 * d * small), -1, 1)
    far = np.clip((d**2 + r**2 - small**2) / (2 * d * r), -1, 1)
    root = (-d + small + r) * (d + small - r) * (d - small + r) * (d + small + r)
    lens = small**2 * np.arccos(near) + r**2 * np.arccos(far) - np.sqrt(np.maximum(root, 0)) / 2
    inside = np.minimum(r / small, 1.0) ** 2
    share = np.where(d + small <= r, 1.0, np.where(d >= r + small, 0.0, lens / (np.pi * small**2)))
    return np.asarray(np.clip(np.where(d + r <= small, inside, share), 0, 1))
