"""The daily algorithms of the CDC's syndromic programme: EWMA, regression on weekdays, and the switch of both.

Burkom (2003), Journal of Urban Health 80:i57-i65; Burkom, Elbert and others (2021), Johns Hopkins APL Technical
Digest 27(4), "Developments in the roles, features, and evaluation of alerting algorithms"; Fricker (2013). As in
NSSP's ESSENCE and Rnssp: baselines of `B` days, `g` days left out, alert at p < 0.01, warning at p < 0.05.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from region.surveillance.detect.history import History, history
from region.surveillance.detect.regression import Forecast, forecasts
from region.surveillance.detect.series import (
    GAP,
    SHORT,
    Array,
    BadSeries,
    Control,
    Panel,
    Signals,
    Words,
    signals,
)

LEAST_DAYS = 11  # of baseline, at the beginning of a series
ALERT, WARNING = 0.01, 0.05


@dataclass(frozen=True)
class Ewma(Control):
    """`B` days of baseline, `g` days left out, weights `w1` (gradual) and `w2` (sudden), `alpha` of an alarm."""

    B: int = 28
    g: int = 2
    w1: float = 0.4
    w2: float = 0.9
    alpha: float = ALERT

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.B < LEAST_DAYS or self.g < 0:
            raise BadSeries("option-value", option="B, g", value=f"{self.B}, {self.g}")
        if not (0 < self.w1 < 1 and 0 < self.w2 < 1):
            raise BadSeries("option-value", option="w1, w2", value=f"{self.w1}, {self.w2}")
        if not 0 < self.alpha < 1:
            raise BadSeries("option-value", option="alpha", value=self.alpha)


@dataclass(frozen=True)
class Switch(Ewma):
    """As `Ewma`, and `r2`, the adjusted share explained from which the regression on weekdays is believed."""

    r2: float = 0.6


def ewma(panel: Panel, control: Ewma) -> Signals:
    """Signals of the two EWMA: an alarm where p < alpha; `probability` is the smaller of the two.

    expected: the mean of the baseline. upperbound: the cases above which the more easily moved of the two alarms.
    `extra["warning"]` is 1 where 0.01 <= p < 0.05. The least spreads of the method answer a history of zeros. A
    missing day leaves the averages where they were.
    """
    span = control.judged(panel)
    found = _averages(panel, control)
    cut = slice(*span)
    warning = (found.probability >= ALERT) & (found.probability < WARNING)
    return signals(
        panel,
        span,
        found.upper[:, cut],
        (found.probability < control.alpha)[:, cut],
        found.expected[:, cut],
        found.probability[:, cut],
        _note(found.past, control)[:, cut],
        warning=warning[:, cut].astype(float),
        statistic=found.statistic[:, cut],
    )


def switch(panel: Panel, control: Switch) -> Signals:
    """Signals of the regression on weekdays where it explains the baseline (adjusted R2 >= r2), else of the EWMA.

    As `ewma`; `extra["regression"]` is 1 where the regression answered, `extra["r2"]` what it explains. Raises
    BadSeries unless the series are daily: weeks have no weekdays.
    """
    if panel.frequency not in (7, 365, 366):
        raise BadSeries("needs-days", frequency=panel.frequency)
    span = control.judged(panel)
    cut = slice(*span)
    averages, lines = _averages(panel, control), forecasts(panel, control.B, control.g, control.alpha)
    by_line = np.nan_to_num(lines.r2, nan=-1.0) >= control.r2
    probability = np.where(by_line, lines.probability, averages.probability)
    warning = (probability >= ALERT) & (probability < WARNING)

    def either(line: Array, average: Array) -> Array:
        return np.where(by_line, line, average)[:, cut]

    return signals(
        panel,
        span,
        either(lines.upper, averages.upper),
        (probability < control.alpha)[:, cut],
        either(lines.expected, averages.expected),
        probability[:, cut],
        _note(averages.past, control)[:, cut],
        warning=warning[:, cut].astype(float),
        statistic=either(lines.statistic, averages.statistic),
        regression=by_line[:, cut].astype(float),
        r2=lines.r2[:, cut],
    )


@dataclass(frozen=True)
class _Averages(Forecast):
    past: History


def _note(past: History, control: Ewma) -> Words:
    early = np.arange(past.n.shape[1]) < LEAST_DAYS + control.g
    reported = np.minimum(control.B, np.maximum(np.arange(past.n.shape[1]) - control.g, 0))
    return np.where(early, SHORT, np.where(past.n < reported, GAP, ""))


def _averages(panel: Panel, control: Ewma) -> _Averages:
    """Both EWMA of all points, the stronger of the two kept; all arrays (series, time)."""
    y = panel.observed
    everything = (0, y.shape[1])
    past = history(y, everything, range(control.g + 1, control.g + control.B + 1))
    ready = (past.n >= LEAST_DAYS) & (np.arange(y.shape[1]) >= LEAST_DAYS + control.g)
    limits = [_limits(past, w, control.g) for w in (control.w1, control.w2)]
    smooth = [np.full(len(y), np.nan) for _ in limits]
    best = [np.full(y.shape, np.nan) for _ in range(3)]  # statistic, probability, upper
    df = np.maximum(past.n - 1, 1.0)
    alert = -_quantile(df, ALERT)
    bar = -special.stdtrit(df, control.alpha)
    for t in range(y.shape[1]):
        here = []
        for i, w in enumerate((control.w1, control.w2)):
            before = np.where(np.isnan(smooth[i]), y[:, t], smooth[i])
            value = np.where(np.isnan(y[:, t]), before, w * y[:, t] + (1 - w) * before)
            sigma, mean = limits[i][:, t], past.mean[:, t]
            statistic = (value - mean) / sigma
            needed = (mean + bar[:, t] * sigma - (1 - w) * before) / w
            # What stood out is not carried on whole, or one day would alarm for a week.
            bounded = np.clip(value, mean - alert[:, t] * sigma, mean + alert[:, t] * sigma)
            smooth[i] = np.where(ready[:, t], bounded, value)
            here.append((statistic, special.stdtr(df[:, t], -statistic), needed))
        first = here[0][1] < here[1][1]
        for kept, a, b in zip(best[:2], here[0], here[1], strict=False):
            kept[:, t] = np.where(ready[:, t], np.where(first, a, b), np.nan)
        best[2][:, t] = np.where(ready[:, t], np.maximum(0.0, np.minimum(here[0][2], here[1][2])), np.nan)
    expected = np.where(ready, past.mean, np.nan)
    return _Averages(expected, best[0], best[1], best[2], np.full(y.shape, np.nan), past)


def _quantile(df: Array, alpha: float) -> Array:
    """Student's quantile to five digits, as the programme's tables have it."""
    return np.asarray(np.round(special.stdtrit(df, alpha), 5))


def _limits(past: History, w: float, g: int) -> Array:
    """The least-bounded standard error of an EWMA less its baseline mean, (series, time)."""
    n = np.maximum(past.n, 1.0)
    factor = w / (2 - w) + 1 / n - 2 * (1 - w) ** (g + 1) * (1 - (1 - w) ** n) / n
    warning = -_quantile(np.maximum(n - 1, 1.0), WARNING)
    least = w / warning * (1 + 0.5 * (1 - w) ** 2)
    added = (0.1289 - (0.2414 - 0.1826 * (1 - w) ** 4) * np.log(10 * WARNING)) * w / warning
    return np.asarray(np.fmax(least, past.sd * np.sqrt(factor) + added))
