"""Scan statistics against the reference results that lie beside this project: members, window, statistic, p."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from region.surveillance.detect.scan import Found, Scan, haversine, plane, scan
from region.surveillance.detect.series import Array

WITHIN = 1e-6
BY_CHANCE = 4.0  # standard errors of a share of 999 replicates
NOT_OFFERED = {
    "kulldorff__pennLC_binomial": "Bernoulli model",
    "satscan__NM_retrospective_poisson": "people by age and sex, interpolated between two censuses",
    "scanstatistics__scan_eb_poisson__NM_1985_1989": "expectation-based",
    "scanstatistics__scan_pb_poisson__NM_1985_1989": "another maximum: one window length at a time",
    "scanstatistics__scan_permutation__NM_1982_1989": "another permutation: of the expected, not of the cases",
}
"""What is not compared, and why."""


@dataclass(frozen=True)
class Expected:
    """One cluster of the reference: names of its areas, days (first, last) or None, statistic, p or None."""

    members: frozenset[str]
    days: tuple[int, int] | None
    llr: float
    p: float | None


def clusters_of(case: Mapping[str, Any], start: dt.date | None) -> list[Expected]:
    """The reference's clusters, the likeliest first."""
    if "clusters" in case:  # SaTScan

        def day(told: object) -> int:
            if start is None:
                return int(float(str(told))) - 1
            return (dt.date(*map(int, str(told).split("/"))) - start).days

        return [
            Expected(
                frozenset(map(str, one["members"])),
                (day(one["start_date"]), day(one["end_date"])),
                one.get("llr", one.get("test_stat")),
                one["p_value"],
            )
            for one in case["clusters"]
        ]
    out, ids = case["output"], case["input"]["ids"]
    told = out.get("clusters") or [out["most_likely"], *out.get("secondary", [])]
    return [
        Expected(
            frozenset(str(ids[at - 1]) for at in np.atleast_1d(one["members_1based"])),
            None,
            one["llr"],
            one.get("p"),
        )
        for one in told
    ]


def of_satscan(case: Mapping[str, Any]) -> tuple[Found, list[str]]:
    """Our answer to a case whose counts come with it."""
    options, given = case["options"], case["input"]
    how = Scan(
        "permutation" if options["ModelType"] == 2 else "poisson",
        max_days=int(options["MaxTemporalSize"]),
        max_share=int(options["MaxSpatialSizeInPopulationAtRisk"]) / 100,
    )
    counts = np.array(given["counts_time_by_area"]).T
    found = scan(counts, plane(*np.array(given["xy"]).T), how, np.array(given["population"], dtype=float))
    return found, [str(name) for name in given["ids"]]


def of_fever(folder: Path, start: dt.date) -> tuple[Found, list[str]]:
    """Our answer to the fever of New York: visits by postcode, circles of 3 km, windows of 1 to 7 days."""
    spots = [
        line.split() for line in (folder / "NYCfever.geo").read_text(encoding="ascii").splitlines() if line
    ]
    at = {name: index for index, (name, *_) in enumerate(spots)}
    counts = np.zeros((len(at), 24), dtype=np.int64)
    for line in (folder / "NYCfever.cas").read_text(encoding="ascii").splitlines():
        if line.strip():
            name, cases, on = line.split()
            counts[at[name], (dt.date(*map(int, on.split("/"))) - start).days] += int(cases)
    places = np.array([[float(north), float(east)] for _, north, east in spots])
    how = Scan("permutation", max_days=7, max_share=0.5, max_radius=3.0)
    return scan(counts, haversine(places[:, 0], places[:, 1]), how), list(at)


def of_circles(case: Mapping[str, Any]) -> tuple[Found, list[str]]:
    """Our answer to a case without time."""
    given = case["input"]
    x, y = np.array(given["x"]), np.array(given["y"])
    distance = haversine(y, x) if case.get("longlat") else plane(x, y)
    how = Scan(max_days=1, max_share=case.get("pop_upper_bound", case.get("ubpop")), min_cases=1)
    found = scan(np.array(given["cases"])[:, None], distance, how, np.array(given["expected"], dtype=float))
    return found, [str(name) for name in given["ids"]]


def possible(case: Mapping[str, Any], llr: float, observed: int, expected: float) -> list[float]:
    """Our statistic, and as one reference may have it, where the sum of expected cases lost its fraction.

    It keeps that sum as a whole number, cut off: 666.9999999999998 became 666. Which side of the whole number a
    sum falls on is decided by its last bit, so both are possible.
    """
    if not str(case.get("id", "")).startswith("SpatialEpi"):
        return [llr]
    cases = sum(case["input"]["cases"])
    log: Array = np.log([(cases - expected) / (cases - 1 - expected), (cases - 1) / cases])
    return [llr, float(llr + (cases - observed) * log[0] + cases * log[1])]


def differences(name: str, case: Mapping[str, Any], vectors: Path) -> list[str]:
    """What of the case differs, in words."""
    start = dt.date(2001, 11, 1) if "NYCfever" in name else None
    if start:
        found, ids = of_fever(vectors / "data", start)
    else:
        found, ids = of_satscan(case) if name.startswith("satscan") else of_circles(case)
    wrong = []
    wanted = clusters_of(case, start)
    for rank, (ours, theirs) in enumerate(zip(found.clusters, wanted, strict=False), 1):
        if rank > 1 and ours.p > 0.5:
            break  # what chance gives every other time is told apart by rounding alone
        members = frozenset(ids[at] for at in ours.members)
        ratios = possible(case, ours.llr, ours.observed, ours.expected)
        far = min(abs(ratio - theirs.llr) for ratio in ratios)
        if members != theirs.members or (theirs.days and theirs.days != (ours.first, ours.last)):
            wrong.append(f"cluster {rank}: {len(members)} areas, {len(theirs.members)} wanted, {theirs.days}")
        elif far > max(WITHIN, WITHIN * theirs.llr):
            wrong.append(f"cluster {rank}: {ours.llr:.6f}, wanted {theirs.llr:.6f}")
        if theirs.p is not None and abs(ours.p - theirs.p) > BY_CHANCE * (2 * theirs.p / 999) ** 0.5:
            wrong.append(f"cluster {rank}: p {ours.p:.3f}, wanted {theirs.p:.3f}")
    return wrong if found.clusters else ["no cluster"]


def check(vectors: Path) -> int:
    """Compare and print the folder; the number of cases that differ (none to compare counts as one)."""
    equal = differing = 0
    for file in sorted(vectors.glob("*.json")):
        if file.stem in NOT_OFFERED:
            continue
        wrong = differences(file.stem, json.loads(file.read_text(encoding="utf-8")), vectors)
        equal, differing = equal + (not wrong), differing + bool(wrong)
        for words in wrong:
            print(f"    scan/{file.stem}: {words}")
    how = f"members, window, ratio to {WITHIN:g}, p by chance"
    print(f"  {'scan':<20} {equal:>3} equal {differing:>3} different ({how})")
    for name, why in NOT_OFFERED.items():
        print(f"    not compared: {name} ({why})")
    return differing if equal + differing else 1
