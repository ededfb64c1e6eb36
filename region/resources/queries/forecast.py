"""What will be needed of one item in an area or at a site, what will be left, and on which day it runs out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from region.places.models import Place
from region.resources.burn import daily
from region.resources.catalogue import burn_rules, need_item
from region.resources.forecast import BASIS, UNKNOWN, Demand, Interval, project, runs_out, stock_path
from region.resources.models import Shelf, StockDay
from region.resources.queries.columns import Shelves, use_of
from region.resources.queries.foreknown import Arrivals, Known, arrivals, known
from region.resources.states import PACK
from region.spine.errors import Missing
from region.spine.scope import below
from region.spine.work import Work

Floats = NDArray[np.float64]
MANY = 2_000
"""From so many shelves on, the days of the whole item are read in one statement."""


@dataclass(frozen=True)
class Range:
    """A middle with the ends of its interval, in units; None where it is not known."""

    mid: float | None = None
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class DayAhead:
    """One day to come: what is needed, how much of it rounds and beds account for, what comes, what is left."""

    day: date
    need: Range
    planned: float
    coming: int
    left: Range


@dataclass(frozen=True)
class RunsOut:
    """The days at whose end nothing is left; None: not within the forecast. `sure`: the interval is known."""

    early: date | None = None
    likely: date | None = None
    late: date | None = None
    sure: bool = False


@dataclass(frozen=True)
class History:
    """Use of past whole days, oldest first (None: nothing told); shelves that use the item, and of them those that
    told yesterday."""

    days: tuple[tuple[date, float | None], ...]
    shelves: int
    told: int

    @property
    def known(self) -> int:
        """Days of which anything was told."""
        return sum(used is not None for _day, used in self.days)

    @property
    def last(self) -> date | None:
        """The last day of which anything was told."""
        return max((day for day, used in self.days if used is not None), default=None)


@dataclass(frozen=True)
class Forecast:
    """The whole answer. `usable` None: the item is not kept there. `basis`: none, history, plan or both.

    `verdict` says which sentence holds: unknown, empty, lasts, perhaps (only the early end lies within), from (the
    late end lies beyond), within, about and lasts_about (too few days for an interval).
    """

    item: str
    facts: Mapping[str, Any]
    place: Place
    basis: str
    level: float
    usable: int | None
    told_at: datetime | None
    history: History
    known: Known
    arrivals: Arrivals
    ahead: tuple[DayAhead, ...]
    total: Range
    out: RunsOut

    @property
    def coming(self) -> int:
        """Units that are to come within the forecast."""
        return int(self.arrivals.by_day.sum())

    @property
    def verdict(self) -> str:
        """The sentence that holds."""
        out = self.out
        if self.basis == "none":
            return "unknown"
        if not self.usable and not self.coming:
            return "empty"
        if not out.sure:
            return "about" if out.likely else "lasts_about"
        if out.early is None:
            return "lasts"
        if out.likely is None:
            return "perhaps"
        return "within" if out.late else "from"


@dataclass(frozen=True)
class _Stock:
    """What stands on the shelves of a place: their keys, units that may be used, and the oldest of what was told."""

    shelves: Shelves
    usable: int | None
    told_at: datetime | None


def forecast(w: Work, item: str, place_id: int) -> Forecast:
    """Demand of one item in an area or at a site for the days of the pack, with what is there and on its way.

    Today counts as the first day, with what it has used already given back to the stock. Missing where the actor
    may not read the supplies; Invalid (``no-such-item``).
    """
    facts, place = need_item(w, item), w.get(Place, place_id)
    if not w.may("resources.read", place.id):
        raise Missing("no-such", what="place", id=place_id)
    ahead, past = (int(w.rules.value(PACK, f"forecast.{name}")) for name in ("days", "history_days"))
    level = float(w.rules.value(PACK, "forecast.level"))
    stock = _stock(w, item, place)
    used, history = _history(w, stock.shelves, past)
    foreknown = known(w, item, place, past, ahead)
    demand = _demand(w, used, foreknown, level)
    coming = arrivals(w, item, place, ahead)
    usable = (stock.usable or 0) + _used_today(w, item, place, demand)
    return Forecast(
        item=item,
        facts=facts,
        place=place,
        basis=BASIS[int(demand.basis[0])],
        level=level,
        usable=stock.usable,
        told_at=stock.told_at,
        history=history,
        known=foreknown,
        arrivals=coming,
        ahead=_ahead(w, usable, demand, foreknown, coming),
        total=_range(demand.total, ahead - 1),
        out=_out(w, usable, demand, coming),
    )


def _demand(w: Work, used: Floats, foreknown: Known, level: float) -> Demand:
    """From history alone where neither beds nor rounds say anything; what they explain is never counted twice."""
    days = len(foreknown.planned)
    if not foreknown.matters:
        return project(used[None, :], days, level)
    return project(
        used[None, :],
        days,
        level,
        planned=foreknown.planned[None, :],
        explained=foreknown.explained[None, :],
        plan_error=float(w.rules.value(PACK, "forecast.plan_error")),
    )


def _stock(w: Work, item: str, place: Place) -> _Stock:
    names = ("on_hand", "reserved", "blocked", "expired", "moved_at", "counted_at")
    wanted = select(Shelf.place_id, Shelf.item, *(getattr(Shelf, name) for name in names))
    wanted = wanted.join(Place, Place.id == Shelf.place_id).where(below(Place.path, place.path))
    rows = w.session.execute(wanted.where(Shelf.item == item).order_by(Shelf.place_id)).all()
    told = [max(filter(None, (row.moved_at, row.counted_at)), default=None) for row in rows]
    usable = sum(row.on_hand - row.reserved - row.blocked - row.expired for row in rows)
    oldest = min((at for row, at in zip(rows, told, strict=True) if at and row.on_hand), default=None)
    return _Stock(Shelves(rows), usable if rows else None, oldest)


def _history(w: Work, shelves: Shelves, days: int) -> tuple[Floats, History]:
    """Use by day, the places' days added up with their gaps filled; NaN where no place told anything."""
    until = w.office.clock.day(w.now) - timedelta(days=1)
    rules = burn_rules(w.rules)
    grid = np.full((0, days), math.nan)
    if shelves.rows:
        since = until - timedelta(days=days + rules.window_days - 1)
        use = use_of(w, shelves, since, whole=len(shelves.rows) > MANY)
        grid = daily(use, len(shelves.rows), until.toordinal(), days, rules)
    told = ~np.isnan(grid)
    used = np.where(told.any(axis=0), np.nansum(grid, axis=0), math.nan)
    listed = tuple((until - timedelta(days=days - 1 - n), _number(one)) for n, one in enumerate(used))
    return used, History(listed, int(told.any(axis=1).sum()), int(told[:, -1].sum()))


