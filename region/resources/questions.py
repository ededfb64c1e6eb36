"""What resources must know of other areas: how many people are to be sampled, and in which pools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from region.spine.flow import Question


@dataclass(frozen=True)
class Sampled:
    """Sampling of one day: `persons`, and `tubes` by size of pool (1 for single and household tubes)."""

    persons: int
    tubes: Mapping[int, int]


@dataclass(frozen=True)
class PlannedSampling(Question[dict[date, Sampled]]):
    """Sampling in an area (or at a site) from `first` to `last`, days of the region, both counted.

    Of days that are over: what was taken. Of today and later: what rounds are planned to take. A day without any is
    not in the answer. Past days are asked for because their use must not be forecast a second time.
    """

    area: int
    first: date
    last: date
