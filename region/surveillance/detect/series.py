"""Many series on one calendar, and what a method says of each of their points.

A `Panel` is what every detector takes, `Signals` are what every detector gives; both are read from and written
to the long tables of `region detect`. Where there is no answer a number is NaN and a note says why: a missing
week is not a zero, and silence is never a number.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from region.surveillance.detect import calendar
from region.surveillance.detect.calendar import BadSeries as BadSeries

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Words = NDArray[np.str_]

#: Why there is no answer (all but the last, which says by which rule there is one).
MISSING = "missing"  # the point itself was not reported
SHORT = "short-history"  # fewer past points than the method needs
GAP = "gap-in-history"  # enough past points, but too many of them missing
NO_FIT = "no-fit"  # the model could not be fitted, or overflowed
FEW = "few-cases"  # fewer cases than the method's own minimum
UNTOLD = "no-answer"  # the method gives none and says no more
EMPTY = "empty-history"  # all past points are zero: answered by `empty.py`, not by the method
LARGEST = 2.0**53  # beyond it a float no longer holds every whole number


@dataclass(frozen=True)
class Panel:
    """Counts of many series on one gapless calendar.

    `observed`: cases, (series, time), whole numbers >= 0, NaN where nothing was reported. `dates`: (time,), days
    (datetime64[D], the first day of each period) or plain indices (int64), in even steps. `frequency`: periods a
    year (52, 12, 365 …). `population`: people at risk, (series, time), or None. `names`: one for each series.
    `labels`: the dates as they were written. Raises BadSeries when shapes or values do not fit.
    """

    observed: Array
    dates: NDArray[np.generic]
    frequency: int
    names: tuple[str, ...]
    population: Array | None = None
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shape = (len(self.names), len(self.dates))
        if self.observed.shape != shape or self.frequency < 1:
            raise BadSeries("series-shape", found=str(self.observed.shape), wanted=str(shape))
        if self.population is not None and self.population.shape != shape:
            raise BadSeries("series-shape", found=str(self.population.shape), wanted=str(shape))
        counts = self.observed[~np.isnan(self.observed)]
        if counts.size and ((counts < 0) | (counts != np.floor(counts)) | (counts > LARGEST)).any():
            raise BadSeries("series-counts")
        if self.population is not None and (self.population <= 0).any():
            raise BadSeries("series-people")
        if not self.labels:
            object.__setattr__(self, "labels", tuple(str(date) for date in self.dates))

    @property
    def dated(self) -> bool:
        """Whether `dates` are days; else they are plain indices."""
        return bool(np.issubdtype(self.dates.dtype, np.datetime64))


@dataclass(frozen=True)
class Control:
    """What all methods are told: which points to judge, and by whose rules.

    `span`: the points to judge, as (first, end) indices of time, the end left out; None judges all that can be.
    `compat`: "paper" (the published method and our rule for empty histories) or "surveillance" (R's answers).
    """

    span: tuple[int, int] | None = None
    compat: str = "paper"

    def __post_init__(self) -> None:
        if self.compat not in ("paper", "surveillance"):
            raise BadSeries("option-value", option="compat", value=self.compat)

    def judged(self, panel: Panel, first: int = 0) -> tuple[int, int]:
        """The points to judge, (first, end); `first` is where a method begins when nothing is asked for."""
        most = len(panel.dates)
        start, end = self.span or (min(first, most), most)
        if not 0 <= start <= end <= most:
            raise BadSeries("span-outside", first=start, end=end, most=most)
        return start, end


@dataclass(frozen=True)
class Signals:
    """What a method says of each judged point; every array is (series, judged time).

    `expected` and `upperbound` in cases: more than `upperbound` is an alarm, unless the method's page says
    otherwise. `probability`: of as many cases or more if nothing is unusual. NaN, False and a note where there is
    no answer. `extra`: what else the method computed, by name, the same shape.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    observed: Array
    expected: Array
    upperbound: Array
    probability: Array
    alarm: Flags
    note: Words
    extra: Mapping[str, Array] = field(default_factory=dict)

    @property
    def answered(self) -> Flags:
        """Where there is an answer, (series, judged time)."""
        return ~np.isnan(self.upperbound)


def signals(
    panel: Panel,
    span: tuple[int, int],
    upperbound: Array,
    alarm: Flags | None = None,
    expected: Array | None = None,
    probability: Array | None = None,
    note: Words | None = None,
    **extra: Array,
) -> Signals:
    """Signals for the judged `span`; all arrays (series, judged time). Alarm, if not given: observed > upperbound.

    A point that was not reported, or has no threshold, has no answer in any field, and a note that says so.
    """
    observed = panel.observed[:, span[0] : span[1]]
    missing = np.isnan(observed)
    silent = np.isnan(upperbound) | missing
    notes = np.zeros(observed.shape, dtype="<U16") if note is None else note.astype("<U16")
    if silent.any():
        notes[silent & (notes == "")] = UNTOLD
        notes[missing] = MISSING

    def told(values: Array | None) -> Array:
        return np.where(silent, np.nan, np.nan if values is None else values)

    raised = observed > upperbound if alarm is None else alarm
    return Signals(
        names=panel.names,
        labels=panel.labels[span[0] : span[1]],
        observed=observed,
        expected=told(expected),
        upperbound=told(upperbound),
        probability=told(probability),
        alarm=raised & ~silent,
        note=notes,
        extra=extra,
    )


def read_panel(source: Path | TextIO, frequency: int | None = None) -> Panel:
    """A long table (series, date, observed and optionally population; CSV in UTF-8) as a Panel.

    A date is an ISO date (2024-01-31), an ISO week (2024-W05) or an index (then with `frequency`); days, weeks
    and months are told apart by the usual distance of the dates. A period that is not in the table is missing,
    not zero. Raises BadSeries with the line and the reason for all that cannot be read for certain.
    """
    if isinstance(source, Path):
        try:
            with source.open(encoding="utf-8-sig", newline="") as file:
                return _read(file, frequency)
        except UnicodeDecodeError as error:
            raise BadSeries("series-encoding", position=error.start) from error
    return _read(source, frequency)


def _read(file: TextIO, frequency: int | None) -> Panel:
    rows = csv.reader(file)
    header = [name.strip().lower() for name in next(rows, [])]
    missing = [name for name in ("series", "date", "observed") if header.count(name) != 1]
    if missing or header.count("population") > 1:
        raise BadSeries("series-columns", missing=", ".join(missing), found=", ".join(header)[:80])
    at = {name: header.index(name) for name in ("series", "date", "observed", "population") if name in header}
    table = [(rows.line_num, row) for row in rows if any(cell.strip() for cell in row)]
    if not table:
        raise BadSeries("series-none")
    for line, row in table:
        if len(row) != len(header):
            raise BadSeries("series-cells", line=line, found=len(row), wanted=len(header))
    lines = [line for line, _ in table]
    axis = calendar.axis([row[at["date"]].strip() for _, row in table], lines, frequency)
    numbers: dict[str, int] = {}
    which = np.array([numbers.setdefault(row[at["series"]].strip(), len(numbers)) for _, row in table])
    _once(which, axis.places, lines, [row[at["date"]] for _, row in table])
    shape = (len(numbers), len(axis.dates))
    observed = np.full(shape, np.nan)
    observed[which, axis.places] = [_count(row[at["observed"]], line) for line, row in table]
    people = None
    if "population" in at:
        people = np.full(shape, np.nan)
        people[which, axis.places] = [_people(row[at["population"]], line) for line, row in table]
    return Panel(observed, axis.dates, axis.frequency, tuple(numbers), people, axis.labels)


def _once(which: NDArray[np.int64], places: NDArray[np.int64], lines: list[int], dates: list[str]) -> None:
    seen: dict[tuple[int, int], int] = {}
    for key, line, date in zip(zip(which.tolist(), places.tolist(), strict=True), lines, dates, strict=True):
        if key in seen:
            raise BadSeries("series-twice", line=line, earlier=seen[key], date=date)
        seen[key] = line


def _number(text: str, line: int) -> float:
    text = text.strip()
    if text in ("", "NA"):
        return np.nan
    try:
        value = float(text)
    except ValueError:
        raise BadSeries("series-number", line=line, value=text[:40]) from None
    if not np.isfinite(value) or "_" in text:
        raise BadSeries("series-number", line=line, value=text[:40])
    return value


def _count(text: str, line: int) -> float:
    value = _number(text, line)
    if value < 0 or value > LARGEST or (value == value and value != int(value)):
        raise BadSeries("series-count", line=line, value=text.strip()[:40])
    return value


def _people(text: str, line: int) -> float:
    value = _number(text, line)
    if value <= 0:
        raise BadSeries("series-population", line=line, value=text.strip()[:40])
    return value


def span_of(panel: Panel, first: str = "", last: str = "") -> tuple[int, int] | None:
    """The points from the date `first` to `last`, both judged and written as in the table; None if neither is given.

    Between the table's own dates the next one inside counts; a date that is none is BadSeries.
    """
    if not first and not last:
        return None
    start = calendar.place(panel.dates, panel.labels, first, after=True) if first else 0
    end = calendar.place(panel.dates, panel.labels, last, after=False) + 1 if last else len(panel.dates)
    if start >= end:
        raise BadSeries("span-empty", first=first, last=last)
    return start, end


COLUMNS = ("series", "date", "observed", "expected", "upperbound", "probability", "alarm", "note")


def write_signals(found: Signals, target: TextIO) -> int:
    """Write `found` as a long table (COLUMNS; CSV), empty where there is no answer; returns the number of rows."""
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(COLUMNS)
    answered = found.answered
    for s, name in enumerate(found.names):
        columns: list[Iterable[object]] = [_cells(found.observed[s])]
        columns += [_cells(values[s]) for values in (found.expected, found.upperbound, found.probability)]
        columns.append(["" if not a else int(x) for a, x in zip(answered[s], found.alarm[s], strict=True)])
        columns.append(found.note[s].tolist())
        for label, *cells in zip(found.labels, *columns, strict=True):
            writer.writerow([name, label, *cells])
    return int(answered.size)


def _cells(values: Array) -> list[object]:
    """Numbers as they are read back exactly, whole ones without a point, nothing for NaN."""
    return [
        "" if x != x else int(x) if abs(x) < LARGEST and x == int(x) else repr(x) for x in values.tolist()
    ]
