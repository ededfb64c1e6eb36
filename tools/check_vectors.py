"""Compare the detectors with reference results beside this project, case by case, and print the agreement.

The reference results (../shared/vectors, made with R; its README gives the tolerances) are not part of the project,
whose own tests carry small vectors of their own. `COMPARISONS` names the folders that are compared here.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from region.surveillance.detect.cusum import Cusum, cusum
from region.surveillance.detect.ears import Ears, ears
from region.surveillance.detect.farrington import FarringtonControl, farrington, farrington_flexible
from region.surveillance.detect.glr import Glr, GlrNb, glr
from region.surveillance.detect.references import Bayes, Cdc, Rki, bayes, cdc, rki
from region.surveillance.detect.series import Array, Control, Panel, Signals
from tools import check_vectors_rounds, check_vectors_rt, check_vectors_scan

VECTORS = Path(__file__).resolve().parent.parent.parent / "shared" / "vectors"


@dataclass(frozen=True)
class Comparison:
    """How one folder is compared: the method, its options, and how close (relative) its numbers must be."""

    function: Callable[[Panel, Any], Signals]
    options: type[Control]
    within: float
    bound: bool = True
    dated: bool = False


COMPARISONS: Mapping[str, Comparison] = {
    "earsC": Comparison(ears, Ears, 1e-12),
    "cusum": Comparison(cusum, Cusum, 1e-11, bound=False),
    "glrpois": Comparison(glr, Glr, 1e-9),
    "glrnb": Comparison(glr, GlrNb, 1e-9),
    "bayes": Comparison(bayes, Bayes, 1e-12),
    "rki": Comparison(rki, Rki, 1e-12),
    "cdc": Comparison(cdc, Cdc, 1e-9),
    "farrington": Comparison(farrington, FarringtonControl, 1e-9, dated=True),
    "farrington_flexible": Comparison(farrington_flexible, FarringtonControl, 1e-9, dated=True),
    "farrington_edge": Comparison(farrington_flexible, FarringtonControl, 1e-9),
}
OTHERS: Mapping[frozenset[str], Callable[[Path], int]] = {
    frozenset({"scenario"}): lambda vectors: check_vectors_rounds.check(vectors / "scenario"),
    check_vectors_rt.FOLDERS: check_vectors_rt.check,
    frozenset({"scan"}): lambda vectors: check_vectors_scan.check(vectors / "scan"),
}
"""Folders whose cases are of other kinds, and who compares them."""
INPUTS = {"series", "scenario"}
"""Folders that results refer to; no results themselves."""
SILENT = ("verbose", "glmWarnings", "fitFun", "populationOffset")
"""What only decides how much the reference says while it works, or is always the same in it."""


def panel_of(name: str, folder: Path, units: list[str] | None, dated: bool) -> Panel:
    """The series `name`, all or some `units` of it, by its own dates or as plain indices from 1."""
    meta = json.loads((folder / f"{name}.meta.json").read_text(encoding="utf-8"))
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    wanted = [column for column in range(2, len(header)) if units is None or header[column] in units]
    counts = [[float(row[at]) if row[at] not in ("", "NA") else np.nan for at in wanted] for row in rows]
    index = np.arange(1, len(rows) + 1)
    by_day = dated and meta.get("epochAsDate")
    dates = np.array([row[1] for row in rows], dtype="datetime64[D]") if by_day else index
    return Panel(np.array(counts).T, dates, int(meta["freq"]), tuple(header[at] for at in wanted))


def inline(case: Mapping[str, Any]) -> Panel:
    """The one weekly series that comes with its case."""
    observed = numbers(case["input"])[None, :]
    return Panel(observed, np.arange(1, observed.shape[1] + 1), 52, ("x",))


def numbers(values: list[float | None]) -> Array:
    """A list of the reference, NaN where it has none."""
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def apart(ours: Array, theirs: Array) -> float:
    """The largest difference, relative above 1; infinite where only one of the two has an answer."""
    if (np.isnan(ours) != np.isnan(theirs)).any():
        return float("inf")
    difference = np.abs(ours - theirs) / np.maximum(1.0, np.abs(theirs))
    return float(np.nanmax(difference)) if (~np.isnan(difference)).any() else 0.0


@dataclass(frozen=True)
class Outcome:
    """Of one case: points compared, the largest difference, alarms that differ, and seconds taken."""

    points: int
    apart: float
    alarms: int
    seconds: float


def compare(case: Mapping[str, Any], panel: Panel, how: Comparison) -> Outcome:
    """Run one case with the options of the reference, and compare threshold (or path) and alarms."""
    given = {name.replace(".", "_"): value for name, value in case["control"].items() if name not in SILENT}
    control = {name: tuple(value) if name == "limit54" else value for name, value in given.items()}
    first, last = control.pop("range")
    began = time.perf_counter()
    found = how.function(panel, how.options(span=(first - 1, last), compat="surveillance", **control))
    seconds = time.perf_counter() - began
    outputs = case["output"] if isinstance(case["output"], list) else [case["output"]]
    bounds = np.array([numbers(output["upperbound"]) for output in outputs])
    alarms = np.array([numbers(output["alarm"]) for output in outputs])
    if how.bound:
        far = apart(found.upperbound, bounds)
    else:
        far = apart(found.extra["cusum"], numbers(case["extra"]["cusum"])[None, :])
    differing = int((np.nan_to_num(alarms).astype(bool) != found.alarm).sum())
    return Outcome(bounds.size, far, differing, seconds)


def check(folder: str, how: Comparison, vectors: Path) -> int:
    """Compare and print one folder; the number of cases that differ (none to compare counts as one)."""
    differing = equal = 0
    outcomes = []
    for file in sorted((vectors / folder).glob("*.json")):
        case = json.loads(file.read_text(encoding="utf-8"))
        outputs = case["output"] if isinstance(case["output"], list) else [case["output"]]
        units = [output["unit"] for output in outputs] if how.dated else None
        panel = (
            inline(case)
            if "input" in case
            else panel_of(case["series"], vectors / "series", units, how.dated)
        )
        outcome = compare(case, panel, how)
        same = outcome.apart <= how.within and not outcome.alarms
        outcomes.append(outcome)
        equal, differing = equal + same, differing + (not same)
        if not same:
            print(f"    {folder}/{file.stem}: apart by {outcome.apart:.3g}, {outcome.alarms} alarms differ")
    points, seconds = sum(one.points for one in outcomes), sum(one.seconds for one in outcomes)
    worst = max((one.apart for one in outcomes), default=float("nan"))
    print(
        f"  {folder:<20} {equal:>3} equal {differing:>3} different   {points:>6} points   "
        f"largest difference {worst:.2g} (allowed {how.within:g})   {points / max(seconds, 1e-9):>10,.0f} points/s"
    )
    return differing if outcomes else 1


def main(vectors: Path = VECTORS) -> int:
    """Exit code 1 if anything differs that should not, or if nothing was found to compare."""
    if not vectors.is_dir():
        print("check-vectors: there are no reference results beside this project; nothing was compared.")
        return 0
    print("check-vectors: early warning against reference results")
    differing = sum(check(folder, how, vectors) for folder, how in COMPARISONS.items())
    differing += sum(compare_others(vectors) for compare_others in OTHERS.values())
    folders = {path.name for path in vectors.iterdir() if path.is_dir()}
    left = sorted(folders - INPUTS - COMPARISONS.keys() - frozenset().union(*OTHERS))
    print(f"  not compared yet: {', '.join(left) or 'nothing'}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
