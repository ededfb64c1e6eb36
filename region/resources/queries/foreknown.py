"""What is known of demand beforehand: people in beds and sampling rounds, in the past and to come, and arrivals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from region.places.models import Place
from region.resources.forecast import Rates, needs
from region.resources.models import Capacity, CapacityReading, Transfer, TransferLine
from region.resources.questions import PlannedSampling
from region.resources.states import PACK
from region.spine.scope import below
from region.spine.work import Work

Floats = NDArray[np.float64]
RATES = ("per_person", "per_tube", "per_sampler_day", "per_bed_day", "bed_items", "pool_tubes", "spare")


@dataclass(frozen=True)
class Beds:
    """People in beds that need protective goods: `by_day` of the days asked; `now` and since when, None if unknown."""

    by_day: Floats
    now: int | None = None
    oldest: datetime | None = None


@dataclass(frozen=True)
class Known:
    """Units of one item that beds and rounds account for: `explained` of past days, `planned` of those to come."""

    explained: Floats
    planned: Floats
    beds: Beds | None
    """None where the item is not one that beds need."""
    persons: int | None
    """To be sampled in the days to come; None where the item is not one that sampling needs."""

    @property
    def matters(self) -> bool:
        """Whether beds or rounds say anything at all."""
        return bool(self.explained.any() or self.planned.any())


@dataclass(frozen=True)
class Arrivals:
    """Units on their way here: `by_day` of the days to come, and how many of them are overdue or have no day."""

    by_day: NDArray[np.int64]
    undated: int


def rates(w: Work) -> Rates:
    """What a person, a tube, a sampler and an occupied bed need, from the pack."""
    values = {name: w.rules.value(PACK, f"forecast.{name}") for name in RATES}
    values["persons_per_sampler_day"] = w.rules.value(PACK, "forecast.persons_per_sampler_day")
    return Rates.of(values)


def known(w: Work, item: str, place: Place, past: int, ahead: int) -> Known:
    """What beds and rounds need of an item, for so many whole days before today, and from today on."""
    today, per = w.office.clock.day(w.now), rates(w)
    days = [today + timedelta(days=n) for n in range(-past, ahead)]
    beds = _beds(w, place, days, past) if item in per.bed else None
    samples = {*per.person, *per.tube, *per.sampler, *per.pool_tubes.values()}
    asked = w.ask(PlannedSampling(place.id, days[0], days[-1])) if item in samples else {}
    persons = np.array([asked[day].persons if day in asked else 0 for day in days], np.float64)
    pools = {pool for one in asked.values() for pool in one.tubes}
    tubes = {
        pool: np.array([asked[day].tubes.get(pool, 0) if day in asked else 0 for day in days], np.float64)
        for pool in sorted(pools)
    }
    people = np.zeros(len(days)) if beds is None else beds.by_day
    units = needs(persons, tubes, people, per).get(item, np.zeros(len(days)))
    to_come = int(persons[past:].sum()) if item in samples else None
    return Known(units[:past], units[past:], beds, to_come)


def _beds(w: Work, place: Place, days: list[date], past: int) -> Beds:
    """Each day as the last reading before its end says; days before a bed's first reading as that reading says."""
    kinds = list(w.rules.value(PACK, "forecast.bed_kinds"))
    by_day, found = np.zeros(len(days)), 0
    oldest: datetime | None = None
    readings = _readings(w, place, kinds, days[0])
    for row in _in_use(w, place, kinds):
        steps = readings.get((row.place_id, row.kind), [])
        first = steps[0][1] if steps else row.in_use
        told = dict(steps)
        at = first
        for n in range(past):
            at = told.get(days[n], at)
            by_day[n] += at
        by_day[past:] += row.in_use
        found += 1
        oldest = min(oldest, row.in_use_at) if oldest else row.in_use_at
    return Beds(by_day, int(by_day[-1]), oldest) if found else Beds(by_day)


def _in_use(w: Work, place: Place, kinds: list[str]) -> Iterator[Any]:
    wanted = select(Capacity.place_id, Capacity.kind, Capacity.in_use, Capacity.in_use_at)
    wanted = wanted.join(Place, Place.id == Capacity.place_id).where(below(Place.path, place.path))
    wanted = wanted.where(Capacity.kind.in_(kinds), Capacity.in_use.is_not(None))
    yield from w.session.execute(wanted.order_by(Capacity.id))


def _readings(
    w: Work, place: Place, kinds: list[str], since: date
) -> dict[tuple[int, str], list[tuple[date, int]]]:
    """Of each bed the days on which its number in use was told, the last of a day, the oldest first."""
    wanted = select(
        CapacityReading.place_id, CapacityReading.kind, CapacityReading.at, CapacityReading.in_use
    )
    wanted = wanted.join(Place, Place.id == CapacityReading.place_id).where(below(Place.path, place.path))
    wanted = wanted.where(CapacityReading.kind.in_(kinds), CapacityReading.in_use.is_not(None))
    began = datetime.combine(since, datetime.min.time(), w.office.clock.zone)
    wanted = wanted.where(CapacityReading.at >= began).order_by(CapacityReading.at, CapacityReading.id)
    days: dict[tuple[int, str], dict[date, int]] = {}
    for id, kind, at, in_use in w.session.execute(wanted):
        days.setdefault((id, kind), {})[w.office.clock.day(at)] = in_use or 0
    return {key: sorted(told.items()) for key, told in days.items()}


def arrivals(w: Work, item: str, place: Place, ahead: int) -> Arrivals:
    """What givers have set aside or sent; what is overdue or has no day is taken to come tomorrow, not today."""
    today, by_day, undated = w.office.clock.day(w.now), np.zeros(ahead, np.int64), 0
    wanted = select(TransferLine, Transfer.state, Transfer.due_at)
    wanted = wanted.join(Transfer, Transfer.id == TransferLine.transfer_id)
    wanted = wanted.join(Place, Place.id == TransferLine.taker_id).where(below(Place.path, place.path))
    wanted = wanted.where(TransferLine.item == item, Transfer.state.in_(("committed", "shipped")))
    for line, state, due_at in w.session.execute(wanted):
        units = line.in_transit if state == "shipped" else line.ordered
        day = 1
        if due_at is None or due_at < w.now:
            undated += units
        else:
            day = (w.office.clock.day(due_at) - today).days
        if day < ahead:
            by_day[day] += units
    return Arrivals(by_day, undated)
