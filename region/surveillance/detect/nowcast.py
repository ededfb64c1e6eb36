"""How many of the latest days will have fallen ill, once all late reports are in: the triangle of delays completed.

`lawless`: Lawless (1994), Adjustments for reporting delays and the prediction of occurred but not reported events,
Canadian Journal of Statistics 22:15-31. `trunc`, `notrunc` and `bnb`: Höhle and an der Heiden (2014), Bayesian
nowcasting during the STEC O104:H4 outbreak in Germany, 2011, Biometrics 70:993-1002: the delay's hazards have beta
posteriors (a generalized Dirichlet), with or without regard to truncation, and the day's true count a negative
binomial prior (`bnb`: flat, in closed form). All series are completed at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from region.surveillance.detect.reproduction import QUANTILES
from region.surveillance.detect.series import UNTOLD, Array, BadSeries, Words

DRAWS = 8  # true counts drawn for each drawn delay, so that the ends of the intervals are steady
METHODS = ("trunc", "notrunc", "bnb", "lawless")


@dataclass(frozen=True)
class Completing:
    """`method`: one of METHODS; `window`: days before `now` that the delay is learned from (0: all there are).

    `kappa`: the weight of the delay's prior. `prior_mean`, `prior_variance`: of a day's true count (`trunc`,
    `notrunc`); None takes them from the days already complete. `samples` and `seed` of the delay's posterior.
    `most`: `bnb` and R's lawless cut their distribution there. `compat`: "surveillance" gives R's lawless (one term
    of the variance lost, and a distribution that does not sum to one); see docs/reproduction.md.
    """

    method: str = "trunc"
    window: int = 0
    kappa: float = 0.1
    prior_mean: float | None = None
    prior_variance: float | None = None
    samples: int = 1000
    seed: int = 1
    most: int = 300
    compat: str = "paper"

    def __post_init__(self) -> None:
        for option, wanted in (("method", METHODS), ("compat", ("paper", "surveillance"))):
            if getattr(self, option) not in wanted:
                raise BadSeries("option-value", option=option, value=getattr(self, option))
        if self.window < 0 or self.kappa <= 0 or self.samples < 1 or self.most < 1:
            raise BadSeries(
                "option-value", option="window, kappa, samples", value=f"{self.window}, {self.kappa}"
            )
        if (
            self.prior_mean is not None
            and self.prior_variance is not None
            and self.prior_variance <= self.prior_mean > 0
        ):
            raise BadSeries("option-value", option="prior_variance", value=self.prior_variance)


@dataclass(frozen=True)
class Nowcast:
    """Counts by day of onset when all is reported; arrays are (series, days), `quantiles` (…, len(QUANTILES)).

    `seen`: reported so far. `delay`: the share reported within 0 .. longest days, (series, longest + 1). NaN and
    a note where there is no answer.
    """

    seen: Array
    mean: Array
    sd: Array
    quantiles: Array
    delay: Array
    note: Words


def triangle(onset: ArrayLike, report: ArrayLike, *, first: int, now: int, longest: int) -> Array:
    """Cases by day of onset and days of delay, (days, longest + 1), of what was reported by `now`.

    `onset` and `report`: whole days, one pair for each case; rows are first .. now. What cannot be known yet is NaN;
    delays above `longest` count as `longest`. Raises BadSeries for a report before its onset, or too few days.
    """
    began, told = np.asarray(onset, dtype=np.int64), np.asarray(report, dtype=np.int64)
    if began.shape != told.shape or began.ndim != 1:
        raise BadSeries("series-shape", found=str(told.shape), wanted=str(began.shape))
    if (told < began).any():
        raise BadSeries("report-early", line=int(np.argmax(told < began)) + 1)
    days = now - first + 1
    if longest < 1 or days <= longest:
        raise BadSeries("triangle-short", days=days, longest=longest)
    known = (told <= now) & (began >= first)
    counts = np.zeros((days, longest + 1))
    np.add.at(counts, (began[known] - first, np.minimum(told[known] - began[known], longest)), 1.0)
    ahead = np.arange(days)[:, None] + np.arange(longest + 1)[None, :] > days - 1
    return np.where(ahead, np.nan, counts)


def complete(triangles: ArrayLike, how: Completing = Completing()) -> Nowcast:
    """Complete triangles, (series, days, longest + 1) as `triangle` gives them (or one of them).

    Every day of the triangle is answered; days older than the longest delay are as seen. Raises BadSeries for a
    shape that is no triangle, or counts that are negative or no numbers where they should be known.
    """
    given = np.asarray(triangles, dtype=float)
    given = given[None] if given.ndim == 2 else given
    if given.ndim != 3 or given.shape[1] < given.shape[2] or given.shape[2] < 2:
        raise BadSeries("series-shape", found=str(given.shape), wanted="(series, days, delays)")
    days, most = given.shape[1], given.shape[2] - 1
    ahead = np.arange(days)[:, None] + np.arange(most + 1)[None, :] > days - 1
    counts = np.where(ahead, 0.0, given)
    if not (np.isfinite(counts).all() and (counts >= 0).all()):
        raise BadSeries("series-counts")
    seen = counts.sum(axis=2)
    last = np.arange(days - most - 1, days)  # the first of them has its longest delay behind it
    of_delay, up_to = _learned(counts, ahead, how.window)
    step = {"lawless": _lawless, "bnb": _closed}.get(how.method, _sampled)
    found = step(seen, last, of_delay, up_to, how)
    note = np.zeros(seen.shape, dtype="<U16")
    note[np.isnan(found.mean)] = UNTOLD
    return Nowcast(seen, found.mean, found.sd, found.quantiles, found.delay, note)


@dataclass
class _Found:
    mean: Array
    sd: Array
    quantiles: Array
    delay: Array


def _blank(seen: Array, delay: Array) -> _Found:
    return _Found(seen.copy(), np.zeros_like(seen), np.repeat(seen[..., None], len(QUANTILES), axis=2), delay)


def _learned(counts: Array, ahead: NDArray[np.bool_], window: int) -> tuple[Array, Array]:
    """Cases with each delay, and with at most it, among the days where that delay could be seen, (series, delays)."""
    days = counts.shape[1]
    use = ~ahead
    if window:
        use[: max(0, days - 1 - window)] = False
    below = np.cumsum(counts, axis=2)
    return (counts * use).sum(axis=1), (below * use).sum(axis=1)


def _shares(hazards: Array) -> Array:
    """Share reported within 0 .. longest days from the reverse hazards of 0 .. longest, over the last axis."""
    left = np.cumprod((1 - hazards)[..., :0:-1], axis=-1)[..., ::-1]
    return np.concatenate((left, np.ones_like(left[..., :1])), axis=-1)


def _lawless(seen: Array, last: NDArray[np.int64], of: Array, up_to: Array, how: Completing) -> _Found:
    hazards = np.divide(of, up_to, out=np.zeros_like(of), where=up_to > 0)
    hazards[:, 0] = 1.0
    share = _shares(hazards)
    odds = np.divide(hazards, up_to * (1 - hazards), out=np.zeros_like(of), where=(up_to > 0) & (hazards < 1))
    spread = np.concatenate((np.cumsum(odds[:, :0:-1], axis=1)[:, ::-1], np.zeros((len(of), 1))), axis=1)
    count, within = seen[:, last], share[:, ::-1]  # oldest day first, as `last`
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = count / within
        variance = count * (1 - within) / within**2
        if how.compat == "paper":
            variance = variance + count * (count + 1) / within**2 * spread[:, ::-1]
    found = _blank(seen, share)
    if how.compat == "surveillance":
        masses = _as_coded(count, mean, variance, how.most)
        _put_masses(found, last, masses)
        return found
    sure = (within >= 1 - 1e-12) & np.isfinite(mean)
    wide = np.sqrt(np.where(variance > 0, variance, np.nan))
    low = (count - mean) / wide  # a normal, cut off below what was seen
    tail = np.exp(stats.norm.logpdf(low) - stats.norm.logsf(low))
    found.mean[:, last] = np.where(sure, count, mean + wide * tail)
    found.sd[:, last] = np.where(sure, 0.0, wide * np.sqrt(np.maximum(1 + low * tail - tail**2, 0.0)))
    above = stats.norm.sf(low)[..., None] * (1 - np.asarray(QUANTILES))
    cut = mean[..., None] + wide[..., None] * stats.norm.isf(above)
    found.quantiles[:, last] = np.where(sure[..., None], count[..., None], cut)
    return found


def _as_coded(count: Array, mean: Array, variance: Array, most: int) -> Array:
    """R's masses of 0 .. most for lawless, (series, days, most + 1): left of what was seen 0, not summing to one."""
    support = np.arange(most + 1.0)
    wide = np.sqrt(np.where(variance > 0, variance, 1.0))[..., None]
    below = stats.norm.cdf(support, mean[..., None], wide)
    below /= 1 - stats.norm.cdf(count[..., None], mean[..., None], wide)
    below = np.where(support < count[..., None], 0.0, below)
    masses = np.diff(below, axis=-1, prepend=0.0)
    return np.where((variance > 0)[..., None], masses, (support == mean[..., None]).astype(float))


