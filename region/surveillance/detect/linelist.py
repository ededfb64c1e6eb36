"""The tables of `region nowcast` and `region rt`: line lists and serial intervals in, numbers with intervals out."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np

from region.surveillance.detect.nowcast import Nowcast, triangle
from region.surveillance.detect.reproduction import QUANTILES, Reproduction, Serial
from region.surveillance.detect.rows import day, number, refusal, rows
from region.surveillance.detect.series import Array, BadSeries

HEADS = tuple(f"q{level:g}" for level in QUANTILES)


@dataclass(frozen=True)
class Delays:
    """The triangle of each series, (series, days, longest + 1), the names, and the first day."""

    names: tuple[str, ...]
    first: dt.date
    triangles: Array


def read_delays(path: Path, *, first: str, now: str, longest: int) -> Delays:
    """Columns onset and report (ISO days), perhaps series and cases. Raises BadSeries with file and line."""
    told: dict[str, list[tuple[dt.date, dt.date]]] = {}
    for line, row in rows(path, "onset", "report"):
        began, came = day(row["onset"], path, line), day(row["report"], path, line)
        if came < began:
            raise refusal(path, line, f"{row['onset']} > {row['report']}")
        cases = number(path, line, row.get("cases", "1"), 0, 10**6)
        if cases != int(cases):
            raise refusal(path, line, row["cases"])
        told.setdefault(row.get("series", "all"), []).extend([(began, came)] * int(cases))
    every = [pair for pairs in told.values() for pair in pairs]
    if not every:
        raise BadSeries("series-none")
    begin = day(first) if first else min(began for began, _ in every)
    end = day(now) if now else max(came for _, came in every)
    zero = dt.date(1970, 1, 1)

    def one(pairs: Sequence[tuple[dt.date, dt.date]]) -> Array:
        days = np.array([((a - zero).days, (b - zero).days) for a, b in pairs], dtype=np.int64).reshape(-1, 2)
        span = {"first": (begin - zero).days, "now": (end - zero).days}
        return triangle(days[:, 0], days[:, 1], longest=longest, **span)

    return Delays(tuple(told), begin, np.stack([one(pairs) for pairs in told.values()]))


def write_nowcast(found: Nowcast, delays: Delays, file: TextIO) -> int:
    """Rows of series, date, seen, mean, sd, quantiles, note; empty where there is no answer. Returns their number."""
    out = csv.writer(file, lineterminator="\n")
    out.writerow(("series", "date", "seen", "mean", "sd", *HEADS, "note"))
    for s, name in enumerate(delays.names):
        for t in range(found.seen.shape[1]):
            figures = (found.mean[s, t], found.sd[s, t], *found.quantiles[s, t])
            on = delays.first + dt.timedelta(days=t)
            out.writerow((name, on, int(found.seen[s, t]), *map(_cell, figures), found.note[s, t]))
    return int(found.seen.size)


def read_serial(path: Path) -> Serial:
    """Columns days and weight, whole days from 0 on. Raises BadSeries with file and line."""
    weights: dict[int, float] = {}
    for line, row in rows(path, "days", "weight"):
        at = number(path, line, row["days"], 0, 400)
        if at != int(at) or int(at) in weights:
            raise refusal(path, line, row["days"])
        weights[int(at)] = number(path, line, row["weight"], 0, 1)
    return Serial(tuple(weights.get(k, 0.0) for k in range(max(weights, default=0) + 1)))


def write_reproduction(found: Reproduction, labels: Sequence[str], file: TextIO) -> int:
    """Rows of series, from, to, cases, mean, sd, quantiles, note; empty without an answer. Returns their number."""
    out = csv.writer(file, lineterminator="\n")
    out.writerow(("series", "from", "to", "cases", "mean", "sd", *HEADS, "note"))
    for s, name in enumerate(found.names):
        for w, (first, last) in enumerate(zip(found.first, found.last, strict=True)):
            figures = (found.cases[s, w], found.mean[s, w], found.sd[s, w], *found.quantiles[s, w])
            out.writerow((name, labels[first], labels[last], *map(_cell, figures), found.note[s, w]))
    return int(found.mean.size)


def _cell(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.12g}"
