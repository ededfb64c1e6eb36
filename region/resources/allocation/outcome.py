"""What a plan says: its consignments, who stays short and why, and how good it is by the solver's own bound."""

from __future__ import annotations

from dataclasses import dataclass

#: Why a line is there: the giver is the nearest that could give anything to this taker; it is a farther one, for the
#: nearer are better used elsewhere or dearer to use; or the taker is lifted by several consignments together.
NEAREST, FARTHER, PART = "nearest", "farther", "part"

#: Why a place is left as it is: its burn is not known, so neither its need nor its spare is; nobody has a pack to
#: spare; nobody who has one is within the travel limit; only lots that would expire there; no vehicle load; less than
#: a least consignment; less than its need in all its reach; or others come first in the order of allocation.
UNKNOWN_BURN, NOTHING, OUT_OF_REACH, EXPIRES = "unknown-burn", "nothing-to-spare", "out-of-reach", "expires"
NO_VEHICLE, TOO_LITTLE, NOT_ENOUGH, ORDER = "no-vehicle", "least-consignment", "not-enough", "order"
SHORT = (UNKNOWN_BURN, NOTHING, OUT_OF_REACH, EXPIRES, NO_VEHICLE, TOO_LITTLE, NOT_ENOUGH, ORDER)


@dataclass(frozen=True)
class Line:
    """Units of one lot from giver to taker; days of supply of both before and after the whole plan, None = no burn.

    `rank`: the taker's class. `choice`: 1 = the nearest of its candidates, 2 the next, and so on. `minutes` one way.
    `cost`: of the way of these units; the first line of a consignment carries its fixed cost.
    """

    giver: int
    taker: int
    lot: int
    quantity: int
    rank: int
    km: float
    minutes: float
    cost: float
    giver_before: float | None
    giver_after: float | None
    taker_before: float
    taker_after: float
    choice: int
    why: str


@dataclass(frozen=True)
class Short:
    """A place that the plan leaves below its floor or could not judge: units it lacks, None where unknown."""

    place: int
    rank: int
    days: float | None
    lacks: int | None
    why: str


@dataclass(frozen=True)
class Stage:
    """One goal: what was reached, what the solver proved no plan can better, and the share between the two.

    `bound` is None where the solver proved nothing in its time (and always of the greedy baseline).
    `method`: "lp", "milp" or "greedy", whichever gave what is reported.
    """

    value: float
    bound: float | None
    method: str
    seconds: float

    @property
    def gap(self) -> float | None:
        """|bound - value| / the larger of the two; 0 where both are nothing. Proven to the solver's last digits."""
        if self.bound is None:
            return None
        larger = max(abs(self.value), abs(self.bound))
        return abs(self.bound - self.value) / larger if larger else 0.0


@dataclass(frozen=True)
class Plan:
    """The answer for one item: `lifted` place ids, and both stages (weight lifted; cost)."""

    lines: tuple[Line, ...]
    lifted: tuple[int, ...]
    short: tuple[Short, ...]
    needy: int
    weight: Stage
    cost: Stage
    consignments: int
    seconds: float
