"""What dispatch must know of other areas before it may act."""

from __future__ import annotations

from dataclasses import dataclass

from region.spine.flow import Question


@dataclass(frozen=True)
class Amount:
    """A number known of a site: `amount`, or `amount / per` where it is a rate (a stock and what a day takes of it).

    `area` marks a number of an area that the site lies in (its population): over that area it is itself, not a sum.
    """

    amount: float
    per: float | None = None
    area: int | None = None

    @property
    def value(self) -> float:
        """The number as it is compared."""
        return self.amount if self.per is None else self.amount / self.per


Known = dict[int, Amount]
"""What is known, by the place's id of a site; whoever is not in it is unknown, never zero."""


@dataclass(frozen=True)
class FactsOfSites(Question[dict[str, Known]]):
    """What is known of these sites (ids of places): for each fact asked, the numbers by site.

    `level` asks facts of areas for the area of that level; None for the nearest one that knows.
    Raises Invalid (``no-such-fact``) when nobody keeps a fact of this name.
    """

    names: tuple[str, ...]
    sites: tuple[int, ...]
    level: str | None = None
