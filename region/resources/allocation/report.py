"""From flows in packs to consignments by lot that a person can sign, and a reason for every place left short."""

from __future__ import annotations

import time
from collections import Counter, defaultdict

import numpy as np

from region.resources.allocation import outcome
from region.resources.allocation.outcome import Line, Plan, Short, Stage
from region.resources.allocation.problem import Ints
from region.resources.allocation.reach import in_reach
from region.resources.allocation.scene import Scene
from region.resources.allocation.spare import CLOSE, spare


def report(at: Scene, flow: Ints, weight: Stage, cost: Stage, began: float) -> Plan:
    """The plan that these whole flows, (arcs,) in packs, make."""
    ids = at.problem.places.ids
    lifted = at.net.takers[at.lifted(flow)]
    lines = _lines(at, flow)
    return Plan(
        lines=tuple(lines),
        lifted=tuple(ids[lifted].tolist()),
        short=tuple(_short(at, lifted)),
        needy=int(np.count_nonzero(at.stands.needs)),
        weight=weight,
        cost=cost,
        consignments=int(np.count_nonzero(flow)),
        seconds=time.perf_counter() - began,
    )


def _lots_of(at: Scene, givers: set[int]) -> dict[int, list[list[float]]]:
    """[days, row in Lots, packs left] of each giver's lots, first expiry first, then by the lot's id."""
    lots, found = at.problem.lots, defaultdict[int, list[list[float]]](list)
    for row in np.lexsort((lots.ids, lots.days, lots.place)).tolist():
        place, packs = int(lots.place[row]), int(lots.quantity[row]) // at.problem.rules.pack
        if place in givers and lots.days[row] >= 0 and packs:
            found[place].append([float(lots.days[row]), row, packs])
    return found


def _drawn(at: Scene, flow: Ints) -> dict[int, list[tuple[int, int]]]:
    """Of each arc in use, (row in Lots, packs): those who need the longest lasting lots draw before the others, each
    first expiry first; so all fits that keeps the limits of the levels."""
    arcs, drawn = at.net.arcs, defaultdict[int, list[tuple[int, int]]](list)
    used = np.flatnonzero(flow)
    left = _lots_of(at, set(arcs.giver[used].tolist()))
    for arc in used[np.lexsort((used, -arcs.level[used]))].tolist():
        wanted, lasts = int(flow[arc]), at.stands.lasts[arcs.taker[arc]]
        for lot in left[int(arcs.giver[arc])]:
            packs = min(wanted, int(lot[2])) if lot[0] >= lasts - CLOSE else 0
            if packs:
                drawn[arc].append((int(lot[1]), packs))
                lot[2] -= packs
                wanted -= packs
        assert not wanted, "a flow beyond the limits of a giver's lots"
    return drawn


def _lines(at: Scene, flow: Ints) -> list[Line]:
    """In the order of allocation of their takers."""
    arcs, places, rules = at.net.arcs, at.problem.places, at.problem.rules
    moved = np.zeros(len(places), dtype=np.int64)
    np.add.at(moved, arcs.taker, flow * rules.pack)
    np.subtract.at(moved, arcs.giver, flow * rules.pack)
    burns = places.burn > 0
    after = np.where(burns, (at.stands.usable + moved) / np.where(burns, places.burn, 1.0), np.nan)
    used = np.flatnonzero(flow)
    taken = Counter(arcs.taker[used].tolist())
    first = np.searchsorted(arcs.taker, arcs.taker)
    drawn, lines = _drawn(at, flow), []
    for arc in used[
        np.lexsort((used, at.stands.days[arcs.taker[used]], places.rank[arcs.taker[used]]))
    ].tolist():
        giver, taker, km = int(arcs.giver[arc]), int(arcs.taker[arc]), float(arcs.km[arc])
        choice = arc - int(first[arc]) + 1
        near = outcome.NEAREST if choice == 1 else outcome.FARTHER
        for nth, (lot, packs) in enumerate(drawn[arc]):
            lines.append(
                Line(
                    giver=int(places.ids[giver]),
                    taker=int(places.ids[taker]),
                    lot=int(at.problem.lots.ids[lot]),
                    quantity=packs * rules.pack,
                    rank=int(places.rank[taker]),
                    km=km,
                    minutes=km / rules.speed * 60,
                    cost=rules.per_km * km * packs * rules.pack + (0 if nth else rules.per_consignment),
                    giver_before=_days(at.stands.days[giver]),
                    giver_after=_days(after[giver]),
                    taker_before=float(at.stands.days[taker]),
                    taker_after=float(after[taker]),
                    choice=choice,
                    why=near if taken[taker] == 1 else outcome.PART,
                )
            )
    return lines


def _days(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _short(at: Scene, lifted: Ints) -> list[Short]:
    """In the order of allocation; places whose burn is not known come last."""
    places, stands = at.problem.places, at.stands
    short = np.setdiff1d(np.flatnonzero(stands.needs), lifted)
    short = short[np.lexsort((short, stands.days[short], places.rank[short]))]
    why = _reasons(at, short)
    told = [
        Short(
            place=int(places.ids[p]),
            rank=int(places.rank[p]),
            days=float(stands.days[p]),
            lacks=int(stands.held[p] - stands.usable[p]),
            why=why[p],
        )
        for p in short.tolist()
    ]
    unknown = np.flatnonzero(stands.unknown)
    return told + [
        Short(int(places.ids[p]), int(places.rank[p]), None, None, outcome.UNKNOWN_BURN)
        for p in unknown.tolist()
    ]


def _reasons(at: Scene, short: Ints) -> dict[int, str]:
    """Why each of these short places, rows in Places, was not lifted."""
    arcs = at.net.arcs
    offered = np.bincount(arcs.taker, weights=arcs.most, minlength=len(at.problem.places))
    why = {
        p: outcome.ORDER if offered[p] >= at.stands.needs[p] else outcome.NOT_ENOUGH
        for p in short.tolist()
        if offered[p]
    }
    if len(why) == len(short):
        return why
    spares = spare(at.problem, at.stands, vehicles=False)
    if not spares.limit[spares.first[:-1][np.diff(spares.first) > 0]].any():
        return why | dict.fromkeys(short.tolist(), outcome.NOTHING)
    near = in_reach(at.problem, at.stands, spares, 1)
    best = np.full(len(at.problem.places), -1, dtype=np.int64)
    np.maximum.at(best, near.taker, near.most)
    for p in short.tolist():
        if p not in why:
            why[p] = _without(int(best[p]), at.problem.rules.least)
    return why


def _without(best: int, least: int) -> str:
    """Why a place has no possible giver: `best` packs could be had if vehicles were no matter, -1 = nobody in reach."""
    if best < 0:
        return outcome.OUT_OF_REACH
    if best == 0:
        return outcome.EXPIRES
    return outcome.TOO_LITTLE if best < least else outcome.NO_VEHICLE
