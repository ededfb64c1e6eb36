"""What can happen to report cards: entered, looked at, corrected, void; counts told."""

from __future__ import annotations

from dataclasses import dataclass

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class CardsEntered(Event):
    """Report cards came in; each is in time or late by its own clock (K05)."""

    cards: tuple[int, ...]
    late: int


@dataclass(frozen=True, kw_only=True)
class CardRevised(Event):
    """Another disease, kind or date: the days it leaves and joins are revised."""

    card: int
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class CardReviewed(Event):
    """The county's centre looked at a card: it stands, or it is void (a duplicate, or no case)."""

    card: int
    verb: str


@dataclass(frozen=True, kw_only=True)
class CardLate(Event):
    """Nobody has looked at a card for longer than the limit."""

    card: int


@dataclass(frozen=True, kw_only=True)
class CountsTold(Event):
    """So many counts of a stream are new or were corrected."""

    stream: str
    counts: int
