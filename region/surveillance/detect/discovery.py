"""Among thousands of series some alarm by chance: which share of those at least as strong would be false?

Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57:289-300, and Benjamini and Yekutieli
(2001), Annals of Statistics 29:1165-1188, as SciPy has them. Used to rank signals and to decide whom to wake;
never to hide one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from region.surveillance.detect.series import Array, BadSeries


def discovery(probability: ArrayLike, dependent: bool = False) -> Array:
    """The false discovery rate at which each would be named, any shape, NaN where there was no answer.

    `dependent`: Benjamini and Yekutieli's, for series that go together in any way. Raises BadSeries outside 0 .. 1.
    """
    given = np.asarray(probability, dtype=float)
    told = ~np.isnan(given)
    if ((given[told] < 0) | (given[told] > 1)).any():
        raise BadSeries("probability-range")
    found = np.full(given.shape, np.nan)
    if told.any():
        found[told] = stats.false_discovery_control(given[told], method="by" if dependent else "bh")
    return found
