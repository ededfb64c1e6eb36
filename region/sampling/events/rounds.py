"""What can happen to rounds and their sites."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class RoundDrafted(Event):
    """A round was begun: an area, a start, a deadline."""

    round: int
    starts: datetime
    due: datetime


@dataclass(frozen=True, kw_only=True)
class RoundPlanned(Event):
    """The plan was reckoned: people due, sites, samplers, tubes, and the load of the laboratories (1 = full)."""

    round: int
    due: int
    sites: int
    samplers: int
    tubes: int
    load: float | None
    rules: str


@dataclass(frozen=True, kw_only=True)
class LabPledged(Event):
    """A laboratory's capacity for a round was set; `aid` where another place lends it."""

    round: int
    laboratory: int
    tubes_a_day: int
    aid: bool


@dataclass(frozen=True, kw_only=True)
class RoundMoved(Event):
    """A round was approved, ordered, opened, finished, closed or cancelled."""

    round: int
    verb: str
    state: str


@dataclass(frozen=True, kw_only=True)
class SitingAsked(Event):
    """Sites were asked for: at most so many, or (None) as many as bring everybody within the walk."""

    round: int
    most: int | None


@dataclass(frozen=True, kw_only=True)
class RoundSitesSet(Event):
    """The sites of a round were proposed, moved or edited."""

    round: int
    sites: int
    covered: float


@dataclass(frozen=True, kw_only=True)
class RoundSiteMoved(Event):
    """A site was ordered, made ready, opened, closed or stopped."""

    site: int
    round: int
    verb: str
    state: str


@dataclass(frozen=True, kw_only=True)
class DueListPlanned(Event):
    """A file of who is due was read and checked, or (with nothing good) put away; nothing of it stands yet."""

    load: int
    round: int
    good: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class DueListed(Event):
    """Who is due was read from a list or from the register: persons by scheme."""

    round: int
    due: int
    exempt: int
    separate: int


@dataclass(frozen=True, kw_only=True)
class NotSampledExplained(Event):
    """Why persons were not sampled was recorded."""

    round: int
    reason: str
    persons: int


@dataclass(frozen=True, kw_only=True)
class RoundLate(Event):
    """A round waits in a state for longer than its limit."""

    round: int
    state: str


@dataclass(frozen=True, kw_only=True)
class RoundSiteLate(Event):
    """A site waits in a state for longer than its limit: not ready in time, not open, not closed."""

    site: int
    round: int
    state: str
