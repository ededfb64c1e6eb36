"""What can happen to the audit trail: a day is sealed."""

from __future__ import annotations

from dataclasses import dataclass

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class DaySealed(Event):
    """All entries recorded on one day of the region were sealed under one root."""

    seal: int
    day: str
    entries: int
    root: str


@dataclass(frozen=True, kw_only=True)
class SealBroken(Event):
    """A sealed day no longer gives its root: an entry was changed, added or taken away."""

    seal: int
    day: str
