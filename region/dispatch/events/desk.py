"""What happens at the duty desk itself: handing over duty, saved groups."""

from __future__ import annotations

from dataclasses import dataclass

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class HandoverOffered(Event):
    """Whoever goes off duty hands the open items over to whoever comes."""

    handover: int
    leaving: int
    taking: int
    items: int


@dataclass(frozen=True, kw_only=True)
class HandoverAccepted(Event):
    """Whoever comes on duty signed for the open items: alarms go there from this second."""

    handover: int
    leaving: int
    taking: int
    items: int


@dataclass(frozen=True, kw_only=True)
class HandoverRefused(Event):
    """Whoever was to come on duty does not take the items over; they stay where they were."""

    handover: int
    leaving: int
    taking: int


@dataclass(frozen=True, kw_only=True)
class HandoverLapsed(Event):
    """Nobody signed for the items in time; they stay where they were."""

    handover: int
    leaving: int
    taking: int


@dataclass(frozen=True, kw_only=True)
class GroupSaved(Event):
    """A choice of sites was saved under a name."""

    group: int


@dataclass(frozen=True, kw_only=True)
class GroupEnded(Event):
    """A saved choice of sites is no longer offered."""

    group: int
