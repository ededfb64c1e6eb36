"""What a plan for one item is asked: the places with their burn and floor, their lots, and the published rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

RANKS = 5


class BadProblem(ValueError):
    """What was given cannot be planned with: `code` names why, `facts` say where."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(f"{code}({', '.join(f'{name}={value!r}' for name, value in facts.items())})")
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class Places:
    """All sites and warehouses, one a row: (places,) each.

    `lon`, `lat` degrees (WGS 84). `burn` units a day, NaN = not known. `rank` 1 to 5 in the order of allocation.
    `floor` days of supply: a place below it is short, and a giver keeps that much. `keep` units that a warehouse
    without burn keeps. `loads` vehicle loads it can send tonight, `load` units that one of them carries.
    """

    ids: Ints
    lon: Array
    lat: Array
    burn: Array
    rank: Ints
    floor: Array
    keep: Ints
    warehouse: Flags
    loads: Ints
    load: Ints

    def __len__(self) -> int:
        return len(self.ids)

    def __post_init__(self) -> None:
        sizes = {name: len(values) for name, values in vars(self).items()}
        if len(set(sizes.values())) > 1:
            raise BadProblem("places-uneven", **sizes)
        if len(np.unique(self.ids)) < len(self.ids):
            raise BadProblem("place-twice")
        if not (np.isfinite(self.lon).all() and np.isfinite(self.lat).all()):
            raise BadProblem("place-nowhere")
        if not ((self.rank >= 1) & (self.rank <= RANKS)).all():
            raise BadProblem("rank")
        if not (np.isfinite(self.floor) & (self.floor > 0)).all():
            raise BadProblem("floor")
        if any((values < 0).any() for values in (self.keep, self.loads, self.load)):
            raise BadProblem("negative")


@dataclass(frozen=True)
class Lots:
    """Usable stock by lot (on hand less reserved and blocked), one a row: (lots,) each.

    `place` row in Places, `ids` of the lots, `quantity` units, `days` until the lot expires; infinity where it never
    does. What has expired (days below 0) is not usable and is left out of everything.
    """

    place: Ints
    ids: Ints
    quantity: Ints
    days: Array


@dataclass(frozen=True)
class Rules:
    """The published rules of the plan and the parameters of travel, cost and solving.

    `pack`, `least_consignment`: units. `neighbours`: nearest givers of each short site. Road = great circle x
    `detour`, at `speed` km/h, at most `most_minutes`. Cost = `per_km` for a unit and km + `per_consignment` each.
    `class_ratio`: how many times a site of a class outweighs one of the next. `weight_gap`, `cost_gap`: the share of
    the bound that the solver may leave; `seconds`: when it is stopped with what it has.
    """

    pack: int = 1
    least_consignment: int = 1
    neighbours: int = 20
    detour: float = 1.3
    speed: float = 40.0
    most_minutes: float = 240.0
    per_km: float = 0.002
    per_consignment: float = 60.0
    class_ratio: float = 10.0
    weight_gap: float = 0.001
    cost_gap: float = 0.005
    seconds: float = 25.0

    def __post_init__(self) -> None:
        if self.pack < 1 or self.least_consignment < 0 or self.neighbours < 1:
            raise BadProblem("option-value", option="pack, least_consignment, neighbours")
        if not (self.detour >= 1 and self.speed > 0 and self.most_minutes >= 0 and self.seconds > 0):
            raise BadProblem("option-value", option="detour, speed, most_minutes, seconds")
        if not (self.per_km >= 0 and self.per_consignment >= 0 and self.class_ratio >= 1):
            raise BadProblem("option-value", option="per_km, per_consignment, class_ratio")
        if not (self.weight_gap >= 0 and self.cost_gap >= 0):
            raise BadProblem("option-value", option="weight_gap, cost_gap")

    @property
    def least(self) -> int:
        """The least consignment in packs, at least one."""
        return max(1, -(-self.least_consignment // self.pack))


@dataclass(frozen=True)
class Problem:
    """One item, one evening."""

    places: Places
    lots: Lots
    rules: Rules

    def __post_init__(self) -> None:
        lots = self.lots
        if len({len(lots.place), len(lots.ids), len(lots.quantity), len(lots.days)}) > 1:
            raise BadProblem("lots-uneven")
        if ((lots.place < 0) | (lots.place >= len(self.places))).any():
            raise BadProblem("lot-nowhere")
        if (lots.quantity < 0).any() or np.isnan(lots.days).any():
            raise BadProblem("lot-value")
