"""EARS C1, C2 and C3: is today far above the mean of a short, recent baseline?

Hutwagner, Thompson, Seeman and Treadwell (2003), The bioterrorism preparedness and response Early Aberration
Reporting System, J Urban Health 80:i89-i96; Fricker, Hegler and Dunfee (2008), Statistics in Medicine 27.
For the first days of a new surveillance system, when there are no years to compare with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from region.surveillance.detect import empty
from region.surveillance.detect.history import History, history
from region.surveillance.detect.series import EMPTY, SHORT, Array, BadSeries, Control, Panel, Signals, signals

ALPHA = {"C1": 0.001, "C2": 0.001, "C3": 0.025}
GUARD = 2  # days between the baseline and today in C2 and C3, and days that C3 looks back


@dataclass(frozen=True)
class Ears(Control):
    """`method` C1, C2 or C3; `baseline` points; `minSigma`, the least spread (cases); `alpha`, by default ALPHA's."""

    method: str = "C1"
    baseline: int = 7
    minSigma: float = 0.0
    alpha: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.method not in ALPHA:
            raise BadSeries("option-value", option="method", value=self.method)
        if self.baseline < 2:
            raise BadSeries("option-value", option="baseline", value=self.baseline)
        if self.minSigma < 0:
            raise BadSeries("option-value", option="minSigma", value=self.minSigma)
        if self.alpha is not None and not 0 < self.alpha < 1:
            raise BadSeries("option-value", option="alpha", value=self.alpha)


def ears(panel: Panel, control: Ears) -> Signals:
    """Signals of EARS for all series of `panel`: an alarm where observed > upperbound.

    C1, C2: upperbound = mean + z * max(sd, minSigma) of the baseline. C3 adds up by how much, beyond one spread,
    today and the two days before stand out, and compares the sum with z: upperbound = mean + sd * (1 + z - what
    the two days before add). `probability` is the normal one (none for C3). A baseline of zeros is answered by
    `empty`; a missing day is left out of the baseline. compat="surveillance": no rule for zeros, a missing day
    leaves no answer, and C3's threshold starts from today's count instead of the mean, as in R.
    """
    span = control.judged(panel)
    alpha = ALPHA[control.method] if control.alpha is None else control.alpha
    z = -float(special.ndtri(alpha))
    guard = 0 if control.method == "C1" else GUARD
    past = _baseline(panel.observed, span, control, guard)
    answered = past.whole if control.compat == "surveillance" else past.enough
    if control.method == "C3":  # the two days before need their own baselines
        answered = answered & (np.arange(*span) >= control.baseline + guard + GUARD)
    spread = np.maximum(past.sd, control.minSigma)
    observed = panel.observed[:, span[0] : span[1]]
    with np.errstate(invalid="ignore", divide="ignore"):
        upper = past.mean + spread * z
        probability = special.ndtr(-(observed - past.mean) / spread)
    if control.method == "C3":
        upper, probability = _third(panel, span, control, past, spread, z), np.full_like(upper, np.nan)
    expected, note = past.mean, past.note(EMPTY)
    if control.compat != "surveillance" and control.minSigma == 0:
        told = (upper, expected, probability)
        upper, expected, probability = empty.ruled(past.empty, past.n, observed, alpha, told)
    upper = np.where(answered, upper, np.nan)
    note = np.where(~answered & (note == ""), SHORT, note)
    return signals(panel, span, upper, expected=expected, probability=probability, note=note, sd=spread)


def _baseline(values: Array, span: tuple[int, int], control: Ears, guard: int) -> History:
    return history(values, span, range(guard + 1, guard + control.baseline + 1))


def _third(
    panel: Panel, span: tuple[int, int], control: Ears, past: History, spread: Array, z: float
) -> Array:
    """C3's threshold in cases, never below zero; (series, judged time)."""
    before = np.zeros_like(spread)
    for lag in range(1, GUARD + 1):
        first = max(span[0] - lag, 0)  # points judged so early have no answer anyway
        day = (first, max(span[1] - lag, first))
        then = _baseline(panel.observed, day, control, GUARD)
        with np.errstate(invalid="ignore", divide="ignore"):
            stood = (panel.observed[:, slice(*day)] - then.mean) / np.maximum(then.sd, control.minSigma) - 1
        # 0/0 after flat days is nothing unusual to us; R goes on with NaN, and gives no answer.
        added = (
            np.maximum(stood, 0.0) if control.compat == "surveillance" else np.where(stood > 0, stood, 0.0)
        )
        before[:, before.shape[1] - stood.shape[1] :] += added
    with np.errstate(invalid="ignore"):
        if control.compat == "surveillance":
            return np.maximum(panel.observed[:, slice(*span)] + spread * (z - before), 0.0)
        upper = past.mean + spread * (1 + z - before)
    return np.maximum(np.where(spread == 0, past.mean, upper), 0.0)
