"""What can happen to persons: registered, moved, and opened from the vault for a stated purpose."""

from __future__ import annotations

from dataclasses import dataclass

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class KeyMade(Event):
    """A data key was made for a ground on which data about people may be held."""

    key: int
    ground: str


@dataclass(frozen=True, kw_only=True)
class PeopleRegistered(Event):
    """Persons not known before were registered, and what identifies them was put into the vault."""

    source: str
    persons: int
    known: int


@dataclass(frozen=True, kw_only=True)
class PersonOpened(Event):
    """Somebody was shown what identifies persons, for a purpose: ``find_retest``, ``tell_clinic``."""

    purpose: str
    persons: tuple[int, ...]
    fields: tuple[str, ...]
