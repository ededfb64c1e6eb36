"""The score that sorts the morning list: how unlikely, how much more than expected, how many, how grave the disease."""

from __future__ import annotations

import math

UNLIKELY, EXCESS, SIZE, GRAVE = 0.35, 0.25, 0.15, 0.25
"""What each part weighs; they add up to one."""
URGENT = 80.0
"""No signal of a fixed threshold stands below this."""


def score(
    *, observed: float, expected: float | None, probability: float | None, weight: float, urgent: bool
) -> float:
    """0 to 100. `probability`: of so many or more by chance; `weight`: of the disease, 0 to 1, from the pack.

    Unlikely: 0 at p = 1, 1 from p = 1e-10 on. Excess: doublings over what was expected, 1 from sixteen times on; with
    nothing expected, over one case. Size: 1 from a thousand cases on. A signal without a probability (a threshold)
    has no part of the first: it is urgent instead.
    """
    unlikely = 0.0 if probability is None else min(1.0, -math.log10(max(probability, 1e-10)) / 10)
    excess = min(1.0, math.log2(max(1.0, observed / max(expected or 0.0, 1.0))) / 4)
    size = min(1.0, math.log10(1 + observed) / 3)
    found = 100 * (UNLIKELY * unlikely + EXCESS * excess + SIZE * size + GRAVE * weight)
    return round(max(found, URGENT) if urgent else found, 1)
