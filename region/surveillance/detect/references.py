"""Three methods that compare a period with the same season of past years: RKI, Bayes and the CDC's own.

RKI: limits of the Robert Koch Institute's system. Bayes: the predictive quantile of Riebler (2004). Both as
described by Höhle (2007), Computational Statistics 22:571-582. CDC: Stroup, Williamson, Herndon and Karon (1989),
Statistics in Medicine 8:323-329, four weeks at once. Reference values: `b` past years with `w` periods to each
side, and with `actY` the `w` periods just before; a year is `frequency` periods.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from region.surveillance.detect import empty
from region.surveillance.detect.history import History, back, history, seasons
from region.surveillance.detect.series import EMPTY, SHORT, Array, BadSeries, Control, Panel, Signals, signals

_UPPER = """3.285 5.323 6.686 8.102 9.598 11.177 12.817 13.765 14.921 16.768 17.633
19.05 20.335 21.364 22.945 23.762 25.4 26.306 27.735 28.966 30.017"""
#: Upper ends of the 95 % intervals of a Poisson mean for 0 to 20 cases, in cases: Crow and Gardner (1959),
#: Biometrika 46:441-453; a test draws them anew from their definition.
CROW_GARDNER = np.array([float(end) for end in _UPPER.split()])
BLOCK = 4  # weeks that the CDC's method counts as one


@dataclass(frozen=True)
class Rki(Control):
    """`b` past years, half-width `w` (periods), `actY`: the periods just before too."""

    b: int = 2
    w: int = 4
    actY: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.b < 0 or self.w < 0 or (self.b == 0 and not (self.actY and self.w)):
            raise BadSeries("option-value", option="b, w", value=f"{self.b}, {self.w}")


@dataclass(frozen=True)
class Bayes(Rki):
    """As `Rki`, and `alpha`, the chance of a signal when nothing is unusual."""

    b: int = 0
    w: int = 6
    actY: bool = True
    alpha: float = 0.05

    def __post_init__(self) -> None:
        super().__post_init__()
        _chance(self.alpha)


@dataclass(frozen=True)
class Cdc(Control):
    """`b` past years, `m` blocks of four weeks to each side, two-sided `alpha` of the normal limit."""

    b: int = 5
    m: int = 1
    alpha: float = 0.025

    def __post_init__(self) -> None:
        super().__post_init__()
        _chance(self.alpha)
        if self.b < 1 or self.m < 0 or self.b * (2 * self.m + 1) < 2:
            raise BadSeries("option-value", option="b, m", value=f"{self.b}, {self.m}")


def _chance(alpha: float) -> None:
    if not 0 < alpha < 1:
        raise BadSeries("option-value", option="alpha", value=alpha)


def rki(panel: Panel, control: Rki) -> Signals:
    """Signals of the RKI's limits: the Poisson interval of the mean cut to whole cases, above 20 mean + 2 sd.

    `probability` is none: the limits have no single alpha. A history of zeros has the limit 3.285 by itself.
    """
    span, past = _past(panel, control)
    with np.errstate(invalid="ignore"):
        row = np.where(past.mean > 20, 20, np.floor(past.mean))
        limit = CROW_GARDNER[np.nan_to_num(row).astype(int)]
        upper = np.where(past.mean > 20, past.mean + 2 * past.sd, limit)
    return _told(panel, control, span, past, upper, None)


def bayes(panel: Panel, control: Bayes) -> Signals:
    """Signals of the Bayesian predictive limit: after n reference values of sum s, NB(s + 1/2, n / (n + 1)).

    upperbound: its 1 - alpha quantile in cases; `probability`: of as many or more. Jeffreys' prior, so a history
    of zeros needs no rule.
    """
    span, past = _past(panel, control)
    n = np.maximum(past.n, 1.0)
    observed = panel.observed[:, slice(*span)]
    # Few distinct pairs of sum and number need the search for a quantile.
    pairs, which = np.unique(np.stack([past.total.ravel(), n.ravel()]), axis=1, return_inverse=True)
    quantile = stats.nbinom.ppf(1 - control.alpha, pairs[0] + 0.5, pairs[1] / (pairs[1] + 1))
    upper = quantile[which].reshape(past.total.shape)
    # P(Y >= y) of the negative binomial, as an incomplete beta function; sure where y is 0.
    tail = special.betaincc(past.total + 0.5, np.maximum(observed, 1.0), n / (n + 1))
    probability = np.where(observed < 1, 1.0, tail)
    return _told(panel, control, span, past, upper, probability)


def _past(panel: Panel, control: Rki) -> tuple[tuple[int, int], History]:
    span = control.judged(panel)
    lags = seasons(panel.frequency, control.b, control.w, control.w if control.actY else 0)
    if len(lags) < control.b * (2 * control.w + 1):
        raise BadSeries("option-value", option="w", value=control.w)
    return span, history(panel.observed, span, lags)


def _told(
    panel: Panel, control: Rki, span: tuple[int, int], past: History, upper: Array, probability: Array | None
) -> Signals:
    known = past.whole if control.compat == "surveillance" else past.enough
    return signals(
        panel,
        span,
        np.where(known, upper, np.nan),
        expected=past.mean,
        probability=probability,
        note=past.note(),
    )


def cdc(panel: Panel, control: Cdc) -> Signals:
    """Signals for four weeks at once: their sum against the same four-week blocks of past years.

    upperbound = mean + z * sd * sqrt(1 + 1/n), in cases of four weeks, with z for alpha on two sides; expected
    likewise. An alarm where the sum of the last four weeks is more; the sum is in `extra["block"]`. Blocks with a
    missing week are missing. A history of empty blocks is answered by `empty`. Raises BadSeries unless weekly.
    """
    if panel.frequency not in (52, 53):
        raise BadSeries("needs-weeks", frequency=panel.frequency)
    span = control.judged(panel)
    everything = (0, len(panel.dates))
    blocks = np.sum([back(panel.observed, everything, week) for week in range(BLOCK)], axis=0)
    shifts = range(-BLOCK * control.m, BLOCK * control.m + 1, BLOCK)
    lags = [year * panel.frequency + shift for year in range(1, control.b + 1) for shift in shifts]
    past = history(blocks, span, lags)
    block = blocks[:, slice(*span)]
    scale = past.sd * np.sqrt(1 + 1 / np.maximum(past.n, 1.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        upper = past.mean - special.ndtri(control.alpha / 2) * scale
        probability = special.ndtr(-(block - past.mean) / scale)
    expected, note = past.mean, past.note(EMPTY)
    if control.compat != "surveillance":
        told = (upper, expected, probability)
        upper, expected, probability = empty.ruled(past.empty, past.n, block, control.alpha, told)
    known = (past.whole if control.compat == "surveillance" else past.enough) & ~np.isnan(block)
    early = np.arange(*span) < max(lags) + BLOCK - 1  # the oldest block begins before the calendar does
    upper = np.where(known & ~early, upper, np.nan)
    note = np.where(early, SHORT, note)
    return signals(panel, span, upper, block > upper, expected, probability, note, block=block)
