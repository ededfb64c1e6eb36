"""What a round needs, by the planning numbers: sites, samplers, tubes by kind, laboratory load; and when rounds stop.

Rules: one site for 2,000 to 3,000 people, samplers = people / 360 (guide to regional testing, 3rd edition); tubes a day
= pools + household tubes + single tubes, load = tubes / declared capacity (DOMAIN 2.2).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Numbers:
    """The planning numbers: people, but `fill` (how full pools are, 0 to 1) and `spare` (part of tubes on top)."""

    people_per_site: int
    least_per_site: int
    most_per_site: int
    people_per_sampler: int
    samplers_per_bench: int
    fill: float
    spare: float


@dataclass(frozen=True)
class Asked:
    """Who does not come to a pool, in people and tubes; `exempt` and `separate` where no list says it.

    `singles` of those due are sampled alone; `household_persons` of them share `household_tubes`; `separate_tubes` are
    those of the separate scheme, which laboratories have to test beside the round.
    """

    exempt: int = 0
    separate: int = 0
    singles: int = 0
    household_persons: int = 0
    household_tubes: int = 0
    separate_tubes: int = 0


@dataclass(frozen=True)
class Need:
    """What a round needs. `tubes` go to laboratories: `pools` + `households` + `singles`; `by_size` the same by how
    many share one (1 for single and household tubes); `spare` are taken along on top. `a_day`: tubes of one day."""

    sites: int
    least_sites: int
    most_sites: int
    samplers: int
    benches: int
    pools: int
    households: int
    singles: int
    tubes: int
    a_day: int
    spare: int
    by_size: Mapping[str, int]


def need(due: int, size: int, asked: Asked, numbers: Numbers, days: int = 1) -> Need:
    """What `due` people need whose pools are of `size`, spread over so many whole `days`."""
    pooled = max(0, due - asked.household_persons - (asked.singles if size > 1 else 0))
    pools = _up(pooled / (size * numbers.fill)) if size > 1 else pooled
    singles = asked.separate_tubes + (asked.singles if size > 1 else 0)
    tubes = pools + asked.household_tubes + singles
    by_size = {str(size): pools}
    by_size["1"] = by_size.get("1", 0) + singles + asked.household_tubes
    samplers = _up(due / numbers.people_per_sampler)
    return Need(
        sites=_up(due / numbers.people_per_site),
        least_sites=_up(due / numbers.most_per_site),
        most_sites=_up(due / numbers.least_per_site),
        samplers=samplers,
        benches=_up(samplers / numbers.samplers_per_bench),
        pools=pools,
        households=asked.household_tubes,
        singles=singles,
        tubes=tubes,
        a_day=_up(tubes / days),
        spare=_up(tubes * numbers.spare),
        by_size={name: count for name, count in by_size.items() if count},
    )


def _up(value: float) -> int:
    return math.ceil(value - 1e-9)


def days_of(starts: datetime, due: datetime) -> int:
    """Whole days of a round, at least one."""
    return max(1, math.ceil((due - starts) / DAY))


def load(tubes_a_day: int, capacity: int) -> float | None:
    """Load of laboratories, 1 = full; None where no laboratory declared anything."""
    return tubes_a_day / capacity if capacity else None


def over(tubes_a_day: int, capacity: int, block: float) -> int:
    """So many tubes a day are more than laboratories may be planned with: what aid must bring."""
    return max(0, _up((tubes_a_day - capacity * block) / block))


def spread(total: int, people: Sequence[int]) -> list[int]:
    """A number over areas by their people: whole, together `total` (or all people), the largest remainder first."""
    everybody = sum(people)
    total = min(total, everybody)
    exact = [total * one / everybody if everybody else 0.0 for one in people]
    parts = [math.floor(one) for one in exact]
    order = sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))
    for n in order[: total - sum(parts)]:
        parts[n] += 1
    return parts


@dataclass(frozen=True)
class Pace:
    """How fast a round goes: people an hour lately, and when all would be sampled at that; None where none are."""

    an_hour: float
    finish: datetime | None


def pace(now: datetime, starts: datetime, left: int, by_hour: Mapping[int, int], hours: int = 3) -> Pace:
    """The pace of the last `hours`, the running one counted by its part; `by_hour` people by whole hour since start."""
    running = max(0, math.floor((now - starts) / HOUR))
    first = max(0, running - hours + 1)
    length = max(HOUR / 4, now - (starts + first * HOUR)) / HOUR
    rate = sum(by_hour.get(hour, 0) for hour in range(first, running + 1)) / length
    if left <= 0:
        return Pace(rate, now)
    return Pace(rate, now + left / rate * HOUR if rate > 0 else None)


@dataclass(frozen=True)
class Ended:
    """A round that is over: its day, and how many infections of the community it found."""

    day: date
    infections: int


@dataclass(frozen=True)
class Advice:
    """What the stop rule says: ``go_on``, ``wait`` for the round on `extra`, or ``stop``; `clean` rounds in a row."""

    verdict: str
    clean: int
    extra: date | None = None


def stop_rule(rounds: Sequence[Ended], clear_rounds: int, wait_days: int) -> Advice:
    """After so many rounds without infection in the community, so many clear days, then one more round; none: stop.

    The rounds in order. (Policy of 2022-11-21, DOMAIN 1.5; vector V11.)
    """
    clean = 0
    extra: date | None = None
    for one in rounds:
        if extra is not None and one.infections == 0 and one.day >= extra:
            return Advice("stop", clean + 1)
        clean = clean + 1 if one.infections == 0 else 0
        if clean == clear_rounds:
            extra = one.day + timedelta(days=wait_days + 1)
        elif clean == 0:
            extra = None
    return Advice("go_on" if extra is None else "wait", clean, extra)
