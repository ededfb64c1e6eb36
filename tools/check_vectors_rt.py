"""Reproduction numbers and nowcasts against the reference results that lie beside this project."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from region.surveillance.detect import nowcast as n
from region.surveillance.detect import reproduction as r
from region.surveillance.detect.series import Array, Panel

FOLDERS = frozenset({"estimate_R", "nowcast"})
WITHIN, BY_CHANCE = 1e-9, 0.03
METHODS = {
    "bayes.notrunc.bnb": "bnb",
    "bayes.notrunc": "notrunc",
    "bayes.trunc": "trunc",
    "lawless": "lawless",
}
EXACT = ("bnb", "lawless")


def numbers(values: list[float | None]) -> Array:
    """A list of the reference, NaN where it has none."""
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def apart(ours: Array, theirs: Array) -> float:
    """The largest difference, relative above 1; infinite where only one of the two has an answer."""
    if (np.isnan(ours) != np.isnan(theirs)).any():
        return float("inf")
    return float(np.nan_to_num(np.abs(ours - theirs) / np.maximum(1.0, np.abs(theirs))).max())


def of_reproduction(case: Mapping[str, Any]) -> float:
    """The largest difference of one case of `estimate_R`."""
    if case["id"] == "discr_si":
        pairs = [(r.Serial.gamma(one["mean_si"], one["std_si"]).weights, one["w"]) for one in case["output"]]
        return max(apart(np.array(ours[: len(theirs)]), numbers(theirs)) for ours, theirs in pairs)
    given, wanted = case["config"], case["output"]
    cases = np.array([case["input"]["I"]], dtype=float)
    panel = Panel(cases, np.arange(cases.shape[1]), 365, ("a",))
    serial = (
        r.Serial(tuple(given["si_distr"]))
        if "si_distr" in given
        else r.Serial.gamma(given["mean_si"], given["std_si"])
    )
    spans = [(a - 1, b - 1) for a, b in zip(wanted["t_start"], wanted["t_end"], strict=True)]
    if case["algorithm"].endswith("wallinga_teunis"):
        each = np.nan_to_num(r.cohort(panel, serial)[0])
        means = [np.average(each[a : b + 1], weights=cases[0, a : b + 1]) for a, b in spans]
        return apart(np.array(means), numbers(wanted["mean"]))
    prior = (given.get("mean_prior", 5.0), given.get("std_prior", 5.0))
    found = r.estimate(panel, serial, r.Cori(mean_prior=prior[0], sd_prior=prior[1], windows=tuple(spans)))
    pairs = [(found.mean[0], wanted["mean"]), (found.sd[0], wanted["std"])]
    for index, level in enumerate(r.QUANTILES):
        pairs.append((found.quantiles[0, :, index], wanted["median" if level == 0.5 else f"q{level:g}"]))
    return max(apart(ours, numbers(theirs)) for ours, theirs in pairs)


def of_nowcast(case: Mapping[str, Any], onset: Array, report: Array) -> tuple[float, bool]:
    """The largest difference of one case of `nowcast`, and whether it is exact (else within chance)."""
    control, wanted = case["control"], case["output"]
    first, method = _day(control["dRange"][0]), METHODS[case["method"]]
    prior = control.get("prior_attr", {})
    how = n.Completing(
        method=method,
        window=case["m"] or 0,
        kappa=control["gd.prior.kappa"],
        prior_mean=prior.get("mean.lambda"),
        prior_variance=prior.get("var.lambda"),
        samples=10_000,
        most=control["N.tInf.max"],
        compat="surveillance",
    )
    made = n.triangle(onset, report, first=first, now=_day(case["now"]), longest=case["D"])
    found = n.complete(made, how)
    at = [_day(date) - first for date in wanted["date"]]
    pairs = [(found.mean[0, at], wanted["pmf_mean"]), (found.sd[0, at], wanted["pmf_sd"])]
    if method in EXACT:
        # Where its distribution was cut off before a quantile, the reference says 0; we have no answer.
        levels = ((0, "pi_lower"), (3, "median"), (6, "pi_upper"))
        pairs += [(np.nan_to_num(found.quantiles[0, at, index]), wanted[name]) for index, name in levels]
    return max(apart(ours, numbers(theirs)) for ours, theirs in pairs), method in EXACT


def _day(date: str) -> int:
    return int(np.datetime64(date, "D").astype(int))


def check(vectors: Path) -> int:
    """Compare and print both folders; the number of cases that differ."""
    with (vectors / "nowcast" / "husO104Hosp_linelist.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if not {"", "NA"} & {row["dHosp"], row["dReport"]}]
    onset, report = (np.array([_day(row[name]) for row in rows]) for name in ("dHosp", "dReport"))
    differing = 0
    for folder in sorted(FOLDERS):
        worst = {True: 0.0, False: 0.0}
        cases = [json.loads(file.read_text("utf-8")) for file in sorted((vectors / folder).glob("*.json"))]
        for case in cases:
            far, exact = (
                (of_reproduction(case), True) if folder == "estimate_R" else of_nowcast(case, onset, report)
            )
            worst[exact] = max(worst[exact], far)
            if far > (WITHIN if exact else BY_CHANCE):
                differing += 1
                print(f"    {case['id']}: apart by {far:.3g}")
        chance = f"; drawn ones {worst[False]:.2g} (allowed {BY_CHANCE:g})" if worst[False] else ""
        largest = f"largest difference {worst[True]:.2g} (allowed {WITHIN:g}){chance}"
        print(f"  {folder:<20} {len(cases):>3} cases   {largest}")
        differing += not cases
    return differing
