"""What many empty weeks say of the next one: the rule for a history of zeros.

A mean of zero and a spread of zero make the first single case an alarm (EARS), or give no answer at all (a
regression that cannot be fitted). We take what n empty periods really tell: with Jeffreys' prior the rate has
the posterior Gamma(1/2, n), and the next count the negative binomial NB(1/2, n / (n + 1)). Its upper quantile is
the threshold; with seven empty days 2 cases at alpha 0.001 are none too many, with fifty empty weeks 1 is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from region.surveillance.detect.series import Array, Flags


def bound(periods: NDArray[np.generic] | float, alpha: float) -> Array:
    """The threshold in cases after so many empty `periods` (any shape, >= 1): the 1 - alpha quantile."""
    n = np.maximum(np.asarray(periods, dtype=float), 1.0)
    # There are few distinct lengths of history, and the quantile is a search.
    lengths, which = np.unique(n, return_inverse=True)
    found = stats.nbinom.ppf(1 - alpha, 0.5, lengths / (lengths + 1))
    return np.asarray(found[which].reshape(n.shape), dtype=float)


def mean(periods: NDArray[np.generic] | float) -> Array:
    """Cases to expect after so many empty `periods`: 1 / (2 n)."""
    return np.asarray(0.5 / np.maximum(np.asarray(periods, dtype=float), 1.0))


def probability(observed: Array, periods: NDArray[np.generic] | float) -> Array:
    """Of `observed` cases or more after so many empty `periods`; NaN where nothing was observed."""
    n = np.maximum(np.asarray(periods, dtype=float), 1.0)
    return np.asarray(stats.nbinom.sf(observed - 1, 0.5, n / (n + 1)), dtype=float)


def ruled(
    where: Flags, n: Array, observed: Array, alpha: float, told: tuple[Array, Array, Array]
) -> tuple[Array, Array, Array]:
    """`told` (upperbound, expected, probability) with those points answered by the rule that lie `where`.

    All arrays have one shape; `n`: empty periods before each point.
    """
    if not where.any():
        return told
    answers = (bound(n[where], alpha), mean(n[where]), probability(observed[where], n[where]))
    changed = tuple(values.copy() for values in told)
    for values, answer in zip(changed, answers, strict=True):
        values[where] = answer
    return changed[0], changed[1], changed[2]