def _put_masses(found: _Found, last: NDArray[np.int64], masses: Array) -> None:
    support = np.arange(masses.shape[-1], dtype=float)
    mean = masses @ support
    found.mean[:, last] = mean
    found.sd[:, last] = np.sqrt(np.maximum(masses @ support**2 - mean**2, 0.0))
    below = np.cumsum(masses, axis=-1)
    for index, level in enumerate(QUANTILES):
        reached = below >= level
        found.quantiles[:, last, index] = np.where(reached.any(axis=-1), reached.argmax(axis=-1), np.nan)


def _closed(seen: Array, last: NDArray[np.int64], of: Array, up_to: Array, how: Completing) -> _Found:
    del up_to  # the delays are taken as if none were cut off
    weights = of + how.kappa
    within, total = np.cumsum(weights, axis=1), weights.sum(axis=1, keepdims=True)
    count = seen[:, last]
    alpha, beta = within[:, ::-1][:, 1:, None], (total - within)[:, ::-1][:, 1:, None]
    support = np.arange(how.most + 1.0)
    masses = (support == count[..., None]).astype(float)
    late = count[:, 1:, None]
    masses[:, 1:] = np.where(
        support >= late,
        stats.betanbinom.pmf(np.maximum(support - late, 0), late + 1, alpha, np.maximum(beta, 1e-300)),
        0.0,
    )
    found = _blank(seen, within / total)
    _put_masses(found, last, masses)
    return found


