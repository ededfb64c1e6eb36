"""The eight rounds of Linjiang as a table, scaled to the people there are, and the figures that must come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil

import numpy as np

from region.exercise.linjiang.names import POPULATION

FIRST_DAY = date(2022, 8, 1)
"""D1 of the scenario."""
POOL = 10
LIMIT = 12
"""Hours within which a result is in time (K16)."""


@dataclass(frozen=True)
class Pace:
    """How long results take: median, 90th percentile and slowest in hours; tubes within LIMIT in thousandths."""

    median: float
    p90: float
    within: int
    slowest: float = 15.4


@dataclass(frozen=True)
class Line:
    """One round, on the `day` of the scenario: people and tubes, what laboratories can do, and what is found.

    `singles` are sampled alone and count in the round; `separate` are tubes of the separate scheme, which count for
    the laboratories alone. `late` members of positive pools are sampled again after the limit; `carried` is the part
    of boxes that come in time, in thousandths.
    """

    code: str
    day: int
    due: int
    pooled: int
    pools: int
    household_persons: int
    households: int
    singles: int
    separate: int
    capacity: int
    positive: int
    confirmed: int
    late: int
    pace: Pace
    carried: int = 970

    @property
    def sampled(self) -> int:
        """People who count."""
        return self.pooled + self.household_persons + self.singles

    @property
    def of_round(self) -> int:
        """Tubes of the round itself, those of the separate scheme left out."""
        return self.pools + self.households + self.singles

    @property
    def tubes(self) -> int:
        """All tubes that laboratories receive."""
        return self.of_round + self.separate

    @property
    def date(self) -> date:
        """The day on which it is sampled."""
        return FIRST_DAY + timedelta(days=self.day - 1)


ESTATES = (9_600, 3_900)
"""The people of sealed estates from the second round on, and the tubes of their households."""
WITH_AID = Pace(7.1, 10.6, 965)
LINES = (
    Line("R1", 2, 358_400, 346_000, 34_760, 0, 0, 920, 0, 38_000, 2, 1, 0, Pace(7.8, 11.3, 941), 962),
    Line("R2", 3, 358_050, 342_000, 34_340, *ESTATES, 0, 1_200, 38_000, 4, 4, 3, Pace(9.2, 14.9, 784)),
    Line("R3", 4, 357_500, 343_350, 34_475, *ESTATES, 0, 1_900, 48_000, 5, 5, 2, WITH_AID),
    Line("R4", 5, 357_100, 343_600, 34_500, *ESTATES, 0, 2_600, 48_000, 4, 4, 2, WITH_AID),
    Line("R5", 6, 356_900, 343_750, 34_515, *ESTATES, 0, 2_900, 48_000, 3, 2, 0, WITH_AID),
    Line("R6", 7, 356_800, 343_800, 34_520, *ESTATES, 0, 3_000, 48_000, 0, 0, 0, WITH_AID),
    Line("R7", 8, 356_750, 343_820, 34_525, *ESTATES, 0, 3_000, 48_000, 1, 0, 0, WITH_AID),
    Line("R8", 9, 356_740, 343_850, 34_530, *ESTATES, 0, 2_900, 48_000, 0, 0, 0, WITH_AID),
)
AID = 10_000
"""Tubes a day of the mobile laboratory: promised for the second round, there from the third."""
SITES, BOXES = 150, 500
LABORATORIES = (3_000, 5_000, 30_000)
"""What the district's own laboratories can do in a day."""


def scaled(line: Line, people: int) -> Line:
    """The round of a district of so many people; positive pools stay as many as they are."""

    def part(number: int) -> int:
        return round(number * people / POPULATION)

    pooled = part(line.pooled)
    return replace(
        line,
        due=part(line.due),
        pooled=pooled,
        pools=max(part(line.pools), ceil(pooled / POOL)),
        household_persons=part(line.household_persons),
        households=part(line.households),
        singles=part(line.singles),
        separate=part(line.separate),
        capacity=part(line.capacity),
    )


def in_time(line: Line) -> int:
    """Tubes of the round that have a result within LIMIT hours."""
    return (line.of_round * line.pace.within + 500) // 1000


def hours_to_result(line: Line) -> list[float]:
    """Of each tube of the round the hours to its result, ascending, so that the figures are those of `pace`.

    Straight lines between the ranks that decide the median, the 90th percentile and the limit (nearest rank, as K16
    counts); half a tenth above, because K16 rounds tenths down.
    """
    number, pace, soon = line.of_round, line.pace, in_time(line)
    fixed = {1: 4.0, ceil(number / 2): pace.median + 0.05, ceil(number * 0.9): pace.p90 + 0.05}
    fixed |= {soon: LIMIT - 0.05, soon + 1: LIMIT + 0.05, number: pace.slowest}
    ranks = sorted(fixed)
    return [float(one) for one in np.interp(np.arange(1, number + 1), ranks, [fixed[at] for at in ranks])]


def figures(line: Line, boxes: int) -> Mapping[str, tuple[int, int]]:
    """What K14 to K21 must be after the round: numerator and denominator; `boxes` are those that were used."""
    members = line.positive * POOL
    return {
        "K14": (line.sampled, line.due),
        "K15": (line.due - line.sampled, line.due),
        "K16": (in_time(line), line.of_round),
        "K17": (boxes * line.carried // 1000, boxes),
        "K18": (line.tubes, line.capacity),
        "K19": (line.positive, line.pools + line.households),
        "K20": (members - line.late, members),
        "K21": (line.confirmed, line.sampled),
    }
