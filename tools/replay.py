"""Real outbreaks played day by day as they were published: `python -m tools.replay [nyc|italy|hubei]`.

Nothing is known on a day but the totals published by then. Totals that fall take cases back; a day without a report is
spread. For each area: the day its rise began (seen in hindsight), the day each method first said so, and how often each
method spoke in a quiet span. Reads ../shared/data where it lies; what it printed stands in docs/early-warning.md.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from region.surveillance.detect import methods
from region.surveillance.detect.reproduction import Serial, estimate
from region.surveillance.detect.revisions import daily, implausible
from region.surveillance.detect.series import Array, Flags, Panel

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
SERIAL = Serial.gamma(6.3, 4.2, 30)
"""Bi and others (2020), Lancet Infectious Diseases 20:911-919."""
METHODS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "EARS C2": ("ears-c2", {}),
    "EARS C3": ("ears-c3", {}),
    "EWMA": ("ewma", {}),
    "switch": ("switch", {"B": "56"}),
    "Bayes 28 d": ("bayes", {"b": "0", "w": "28", "alpha": "0.001"}),
}
RENEWAL = "R above 1"
SEARCH = (7, 28)
"""A rise counts as said when a method speaks from so many days before it to so many after it."""


@dataclass(frozen=True)
class Published:
    """Totals of `names` as published, (series, days), NaN where nothing was."""

    names: tuple[str, ...]
    dates: np.ndarray
    totals: Array


def published(rows: Sequence[tuple[str, str, float]]) -> Published:
    """Rows (date, name, total) on a gapless calendar."""
    names = tuple(sorted({name for _, name, _ in rows}))
    stamps = np.array([np.datetime64(date, "D") for date, _, _ in rows])
    dates = np.arange(stamps.min(), stamps.max() + 1)
    totals = np.full((len(names), len(dates)), np.nan)
    at = {name: number for number, name in enumerate(names)}
    for stamp, (_, name, total) in zip(stamps, rows, strict=True):
        place = at[name], int((stamp - dates[0]).astype(int))
        totals[place] = total + (0.0 if np.isnan(totals[place]) else totals[place])
    return Published(names, dates, totals)


def play(given: Published) -> tuple[dict[str, Flags], Array, float]:
    """What each method said of each day on that day, (series, days); cases as known at the end; how many taken back."""
    said = {name: np.zeros(given.totals.shape, dtype=bool) for name in (*METHODS, RENEWAL)}
    lowest = 0.0
    for day in range(14, len(given.dates)):
        cases = daily(given.totals[:, : day + 1]).cases
        lowest = min(lowest, float(np.nanmin(cases)))
        panel = Panel(cases[:, 1:], given.dates[1 : day + 1], 365, given.names)
        for name, (method, options) in METHODS.items():
            said[name][:, day] = methods.detect(panel, method, options, (day - 1, day)).alarm[:, 0]
        r = estimate(panel, SERIAL)
        sure = (r.cases[:, -1] >= 20) & (r.quantiles[:, -1, 0] > 1)
        said[RENEWAL][:, day] = sure
    last = daily(given.totals)
    if lowest < 0:
        raise AssertionError(f"a negative day was shown: {lowest}")
    return said, last.cases, float(last.taken_back.sum())


def rises(cases: Array, first: int, least: float) -> Array:
    """The day from `first` on when a week's cases were twice the usual ones, (series,), NaN without one.

    At least `least` cases, and no fewer in the week after; usual: the median week of the 28 days before `first`.
    """
    week = np.array([np.convolve(np.nan_to_num(one), np.ones(7))[: one.size] for one in cases])
    found = np.full(len(cases), np.nan)
    for number, one in enumerate(week):
        base = np.median(one[max(first - 28, 7) : first]) if first > 14 else 0.0
        for day in range(first, one.size - 7):
            if one[day] >= max(2 * base, least) and one[day + 7] >= one[day]:
                found[number] = day
                break
    return found


def report(
    title: str, given: Published, quiet: tuple[str, str], rise_from: str, least: float, each: bool
) -> None:
    """Print, for each method, how many rises it said, how late, and its false alarms in the quiet span."""
    said, cases, back = play(given)
    start = int((np.datetime64(rise_from) - given.dates[0]).astype(int))
    begun = rises(cases, start, least)
    calm = (given.dates >= np.datetime64(quiet[0])) & (given.dates <= np.datetime64(quiet[1]))
    rising = np.flatnonzero(~np.isnan(begun))
    span = f"{given.dates[0]} to {given.dates[-1]}"
    print(f"\n## {title}\n\n{len(given.names)} areas, {span}; {back:,.0f} cases were taken back")
    print(f"by later totals; {len(rising)} rises from {rise_from}; quiet span {quiet[0]} to {quiet[1]}.\n")
    print("| method | rises said | median days after | from | to | alarms per 100 quiet area-days |")
    print("| --- | --- | --- | --- | --- | --- |")
    firsts = {name: [first(flags[at], int(begun[at])) for at in rising] for name, flags in said.items()}
    for name, flags in said.items():
        late = [one - begun[at] for one, at in zip(firsts[name], rising, strict=True) if one is not None]
        spread = f"{np.median(late):+.0f} | {min(late):+.0f} | {max(late):+.0f}" if late else "– | – | –"
        print(f"| {name} | {len(late)} of {len(rising)} | {spread} | {100 * flags[:, calm].mean():.1f} |")
    if each:
        print(f"\n| area | rise began | {' | '.join(said)} |\n| --- | --- |{' --- |' * len(said)}")
        for number, at in enumerate(rising):
            days = [
                given.dates[firsts[name][number]] if firsts[name][number] is not None else "–"
                for name in said
            ]
            print(f"| {given.names[at]} | {given.dates[int(begun[at])]} | {' | '.join(map(str, days))} |")


def first(flags: Flags, begun: int) -> int | None:
    """The day of the first alarm that belongs to a rise, None where there is none."""
    start = max(begun - SEARCH[0], 0)
    near = np.flatnonzero(flags[start : begun + SEARCH[1] + 1])
    return int(near[0]) + start if len(near) else None


def _table(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def nyc() -> None:
    """New York by borough, from the counts by postal area that each day's publication held."""
    features = json.loads((DATA / "nyc" / "modzcta.geojson").read_text("utf-8"))["features"]
    borough = {str(one["properties"]["code"]): one["properties"]["borough"] for one in features}
    rows = _table(DATA / "nyc" / "cases_modzcta_cumulative_as_reported_2020.csv.gz")
    told = [row for row in rows if row["cumulative_cases"] and row["code"] in borough]
    areas = published([(row["commit_date"], row["code"], float(row["cumulative_cases"])) for row in told])
    names = tuple(sorted(set(borough.values())))
    inside = np.array([[borough[code] == name for code in areas.names] for name in names], dtype=float)
    # A postal area that one day's publication leaves out still has the cases it had.
    any_told = ~np.isnan(areas.totals).all(axis=0)
    latest = np.maximum.accumulate(np.where(np.isnan(areas.totals), 0, np.arange(len(areas.dates))), axis=1)
    filled = np.nan_to_num(np.take_along_axis(areas.totals, latest, axis=1))
    totals = np.where(any_told, inside @ filled, np.nan)
    given = Published(names, areas.dates, totals)
    report("New York 2020 by borough", given, ("2020-07-10", "2020-08-31"), "2020-09-10", 100, True)


