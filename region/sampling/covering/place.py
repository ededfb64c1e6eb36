"""The sites of a whole area: cut into parts that a solver can hold, each solved by itself, then everybody's walk."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from region.sampling.covering.assign import Share, Unserved, assign
from region.sampling.covering.choose import choose
from region.sampling.covering.problem import Ints, Problem
from region.sampling.covering.reach import Ways, ways


@dataclass(frozen=True)
class Placed:
    """Where sites stand: `spots` id and number of sites at it, who comes (`shares`), who has none within the walk.

    `needed` is the number of sites that would bring everybody within the walk; `covered` the part of all people who
    are, 0 to 1; `mean_walk` metres in a straight line; `seconds` it took.
    """

    spots: dict[int, int]
    shares: list[Share]
    unserved: list[Unserved]
    needed: int
    covered: float
    mean_walk: float
    seconds: float


def place(problem: Problem, most: int | None = None) -> Placed:
    """The fewest sites within the walk of everybody, or at most `most` sites for the most people.

    Whoever lives beyond the walk is given the nearest site with room all the same, and told of.
    """
    began = time.perf_counter()
    rows = list(_parts(problem))
    parts = [_within(problem, some) for some in rows]
    plans = [choose(problem, part) for part in parts]
    needed = int(sum(plan.sum() for plan in plans))
    if most is not None and needed != most:
        numbers = _best(problem, parts, plans, most) if needed > most else _more(problem, parts, plans, most)
        plans = [choose(problem, part, number) for part, number in zip(parts, numbers, strict=True)]
    return _told(problem, list(_grouped(problem, rows, plans)), needed, began)


def serve(problem: Problem, sites: Ints) -> Placed:
    """What sites that a person has set, (spots,) so many at each, mean for everybody."""
    began = time.perf_counter()
    return _told(problem, [(np.arange(len(problem.homes)), sites)], int(sites.sum()), began)


def _grouped(problem: Problem, rows: list[Ints], plans: list[Ints]) -> Iterator[tuple[Ints, Ints]]:
    """Neighbouring parts together, so that walks across their borders are found, while not too many at once."""
    homes: list[Ints] = []
    sites = np.zeros(len(problem.spots), dtype=np.int64)
    for some, plan in zip(rows, plans, strict=True):
        homes.append(some)
        sites = sites + plan
        if sum(map(len, homes)) >= problem.limits.together:
            yield np.concatenate(homes), sites
            homes, sites = [], np.zeros(len(problem.spots), dtype=np.int64)
    if homes:
        yield np.concatenate(homes), sites


def _told(problem: Problem, groups: list[tuple[Ints, Ints]], needed: int, began: float) -> Placed:
    spots, limits = problem.spots, problem.limits
    shares: list[Share] = []
    unserved: list[Unserved] = []
    counts: dict[int, int] = {}
    for rows, sites in groups:
        stand = np.flatnonzero(sites)
        homes = problem.homes.only(np.sort(rows))
        more, left = assign(homes, spots.only(stand), sites[stand] * limits.capacity, limits.reach)
        shares, unserved = shares + more, unserved + left
        for spot in stand:
            counts[int(spots.ids[spot])] = counts.get(int(spots.ids[spot]), 0) + int(sites[spot])
    people, served = int(problem.homes.people.sum()), sum(one.people for one in shares)
    covered = sum(one.within for one in shares) / people if people else 0.0
    walk = sum(one.metres * one.people for one in shares) / max(1, served)
    return Placed(counts, shares, unserved, needed, covered, walk, time.perf_counter() - began)


def _within(problem: Problem, rows: Ints) -> Ways:
    limits = problem.limits
    return ways(problem.homes, problem.spots, rows, limits.neighbours, limits.reach)


def _parts(problem: Problem) -> Iterator[Ints]:
    """Rows of homes that are solved together: by part, halved across their longer side while they are too many."""
    order = np.argsort(problem.homes.part, kind="stable")
    borders = np.flatnonzero(np.diff(problem.homes.part[order])) + 1
    for rows in np.split(order, borders):
        yield from _halved(problem, rows)


def _halved(problem: Problem, rows: Ints) -> Iterator[Ints]:
    if len(rows) <= problem.limits.most_homes:
        yield rows
        return
    at = np.nan_to_num(np.stack([problem.homes.lon[rows], problem.homes.lat[rows]], axis=1))
    along = at[:, int(np.argmax(np.ptp(at, axis=0)))]
    sorted_rows = rows[np.argsort(along, kind="stable")]
    for half in np.array_split(sorted_rows, 2):
        yield from _halved(problem, half)


def _best(problem: Problem, parts: list[Ways], plans: list[Ints], most: int) -> list[int]:
    """Fewer sites than everybody would need: each part keeps as many of its sites as are among the fullest of all."""
    loads = [_loads(problem, part, plan) for part, plan in zip(parts, plans, strict=True)]
    of = np.repeat(np.arange(len(loads)), [len(one) for one in loads])
    fullest = np.argsort(-np.concatenate(loads), kind="stable")[:most]
    return [int(one) for one in np.bincount(of[fullest], minlength=len(parts))]


def _loads(problem: Problem, part: Ways, plan: Ints) -> list[float]:
    """People of each site of a part, with the homes at their nearest site: which sites are worth the most."""
    open_rows = np.flatnonzero(plan[part.spot] > 0)
    some = part.only(open_rows)
    nearest = np.lexsort((some.metres, some.home))
    firsts = nearest[np.unique(some.home[nearest], return_index=True)[1]]
    people = problem.homes.people[some.home[firsts]].astype(float)
    total = np.bincount(some.spot[firsts], people, len(plan))
    return [total[spot] / plan[spot] for spot in np.flatnonzero(plan) for _ in range(int(plan[spot]))]


def _more(problem: Problem, parts: list[Ways], plans: list[Ints], most: int) -> list[int]:
    """More sites than everybody would need: the rest goes to parts by their people, the largest remainder first."""
    extra = most - int(sum(plan.sum() for plan in plans))
    people = np.array([problem.homes.people[np.unique(part.home)].sum() for part in parts], dtype=float)
    exact = extra * people / max(1.0, people.sum())
    whole = np.floor(exact).astype(np.int64)
    whole[np.argsort(whole - exact, kind="stable")[: extra - int(whole.sum())]] += 1
    return [int(plan.sum()) + int(one) for plan, one in zip(plans, whole, strict=True)]
