"""Likelihood ratio charts for counts: since when, and by how much, would a change explain what we see best?

Höhle and Paul (2008), Count data regression charts for the monitoring of surveillance time series, Computational
Statistics and Data Analysis 52:4357-4368. At each period n the chart takes the largest log likelihood ratio of
"changed since k" against "in control" over k in n - M .. n - Mtilde + 1, and alarms when it reaches c.ARL; then
it begins anew.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from region.surveillance.detect.expected import InControl, by_mean, by_wave, span_after_past
from region.surveillance.detect.ratio import Window, strongest
from region.surveillance.detect.series import Array, BadSeries, Control, Panel, Signals, signals

STRIP = 4_000_000  # numbers that one step holds at most; the series are judged in strips of so many


@dataclass(frozen=True)
class Glr(Control):
    """`c_ARL` (R: c.ARL), the statistic that alarms; `change`: "intercept" or "epi" (grows with last period's cases).

    `theta`: the change to look for, in logs, or None to estimate it (epi: always estimated); `dir`: "inc" or
    "dec"; `M`: the window (-1: since the last alarm), `Mtilde`: its least length; `ret`: what upperbound holds,
    the "value" of the statistic, as in R, or the "cases" that would have alarmed (up to `xMax`). In control:
    `mu0`, a number, or None for `S` yearly waves and perhaps a `trend`, fitted to all before `span`.
    """

    c_ARL: float = 5.0
    change: str = "intercept"
    theta: float | None = None
    dir: str = "inc"
    M: int = -1
    Mtilde: int = 1
    ret: str = "value"
    mu0: float | None = None
    S: int = 1
    trend: bool = False
    xMax: float = 1e4

    def __post_init__(self) -> None:
        super().__post_init__()
        for option, wanted in (
            ("change", ("intercept", "epi")),
            ("dir", ("inc", "dec")),
            ("ret", ("value", "cases")),
        ):
            if getattr(self, option) not in wanted:
                raise BadSeries("option-value", option=option, value=getattr(self, option))
        if self.c_ARL <= 0 or self.Mtilde < 1 or (self.M != -1 and self.Mtilde > self.M):
            raise BadSeries("option-value", option="c.ARL, M, Mtilde", value=f"{self.c_ARL}, {self.M}")
        if self.mu0 is not None and self.mu0 <= 0:
            raise BadSeries("option-value", option="mu0", value=self.mu0)
        if self.change == "epi" and (self.dir == "dec" or self.theta is not None):
            raise BadSeries("option-value", option="change", value=self.change)


@dataclass(frozen=True)
class GlrNb(Glr):
    """As `Glr`, with negative binomial counts: `alpha`, their dispersion, or None to estimate it."""

    alpha: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.change == "epi" or (self.alpha is not None and self.alpha < 0):
            raise BadSeries("option-value", option="change, alpha", value=f"{self.change}, {self.alpha}")


def glr(panel: Panel, control: Glr) -> Signals:
    """Signals of the likelihood ratio chart; an alarm where `extra["value"]`, the statistic, reaches c.ARL.

    expected: the in-control mean, cases. upperbound: the statistic, or cases with ret="cases". `probability`: none.
    A missing period neither adds nor takes. A past of zeros is expected to go on at 1 / (2 n) (compat: no answer).
    """
    span = span_after_past(panel, control)
    if control.mu0 is not None:
        known = by_mean(panel, span, control.compat, control.mu0)
    else:
        alpha = control.alpha if isinstance(control, GlrNb) else 0.0
        known = by_wave(panel, span, control.compat, alpha, control.S, control.trend)
    if isinstance(control, GlrNb) and control.alpha is not None:
        known.alpha[:] = control.alpha
    size = (span[1] - span[0]) if control.M == -1 else control.M + 1
    rows = max(1, STRIP // (size * size))
    value, cases = np.zeros_like(known.mean), np.full_like(known.mean, np.nan)
    for first in range(0, len(value), rows):
        strip = slice(first, first + rows)
        value[strip], cases[strip] = _run(panel.observed[strip, slice(*span)], known, strip, control)
    upper = value if control.ret == "value" else cases
    return signals(
        panel,
        span,
        np.where(np.isnan(known.mean), np.nan, upper),
        value >= control.c_ARL,
        expected=known.mean,
        note=known.note,
        value=value,
    )


def _run(x: Array, known: InControl, strip: slice, control: Glr) -> tuple[Array, Array]:
    """The statistic, and the cases that would have alarmed, of a strip of series; (series, judged time)."""
    silent = np.isnan(x) | np.isnan(known.mean[strip])
    counts, mean = np.where(silent, 0.0, x), np.where(silent, 0.0, known.mean[strip])
    alpha = known.alpha[strip]
    previous = np.concatenate([np.zeros((len(x), 1)), counts[:, :-1]], axis=1)
    value, cases = np.zeros_like(mean), np.full_like(mean, np.nan)
    start = np.zeros(len(x), dtype=int)
    for n in range(x.shape[1]):
        first = 0 if control.M == -1 else max(0, n - control.M)
        first = max(first, int(start.min()))  # before it every series has begun anew
        part = slice(first, n + 1)
        at = np.arange(first, n + 1)
        open_ = (at[None, :] >= start[:, None]) & (at[None, :] <= n - control.Mtilde + 1)
        window = Window(counts[:, part], mean[:, part], previous[:, part], alpha, open_)
        value[:, n] = strongest(window, control)
        if control.ret == "cases":
            cases[:, n] = _needed(window, control)
        start = np.where(value[:, n] >= control.c_ARL, n + 1, start)
    return value, cases


def _needed(window: Window, control: Glr) -> Array:
    """The cases of the last period that would have made the statistic reach c.ARL, (series,)."""
    if control.theta is not None and control.dir == "inc" and control.Mtilde == 1:
        return _linear(window, control.theta, control.c_ARL)
    low, high = np.zeros(len(window.x)), np.full(len(window.x), float(int(control.xMax)))
    reached = strongest(window.with_last(high), control) >= control.c_ARL
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        enough = strongest(window.with_last(middle), control) >= control.c_ARL
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(reached, high, np.nan)


def _linear(window: Window, theta: float, threshold: float) -> Array:
    """A known change makes the statistic linear in the last count, which can then be solved for; (series,)."""
    nothing = window.with_last(np.zeros(len(window.x)))
    without = strongest(nothing.without_last(), theta)
    mean, alpha = window.mean[:, -1], window.alpha
    growth = special.expm1(theta)
    with np.errstate(invalid="ignore", divide="ignore"):
        tilt = np.where(alpha > 0, np.log1p(alpha * mean * growth / (1 + alpha * mean)), 0.0)
        fixed = np.where(alpha > 0, tilt / alpha, growth * mean)
    return np.maximum(0.0, (threshold - without + fixed) / (theta - tilt))