def _sampled(seen: Array, last: NDArray[np.int64], of: Array, up_to: Array, how: Completing) -> _Found:
    random = np.random.default_rng(how.seed)
    delays = of.shape[1]
    below = up_to - of if how.method == "trunc" else np.cumsum(of, axis=1) - of
    alpha, beta = of + how.kappa, below + how.kappa * np.maximum(np.arange(delays), 1)
    hazards = random.beta(alpha[:, None], beta[:, None], size=(len(of), how.samples, delays))
    share = _shares(hazards)
    count = seen[:, last]
    mean, variance = _prior(seen, last, how)
    size = mean**2 / (variance - mean)
    rate = (size / mean)[:, None, None]
    chance = (rate + share[..., ::-1]) / (rate + 1)
    shape = (size[:, None] + count)[:, None]
    drawn = random.negative_binomial(
        np.broadcast_to(shape, (DRAWS, *chance.shape)), np.clip(chance, 1e-12, 1.0)
    )
    drawn = np.moveaxis(drawn, 0, 1).reshape(len(of), -1, delays)
    extra = shape * (1 - chance) / chance
    found = _blank(seen, share.mean(axis=1))
    found.mean[:, last] = count + extra.mean(axis=1)
    found.sd[:, last] = np.sqrt(extra.var(axis=1) + (extra / chance).mean(axis=1))
    found.quantiles[:, last] = count[..., None] + np.moveaxis(
        np.quantile(drawn, QUANTILES, axis=1, method="inverted_cdf"), 0, 2
    )
    return found


def _prior(seen: Array, last: NDArray[np.int64], how: Completing) -> tuple[Array, Array]:
    """Mean and variance of a day's true count, (series,); from the complete days of the triangle if not given."""
    full = seen[:, : last[0] + 1][:, -28:]
    mean = (
        np.maximum(full.mean(axis=1), 0.5) if how.prior_mean is None else np.full(len(seen), how.prior_mean)
    )
    return mean, mean + mean**2 if how.prior_variance is None else np.full(len(seen), how.prior_variance)
