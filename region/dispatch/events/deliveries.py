"""What can happen to the letters of a directive on their way."""

from __future__ import annotations

from dataclasses import dataclass

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class DeliveriesOwed(Event):
    """Deliveries were promised: one for each recipient that this round and channel are for."""

    directive: int
    channel: str
    round: int
    count: int


@dataclass(frozen=True, kw_only=True)
class DeliveriesMade(Event):
    """Some deliveries arrived."""

    directive: int
    channel: str
    deliveries: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class DeliveriesRetried(Event):
    """Some deliveries did not arrive this time and will be tried again; `reasons` go with `deliveries`."""

    directive: int
    channel: str
    deliveries: tuple[int, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DeliveriesReclaimed(Event):
    """Whoever was sending these died or stalled; somebody else sends them, under the same keys."""

    directive: int
    channel: str
    deliveries: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class DeliveriesFailed(Event):
    """This channel does not reach these recipients; the next channel is owed."""

    directive: int
    channel: str
    deliveries: tuple[int, ...]
    reasons: tuple[str, ...]
