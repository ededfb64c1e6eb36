"""The Shewhart chart: is this period more than so many standard deviations above the recent mean?

Shewhart (1931); for counts, Montgomery (2009), Introduction to Statistical Quality Control, chapter 7 (c chart).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from region.surveillance.detect import empty
from region.surveillance.detect.history import history
from region.surveillance.detect.series import EMPTY, BadSeries, Control, Panel, Signals, signals


@dataclass(frozen=True)
class Shewhart(Control):
    """`k` standard deviations; `baseline` past periods, `guard` periods left out before this one.

    `sigma`: "poisson", the root of the mean, or "sample", the spread of the baseline.
    """

    k: float = 3.0
    baseline: int = 28
    guard: int = 0
    sigma: str = "poisson"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.sigma not in ("poisson", "sample"):
            raise BadSeries("option-value", option="sigma", value=self.sigma)
        if self.baseline < 2 or self.guard < 0 or not self.k > 0:
            given = f"{self.k}, {self.baseline}, {self.guard}"
            raise BadSeries("option-value", option="k, baseline, guard", value=given)


def shewhart(panel: Panel, control: Shewhart) -> Signals:
    """Signals of the Shewhart chart: upperbound = mean + k * sigma, cases; `probability` is the normal one.

    A baseline of zeros is answered by `empty` with the alpha of k standard deviations (compat: a limit of 0).
    """
    span = control.judged(panel)
    past = history(panel.observed, span, range(control.guard + 1, control.guard + control.baseline + 1))
    sigma = np.sqrt(past.mean) if control.sigma == "poisson" else past.sd
    observed = panel.observed[:, slice(*span)]
    with np.errstate(invalid="ignore", divide="ignore"):
        upper = past.mean + control.k * sigma
        probability = special.ndtr(-(observed - past.mean) / sigma)
    expected, known = past.mean, past.whole
    if control.compat != "surveillance":
        known = past.enough
        alpha = float(special.ndtr(-control.k))
        told = (upper, expected, probability)
        upper, expected, probability = empty.ruled(past.empty, past.n, observed, alpha, told)
    return signals(
        panel,
        span,
        np.where(known, upper, np.nan),
        expected=expected,
        probability=probability,
        note=past.note(EMPTY),
    )