def _used_today(w: Work, item: str, place: Place, demand: Demand) -> int:
    """What today has used already, at most what it is expected to: it is part of the demand of today."""
    wanted = select(StockDay.used).join(Place, Place.id == StockDay.place_id)
    wanted = wanted.where(StockDay.item == item, StockDay.day == w.office.clock.day(w.now))
    used = sum(w.session.scalars(wanted.where(below(Place.path, place.path))))
    return max(0, min(used, int(np.nan_to_num(demand.daily.mid[0, 0]))))


def _ahead(w: Work, usable: int, demand: Demand, foreknown: Known, coming: Arrivals) -> tuple[DayAhead, ...]:
    today = w.office.clock.day(w.now)
    left = stock_path([usable], demand, coming.by_day[None, :])
    return tuple(
        DayAhead(
            today + timedelta(days=n),
            _range(demand.daily, n),
            float(foreknown.planned[n]),
            int(units),
            _range(left, n),
        )
        for n, units in enumerate(coming.by_day)
    )


def _out(w: Work, usable: int, demand: Demand, coming: Arrivals) -> RunsOut:
    today = w.office.clock.day(w.now)
    ends = [int(one[0]) for one in runs_out([usable], demand, coming.by_day[None, :])]
    early, likely, late = (today + timedelta(days=n - 1) if n > 0 else None for n in ends)
    return RunsOut(early, likely, late, sure=UNKNOWN not in ends)


def _range(of: Interval, day: int) -> Range:
    return Range(*(_number(part[0, day]) for part in (of.mid, of.lower, of.upper)))


def _number(value: Any) -> float | None:
    return None if math.isnan(value) else float(value)
