"""The in-control mean that CUSUM and the likelihood ratio charts watch a series against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from region.surveillance.detect import baseline, empty
from region.surveillance.detect.series import (
    EMPTY,
    NO_FIT,
    SHORT,
    Array,
    BadSeries,
    Control,
    Panel,
    Words,
)

YEARS = 2  # of in-control past, where the span does not say


@dataclass(frozen=True)
class InControl:
    """`mean` (series, judged time; NaN where there is none), `alpha` (series,), and why or how, as `note`."""

    span: tuple[int, int]
    mean: Array
    alpha: Array
    note: Words


def span_after_past(panel: Panel, control: Control) -> tuple[int, int]:
    """The judged span; everything before it is the in-control past. Raises BadSeries without such a past."""
    span = control.judged(panel, YEARS * panel.frequency)
    if span[0] < 2 or span[0] >= span[1]:
        raise BadSeries("needs-past", first=span[0], periods=len(panel.dates))
    return span


def by_mean(panel: Panel, span: tuple[int, int], compat: str, given: float | None = None) -> InControl:
    """A `given` mean, or that of the past; a past of zeros is answered by `empty` (compat: not at all)."""
    past = panel.observed[:, : span[0]]
    n = (~np.isnan(past)).sum(axis=1)
    total = np.nansum(past, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        level = np.where(n > 1, total / n, np.nan) if given is None else np.full(len(n), given)
    zeros = (level == 0) & (n > 1)
    level = np.where(zeros, np.nan if compat == "surveillance" else empty.mean(n), level)
    return _told(span, np.repeat(level[:, None], span[1] - span[0], axis=1), np.zeros(len(n)), zeros, n > 1)


def by_wave(
    panel: Panel,
    span: tuple[int, int],
    compat: str,
    alpha: float | None = 0.0,
    waves: int = 1,
    trend: bool = False,
) -> InControl:
    """The yearly wave fitted to the past; `alpha` as in `baseline.fit`; a past of zeros as in `by_mean`."""
    past = panel.observed[:, : span[0]]
    design = baseline.wave(np.arange(span[0]), panel.frequency, waves, trend)
    as_r = compat == "surveillance" and alpha is not None
    found = baseline.fit(past, design, alpha, polish=0 if as_r else 3)
    mean = found.mean(panel, span, waves, trend)
    n = (~np.isnan(past)).sum(axis=1)
    zeros = (np.nansum(past, axis=1) == 0) & (n > 1)
    if compat != "surveillance":
        mean = np.where(zeros[:, None], empty.mean(n)[:, None], mean)
    return _told(span, mean, found.alpha, zeros, n > design.shape[1])


def _told(span: tuple[int, int], mean: Array, alpha: Array, zeros: Array, enough: Array) -> InControl:
    lost = ~np.isfinite(mean)
    reason = np.where(enough, NO_FIT, SHORT)
    note = np.where(zeros, EMPTY, np.where(lost.any(axis=1), reason, ""))
    return InControl(
        span, np.where(lost, np.nan, mean), alpha, np.repeat(note[:, None], mean.shape[1], axis=1)
    )
