"""What can happen with results: batches reported, a positive pool, its recall, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class ResultsReported(Event):
    """A laboratory reported results: how many of each kind, how many of unknown tubes, how many known already."""

    laboratory: int
    source: str
    negative: int
    positive: int
    grey: int
    invalid: int
    unknown: int
    again: int


@dataclass(frozen=True, kw_only=True)
class ResultLoadPlanned(Event):
    """A file of results was read and checked; nothing of it stands yet."""

    load: int
    rows: int
    good: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class ResultLoadApplied(Event):
    """A planned file of results was applied, or dropped."""

    load: int
    verb: str
    results: int


@dataclass(frozen=True, kw_only=True)
class PoolPositive(Event):
    """A tube with more than one person in it came back positive or grey. Not a case."""

    tube: int
    result: str
    members: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class SinglePositive(Event):
    """A tube with one person in it came back positive: proposed as a case, decided by an epidemiologist."""

    tube: int
    person: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ResultChanged(Event):
    """A laboratory reported another result for a tube than before."""

    tube: int
    before: str
    result: str


@dataclass(frozen=True, kw_only=True)
class RecallRaised(Event):
    """The members of a positive pool are suspected (`pool_suspect`) and due for a single sample."""

    recall: int
    tube: int
    members: int
    due: datetime


@dataclass(frozen=True, kw_only=True)
class MembersRecalled(Event):
    """The places where the members live were ordered to sample them again, one by one."""

    recall: int
    homes: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class MemberTried(Event):
    """A member of a pool was sought to be sampled again, and was not: the reason is a code of the pack."""

    recall: int
    person: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class MembersResampled(Event):
    """Single samples of members of a pool were taken: how many members have one now, how many are still due."""

    recall: int
    members: int
    left: int


@dataclass(frozen=True, kw_only=True)
class MembersRestored(Event):
    """Members whose own tube is negative are suspected no longer."""

    recall: int
    members: int


@dataclass(frozen=True, kw_only=True)
class MembersPositive(Event):
    """Members whose own tube is positive: each is proposed as a case, and sampled alone as before."""

    recall: int
    members: int


@dataclass(frozen=True, kw_only=True)
class RecallEnded(Event):
    """A recall ended: confirmed (some member is positive), cleared (none), or withdrawn by the laboratory."""

    recall: int
    verb: str
    positive: int
    restored: int


@dataclass(frozen=True, kw_only=True)
class RecallLate(Event):
    """A recall waits for longer than its limit: members not told, not sampled, or without result."""

    recall: int
    state: str
