"""One round of Linjiang tube by tube: who is in it, when it is closed, in which box it goes, when its result comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from region.exercise.linjiang.rounds import BOXES, POOL, SITES, Line, hours_to_result
from region.sampling.needs import spread

HOURS = 8
"""So long people are sampled from the start of the round."""
AGAIN = timedelta(hours=11, minutes=40)
"""When positive pools are told, from the start of the round."""
HOUR = timedelta(hours=1)
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Grid:
    """A grid in a round: its id, the number of its first person, its people, those due, those apart (`separate`)."""

    id: int
    first: int
    people: int
    due: int
    separate: int
    site: int


@dataclass
class Box:
    """A box of a site: sealed, and received by the laboratory."""

    number: int
    site: int
    tubes: list[Pot]
    sealed: datetime
    received: datetime


@dataclass
class Pot:
    """A tube to be: the people in it (number, home), when it is closed, and after how many hours it has its result."""

    serial: int
    site: int
    method: str
    stream: str
    people: Sequence[tuple[int, int]]
    closed: datetime = NEVER
    hours: float = 0.0

    @property
    def reported(self) -> datetime:
        return self.closed + timedelta(hours=self.hours)


@dataclass(frozen=True)
class Day:
    """A round to be played: its boxes with their tubes, and the pools that come back positive."""

    boxes: Sequence[Box]
    positive: Sequence[Pot] = field(default=())

    @property
    def pots(self) -> list[Pot]:
        """All tubes."""
        return [one for box in self.boxes for one in box.tubes]


def lay_out(line: Line, grids: Sequence[Grid], starts: datetime, ill: frozenset[int]) -> Day:
    """The whole round; people found `ill` in an earlier one are not in it. `grids` in the order of their sites."""
    pots = list(_pots(line, grids, ill))
    boxes = _boxes(line, pots, starts)
    _results(line, boxes)
    return Day(boxes, _positive(line, pots, starts + AGAIN))


def _pots(line: Line, grids: Sequence[Grid], ill: frozenset[int]) -> Iterator[Pot]:
    site = {grid.id: grid.site for grid in grids}
    everybody = list(_sampled(line, grids, ill))
    estates, rest = everybody[: line.household_persons], everybody[line.household_persons :]
    pooled, alone = rest[: line.pooled], rest[line.pooled :]
    groups = [("household", "round", one) for one in _cut(estates, line.households)]
    groups += [("pool_10", "round", one) for one in _cut(pooled, line.pools)]
    groups += [("single", "round", [one]) for one in alone]
    groups += [("single", "separate", [one]) for one in _separate(grids)]
    for serial, (method, stream, people) in enumerate(groups):
        yield Pot(serial, site[people[0][1]], method, stream, people)


def _sampled(line: Line, grids: Sequence[Grid], ill: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Of each grid its part of those who are sampled, in the order of their numbers; what one lacks, others have."""
    rest: list[tuple[int, int]] = []
    short = 0
    for grid, number in zip(grids, spread(line.sampled, [grid.due for grid in grids]), strict=True):
        everybody = range(grid.first, grid.first + grid.people - grid.separate)
        well = [(n, grid.id) for n in everybody if n not in ill]
        yield from well[:number]
        rest += well[number:]
        short += max(0, number - len(well))
    yield from rest[:short]


def _separate(grids: Sequence[Grid]) -> Iterator[tuple[int, int]]:
    for grid in grids:
        end = grid.first + grid.people
        yield from ((n, grid.id) for n in range(end - grid.separate, end))


def _cut(people: list[tuple[int, int]], tubes: int) -> Iterator[list[tuple[int, int]]]:
    """People in so many tubes, as evenly as can be, in order."""
    at = 0
    for size in spread(len(people), [len(people)] * tubes) if people else ():
        yield people[at : at + size]
        at += size


def _boxes(line: Line, pots: Sequence[Pot], starts: datetime) -> list[Box]:
    """Close the tubes of each site one after the other, and pack them; a few boxes are long on their way."""
    by_site: dict[int, list[Pot]] = {}
    for pot in pots:
        by_site.setdefault(pot.site, []).append(pot)
    chance = np.random.default_rng(line.day)
    groups: list[list[Pot]] = []
    for mine, boxes in zip(by_site.values(), _boxes_of([len(one) for one in by_site.values()]), strict=True):
        chance.shuffle(mine)
        for place, pot in enumerate(mine, start=1):
            pot.closed = starts + timedelta(seconds=600 + place * (HOURS * 3600 - 600) // len(mine))
        parts = np.array_split(np.arange(len(mine)), boxes)
        groups += [[mine[at] for at in part] for part in parts]
    slow = set(chance.permutation(len(groups))[len(groups) * line.carried // 1000 :].tolist())
    return [_box(number, group, number in slow) for number, group in enumerate(groups)]


def _boxes_of(tubes: Sequence[int]) -> list[int]:
    """How many boxes each site needs: BOXES for SITES sites, at least one and two as a rule."""
    extra = max(len(tubes), round(BOXES * len(tubes) / SITES) - len(tubes))
    return [1 + more for more in spread(extra, tubes)]


def _box(number: int, tubes: list[Pot], slow: bool) -> Box:
    sealed = tubes[-1].closed + timedelta(minutes=5)
    way = (4.2 if slow else 0.7) + number % 10 * (0.04 if slow else 0.15)
    return Box(number, tubes[0].site, tubes, sealed, sealed + timedelta(hours=way))


def _results(line: Line, boxes: Sequence[Box]) -> None:
    """Who waited longest for the laboratory waits longest for the result: none comes before its tube is there."""
    waited = [(box.received - pot.closed, pot.serial, pot) for box in boxes for pot in box.tubes]
    waited.sort(key=lambda one: one[:2])
    hours = iter(hours_to_result(line))
    for lag, _serial, pot in waited:
        pot.hours = next(hours) if pot.stream == "round" else max(6.0, lag / HOUR + 0.5)
        if pot.hours <= lag / HOUR:
            raise AssertionError(f"tube {pot.serial} of {line.code} has its result before it came")


def _positive(line: Line, pots: Sequence[Pot], told: datetime) -> list[Pot]:
    """Full pools of different grids whose results come about when positive ones are told."""
    full = [pot for pot in pots if pot.method == "pool_10" and len(pot.people) == POOL]
    found: dict[int, Pot] = {}
    for pot in sorted(full, key=lambda one: (abs(one.reported - told), one.serial)):
        if len(found) < line.positive:
            found.setdefault(pot.people[0][1], pot)
    return sorted(found.values(), key=lambda one: one.reported)
