"""How many people one case infects, day by day: the time-varying reproduction number with its uncertainty.

Cori, Ferguson, Fraser and Cauchemez (2013), A new framework and software to estimate time-varying reproduction
numbers during epidemics, American Journal of Epidemiology 178:1505-1512: within a window R is constant, cases are
Poisson with mean R times the infectivity of those before them, and R has a gamma prior, so that its posterior is a
gamma again. Wallinga and Teunis (2004), same journal 160:509-516, is the cohort's number: how many a case of that
day will have infected. All areas are reckoned at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import signal, special, stats

from region.surveillance.detect.series import EMPTY, MISSING, SHORT, Array, BadSeries, Panel, Words

QUANTILES = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)
UNSURE = "uncertain"  # an answer, but its coefficient of variation is above `Cori.unsure`


@dataclass(frozen=True)
class Serial:
    """Days from the onset of a case to that of those it infects: `weights[k]`, the chance of k days; that of 0 is 0."""

    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        given = np.asarray(self.weights, dtype=float)
        if (
            given.ndim != 1
            or len(given) < 2
            or not np.isfinite(given).all()
            or (given < 0).any()
            or given[0] != 0
        ):
            raise BadSeries("serial-weights")
        if abs(given.sum() - 1) > 0.01:
            raise BadSeries("serial-sum", found=round(float(given.sum()), 4))

    @classmethod
    def gamma(cls, mean: float, sd: float, most: int = 200) -> Serial:
        """A gamma distribution, shifted by one day and made whole days (Cori et al., web appendix 11).

        `mean` above one day, `sd` above zero, both in days; `most` is the longest interval kept. Raises BadSeries.
        """
        if not (np.isfinite(mean) and np.isfinite(sd)) or mean <= 1 or sd <= 0:
            raise BadSeries("serial-gamma", mean=mean, sd=sd)
        shape, scale = ((mean - 1) / sd) ** 2, sd**2 / (mean - 1)
        k = np.arange(most + 1, dtype=float)

        def below(days: Array, more: float = 0.0) -> Array:
            return np.asarray(stats.gamma.cdf(days, shape + more, scale=scale))

        parts = k * below(k) + (k - 2) * below(k - 2) - 2 * (k - 1) * below(k - 1)
        parts += shape * scale * (2 * below(k - 1, 1) - below(k - 2, 1) - below(k, 1))
        return cls(tuple(np.maximum(parts, 0).tolist()))

    def over(self, days: int) -> Array:
        """The weights of 0 .. days-1 days, (days,); longer intervals are left out, as they cannot be seen yet."""
        given = np.asarray(self.weights[:days])
        return np.pad(given, (0, days - len(given)))


@dataclass(frozen=True)
class Cori:
    """`window` days share one R; the gamma prior has `mean_prior` and `sd_prior`; above `unsure` (sd / mean) a note.

    `windows`: (first, last) day indices, both counted, instead of every window of `window` days from the second day.
    """

    window: int = 7
    mean_prior: float = 5.0
    sd_prior: float = 5.0
    unsure: float = 0.3
    windows: tuple[tuple[int, int], ...] | None = None

    def __post_init__(self) -> None:
        if self.window < 1 or self.mean_prior <= 0 or self.sd_prior <= 0 or self.unsure <= 0:
            raise BadSeries("option-value", option="window, prior", value=f"{self.window}, {self.mean_prior}")

    def spans(self, days: int) -> NDArray[np.int64]:
        """First and last day of each window, (windows, 2). Raises BadSeries when one lies outside."""
        if self.windows is None:
            last = np.arange(self.window, days)
            return np.column_stack((last - self.window + 1, last))
        given = np.asarray(self.windows, dtype=np.int64).reshape(-1, 2)
        if len(given) and ((given[:, 0] < 1) | (given[:, 0] > given[:, 1]) | (given[:, 1] >= days)).any():
            raise BadSeries("span-outside", first=int(given.min()), end=int(given.max()) + 1, most=days)
        return given


@dataclass(frozen=True)
class Reproduction:
    """R of each area and window; arrays are (series, windows), `quantiles` (series, windows, len(QUANTILES)).

    `first` and `last`: the days of each window, (windows,). NaN and a note where there is no answer.
    """

    names: tuple[str, ...]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    mean: Array
    sd: Array
    quantiles: Array
    cases: Array
    note: Words


def infectivity(observed: ArrayLike, weights: ArrayLike) -> Array:
    """Cases of earlier days weighted by the serial interval, (series, time): the Lambda of Cori et al.

    Whole-array convolution; the first day is NaN, since nobody came before it.
    """
    cases, given = np.atleast_2d(np.asarray(observed, dtype=float)), np.asarray(weights, dtype=float)
    pressure: Array = signal.oaconvolve(cases, given[None, :], axes=1)[:, : cases.shape[1]]
    pressure = np.maximum(pressure, 0.0)
    pressure[:, 0] = np.nan
    return pressure


def estimate(panel: Panel, serial: Serial, how: Cori = Cori()) -> Reproduction:
    """R of each series of daily counts. The first day's cases count as come from elsewhere, as in the paper.

    No answer: "missing" where a day of the window, or one before it, was not reported; "short-history" before the
    mean serial interval has passed; "empty-history" where nobody could have infected anybody (R would be the prior).
    Raises BadSeries when the series is not daily or a window lies outside.
    """
    if (
        panel.dated
        and len(panel.dates) > 1
        and (np.diff(panel.dates.astype("datetime64[D]")).astype(int) != 1).any()
    ):
        raise BadSeries("series-daily")
    days = len(panel.dates)
    spans, weights = how.spans(days), serial.over(days)
    gaps = np.isnan(panel.observed)
    cases = np.where(gaps, 0.0, panel.observed)
    pressure = infectivity(cases, weights)
    local = cases.copy()
    local[:, :1] = 0.0
    seen, pushed = _sums(local, spans), _sums(np.nan_to_num(pressure), spans)
    shape = (how.mean_prior / how.sd_prior) ** 2 + seen
    scale = 1.0 / (how.mean_prior / how.sd_prior**2 + pushed)
    note = np.zeros(seen.shape, dtype="<U16")
    note[np.broadcast_to(np.sqrt(1 / shape) > how.unsure, seen.shape)] = UNSURE
    note[pushed <= 0] = EMPTY
    note[:, spans[:, 1] + 1 <= float(weights @ np.arange(days))] = SHORT
    note[np.cumsum(gaps, axis=1)[:, spans[:, 1]] > 0] = MISSING
    silent = (note != "") & (note != UNSURE)
    shape, scale = np.where(silent, np.nan, shape), np.where(silent, np.nan, scale)
    quantiles = special.gammaincinv(shape[..., None], np.asarray(QUANTILES)) * scale[..., None]
    mean, sd = shape * scale, np.sqrt(shape) * scale
    seen = np.where(silent, np.nan, seen)
    return Reproduction(panel.names, spans[:, 0], spans[:, 1], mean, sd, quantiles, seen, note)


def _sums(values: Array, spans: NDArray[np.int64]) -> Array:
    total = np.pad(np.cumsum(values, axis=1), ((0, 0), (1, 0)))
    return np.asarray(total[:, spans[:, 1] + 1] - total[:, spans[:, 0]])


def cohort(panel: Panel, serial: Serial) -> Array:
    """How many a case of each day infected by now, (series, time), by Wallinga and Teunis; NaN on days without cases.

    The last days are too low: those they infect have not fallen ill yet.
    """
    cases, weights = panel.observed, serial.over(len(panel.dates))
    if np.isnan(cases).any():
        raise BadSeries("series-gaps")
    pressure = infectivity(cases, weights)
    share = np.divide(cases, pressure, out=np.zeros_like(cases), where=np.nan_to_num(pressure) > 1e-12)
    back = signal.oaconvolve(share[:, ::-1], weights[None, :], axes=1)[:, : cases.shape[1]][:, ::-1]
    return np.where(cases > 0, back, np.nan)
