"""What can happen to key populations: listed, classed, given a team and tasks, and tasks done or not."""

from __future__ import annotations

from dataclasses import dataclass

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class MembersListed(Event):
    """People came into a key group or left it."""

    group: str
    joined: int
    left: int


@dataclass(frozen=True, kw_only=True)
class TestsNoted(Event):
    """Tests of key people were taken: their next ones are counted from here."""

    people: int


@dataclass(frozen=True, kw_only=True)
class PeopleClassed(Event):
    """People were put into classes of care by the rules or by a doctor."""

    people: tuple[int, ...]
    level: str
    rule: str


@dataclass(frozen=True, kw_only=True)
class CareArranged(Event):
    """A team or a protected route to treatment was set, changed or ended."""

    what: str
    row: int
    verb: str


@dataclass(frozen=True, kw_only=True)
class TasksMade(Event):
    """Tasks of care became due."""

    tasks: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class TasksMoved(Event):
    """Tasks were done, not done for a reason, cancelled, or are late."""

    tasks: tuple[int, ...]
    verb: str
