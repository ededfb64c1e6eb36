"""What can happen to a directive as a whole, from the first draft to its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class DirectiveComposed(Event):
    """A draft was written and its recipients chosen."""

    directive: int
    urgency: str
    recipients: int


@dataclass(frozen=True, kw_only=True)
class DirectiveSubmitted(Event):
    """A draft waits for the second person."""

    directive: int


@dataclass(frozen=True, kw_only=True)
class DirectiveApproved(Event):
    """It may be issued."""

    directive: int


@dataclass(frozen=True, kw_only=True)
class DirectiveSentBack(Event):
    """The second person wants it changed."""

    directive: int


@dataclass(frozen=True, kw_only=True)
class DirectiveDiscarded(Event):
    """It was never issued, and will not be."""

    directive: int


@dataclass(frozen=True, kw_only=True)
class DirectiveIssued(Event):
    """It is an order now: its text is fixed, its clocks run."""

    directive: int
    urgency: str
    recipients: int
    acknowledge_due: datetime
    task_due: datetime


@dataclass(frozen=True, kw_only=True)
class DirectiveClosed(Event):
    """All required sites are done or waived."""

    directive: int


@dataclass(frozen=True, kw_only=True)
class DirectiveSuperseded(Event):
    """Another directive takes its place."""

    directive: int
    by: int


@dataclass(frozen=True, kw_only=True)
class DirectiveCancelled(Event):
    """It no longer holds; nobody need do anything."""

    directive: int


@dataclass(frozen=True, kw_only=True)
class DirectivePassedOn(Event):
    """A recipient made an order of its own out of the one it received, for those below it or for named people."""

    directive: int
    parent: int
    recipient: int
    urgency: str
    recipients: int
    acknowledge_due: datetime
    task_due: datetime


@dataclass(frozen=True, kw_only=True)
class WarningPublished(Event):
    """A warning stands in the public feed from now on; `level` is 1 red to 4 blue."""

    directive: int
    level: int


@dataclass(frozen=True, kw_only=True)
class OrdersPrinted(Event):
    """Orders on paper, with their codes, were made to be carried to these recipients; `round` is theirs."""

    directive: int
    round: int
    recipients: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class DirectiveWithdrawn(Event):
    """It no longer holds, and those who have it must sign that they have stopped; `stopping` is how many."""

    directive: int
    stopping: int
