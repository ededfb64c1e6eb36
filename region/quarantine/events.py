"""What can happen in quarantine: stays begin, move and end; people are handed over, checked, tested, released."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class StaysBegun(Event):
    """People are under observation from now on, on a legal ground and on evidence; one list, one event."""

    stays: tuple[int, ...]
    pack: str
    legal_ground: str


@dataclass(frozen=True, kw_only=True)
class StaysMoved(Event):
    """Stays went on together: notified, picked up, arrived, released, at home, closed, to care, cancelled."""

    stays: tuple[int, ...]
    verb: str


@dataclass(frozen=True, kw_only=True)
class StaysReplanned(Event):
    """The plan of stays was reckoned anew: another category, a restart, a transition, an undo; never in silence."""

    stays: tuple[int, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class StaysLate(Event):
    """Stays wait in their state for longer than the clock allows."""

    stays: tuple[int, ...]
    state: str


@dataclass(frozen=True, kw_only=True)
class HandoverMoved(Event):
    """One side offered a person, the other signed or refused, or nobody signed in time (``late``)."""

    handover: int
    stay: int
    verb: str


@dataclass(frozen=True, kw_only=True)
class RoomsKept(Event):
    """Rooms were made, cleaned, broken, mended, closed, or given to somebody."""

    rooms: tuple[int, ...]
    verb: str


@dataclass(frozen=True, kw_only=True)
class ChecksKept(Event):
    """Checks of one half-day were kept; `abnormal` are the stays in which something was."""

    day: date
    half: str
    checks: int
    abnormal: tuple[int, ...]
    corrected: tuple[int, ...]
    """Stays whose first check of the half-day was corrected by this one."""
    source: str


@dataclass(frozen=True, kw_only=True)
class CheckHandled(Event):
    """Something abnormal in a check was acted on."""

    stay: int
    day: date
    half: str
    handling: str


@dataclass(frozen=True, kw_only=True)
class ChecksSummed(Event):
    """The kept counts of a half-day were made: so many checks are due at so many places."""

    day: date
    half: str
    due: int


@dataclass(frozen=True, kw_only=True)
class TestsKept(Event):
    """Scheduled tests were taken, had results, were missed or waived."""

    stays: tuple[int, ...]
    verb: str


@dataclass(frozen=True, kw_only=True)
class LinkGiven(Event):
    """A resident was given the link by which he answers for himself, or it was ended."""

    stay: int
    verb: str


@dataclass(frozen=True, kw_only=True)
class ReleaseReady(Event):
    """The conditions of release of stays are met; they are to go within the limit (K29)."""

    stays: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class BatchKept(Event):
    """Many stays were changed at once, or that change was undone."""

    batch: int
    verb: str
    stays: int


@dataclass(frozen=True, kw_only=True)
class TransitionMoved(Event):
    """A change of running stays to another pack was proposed, approved, dropped, or waits too long."""

    transition: int
    verb: str


@dataclass(frozen=True, kw_only=True)
class AppealMoved(Event):
    """An appeal was made, upheld, dismissed, or waits too long."""

    appeal: int
    stay: int
    verb: str
