"""What can happen to an incident: it is opened, its level or rules change, it is closed."""

from __future__ import annotations

from dataclasses import dataclass

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class IncidentOpened(Event):
    """A response began."""

    opened: int
    kind: str
    pack: str
    level: str


@dataclass(frozen=True, kw_only=True)
class LevelChanged(Event):
    """The response was raised or lowered."""

    changed: int
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class IncidentClosed(Event):
    """The response ended."""

    closed: int


@dataclass(frozen=True, kw_only=True)
class ExercisePrepared(Event):
    """A realm for an exercise was made, with its own clock."""

    prepared: int
    rate: float