def italy() -> None:
    """Italy by province: the first wave from almost nothing, and the calm of the summer."""
    rows = _table(DATA / "italy_2020" / "province_cumulative_daily_2020-02-24_2020-08-31.csv.gz")
    known = [(row["date"], row["province"], float(row["cumulative_cases"])) for row in rows if row["abbr"]]
    report("Italy 2020 by province", published(known), ("2020-06-01", "2020-07-15"), "2020-03-09", 50, False)


def hubei() -> None:
    """Hubei by city: the days that a new definition, a batch or a correction made, and no outbreak."""
    rows = _table(DATA / "hubei_2020" / "china_province_city_cumulative_daily_to_2020-04-30.csv.gz")
    known = [
        (row["date"], row["city"] or "Hubei", float(row["confirmed"]))
        for row in rows
        if row["province"] == "湖北省"
    ]
    given = published(known)
    print("\n## Hubei 2020\n\nDays that those before them cannot have infected, as said on that day:\n")
    for day in range(21, len(given.dates)):
        cases = daily(given.totals[:, : day + 1]).cases[:, 1:]
        panel = Panel(cases, given.dates[1 : day + 1], 365, given.names)
        for at in np.flatnonzero(implausible(panel, Serial.gamma(7.5, 3.4, 30))[:, -1]):
            before = cases[at, -8:-1].mean()
            print(
                f"- {given.dates[day]} {given.names[at]}: {cases[at, -1]:,.0f} cases, {before:,.0f} a day before"
            )


def main(asked: Sequence[str]) -> int:
    """Play what was asked for, all by default."""
    if not DATA.is_dir():
        print("replay: there is no data beside this project; nothing was played.")
        return 0
    for name, run in {"nyc": nyc, "italy": italy, "hubei": hubei}.items():
        if not asked or name in asked:
            run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
