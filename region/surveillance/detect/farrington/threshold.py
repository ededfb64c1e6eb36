"""From the expected count to the bound a week may reach, and how likely a week is to reach what it did."""

from __future__ import annotations

import numpy as np
from scipy import special, stats

from region.surveillance.detect.series import Array

POWER = {"2/3": 2 / 3, "1/2": 1 / 2, "none": 1.0}


def normal_spread(mean: Array, error: Array, dispersion: Array, powertrans: str) -> Array:
    """The standard deviation of a new count's power about that of `mean` (1996, 3.4); `error` that of `mean`."""
    power = POWER[powertrans]
    return np.asarray(power * mean ** (power - 1) * np.sqrt(dispersion * mean + error**2))


def normal_bound(mean: Array, spread: Array, alpha: float, powertrans: str) -> Array:
    """The 1 - alpha quantile of a count whose power is normal, in cases."""
    power = POWER[powertrans]
    return np.asarray(np.maximum(mean**power + stats.norm.isf(alpha) * spread, 0) ** (1 / power))


def normal_tail(observed: Array, mean: Array, spread: Array, powertrans: str) -> Array:
    """The probability of `observed` cases or more where the power of a count is normal."""
    power = POWER[powertrans]
    return np.asarray(special.ndtr((mean**power - observed**power) / spread))


def binomial_bound(mean: Array, dispersion: Array, alpha: float) -> Array:
    """The 1 - alpha quantile, in whole cases, of the negative binomial with variance dispersion x mean (2013, 3.4).

    Poisson where the dispersion is 1; NaN where the mean is no usable number.
    """
    found = np.full(mean.shape, np.nan)
    # Beyond 1e15 cases a float has no room for single ones, and the search for the quantile would not end.
    good = np.isfinite(mean) & (mean < 1e15) & np.isfinite(dispersion)
    plain = good & (dispersion <= 1)
    found[plain] = stats.poisson.ppf(1 - alpha, mean[plain])
    over = good & ~plain
    size = mean[over] / (dispersion[over] - 1)
    found[over] = stats.nbinom.ppf(1 - alpha, size, 1 / dispersion[over])
    return found


def binomial_tail(observed: Array, mean: Array, dispersion: Array) -> Array:
    """The probability of `observed` cases or more under the same distribution."""
    most = np.maximum(observed, 1.0)
    plain = dispersion <= 1
    size = mean / np.where(plain, 1.0, dispersion - 1)
    tail = np.where(plain, special.gammainc(most, mean), special.betainc(most, size, 1 - 1 / dispersion))
    return np.asarray(np.where(observed > 0, tail, np.where(np.isnan(observed), np.nan, 1.0)))


def upper_mean(link: Array, error: Array, alpha: float) -> Array:
    """The 1 - alpha quantile of the mean itself, its log `link` taken as normal (muan: mu, asymptotic normal)."""
    return np.asarray(np.exp(link + stats.norm.isf(alpha) * error))
