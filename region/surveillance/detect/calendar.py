"""Dates as they are written in tables, laid on one even calendar of days, weeks, months or plain indices.

Weeks are those of ISO 8601 (Monday to Sunday; some years have a week 53), so a 53-week year is no gap and no
double. What does not lie on the calendar of the other dates is refused with its line, never moved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

KINDS = {
    "day": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "week": re.compile(r"\d{4}-W\d{2}"),
    "index": re.compile(r"-?\d{1,9}"),
}
MONTHS = range(28, 32)  # days from one month's date to the next month's
FREQUENCIES = {"day": 365, "week": 52, "month": 12}
SPARSEST = 10  # periods a given date may stand for; beyond it the dates are no calendar


class BadSeries(ValueError):
    """What was given cannot be judged: `code` names why, `facts` say where."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(f"{code}({', '.join(f'{name}={value!r}' for name, value in facts.items())})")
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class Axis:
    """The calendar of a table: `dates` (time,), `labels` as written, and each row's place on it, (rows,)."""

    dates: NDArray[np.generic]
    labels: tuple[str, ...]
    frequency: int
    places: NDArray[np.int64]


def axis(written: list[str], lines: list[int], frequency: int | None) -> Axis:
    """The calendar of the dates `written` on `lines`; BadSeries with the line of what does not fit."""
    first_seen: dict[str, int] = {}
    for text, line in zip(written, lines, strict=True):
        first_seen.setdefault(text, line)
    kind = next((name for name, form in KINDS.items() if form.fullmatch(written[0])), None)
    if kind is None:
        raise BadSeries("date-form", line=lines[0], value=written[0][:40])
    ordinals = {text: _ordinal(kind, text, line) for text, line in first_seen.items()}
    if kind == "index":
        if frequency is None:
            raise BadSeries("date-frequency")
        return _laid(ordinals, first_seen, written, "index", frequency)
    step = "week" if kind == "week" else _step(sorted(set(ordinals.values())), frequency)
    return _laid(ordinals, first_seen, written, step, frequency or FREQUENCIES[step], kind)


def _ordinal(kind: str, text: str, line: int) -> int:
    if not KINDS[kind].fullmatch(text):
        raise BadSeries("date-form", line=line, value=text[:40])
    try:
        if kind == "index":
            return int(text)
        if kind == "week":
            return date.fromisocalendar(int(text[:4]), int(text[6:]), 1).toordinal()
        return date.fromisoformat(text).toordinal()
    except ValueError:
        raise BadSeries("date-none", line=line, value=text) from None


def _step(days: list[int], frequency: int | None) -> str:
    """The usual distance of sorted dates; of one date alone, what the frequency says."""
    if len(days) == 1:
        known = {12: "month", 52: "week", 53: "week", 7: "day", 365: "day", 366: "day"}
        if frequency not in known:
            raise BadSeries("date-frequency")
        return known[frequency]
    gaps, counts = np.unique(np.diff(days), return_counts=True)
    usual = int(gaps[counts.argmax()])
    if usual == 1:
        return "day"
    if usual == 7:
        return "week"
    if usual in MONTHS:
        return "month"
    raise BadSeries("date-step", days=usual)


def _laid(
    ordinals: dict[str, int],
    first_seen: dict[str, int],
    written: list[str],
    step: str,
    frequency: int,
    kind: str = "index",
) -> Axis:
    begin = min(ordinals.values())
    months = step == "month"
    width = 7 if step == "week" else 1
    origin = _month(begin) if months else begin
    places: dict[str, int] = {}
    for text, day in ordinals.items():
        place, rest = divmod((_month(day) if months else day) - origin, width)
        if rest or (months and date.fromordinal(day).day != date.fromordinal(begin).day):
            raise BadSeries("date-off-step", line=first_seen[text], value=text, step=step)
        places[text] = place
    size = max(places.values()) + 1
    if size > SPARSEST * (len(places) + 1):
        raise BadSeries("date-sparse", given=len(places), periods=size)
    dates = _dates(begin, size, step)
    labels = [_label(value, kind) for value in dates.tolist()]
    return Axis(dates, tuple(labels), frequency, np.array([places[text] for text in written], dtype=np.int64))


def _dates(begin: int, size: int, step: str) -> NDArray[np.generic]:
    if step == "index":
        return np.arange(begin, begin + size, dtype=np.int64)
    first = date.fromordinal(begin)
    if step == "month":
        months = np.arange(size) + np.datetime64(first, "M")
        day = np.timedelta64(first.day - 1, "D")
        return np.asarray(months.astype("datetime64[D]") + day)
    return np.datetime64(first, "D") + np.arange(size) * (7 if step == "week" else 1)


def _label(value: Any, kind: str) -> str:
    if kind != "week":
        return str(value)
    year, week, _ = value.isocalendar()
    return f"{year:04d}-W{week:02d}"


def _month(ordinal: int) -> int:
    day = date.fromordinal(ordinal)
    return day.year * 12 + day.month


def place(dates: NDArray[np.generic], labels: tuple[str, ...], text: str, after: bool) -> int:
    """Where the date `text` lies: its own place, else the next one (`after`) or the one before."""
    if text in labels:
        return labels.index(text)
    dated = bool(np.issubdtype(dates.dtype, np.datetime64))
    kind = next((name for name, form in KINDS.items() if form.fullmatch(text)), None)
    if kind is None or (kind == "index") == dated:
        raise BadSeries("span-date", value=text[:40], example=labels[0])
    ordinal = _ordinal(kind, text, 0)
    value = np.datetime64(date.fromordinal(ordinal), "D") if dated else np.int64(ordinal)
    side: Literal["left", "right"] = "left" if after else "right"
    return int(np.searchsorted(dates, value, side=side)) - (0 if after else 1)
