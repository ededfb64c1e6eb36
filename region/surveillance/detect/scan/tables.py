"""The tables of `region scan`: cases, places and people read, each refusal with file and line; clusters written."""

from __future__ import annotations

import csv
import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np

from region.surveillance.detect.rows import day, number, refusal, rows
from region.surveillance.detect.scan.search import Found
from region.surveillance.detect.scan.zones import haversine
from region.surveillance.detect.series import Array, BadSeries, Ints

MOST_DAYS = 3660
HEADING = (
    "cluster centre members radius_km from to observed expected relative_risk llr p gumbel recurrence_days"
)


@dataclass(frozen=True)
class Ground:
    """What was read: cases (areas, days), km (areas, areas), people (areas,) or None, the names and first day."""

    areas: tuple[str, ...]
    begin: dt.date
    counts: Ints
    distance: Array
    population: Array | None


def read(cases: Path, places: Path, people: Path | None, first: str, last: str) -> Ground:
    """All of it; every area is one of `places`. Raises BadSeries table-cell, table-columns, scan-area and others."""
    spots: dict[str, tuple[float, float]] = {}
    for line, row in rows(places, "area", "latitude", "longitude"):
        if row["area"] in spots:
            raise refusal(places, line, row["area"], "scan-repeated")
        north = number(places, line, row["latitude"], -90, 90)
        spots[row["area"]] = (north, number(places, line, row["longitude"], -180, 180))
    if not spots:
        raise BadSeries("scan-empty", file=places.name)
    at = {name: number for number, name in enumerate(spots)}
    told = list(_cases(cases, at))
    if not told:
        raise BadSeries("scan-empty", file=cases.name)
    begin = day(first) if first else min(on for _, on, _ in told)
    end = day(last) if last else max(on for _, on, _ in told)
    if not 0 <= (end - begin).days < MOST_DAYS:
        raise BadSeries("scan-span", first=str(begin), last=str(end))
    counts = np.zeros((len(at), (end - begin).days + 1), dtype=np.int64)
    for area, on, count in told:
        if begin <= on <= end:
            counts[area, (on - begin).days] += count
    north_east = np.array(list(spots.values()))
    distance = haversine(north_east[:, 0], north_east[:, 1])
    return Ground(tuple(spots), begin, counts, distance, _people(people, at) if people else None)


def _people(path: Path, at: dict[str, int]) -> Array:
    people = np.full(len(at), np.nan)
    for line, row in rows(path, "area", "population"):
        area = _area(path, line, row["area"], at)
        if not np.isnan(people[area]):
            raise refusal(path, line, row["area"], "scan-repeated")
        people[area] = number(path, line, row["population"], 0, 2.0**53)
    for name, place in at.items():
        if np.isnan(people[place]):
            raise BadSeries("scan-no-people", file=path.name, area=name[:60])
    return people


def _cases(path: Path, at: dict[str, int]) -> Iterator[tuple[int, dt.date, int]]:
    for line, row in rows(path, "area", "date"):
        on = day(row["date"], path, line)
        count = number(path, line, row.get("cases", "1"), 0, 10**7)
        if count != int(count):
            raise refusal(path, line, row["cases"])
        yield _area(path, line, row["area"], at), on, int(count)


def _area(path: Path, line: int, name: str, at: dict[str, int]) -> int:
    if name not in at:
        raise refusal(path, line, name, "scan-area")
    return at[name]


def write(found: Found, ground: Ground, file: TextIO) -> None:
    """One row per cluster, the likeliest first; members by a space, the centre first."""
    out = csv.writer(file, lineterminator="\n")
    out.writerow(HEADING.split())
    for rank, one in enumerate(found.clusters, 1):
        names = [ground.areas[area] for area in one.members]
        days = [ground.begin + dt.timedelta(days=at) for at in (one.first, one.last)]
        figures = (one.expected, one.relative_risk, one.llr, one.p, one.gumbel, one.recurrence)
        told = ["" if math.isnan(value) else f"{value:.8g}" for value in figures]
        out.writerow([rank, names[0], " ".join(names), f"{one.radius:.3f}", *days, one.observed, *told])
