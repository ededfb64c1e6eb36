"""China's automated alert (CIDARS): the moving percentile of past years' same weeks, and fixed counts.

The last seven days (or this week) are compared with the same window, two windows before and two after it, in each
of the last three years: fifteen values, whose percentile is the threshold. Zhang and others (2014), BMC Public
Health, and Yang and others (2011) describe the system; where the sources differ (percentile, "exceeds" or
"reaches") it is an option here, unverified.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from region.surveillance.detect.history import back, years_back
from region.surveillance.detect.series import (
    GAP,
    SHORT,
    Array,
    BadSeries,
    Control,
    Flags,
    Panel,
    Signals,
    signals,
)

FIXED = "fixed-count"  # judged by the fixed count, because a historical window is missing


@dataclass(frozen=True)
class Cidars(Control):
    """`percentile` of the history, by `percentile_method` ("nearest-rank" or "linear"); `comparison` ">" or ">=".

    `years` back, `half` windows to each side; `days` of a window in daily series (one week in weekly ones).
    `fixed`: cases that alarm where a historical window is missing; None gives no answer there.
    """

    percentile: float = 80.0
    percentile_method: str = "nearest-rank"
    comparison: str = ">"
    years: int = 3
    half: int = 2
    days: int = 7
    fixed: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.percentile < 100:
            raise BadSeries("option-value", option="percentile", value=self.percentile)
        if self.percentile_method not in ("nearest-rank", "linear"):
            raise BadSeries("option-value", option="percentile_method", value=self.percentile_method)
        if self.comparison not in (">", ">="):
            raise BadSeries("option-value", option="comparison", value=self.comparison)
        if self.years < 1 or self.half < 0 or self.days < 1:
            given = f"{self.years}, {self.half}, {self.days}"
            raise BadSeries("option-value", option="years, half, days", value=given)
        if self.fixed is not None and self.fixed < 0:
            raise BadSeries("option-value", option="fixed", value=self.fixed)


@dataclass(frozen=True)
class Fixed(Control):
    """`count` cases within the last `window` periods alarm: single-case and other fixed thresholds."""

    count: float = 1.0
    window: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.count > 0 or self.window < 1:
            raise BadSeries("option-value", option="count, window", value=f"{self.count}, {self.window}")


def cidars(panel: Panel, control: Cidars) -> Signals:
    """Signals of the moving percentile; `extra["current"]`, the window that is judged, `extra["share"]`, below it.

    expected: the median of the history, upperbound: its percentile, both in cases of one window; `probability`:
    the share of historical windows that had as many or more. If any is missing there is no percentile: the
    `fixed` count judges, the note says so (and without `fixed` there is no answer).
    """
    span = control.judged(panel)
    size = _window(panel, control)
    moving = _moving(panel.observed, size)
    current = moving[:, slice(*span)]
    past, early = _history(panel, moving, span, control, size)
    missing = np.isnan(past).any(axis=2)
    rank = np.sort(np.nan_to_num(past), axis=2)
    upper = percentile(rank, control.percentile, control.percentile_method)
    with np.errstate(invalid="ignore"):
        share = (past >= current[:, :, None]).mean(axis=2)
        raised = current > upper if control.comparison == ">" else current >= upper
    note = np.where(missing, np.where(early, SHORT, GAP), "")
    upper = np.where(missing, np.nan, upper)
    if control.fixed is not None:
        raised = np.where(missing, current >= control.fixed, raised)
        upper = np.where(missing, max(control.fixed - 1.0, 0.0), upper)
        note = np.where(missing, FIXED, note)
    upper = np.where(np.isnan(current), np.nan, upper)
    note = np.where(np.isnan(current), np.where(np.arange(*span) < size - 1, SHORT, GAP), note)
    middle = np.where(missing, np.nan, np.median(rank, axis=2))
    share = np.where(missing, np.nan, share)
    return signals(panel, span, upper, raised, middle, share, note, current=current, share=1 - share)


def percentile(rank: Array, percent: float, method: str) -> Array:
    """The percentile of values sorted along the last axis: by nearest rank, or linear (type 7)."""
    n = rank.shape[-1]
    if method == "nearest-rank":
        place = int(np.ceil(round(percent * n / 100, 9)))
        return np.asarray(rank[..., max(place, 1) - 1])
    at = (n - 1) * percent / 100
    low = int(np.floor(at))
    high = min(low + 1, n - 1)
    return np.asarray(rank[..., low] + (at - low) * (rank[..., high] - rank[..., low]))


def fixed(panel: Panel, control: Fixed) -> Signals:
    """Signals of a fixed count: an alarm where the cases of the last `window` periods reach `count`.

    upperbound: the most cases without an alarm. expected and `probability` are none. A missing period in the window
    leaves no answer, unless what was reported reaches the count already.
    """
    span = control.judged(panel)
    known = np.where(np.isnan(panel.observed), 0.0, panel.observed)
    reported = np.nan_to_num(_moving(known, control.window))[:, slice(*span)]
    whole = ~np.isnan(_moving(panel.observed, control.window))[:, slice(*span)]
    raised = reported >= control.count
    most = np.full(reported.shape, np.ceil(control.count) - 1)
    early = np.arange(*span) < control.window - 1
    note = np.where(whole, "", np.where(early, SHORT, GAP))
    upper = np.where(whole | raised, most, np.nan)
    return signals(panel, span, upper, raised, note=note, current=reported)


def _window(panel: Panel, control: Cidars) -> int:
    """Periods in one window: `days` of a daily series, one of a weekly one. Raises BadSeries for months."""
    if panel.frequency in (52, 53):
        return 1
    if panel.frequency in (365, 366):
        return control.days
    raise BadSeries("needs-days-or-weeks", frequency=panel.frequency)


def _moving(values: Array, size: int) -> Array:
    """Sums of the last `size` periods, (series, time); NaN where one of them is missing."""
    return np.asarray(np.sum([back(values, (0, values.shape[1]), lag) for lag in range(size)], axis=0))


def _history(
    panel: Panel, moving: Array, span: tuple[int, int], control: Cidars, size: int
) -> tuple[Array, Flags]:
    """Past windows, (series, judged time, years x windows), NaN where missing, and where the calendar is short."""
    judged = np.arange(*span)
    years = judged - years_back(panel, span, control.years)
    shifts = size * np.arange(-control.half, control.half + 1)
    places = (years[:, None, :] + shifts[None, :, None]).reshape(-1, len(judged)).T
    outside = (places < 0) | (places >= judged[:, None])
    found = moving[:, np.where(outside, 0, places)]
    return np.where(outside, np.nan, found), np.asarray(outside.any(axis=1))
