"""What the siting of a round is asked: where people live, where a site could stand, how far anybody may walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class BadProblem(ValueError):
    """What was given cannot be solved: `code` names why, `facts` say where."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(f"{code}({', '.join(f'{name}={value!r}' for name, value in facts.items())})")
        self.code = code
        self.facts = facts


class Rows:
    """Columns of the same length."""

    ids: Ints

    def __len__(self) -> int:
        return len(self.ids)

    def only(self, rows: Ints) -> Self:
        """Some of the rows."""
        return type(self)(**{name: values[rows] for name, values in vars(self).items()})


@dataclass(frozen=True)
class Homes(Rows):
    """Grids (or the finest areas known), one a row: (homes,) each.

    `lon`, `lat` degrees (WGS 84), NaN where nobody knows; `people` due there; `radius` metres of a circle of the same
    surface, 0 where it is not known; `part` groups homes that are sited together (a sub-district).
    """

    ids: Ints
    lon: Array
    lat: Array
    people: Ints
    radius: Array
    part: Ints

    def __post_init__(self) -> None:
        _even("homes", vars(self))
        if (self.people < 0).any() or (self.radius < 0).any():
            raise BadProblem("negative")


@dataclass(frozen=True)
class Spots(Rows):
    """Where a site could stand, one a row: (spots,) each. `built` tells a building from a mere point."""

    ids: Ints
    lon: Array
    lat: Array
    built: Flags

    def __post_init__(self) -> None:
        _even("spots", vars(self))
        if not (np.isfinite(self.lon).all() and np.isfinite(self.lat).all()):
            raise BadProblem("spot-nowhere")


@dataclass(frozen=True)
class Limits:
    """`reach` metres in a straight line (walking time and detour are in it already), `capacity` people for one site.

    `neighbours`: nearest spots that are looked at for each home. `most_homes` of one part that is solved at once, and
    `together`: of parts whose walks are reckoned at once. `gap`: the share of its bound that the solver may leave of
    the number of sites; `seconds` after which it is stopped in one part.
    """

    reach: float
    capacity: int
    neighbours: int = 20
    most_homes: int = 200
    together: int = 6000
    gap: float = 0.02
    seconds: float = 1.0

    def __post_init__(self) -> None:
        if not (self.reach > 0 and self.capacity > 0 and self.neighbours > 0 and self.most_homes > 0):
            raise BadProblem("option-value", option="reach, capacity, neighbours, most_homes")


@dataclass(frozen=True)
class Problem:
    """One round's area."""

    homes: Homes
    spots: Spots
    limits: Limits


def _even(what: str, columns: dict[str, Any]) -> None:
    sizes = {name: len(values) for name, values in columns.items()}
    if len(set(sizes.values())) > 1:
        raise BadProblem(f"{what}-uneven", **sizes)
