"""Farrington's answers to odd series, frozen from the code that met every file of the reference results.

The series are made by formula, the numbers lie in farrington_frozen.json: per series and option set the bounds,
expected counts and dispersions of twelve weeks, null where there is no answer.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from region.surveillance.detect.farrington import FarringtonControl, farrington, farrington_flexible
from region.surveillance.detect.series import Array, Panel, Signals

WEEK = np.arange(340)
NOISE = (WEEK * 7919 % 13) / 13  # even enough, and the same on every machine
FROZEN = json.loads(Path(__file__).with_name("farrington_frozen.json").read_text(encoding="utf-8"))


def odd() -> dict[str, Array]:
    """Six years and a half of weeks that a regression finds hard."""
    summer = 3 * (1 + np.cos(2 * np.pi * WEEK / 52))
    series = {
        "zeros": 0 * NOISE,
        "rare": (WEEK % 67 == 5) * 2.0,
        "constant": 6 + 0 * NOISE,
        "empty summer": np.floor(summer * NOISE * (summer > 2)),
        "two by turns": np.where(WEEK % 2, 9.0, 2.0),
        "past outbreak": np.floor(8 * NOISE) + 90 * ((WEEK > 200) & (WEEK < 204)),
        "growth": np.floor(np.exp(WEEK / 60) * (0.5 + NOISE)),
        "gaps": np.where(WEEK % 11 == 3, np.nan, np.floor(12 * NOISE)),
    }
    return {name: counts + 0.0 for name, counts in series.items()}


SEASONS = {
    "noPeriods": 10,
    "pastWeeksNotIncluded": 26,
    "pThresholdTrend": 1,
    "alpha": 0.01,
    "limit54": (0, 4),
}
SETS: dict[str, dict[str, object]] = {
    "seasons nbPlugin": {**SEASONS, "thresholdMethod": "nbPlugin"},
    "seasons delta": SEASONS,
    "seasons muan": {**SEASONS, "thresholdMethod": "muan", "reweight": False},
    "windows": {"weightsThreshold": 1.0, "alpha": 0.01},
    "1996": {"b": 4, "alpha": 0.02},
}


def judged(options: str, dated: bool) -> Signals:
    """The last twelve weeks of all the odd series, by the reference's ways."""
    series = odd()
    dates = np.datetime64("2015-01-05") + 7 * WEEK if dated else WEEK
    panel = Panel(np.array(list(series.values())), dates, 52, tuple(series))
    control = FarringtonControl(span=(328, 340), compat="surveillance", **SETS[options])
    return (farrington if options == "1996" else farrington_flexible)(panel, control)


def told(found: Signals) -> dict[str, Array]:
    return {
        "upperbound": found.upperbound,
        "expected": found.expected,
        "dispersion": np.where(np.isnan(found.upperbound), np.nan, found.extra["dispersion"]),
    }


@pytest.mark.parametrize("dated", [False, True], ids=["indices", "mondays"])
@pytest.mark.parametrize("options", SETS)
def test_odd_series_are_answered_as_ever(options: str, dated: bool) -> None:
    for name, values in told(judged(options, dated)).items():
        wanted = np.array(FROZEN[f"{options}, {'mondays' if dated else 'indices'}"][name], dtype=float)
        assert (np.isnan(wanted) == np.isnan(values)).all(), name
        # Where whole seasons are empty, the fit ends on its way to minus infinity: last digits are not its own.
        assert values == pytest.approx(wanted, rel=1e-6, nan_ok=True), name
