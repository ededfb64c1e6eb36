"""What can happen to capacity."""

from __future__ import annotations

from dataclasses import dataclass

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class CapacityReported(Event):
    """A place told how much it has of some kinds of capacity."""

    site: int
    kinds: tuple[str, ...]
    source: str
