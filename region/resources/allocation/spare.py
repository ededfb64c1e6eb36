"""Who is short and of how much, and what each giver can spare by the expiry of its lots.

A taker needs lots that do not expire before it has used all that it will hold; so it draws from some lot of a giver
onwards, counted from the first to expire. A giver keeps its floor: at the start of the days of its lot k what is
kept of the lots from k on must last from the expiry of the lot before until the end of the floor. Both are limits
on "all from lot k on" (a level), and flows that respect every level can always be drawn first expiry first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from region.resources.allocation.problem import Array, Flags, Ints, Problem

CLOSE = 1e-9


@dataclass(frozen=True)
class Stand:
    """Where each place stands, (places,): `usable` units, `held` units of its floor, `days` of supply (NaN = no burn).

    `needs`: packs that lift a short place, 0 for others; `lasts`: days that a short place will hold once lifted.
    `unknown`: no burn and no warehouse, so it neither takes nor gives.
    """

    usable: Ints
    held: Ints
    days: Array
    needs: Ints
    lasts: Array
    unknown: Flags


@dataclass(frozen=True)
class Spare:
    """The levels of all givers, one a row, each giver's together and first expiry first.

    `first`, (places + 1,): giver p has the rows first[p] to first[p + 1]. (levels,): `days` until expiry, `packs`
    whole packs of the lots of this level, `limit` packs that may leave from this level on.
    """

    first: Ints
    days: Array
    packs: Ints
    limit: Ints

    def most(self, place: int) -> int:
        """Packs that a place can spare for takers that may take any lot."""
        row = self.first[place]
        return int(self.limit[row]) if row < self.first[place + 1] else 0


def stand(problem: Problem) -> Stand:
    """Where each place stands before the plan. Days of supply = usable / burn (K31)."""
    places, lots, rules = problem.places, problem.lots, problem.rules
    fresh = np.where(lots.days >= 0, lots.quantity, 0)
    usable = np.bincount(lots.place, weights=fresh, minlength=len(places)).astype(np.int64)
    burns = places.burn > 0
    burn = np.where(burns, places.burn, 1.0)
    floor = np.ceil(places.floor * burn - CLOSE).astype(np.int64)
    held = np.where(burns, floor, places.keep)
    lacks = np.where(burns, np.maximum(0, held - usable), 0)
    needs = np.where(lacks > 0, np.maximum(-(-lacks // rules.pack), rules.least), 0)
    days = np.where(burns, usable / burn, np.nan)
    lasts = np.where(burns, (usable + needs * rules.pack) / burn, np.nan)
    return Stand(usable, held, days, needs, lasts, ~burns & ~places.warehouse)


def spare(problem: Problem, stands: Stand, vehicles: bool = True) -> Spare:
    """What each place can spare tonight; without `vehicles`, what it could if loads were no matter."""
    places, lots, rules = problem.places, problem.lots, problem.rules
    gives = (stands.usable > stands.held) & ~stands.unknown
    rows = np.flatnonzero((lots.days >= 0) & (lots.quantity > 0) & gives[lots.place])
    rows = rows[np.lexsort((lots.days[rows], lots.place[rows]))]
    place, days = lots.place[rows], lots.days[rows]
    new = np.r_[True, (place[1:] != place[:-1]) | (days[1:] != days[:-1])] if len(rows) else np.zeros(0, bool)
    level = np.cumsum(new) - 1
    count = int(new.sum())
    units = np.bincount(level, weights=lots.quantity[rows], minlength=count).astype(np.int64)
    packs = np.bincount(level, weights=lots.quantity[rows] // rules.pack, minlength=count).astype(np.int64)
    place, days = place[new], days[new]
    first = np.searchsorted(place, np.arange(len(places) + 1)).astype(np.int64)
    carried = (
        places.loads * places.load // rules.pack if vehicles else np.full(len(places), np.iinfo(np.int64).max)
    )
    limit = _limits(problem, stands, first, place, days, units, packs, carried)
    return Spare(first, days, packs, limit)


def _limits(
    problem: Problem,
    stands: Stand,
    first: Ints,
    place: Ints,
    days: Array,
    units: Ints,
    packs: Ints,
    carried: Ints,
) -> Ints:
    """Packs that may leave from each level on; from the last level back, so that each follows from the next."""
    places, pack = problem.places, problem.rules.pack
    limit = np.zeros(len(place), dtype=np.int64)
    behind = 0
    for row in range(len(place) - 1, -1, -1):
        p = place[row]
        last, begins = row + 1 == first[p + 1], row == first[p]
        behind = int(units[row]) + (0 if last else behind)
        if begins:
            kept = int(stands.held[p])
        elif places.burn[p] > 0:
            kept = max(0, int(np.ceil(places.burn[p] * (places.floor[p] - days[row - 1]) - CLOSE)))
        else:
            kept = 0
        free = min((behind - kept) // pack, int(packs[row]) + (0 if last else int(limit[row + 1])))
        limit[row] = max(0, min(free, int(carried[p])) if begins else free)
    return limit


def level_of(spares: Spare, givers: Ints, lasts: Array) -> Ints:
    """The first level of each giver whose lots last so many days, (arcs,); -1 where there is none."""
    rows = np.full(len(givers), -1, dtype=np.int64)
    depth = int(np.diff(spares.first).max(initial=0))
    for step in range(depth):
        row = spares.first[givers] + step
        within = (row < spares.first[givers + 1]) & (rows < 0)
        row = np.where(within, row, 0)
        rows = np.where(within & (spares.days[row] >= lasts - CLOSE), row, rows)
    return rows
