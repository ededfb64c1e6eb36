"""A round added up by area: who is due, who was sampled, hour by hour, and why others were not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from region.places.models import Area, Place
from region.sampling.models import RoundArea, RoundDue, RoundHour, RoundSum
from region.spine.scope import below
from region.spine.work import Work

AT_ONCE = 2_000
"""Areas of a round that are added up when they are asked for; where there are more, the sums are kept."""


@dataclass(frozen=True)
class Sum:
    """A round in one area: people due and sampled, by whole hour since its start, and the others by reason given.

    `summed_at` is None where it was added up just now; `last_at` is when anybody was last sampled there.
    """

    due: int
    sampled: int
    hours: Sequence[int]
    reasons: Mapping[str, int]
    grids: int
    last_at: datetime | None
    summed_at: datetime | None = None

    @property
    def left(self) -> int:
        """Due and not sampled."""
        return max(0, self.due - self.sampled)

    @property
    def share(self) -> float | None:
        """Coverage (K14), 0 to 1; None where nobody is due."""
        return self.sampled / self.due if self.due else None


@dataclass
class _Tally:
    hours: NDArray[np.int64]
    due: int = 0
    sampled: int = 0
    grids: int = 0
    last_at: datetime | None = None
    reasons: Counter[str] = field(default_factory=Counter)

    def sum(self) -> Sum:
        hours = [int(one) for one in self.hours]
        return Sum(self.due, self.sampled, hours, dict(self.reasons), self.grids, self.last_at)


def in_areas(w: Work, round_id: int, top: Place, level: str | None) -> dict[int, Sum]:
    """The round in `top` and in each of its areas of a level, by id; those in which nobody is due are left out."""
    kept = w.session.get(RoundSum, (round_id, top.id))
    if kept is not None and kept.grids > AT_ONCE:
        return _kept(w, round_id, top, level)
    found = add_up(w, round_id, top)
    ids = {top.id}
    if level is not None:
        inside = select(Place.id).join(Area, Area.place_id == Place.id)
        ids |= set(w.session.scalars(inside.where(Area.level == level, below(Place.path, top.path))))
    return {place: one for place, one in found.items() if place in ids}


def _kept(w: Work, round_id: int, top: Place, level: str | None) -> dict[int, Sum]:
    columns = [getattr(RoundSum, name) for name in Sum.__dataclass_fields__]
    wanted = select(RoundSum.place_id, *columns).join(Place, Place.id == RoundSum.place_id)
    wanted = wanted.join(Area, Area.place_id == Place.id).where(RoundSum.round_id == round_id)
    wanted = wanted.where((Place.id == top.id) | ((Area.level == level) & below(Place.path, top.path)))
    return {place: Sum(*rest) for place, *rest in w.session.execute(wanted)}


def add_up(w: Work, round_id: int, top: Place, *, above_grids: bool = False) -> dict[int, Sum]:
    """Every area from those of the round inside `top` up to `top`, by id; exact.

    `above_grids` leaves out those that people are counted in, and has the database add up what lies above them.
    """
    hours = _hours(w, round_id, top, above_grids)
    length = max((hour for row in hours.values() for hour in row), default=-1) + 1
    tallies: dict[int, _Tally] = {}

    def each(path: str) -> list[_Tally]:
        steps = [int(step) for step in path[len(top.path) :].strip("/").split("/") if step]
        return [
            tallies.setdefault(id, _Tally(np.zeros(length, np.int64)))
            for id in [top.id, *(steps[:-1] if above_grids else steps)]
        ]

    parents: dict[int, str] = {}
    for row in _areas(w, round_id, top):
        parents[row.parent_id if above_grids else row.id] = row.path
        for one in each(row.path):
            one.due, one.sampled, one.grids = one.due + row.due, one.sampled + row.sampled, one.grids + 1
            one.last_at = max(filter(None, (one.last_at, row.last_at)), default=None)
    for place, by_hour in hours.items():
        line = np.zeros(length, np.int64)
        line[list(by_hour)] = list(by_hour.values())
        for one in each(parents[place]) if place in parents else ():
            one.hours += line
    for place, reason, number in _reasons(w, round_id, top, above_grids):
        for one in each(parents[place]) if place in parents else ():
            one.reasons[reason] += number
    return {place: one.sum() for place, one in tallies.items()}


def _areas(w: Work, round_id: int, top: Place) -> Sequence[Any]:
    columns = (RoundArea.due, RoundArea.sampled, RoundArea.last_at)
    wanted = select(Place.id, Place.parent_id, Place.path, *columns)
    wanted = wanted.join(RoundArea, RoundArea.place_id == Place.id).where(RoundArea.round_id == round_id)
    return w.session.execute(wanted.where(below(Place.path, top.path))).all()


def _hours(w: Work, round_id: int, top: Place, above_grids: bool) -> dict[int, dict[int, int]]:
    place: Any = Place.parent_id if above_grids else Place.id
    wanted = select(place, RoundHour.hour, func.sum(RoundHour.sampled))
    wanted = wanted.join(RoundHour, RoundHour.place_id == Place.id).where(RoundHour.round_id == round_id)
    wanted = wanted.where(below(Place.path, top.path)).group_by(place, RoundHour.hour)
    found: dict[int, dict[int, int]] = {}
    for id, hour, number in w.session.execute(wanted):
        line = found.setdefault(id, {})
        line[max(0, hour)] = line.get(max(0, hour), 0) + int(number)
    return found


def _reasons(w: Work, round_id: int, top: Place, above_grids: bool) -> Sequence[Any]:
    place: Any = Place.parent_id if above_grids else Place.id
    wanted = select(place, RoundDue.reason, func.count())
    wanted = wanted.join(RoundDue, RoundDue.place_id == Place.id).where(RoundDue.round_id == round_id)
    wanted = wanted.where(
        RoundDue.reason.is_not(None), RoundDue.sampled_at.is_(None), RoundDue.scheme == "due"
    )
    wanted = wanted.where(below(Place.path, top.path)).group_by(place, RoundDue.reason)
    return w.session.execute(wanted).all()
