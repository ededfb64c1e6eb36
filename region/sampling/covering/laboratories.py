"""Which laboratory each site's tubes go to: the shortest ways that leave no laboratory with more than its share."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from region.sampling.covering.problem import Array, Ints

KM_A_DEGREE = 111.195


def to_laboratories(at: Array, tubes: Ints, labs: Array, capacity: Ints) -> Ints:
    """The row of the laboratory of each site, (sites,).

    `at` (sites, 2) and `labs` (labs, 2) are lon, lat in degrees; `tubes` (sites,) and `capacity` (labs,) tubes a day. A
    laboratory with no place known is as far as the farthest. Where all capacity is less than all tubes, each laboratory
    is given more in proportion. A site's tubes are not parted: it goes where most of them would.
    """
    sites, count = len(at), len(labs)
    if sites == 0 or count == 1:
        return np.zeros(sites, dtype=np.int64)
    km = _km(at, labs)
    room = capacity.astype(float)
    room *= max(1.0, tubes.sum() / max(1.0, room.sum()))
    each = np.arange(sites * count)
    ones = np.ones(sites * count)
    serve = sparse.csr_matrix((ones, (each // count, each)))
    fill = sparse.csr_matrix((np.repeat(tubes.astype(float), count), (each % count, each)))
    told = linprog(
        (tubes[:, None] * km).ravel() + 1e-6 * km.ravel(),
        A_ub=fill,
        b_ub=room + 1e-6 * (1 + room),
        A_eq=serve,
        b_eq=np.ones(sites),
        bounds=(0, 1),
        method="highs",
    )
    if told.x is None:
        raise ArithmeticError(f"laboratories: {told.message}")
    return np.asarray(np.argmax(told.x.reshape(sites, count), axis=1), dtype=np.int64)


def _km(at: Array, labs: Array) -> Array:
    """Great-circle kilometres, near enough for a region: (sites, labs)."""
    east = (at[:, None, 0] - labs[None, :, 0]) * np.cos(np.radians(at[:, None, 1]))
    km = KM_A_DEGREE * np.hypot(east, at[:, None, 1] - labs[None, :, 1])
    farthest = float(np.nanmax(km)) if np.isfinite(km).any() else 1.0
    return np.asarray(np.nan_to_num(km, nan=farthest))
