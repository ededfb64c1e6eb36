"""What will be used in the days to come, with an interval, and on which day a shelf runs out.

The demand of a day is what planned sampling and occupied beds are known to need, and the rest, which follows
from what was used so far. **The rest** is use less what past sampling and beds explain, never below zero. Its
level is a discounted mean, with the smoothing (of a few) that would have foretold the next day best so far.
Errors follow the local level model: with gain a and one-day variance v, day h has v(1 + (h - 1)a²), and the sum
of H days has v times the sum of (1 + ja)² for j from 0 to H - 1. Source: Hyndman, Koehler, Ord and Snyder,
Forecasting with Exponential Smoothing (2008), chapter 6. Counts spread at least as a Poisson count does, so v is
never below the level; few days of history widen v as Student's t does. Mean and variance are read as a gamma
distribution, which is skewed and never negative.

How often it holds, at 90 % and on simulated use (tests): of the sums of 14 days nearly all lie inside where the
level stays, eight in ten where it wanders by 3 % a day, three in four where it wanders by 8 %, as when an outbreak
begins. A plain mean would be narrower, and wrong as soon as the level moves.

What it does not know: weekdays, and an outbreak that has not begun to use anything. Days on which nothing was
told are left out, not taken for zero, as K30 does; a shelf used on some days only is forecast too high.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[np.int8]

SMOOTHING = (0.15, 0.3, 0.5, 0.8)
"""Weights of the newest day that are tried; none so small that a level which moves slowly passes for one that stays."""

LEAST = 5
"""Fewest days of use on which an interval is given; fewer give a level alone, and one day gives nothing."""

BASIS = ("none", "history", "plan", "both")
"""What a forecast rests on."""

BEYOND, UNKNOWN = 0, -1
"""In place of the day on which a shelf runs out: not within the forecast, and not known."""


@dataclass(frozen=True)
class Rates:
    """The values `forecast.*` of the supply pack: what one person, tube, sampler or occupied bed needs a day."""

    person: Mapping[str, float]
    tube: Mapping[str, float]
    sampler: Mapping[str, float]
    bed: Mapping[str, float]
    pool_tubes: Mapping[str, str]
    persons_per_sampler: float
    spare: float

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Rates:
        """From plain values by the rest of their names; KeyError when one is lacking."""
        items = values["bed_items"]
        return cls(
            person=values["per_person"],
            tube=values["per_tube"],
            sampler=values["per_sampler_day"],
            bed={items[kind]: rate for kind, rate in values["per_bed_day"].items()},
            pool_tubes=values["pool_tubes"],
            persons_per_sampler=values["persons_per_sampler_day"],
            spare=values["spare"],
        )


@dataclass(frozen=True)
class Interval:
    """Middle, lower and upper by shelf and day (shelves, days); NaN where it is not known."""

    mid: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class Demand:
    """Use of each day to come, use from today to the end of each day, and what it rests on (`BASIS`)."""

    daily: Interval
    total: Interval
    basis: Codes


@dataclass(frozen=True)
class _Level:
    """The rest: its level, the gain and one-day variance of its errors (NaN: too few days to say)."""

    level: Floats
    gain: Floats
    variance: Floats


def tubes_for(persons: ArrayLike, pool: int) -> Floats:
    """Tubes for people taken in pools: one for each started pool."""
    return np.ceil(np.asarray(persons, np.float64) / pool)


def needs(
    persons: ArrayLike, tubes: Mapping[int, ArrayLike], in_patients: ArrayLike, rates: Rates
) -> dict[str, Floats]:
    """Units of each item that sampling and beds need, by day.

    `persons` sampled, `tubes` by size of pool (1 for single and household tubes), `in_patients` on the ward:
    each of one length, a number for each day. KeyError for a size of pool for which the pack has no tube.
    """
    sampled, beds = np.asarray(persons, np.float64), np.asarray(in_patients, np.float64)
    counts = {rates.pool_tubes[str(pool)]: np.asarray(count, np.float64) for pool, count in tubes.items()}
    all_tubes = sum(counts.values(), np.zeros_like(sampled))
    samplers = np.ceil(sampled / rates.persons_per_sampler)
    found: dict[str, Floats] = {}
    spared = 1.0 + rates.spare
    parts = [(item, count * spared) for item, count in counts.items()]
    parts += [(item, sampled * rate * spared) for item, rate in rates.person.items()]
    parts += [(item, all_tubes * rate * spared) for item, rate in rates.tube.items()]
    parts += [(item, samplers * rate) for item, rate in rates.sampler.items()]
    parts += [(item, beds * rate) for item, rate in rates.bed.items()]
    for item, amount in parts:
        found[item] = found.get(item, np.zeros_like(sampled)) + amount
    return found


def project(
    used: ArrayLike,
    days: int,
    level: float,
    *,
    planned: ArrayLike | None = None,
    explained: ArrayLike | None = None,
    plan_error: float = 0.0,
) -> Demand:
    """Demand of the next `days` days with an interval of probability `level`.

    `used` (shelves, past days), oldest first, NaN where nothing was told (`burn.daily`); `planned` (shelves,
    days) what sampling and beds will need; `explained` (shelves, past days) what they needed in the past, which
    must be given where `planned` is, or their use counts twice; `plan_error` the relative standard error of a
    plan, the same for all its days. One item of an area is its places' histories summed, one row.
    """
    past = np.atleast_2d(np.asarray(used, np.float64))
    if explained is not None:
        past = np.maximum(past - np.asarray(explained, np.float64), 0.0)
    known = np.zeros((past.shape[0], days)) if planned is None else np.array(planned, np.float64, ndmin=2)
    rest = _level(past)
    has_history = ~np.isnan(rest.level)
    has_plan = np.full(past.shape[0], planned is not None) & (has_history | (known > 0).any(axis=1))
    basis = has_history.astype(np.int8) + 2 * has_plan.astype(np.int8)
    mid = np.where(has_history, rest.level, 0.0)[:, None] + known
    mid[basis == 0] = np.nan
    # A plan alone says how much with no spread but its own error; history of a few days says nothing of spread.
    variance = np.where(has_history, rest.variance, 0.0)[:, None]
    gain, ahead = rest.gain[:, None], np.arange(days)
    each = variance * (1.0 + ahead * np.nan_to_num(gain) ** 2)
    summed = variance * np.cumsum((1.0 + ahead * np.nan_to_num(gain)) ** 2, axis=1)
    total = np.cumsum(mid, axis=1)
    return Demand(
        _interval(mid, each + (plan_error * known) ** 2, level),
        _interval(total, summed + (plan_error * np.cumsum(known, axis=1)) ** 2, level),
        basis,
    )


def stock_path(usable: ArrayLike, demand: Demand, arrivals: ArrayLike | None = None) -> Interval:
    """What is left at the end of each day, never below zero; `lower` goes with the upper demand.

    `arrivals` (shelves, days) is what is on its way. What could not be given is taken to be owed, not forgone.
    """
    left = _left(usable, demand, arrivals)
    return Interval(*(np.maximum(path, 0.0) for path in (left.mid, left.lower, left.upper)))


def runs_out(usable: ArrayLike, demand: Demand, arrivals: ArrayLike | None = None) -> tuple[Ints, Ints, Ints]:
    """Day (1 is the first to come) at whose end nothing is left: early, middle, late, each (shelves,).

    Early goes with the upper demand. `BEYOND` where the stock outlasts the forecast, `UNKNOWN` where there is none.
    """
    left = _left(usable, demand, arrivals)
    return _first_empty(left.lower), _first_empty(left.mid), _first_empty(left.upper)


def _left(usable: ArrayLike, demand: Demand, arrivals: ArrayLike | None) -> Interval:
    stock = np.asarray(usable, np.float64)[:, None]
    if arrivals is not None:
        stock = stock + np.cumsum(np.asarray(arrivals, np.float64), axis=1)
    total = demand.total
    return Interval(stock - total.mid, stock - total.upper, stock - total.lower)


def _first_empty(left: Floats) -> Ints:
    empty = left <= 0
    day = np.where(empty.any(axis=1), empty.argmax(axis=1) + 1, BEYOND)
    return np.where(np.isnan(left).any(axis=1), UNKNOWN, day)


def _level(past: Floats) -> _Level:
    """Of the smoothings tried, for each shelf the one with the smallest errors of the next day."""
    tried = [_smoothed(past, weight) for weight in SMOOTHING]
    best = np.argmin([np.nan_to_num(one.variance, nan=np.inf) for one in tried], axis=0)
    level, gain, variance = (
        np.choose(best, [getattr(one, name) for one in tried]) for name in ("level", "gain", "variance")
    )
    days = (~np.isnan(past)).sum(axis=1)
    freedom = np.maximum(days - 1.0, 2.5)
    spread = np.maximum(variance * freedom / (freedom - 2.0), level)
    return _Level(
        np.where(days >= 2, level, np.nan),
        np.where(days >= 2, gain, np.nan),
        np.where(days >= LEAST, spread, np.nan),
    )


def _smoothed(past: Floats, weight: float) -> _Level:
    """Discounted mean, its last gain, and the variance of the error of the next day.

    A past day's error is divided by 1 + s, s the variance of the level before it in units of the day's own
    (recursive residuals), so that the first days, foretold from little, do not count as large errors.
    """
    shelves = past.shape[0]
    level, share, squares = np.zeros(shelves), np.zeros(shelves), np.zeros(shelves)
    seen, gain = np.zeros(shelves), np.ones(shelves)
    for today in past.T:
        told = ~np.isnan(today)
        error = np.where(told, today - level, 0.0)
        squares += np.where(seen > 0, error**2 / (1.0 + share), 0.0)
        seen += told
        count = np.maximum(seen, 1.0)
        step = weight / (1.0 - (1.0 - weight) ** count)
        gain = np.where(told, step, gain)
        level = level + np.where(told, step * error, 0.0)
        share = np.where(told, (1.0 - step) ** 2 * share + step**2, share)
    variance = squares / np.maximum(seen - 1.0, 1.0) * (1.0 + share)
    return _Level(level, gain, variance)


def _interval(mean: Floats, variance: Floats, level: float) -> Interval:
    """Quantiles of the gamma distribution with this mean and variance, outward to whole units."""
    from scipy import special  # a third of a second, which only who forecasts is to pay

    tail = (1.0 - level) / 2.0
    certain = (variance <= 0) | (mean <= 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        shape, scale = mean**2 / variance, variance / mean
    ends = [
        np.where(certain, mean, special.gammaincinv(np.where(certain, 1.0, shape), part) * scale)
        for part in (tail, 1.0 - tail)
    ]
    return Interval(mean, np.floor(ends[0]), np.ceil(ends[1]))
