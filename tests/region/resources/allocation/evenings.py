"""Evenings to plan for: places and lots written row by row, made by hypothesis, and checked against the promise."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

from region.resources.allocation.outcome import Plan
from region.resources.allocation.problem import Lots, Places, Problem, Rules

KM = 1 / 111.195  # degrees of latitude
CLOSE = 1e-6


@dataclass(frozen=True)
class Spot:
    """One place, so many kilometres north of the equator; its lots as (quantity, days until expiry)."""

    lots: tuple[tuple[int, float], ...] = ()
    burn: float = 10.0
    north: float = 0.0
    rank: int = 3
    floor: float = 7.0
    keep: int = 0
    warehouse: bool = False
    loads: int = 99
    load: int = 10_000
    east: float = 0.0


def evening(*spots: Spot, **rules: Any) -> Problem:
    """The places have the ids 1, 2, …; the lots 101, 102, … in the order in which they are written."""

    def column(name: str, kind: type) -> Any:
        return np.array([getattr(spot, name) for spot in spots], dtype=kind)

    lots = [(row, quantity, days) for row, spot in enumerate(spots) for quantity, days in spot.lots]
    places = Places(
        ids=np.arange(len(spots)) + 1,
        lon=column("east", float) * KM,
        lat=column("north", float) * KM,
        **{name: column(name, float) for name in ("burn", "floor")},
        **{name: column(name, int) for name in ("rank", "keep", "loads", "load")},
        warehouse=column("warehouse", bool),
    )
    table = Lots(
        place=np.array([row for row, _, _ in lots], dtype=int),
        ids=np.arange(len(lots)) + 101,
        quantity=np.array([quantity for _, quantity, _ in lots], dtype=int),
        days=np.array([days for _, _, days in lots], dtype=float),
    )
    return Problem(places, table, Rules(**rules))


def store(*lots: tuple[int, float], **more: Any) -> Spot:
    """A warehouse."""
    return Spot(lots, burn=math.nan, warehouse=True, **more)


EXPIRY = st.sampled_from([-1.0, 2.0, 5.0, 8.0, 20.0, math.inf, math.inf])
KINDS = st.sampled_from(["short", "short", "short", "giver", "giver", "giver", "warehouse", "any"])
#: Units of one lot that such a place may hold: the short have little, the givers enough for themselves and some.
HOLDS = {"short": (0, 12), "giver": (10, 60), "warehouse": (0, 40), "any": (0, 60)}


@st.composite
def spots(draw: st.DrawFn) -> Spot:
    """A place that is short, one that can spare, a warehouse, or anything, burn unknown included."""
    kind = draw(KINDS)
    burns = [math.nan, 0.0, 2.5] if kind == "any" else [1.0, 2.5, 3.7, 6.1]
    lot = st.tuples(st.integers(*HOLDS[kind]), EXPIRY)
    return Spot(
        lots=tuple(draw(st.lists(lot, min_size=int(kind == "giver"), max_size=3))),
        burn=math.nan if kind == "warehouse" else draw(st.sampled_from(burns)),
        north=draw(st.integers(0, 20)),
        east=draw(st.integers(0, 20)),
        rank=draw(st.integers(1, 5)),
        floor=draw(st.sampled_from([3.0, 7.0])),
        keep=draw(st.integers(0, 15)),
        warehouse=kind == "warehouse",
        loads=draw(st.sampled_from([0, 1, 2, 9, 9, 9])),
        load=draw(st.integers(5, 40)),
    )


@st.composite
def problems(draw: st.DrawFn, most: int = 12) -> Problem:
    """Any evening of a few places, by any rules, to be solved exactly."""
    return evening(
        *draw(st.lists(spots(), min_size=2, max_size=most)),
        pack=draw(st.integers(1, 4)),
        least_consignment=draw(st.sampled_from([0, 1, 4, 9])),
        neighbours=draw(st.sampled_from([1, 3, 20])),
        most_minutes=draw(st.sampled_from([25.0, 240.0])),
        per_consignment=draw(st.sampled_from([0.0, 0.05, 60.0])),
        weight_gap=0.0,
        cost_gap=0.0,
    )


@dataclass
class Moves:
    """What the lines of a plan add up to, by place id, pair and lot."""

    gave: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    got: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    pair: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    lot: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))


def moves(plan: Plan) -> Moves:
    """All lines, added up."""
    told = Moves()
    for line in plan.lines:
        told.gave[line.giver] += line.quantity
        told.got[line.taker] += line.quantity
        told.pair[line.giver, line.taker] += line.quantity
        told.lot[line.giver, line.lot] += line.quantity
    return told


def usable(problem: Problem, place: int) -> int:
    """Units of the place id that have not expired."""
    lots = problem.lots
    return int(lots.quantity[(lots.place == place - 1) & (lots.days >= 0)].sum())


def held(problem: Problem, place: int) -> float:
    """Units below which the place id may not be taken."""
    places, row = problem.places, place - 1
    burn = float(places.burn[row])
    return burn * float(places.floor[row]) if burn > 0 else float(places.keep[row])
