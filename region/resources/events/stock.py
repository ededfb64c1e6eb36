"""What can happen to stock: movements, counts, files of counts, lots that are blocked, bands that change."""

from __future__ import annotations

from dataclasses import dataclass

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class StockMoved(Event):
    """A sheet of movements was written into the ledger: how many lines, of which items."""

    sheet: int
    kind: str
    lines: int
    items: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LotRecalled(Event):
    """A place recalled a lot for all below it."""

    lot: int
    item: str


@dataclass(frozen=True, kw_only=True)
class RecallLifted(Event):
    """A place lifted its recall of a lot."""

    lot: int
    item: str


@dataclass(frozen=True, kw_only=True)
class StockCounted(Event):
    """Somebody counted; what differed was taken for use, for a loss, or for something found."""

    count: int
    source: str
    lines: int
    used: int
    lost: int
    found: int


@dataclass(frozen=True, kw_only=True)
class StockLoadPlanned(Event):
    """A file of counts was read and checked; nothing of it stands yet."""

    load: int
    digest: str
    new: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class StockLoadApplied(Event):
    """A file of counts was applied."""

    load: int
    digest: str
    counts: int
    lines: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class StockLoadDropped(Event):
    """A planned file of counts was put away."""

    load: int


@dataclass(frozen=True, kw_only=True)
class TargetSet(Event):
    """A place's own target for an item was set, or taken away (None)."""

    item: str
    target: int | None


@dataclass(frozen=True, kw_only=True)
class BandChanged(Event):
    """The days of supply of an item in an area passed a threshold, up or down."""

    item: str
    before: str
    after: str
    days: float | None


@dataclass(frozen=True, kw_only=True)
class SuppliesReckoned(Event):
    """The burn was reckoned anew for so many shelves on a clock; so many of them are unknown."""

    shelves: int
    unknown: int
    night: bool
