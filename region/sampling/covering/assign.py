"""Who walks to which of the sites that stand: the shortest walks that leave no site over-full, homes kept whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from region.sampling.covering.problem import Array, Homes, Ints, Spots
from region.sampling.covering.reach import Ways, share_within, ways

NEAREST = 12
"""Sites that are looked at for each home; the last may lie beyond the walk."""
BEYOND = 5.0
"""What a walk beyond reach costs above its metres, in times of the reach: the fewest people take one."""
SLIGHT = 1e-6


@dataclass(frozen=True)
class Share:
    """People of one home who come to one site: ids, how many, how far from its middle, how many within reach."""

    home: int
    site: int
    people: int
    metres: float
    within: int


@dataclass(frozen=True)
class Unserved:
    """People who have no site within the walk, and why: ``far`` (the nearest with room is beyond it), ``wide`` (it
    is larger than the walk), ``full`` (no site with room, they have none), ``nowhere`` (nobody knows where it lies)."""

    home: int
    people: int
    why: str
    metres: float | None


def assign(homes: Homes, sites: Spots, room: Ints, reach: float) -> tuple[list[Share], list[Unserved]]:
    """Each home's people to sites with `room` (sites,) people each, and who is not within `reach` metres of theirs."""
    near = ways(homes, sites, np.arange(len(homes)), NEAREST)
    parts = _whole(homes, near, room, _walk(homes, near, room, reach)) if len(near) else np.zeros(0)
    shares: list[Share] = []
    within = share_within(reach, homes.radius[near.home], near.metres)
    for row in np.flatnonzero(parts > SLIGHT):
        home, people = int(near.home[row]), round(float(homes.people[near.home[row]] * parts[row]))
        if people:
            ids = int(homes.ids[home]), int(sites.ids[near.spot[row]])
            shares.append(Share(*ids, people, float(near.metres[row]), round(people * float(within[row]))))
    return shares, _unserved(homes, shares, reach)


def _walk(homes: Homes, near: Ways, room: Ints, reach: float) -> Array:
    """The part of its home that takes each way, (ways,); to stay at home costs more than any walk (HiGHS)."""
    people = homes.people[near.home].astype(float)
    of_homes, of = np.unique(near.home, return_inverse=True)
    each = np.arange(len(near))
    serve = sparse.csr_matrix((np.ones(len(near)), (of, each)), shape=(len(of_homes), len(near)))
    fill = sparse.csr_matrix((people, (near.spot, each)), shape=(len(room), len(near)))
    metres = near.metres + BEYOND * reach * (near.metres > reach)
    told = linprog(
        people * (metres - 10 * float(metres.max()) - 1),
        A_ub=sparse.vstack([serve, fill]).tocsr(),
        b_ub=np.r_[np.ones(len(of_homes)), room.astype(float)],
        bounds=(0, 1),
        method="highs",
    )
    if told.x is None:
        raise ArithmeticError(f"walks: {told.message}")
    return np.asarray(told.x)


def _whole(homes: Homes, near: Ways, room: Ints, parts: Array) -> Array:
    """Bring parted homes together at the nearest of their sites that has room; where none has, they stay parted."""
    people = homes.people[near.home].astype(float)
    free = room.astype(float)
    np.subtract.at(free, near.spot, people * parts)
    first = np.searchsorted(near.home, np.arange(len(homes) + 1))
    for home in np.unique(near.home[(parts > SLIGHT) & (parts < 1 - SLIGHT)]):
        rows = np.arange(first[home], first[home + 1])
        fits = rows[free[near.spot[rows]] + people[rows] * parts[rows] >= people[rows] - 0.5]
        if len(fits):
            np.add.at(free, near.spot[rows], people[rows] * parts[rows])
            parts[rows] = 0.0
            chosen = fits[np.argmin(near.metres[fits])]
            parts[chosen] = 1.0
            free[near.spot[chosen]] -= people[chosen]
    return parts


def _unserved(homes: Homes, shares: list[Share], reach: float) -> list[Unserved]:
    """Who is left out, or walks too far, by home."""
    served = {int(one): 0 for one in homes.ids}
    found: list[Unserved] = []
    for share in shares:
        served[share.home] += share.people
        beyond = share.people - share.within
        if beyond > 0:
            why = "far" if share.metres > reach else "wide"
            found.append(Unserved(share.home, beyond, why, share.metres))
    known = np.isfinite(homes.lon) & np.isfinite(homes.lat)
    for home, people, there in zip(homes.ids.tolist(), homes.people.tolist(), known.tolist(), strict=True):
        left = people - served[home]
        if left > 1:  # a home in parts may lose one to rounding
            found.append(Unserved(home, left, "full" if there else "nowhere", None))
    return found
