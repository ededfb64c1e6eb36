"""CUSUM: small excesses over the expected add up until they are too many to be chance.

Page (1954), Biometrika 41:100-115; the transforms of counts to normal deviates by Rossi, Lampugnani and Marchi
(1999), Statistics in Medicine 18:2111-2122, and Pierce and Schafer (1986), JASA 81:977-986.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from region.surveillance.detect.expected import by_mean, by_wave, span_after_past
from region.surveillance.detect.series import Array, BadSeries, Control, Panel, Signals, signals

TRANSFORMS = ("standard", "rossi", "anscombe", "anscombe2nd", "none")


@dataclass(frozen=True)
class Cusum(Control):
    """`k`, what is let pass each period, and `h`, what is too much, in standard deviations.

    `m`: the in-control mean: None for the mean of the past, "glm" for its yearly wave, or a number (cases).
    `trans`: one of TRANSFORMS. `reset`: begin anew after an alarm. The past is all before `span`.
    """

    k: float = 1.04
    h: float = 2.26
    m: float | str | None = None
    trans: str = "standard"
    reset: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.trans not in TRANSFORMS:
            raise BadSeries("option-value", option="trans", value=self.trans)
        if isinstance(self.m, str) and self.m != "glm":
            raise BadSeries("option-value", option="m", value=self.m)
        if isinstance(self.m, int | float) and not self.m > 0:
            raise BadSeries("option-value", option="m", value=self.m)
        if not (self.k >= 0 and self.h > 0):
            raise BadSeries("option-value", option="k, h", value=f"{self.k}, {self.h}")


def cusum(panel: Panel, control: Cusum) -> Signals:
    """Signals of the one-sided CUSUM; an alarm where the path reaches h. `extra["cusum"]` is the path.

    expected: the in-control mean. upperbound: the cases that this period would have needed, given the path so far
    (compat="surveillance": whole cases with the standard transform, as R tells it). `probability` is none. A
    missing period leaves the path where it was. A past of zeros is expected to go on at 1 / (2 n) (compat: no answer).
    """
    span = span_after_past(panel, control)
    if control.m == "glm":
        known = by_wave(panel, span, control.compat)
    else:
        known = by_mean(panel, span, control.compat, None if control.m is None else float(control.m))
    observed = panel.observed[:, slice(*span)]
    deviate = transformed(observed, known.mean, control.trans)
    path, before = walk(deviate, control.k, control.h, control.reset)
    upper = cases(control.h + control.k - before, known.mean, control.trans)
    if control.compat == "surveillance" and control.trans == "standard":
        upper = np.ceil(upper)
    return signals(
        panel,
        span,
        upper,
        path >= control.h,
        expected=known.mean,
        note=known.note,
        cusum=path,
        deviate=deviate,
    )


def walk(deviate: Array, k: float, h: float, reset: bool) -> tuple[Array, Array]:
    """The path S_t = max(0, S_{t-1} + z_t - k) of each series, and S_{t-1}; both (series, judged time)."""
    path, before = np.zeros_like(deviate), np.zeros_like(deviate)
    height = np.zeros(len(deviate))
    for t in range(deviate.shape[1]):
        before[:, t] = height
        z = deviate[:, t]
        height = np.where(np.isnan(z), height, np.maximum(0.0, height + z - k))
        path[:, t] = height
        if reset:
            height = np.where(height >= h, 0.0, height)
    return path, before


def transformed(x: Array, m: Array, trans: str) -> Array:
    """Counts `x` with mean `m` as standard deviates; same shapes."""
    with np.errstate(invalid="ignore", divide="ignore"):
        if trans == "standard":
            return np.asarray((x - m) / np.sqrt(m))
        if trans == "rossi":
            return np.asarray((x - 3 * m + 2 * np.sqrt(x * m)) / (2 * np.sqrt(m)))
        if trans == "anscombe":
            return np.asarray(1.5 * (np.cbrt(x**2) - np.cbrt(m**2)) / m ** (1 / 6))
        if trans == "anscombe2nd":
            return np.asarray(1.5 * (np.cbrt(x**2) - np.cbrt(m**2) + 1 / (9 * np.cbrt(m))) / m ** (1 / 6))
    return x


def cases(z: Array, m: Array, trans: str) -> Array:
    """The counts that have the deviates `z`: the inverse of `transformed`, never below zero."""
    with np.errstate(invalid="ignore", divide="ignore"):
        if trans == "standard":
            return np.maximum(0.0, m + z * np.sqrt(m))
        if trans == "rossi":
            inner = np.maximum(0.0, 4 * m + 2 * np.sqrt(m) * z)
            return np.asarray(np.maximum(0.0, np.sqrt(inner) - np.sqrt(m)) ** 2)
        if trans == "anscombe":
            return np.asarray(np.maximum(0.0, np.cbrt(m**2) + z * m ** (1 / 6) / 1.5) ** 1.5)
        if trans == "anscombe2nd":
            inner = np.cbrt(m**2) - 1 / (9 * np.cbrt(m)) + z * m ** (1 / 6) / 1.5
            return np.asarray(np.maximum(0.0, inner) ** 1.5)
    return np.maximum(0.0, z + 0 * m)
