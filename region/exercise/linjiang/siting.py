"""Where a site stands: inside its area, on dry land, and apart from the sites that stand there already."""

from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from region.exercise.linjiang.terrain import DECIMALS, Array, metres_between

TRIES = 48
SHORE = 0.0006  # degrees, about 60 m kept free along water and inside borders
NEIGHBOURLY = 220.0  # metres between two sites: further apart brings no advantage


@dataclass
class Ground:
    """Dry land and what stands on it; the order of placing is part of the result."""

    rng: np.random.Generator
    water: BaseGeometry
    taken: list[tuple[float, float]] = field(default_factory=list)

    def place(self, area: BaseGeometry, near: Point | None = None) -> tuple[float, float]:
        """A free place (lon, lat in degrees) in an area; with `near`, the one closest to that point.

        Raises ValueError if the area has no dry land.
        """
        spots = self._dry_spots(area)
        room = np.full(len(spots), NEIGHBOURLY)
        for lon, lat in self.taken:
            room = np.minimum(room, metres_between(spots, Point(lon, lat)))
        away = metres_between(spots, near) if near is not None else np.zeros(len(spots))
        # Standing on one another is worse than standing a little aside.
        best = spots[int(np.argmin(np.round(away + 12 * (NEIGHBOURLY - room), 3)))]
        where = (float(best[0]), float(best[1]))
        self.taken.append(where)
        return where

    def _dry_spots(self, area: BaseGeometry) -> Array:
        """Up to TRIES random points in the area, shape (n, 2), rounded, off its border and off the water."""
        land = area.difference(self.water)
        if land.is_empty:
            raise ValueError("no dry land in this area")
        inset = land.buffer(-SHORE)
        inner = land if inset.is_empty else inset  # a thin piece has no such inside
        west, south, east, north = inner.bounds
        spots = np.round(self.rng.uniform((west, south), (east, north), (TRIES * 8, 2)), DECIMALS)
        spots = spots[shapely.contains_xy(inner, *spots.T)][:TRIES]
        if len(spots) == 0:
            middle = inner.representative_point()
            spots = np.round(np.array([[middle.x, middle.y]]), DECIMALS)
        return spots


def middle_of_people(middles: Array, people: Array) -> Point:
    """Where people live on average: middles of grids, (n, 2) in degrees, weighted by people, (n,)."""
    lon, lat = (middles * people[:, None]).sum(axis=0) / people.sum()
    return Point(lon, lat)
