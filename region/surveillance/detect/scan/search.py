"""The cylinders with more cases than chance explains: likelihood ratio, replicates and clusters apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import xlogy

from region.surveillance.detect.scan import kernel
from region.surveillance.detect.scan.zones import Zones
from region.surveillance.detect.series import Array, BadSeries, Ints

BATCH = 100
EULER = 0.5772156649015329


@dataclass(frozen=True)
class Scan:
    """What is looked for, and how.

    `model`: "poisson" (Kulldorff 1997, 2001) or "permutation" (Kulldorff et al. 2005). `prospective`: only windows
    that end on the last day. `max_days`: longest window. `max_share`: of population (poisson) or cases
    (permutation) in a circle. `max_radius`: unit of the distances. `min_cases`: fewer are no cluster.
    `stop_after`: stop when so many replicates reached the observed maximum (Besag & Clifford 1991); 0 never.
    Raises BadSeries option-value.
    """

    model: str = "poisson"
    prospective: bool = True
    max_days: int = 7
    max_share: float = 0.5
    max_radius: float | None = None
    min_cases: int = 2
    replicates: int = 999
    stop_after: int = 0
    seed: int = 1

    def __post_init__(self) -> None:
        good = {
            "model": self.model in ("poisson", "permutation"),
            "max_days": self.max_days >= 1,
            "max_share": 0 < self.max_share <= 1,
            "max_radius": self.max_radius is None or self.max_radius >= 0,
            "min_cases": self.min_cases >= 1,
            "replicates": self.replicates >= 0,
            "stop_after": self.stop_after >= 0,
        }
        for option in (name for name, fits in good.items() if not fits):
            raise BadSeries("option-value", option=option, value=str(getattr(self, option)))


@dataclass(frozen=True)
class Cluster:
    """One cylinder. `members`: areas, the centre first. `first`, `last`: days, both within. `p`: by rank among the
    replicates; `gumbel`: by the extreme value fitted to them (Abrams et al. 2010), NaN with fewer than 2.
    `recurrence`: in periods, 1 / p.
    """

    members: tuple[int, ...]
    radius: float
    first: int
    last: int
    observed: int
    expected: float
    relative_risk: float
    llr: float
    p: float
    gumbel: float
    recurrence: float


@dataclass(frozen=True)
class Found:
    """Clusters that share no area, the likeliest first, and the maxima of the replicates, (replicates run,)."""

    clusters: tuple[Cluster, ...]
    maxima: Array


def ratio(observed: Array, expected: Array, cases: float) -> Array:
    """Log likelihood ratio, any shape; 0 where no more than expected (Kulldorff 1997, equation for one-sided)."""
    outside, without = cases - observed, cases - expected
    value = xlogy(observed, observed / np.maximum(expected, 1e-300))
    value += xlogy(outside, outside / np.maximum(without, 1e-300))
    more: Array = np.where(observed > expected, value, 0.0)
    return more


def windows(days: int, how: Scan) -> Iterator[tuple[int, int]]:
    """(first, end), the end left out."""
    for end in [days] if how.prospective else range(1, days + 1):
        for length in range(1, min(how.max_days, end) + 1):
            yield end - length, end


def scan(counts: Ints, distance: Array, how: Scan, population: Array | None = None) -> Found:
    """Clusters in `counts`, whole cases (areas, days), by `distance` (areas, areas).

    `population`: people (areas,) or by day (areas, days), any scale, as adjusted expected numbers are; needed by
    "poisson". Nothing given is changed. Raises BadSeries scan-shape, series-counts, series-people.
    """
    people = _checked(counts, distance, how, population)
    cases = int(counts.sum())
    if cases == 0:
        return Found((), np.zeros(0))
    expected = people * (cases / people.sum())
    zones = Zones.around(distance, people.sum(axis=1), how.max_share, how.max_radius)
    if not len(zones.members):
        return Found((), np.zeros(0))
    clusters = _apart(_best(counts, expected, zones, how), zones, len(counts))
    highest = clusters[0].llr if clusters else np.inf
    maxima = _maxima(counts, expected, zones, how, highest)
    return Found(tuple(_judged(one, maxima, how) for one in clusters), maxima)


def _checked(counts: Ints, distance: Array, how: Scan, population: Array | None) -> Array:
    """The people of each area and day, (areas, days); cases by both margins where cases are permuted."""
    if counts.ndim != 2 or distance.shape != (len(counts), len(counts)):
        raise BadSeries("scan-shape", found=str(counts.shape), wanted=str(distance.shape))
    if not np.issubdtype(counts.dtype, np.integer) or (counts < 0).any():
        raise BadSeries("series-counts")
    if how.model == "permutation":
        margins: Array = counts.sum(axis=1)[:, None] * counts.sum(axis=0).astype(float)
        return margins
    if population is None:
        raise BadSeries("scan-people")
    people = population if population.ndim == 2 else population[:, None]
    if people.shape not in (counts.shape, (len(counts), 1)):
        raise BadSeries("scan-shape", found=str(population.shape), wanted=str(counts.shape))
    if not np.isfinite(people).all() or (people < 0).any() or people.sum() <= 0:
        raise BadSeries("series-people")
    spread: Array = np.broadcast_to(people.astype(float), counts.shape)
    return spread


def _best(counts: Ints, expected: Array, zones: Zones, how: Scan) -> list[Cluster]:
    """The likeliest cylinder of each centre."""
    cases = float(counts.sum())
    begins = np.unique(zones.first)
    best: dict[int, Cluster] = {}
    for first, end in windows(counts.shape[1], how):
        seen = zones.total(counts[:, first:end].sum(axis=1).astype(float))
        due = zones.total(expected[:, first:end].sum(axis=1))
        llr = np.where(seen >= how.min_cases, ratio(seen, due, cases), 0.0)
        highest = np.maximum.reduceat(llr, begins)
        for begin, top in zip(begins[highest > 0], highest[highest > 0], strict=True):
            if begin in best and best[begin].llr >= top:
                continue
            here = int(begin + np.argmax(llr[begin:] == top))
            c, mu = seen[here], due[here]
            rest = (cases - c) / max(cases - mu, 1e-300)
            risk = c / mu / rest if rest else float("inf")
            members = tuple(int(area) for area in zones.members[begin : here + 1])
            best[begin] = Cluster(
                members, float(zones.radius[here]), first, end - 1, int(c), float(mu), float(risk), float(top),
                1.0, float("nan"), 1.0,
            )  # fmt: skip
    return list(best.values())


def _apart(found: list[Cluster], zones: Zones, areas: int) -> list[Cluster]:
    """From the likeliest on, those that share no area with one before; equals by their first day and fewest areas."""
    taken = np.zeros(areas, dtype=bool)
    kept = []
    for one in sorted(found, key=lambda one: (-one.llr, one.first, len(one.members), one.radius)):
        members = list(one.members)
        if not taken[members].any():
            taken[members] = True
            kept.append(one)
    return kept


def _drawing(counts: Ints, expected: Array, how: Scan, begin: int) -> Callable[[], Ints]:
    """Cases of one replicate from day `begin` on, (areas, days - begin), as if nothing clustered."""
    rng = np.random.default_rng(how.seed)
    areas, days = counts.shape
    where, day = (np.repeat(at, counts[counts > 0]) for at in np.nonzero(counts))
    chance = np.cumsum(expected.ravel())

    def shuffled() -> Ints:
        return laid(where, rng.permutation(day))

    def scattered() -> Ints:
        cell = np.searchsorted(chance, rng.random(len(where)) * chance[-1], side="right")
        return laid(cell // days, cell % days)

    def laid(area: Ints, on: Ints) -> Ints:
        late = on >= begin
        cell = area[late] * (days - begin) + on[late] - begin
        return np.bincount(cell, minlength=areas * (days - begin)).reshape(areas, days - begin)

    return shuffled if how.model == "permutation" else scattered


def _maxima(counts: Ints, expected: Array, zones: Zones, how: Scan, highest: float) -> Array:
    """The maximum of each replicate, (replicates run,), until enough of them reached `highest`."""
    spans = list(windows(counts.shape[1], how))
    begin = min(first for first, _ in spans)
    draw, due = _drawing(counts, expected, how, begin), kernel.Due(expected, zones, spans, int(counts.sum()))
    maxima = np.zeros(0)
    while len(maxima) < how.replicates:
        size = min(BATCH, how.replicates - len(maxima))
        batch = np.stack([draw() for _ in range(size)])
        maxima = np.concatenate((maxima, kernel.highest(batch, begin, due, how.min_cases)))
        reached = np.flatnonzero(maxima >= highest - 1e-9)
        if how.stop_after and len(reached) >= how.stop_after:
            return maxima[: reached[how.stop_after - 1] + 1]
    return maxima


def _judged(one: Cluster, maxima: Array, how: Scan) -> Cluster:
    """The cluster with how likely chance alone gives as much anywhere."""
    reached = int((maxima >= one.llr - 1e-9).sum())
    stopped = how.stop_after and len(maxima) < how.replicates
    p = reached / len(maxima) if stopped else (reached + 1) / (len(maxima) + 1)
    gumbel = float("nan")
    if len(maxima) > 1 and maxima.std() > 0:
        scale = maxima.std(ddof=1) * np.sqrt(6) / np.pi
        gumbel = float(-np.expm1(-np.exp(-(one.llr - maxima.mean() + EULER * scale) / scale)))
    return Cluster(**{**one.__dict__, "p": p, "gumbel": gumbel, "recurrence": 1 / p})
