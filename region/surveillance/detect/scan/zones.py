"""Circles around each area: its nearest neighbours, up to a share of the people or a radius."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from region.surveillance.detect.series import Array, BadSeries, Ints

EARTH_KM = 6371.0088


def haversine(latitude: Array, longitude: Array) -> Array:
    """Great-circle distances in km, (areas, areas), of degrees, (areas,). BadSeries scan-place for a bad coordinate."""
    good = (np.abs(latitude) <= 90) & (np.abs(longitude) <= 180)
    if not good.all():
        raise BadSeries("scan-place", area=int(np.flatnonzero(~good)[0]) + 1)
    phi, theta = np.radians(latitude), np.radians(longitude)
    chord = np.sin((phi[:, None] - phi) / 2) ** 2
    chord += np.cos(phi[:, None]) * np.cos(phi) * np.sin((theta[:, None] - theta) / 2) ** 2
    distance: Array = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    return distance


def plane(x: Array, y: Array) -> Array:
    """Straight distances, (areas, areas), in the unit of `x` and `y`, (areas,). BadSeries scan-place as above."""
    good = np.isfinite(x) & np.isfinite(y)
    if not good.all():
        raise BadSeries("scan-place", area=int(np.flatnonzero(~good)[0]) + 1)
    distance: Array = np.hypot(x[:, None] - x, y[:, None] - y)
    return distance


@dataclass(frozen=True)
class Zones:
    """All circles, laid end to end: the circle at position i is its centre's members from the centre up to i.

    `members`: area at each position, (positions,). `first`: where the circle's centre begins, (positions,).
    `radius`: distance of the last member, (positions,).
    """

    members: Ints
    first: Ints
    radius: Array

    @classmethod
    def around(cls, distance: Array, weight: Array, share: float, radius: float | None) -> Zones:
        """Circles of at most `share` of all `weight`, (areas,), and `radius` in the unit of `distance`.

        An area as far as another comes in the order given. The centre alone is always a circle if it is within
        the share.
        """
        order = np.argsort(distance, axis=1, kind="stable")
        far = np.take_along_axis(distance, order, axis=1)
        allowed = np.cumsum(weight[order], axis=1) <= share * weight.sum() * (1 + 1e-12)
        if radius is not None:
            allowed &= far <= radius
        allowed = np.logical_and.accumulate(allowed, axis=1)
        each = allowed.sum(axis=1)
        begins = np.cumsum(each) - each
        return cls(order[allowed], np.repeat(begins, each), far[allowed])

    def total(self, values: Array) -> Array:
        """The sum of `values`, (areas,), over each circle, (positions,)."""
        running = np.concatenate(([0.0], np.cumsum(values[self.members])))
        total: Array = running[1:] - running[self.first]
        return total
