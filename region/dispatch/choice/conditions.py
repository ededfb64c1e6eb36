"""Conditions on what is known of sites, one by one or over the area of a level; what is unknown never matches."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass

from region.dispatch.choice.candidates import Candidate, areas_of, candidates
from region.dispatch.questions import Amount, FactsOfSites, Known
from region.dispatch.schemas import Condition
from region.spine.work import Work

COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq}


@dataclass(frozen=True)
class Sum:
    """What a fact comes to over one area: its value (None: nothing known), from `known` sites of `of`."""

    area: int
    value: float | None
    known: int
    of: int
    holds: bool


@dataclass(frozen=True)
class Gap:
    """How much of what one condition asks is known: of `known` sites of `of`; over areas, each one's sum.

    `unknown` are the sites that might have met the condition, had anybody said.
    """

    condition: Condition
    known: int
    of: int
    unknown: tuple[int, ...]
    sums: tuple[Sum, ...] = ()


def meeting(
    w: Work, found: list[Candidate], conditions: Sequence[Condition]
) -> tuple[list[Candidate], list[Gap]]:
    """The candidates that meet all conditions, and what is unknown about the others.

    A site that fails one condition for certain is not counted as unknown because of another. Queries: one
    question for each level asked, whatever the number of sites.
    """
    if not conditions or not found:
        return found, []
    judged = [
        _judge(w, found, conditions, level) for level in sorted({one.level or "" for one in conditions})
    ]
    verdicts = {condition: verdict for some in judged for condition, verdict in some.items()}
    failed = {i for verdict in verdicts.values() for i, holds in verdict.sites.items() if holds is False}
    gaps = []
    for condition in dict.fromkeys(conditions):
        verdict = verdicts[condition]
        doubtful = tuple(i for i, holds in verdict.sites.items() if holds is None and i not in failed)
        gaps.append(Gap(condition, verdict.known, verdict.of, doubtful, verdict.sums))
    return [one for one in found if all(v.sites[one.id] for v in verdicts.values())], gaps


@dataclass(frozen=True)
class Verdict:
    """Whether a condition holds for each site (None: unknown), and of how many the number is known."""

    sites: dict[int, bool | None]
    known: int
    of: int
    sums: tuple[Sum, ...] = ()


def _judge(
    w: Work, found: list[Candidate], conditions: Sequence[Condition], level: str
) -> dict[Condition, Verdict]:
    asked = [one for one in conditions if (one.level or "") == level]
    names = tuple(sorted({one.fact for one in asked}))
    if not level:
        known = w.ask(FactsOfSites(names, tuple(one.id for one in found)))
        return {one: _singly(one, found, known[one.fact]) for one in asked}
    areas = areas_of(w, level)
    mine = {one.id: next(iter(one.above & areas), None) for one in found}
    wanted = set(mine.values())
    # All sites of an area make its sum, whatever type of site is chosen.
    members: dict[int, list[int]] = {}
    for one in candidates(w):
        area = next(iter(one.above & areas), None)
        if area is not None and area in wanted:
            members.setdefault(area, []).append(one.id)
    every = tuple(site for sites in members.values() for site in sites)
    known = w.ask(FactsOfSites(names, every, level))
    return {one: _together(one, mine, members, known[one.fact]) for one in asked}


def _singly(condition: Condition, found: list[Candidate], known: Known) -> Verdict:
    sites: dict[int, bool | None] = {}
    for one in found:
        amount = known.get(one.id)
        sites[one.id] = None if amount is None else holds(condition, amount.value)
    return Verdict(sites, sum(1 for answer in sites.values() if answer is not None), len(found))


def _together(
    condition: Condition, mine: dict[int, int | None], members: dict[int, list[int]], known: Known
) -> Verdict:
    sums = {}
    for area, sites in members.items():
        amounts = [known[site] for site in sites if site in known]
        value = total(amounts)
        meets = value is not None and holds(condition, value)
        sums[area] = Sum(area, value, len(amounts), len(sites), meets)
    verdict: dict[int, bool | None] = {}
    for site, home in mine.items():
        here = None if home is None else sums.get(home)
        verdict[site] = None if here is None or here.value is None else here.holds
    told = tuple(sorted(sums.values(), key=lambda one: (one.value is None, one.value or 0, one.area)))
    return Verdict(verdict, sum(one.known for one in told), sum(one.of for one in told), told)


def holds(condition: Condition, value: float) -> bool:
    """Whether a number meets a condition."""
    return bool(COMPARE[condition.op](value, condition.value))


def total(amounts: Sequence[Amount]) -> float | None:
    """What these come to over one area; rates by their parts (all stock over all use), an area's own as it is."""
    if not amounts:
        return None
    if amounts[0].area is not None:
        return amounts[0].value
    if amounts[0].per is not None:
        return sum(one.amount for one in amounts) / sum(one.per or 0 for one in amounts)
    return sum(one.amount for one in amounts)
