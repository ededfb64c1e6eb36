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


@dataclass(frozen=True, kw_only=True)
class PeopleMerged(Event):
    """Two rows turned out to be one person (``merge``), or that was undone (``undo``)."""

    merging: int
    verb: str


@dataclass(frozen=True, kw_only=True)
class ExportMoved(Event):
    """An export was asked for, approved, refused, fetched, or expired."""

    export: int
    verb: str
    rows: int | None


@dataclass(frozen=True, kw_only=True)
class GlassMoved(Event):
    """The glass was broken, shut, and its use justified or blamed; ``late`` when nobody judged it in time."""

    glass: int
    verb: str


@dataclass(frozen=True, kw_only=True)
class LookupRefused(Event):
    """Somebody asked for a person who is not his to see, or without a purpose, or too often."""

    what: str
    subject_of: int | None
    why: str


@dataclass(frozen=True, kw_only=True)
class DestructionMoved(Event):
    """A destruction was listed, approved, held, freed, stopped, or carried out, or it waits too long (``late``)."""

    destruction: int
    verb: str


@dataclass(frozen=True, kw_only=True)
class PersonSought(Event):
    """Somebody looked for a person by a number, a telephone, or name and birth date, for a purpose."""

    what: str
    purpose: str
    found: int


@dataclass(frozen=True, kw_only=True)
class KeyDestroyed(Event):
    """A data key and what it closed were destroyed; `again` when a restored backup had brought them back."""

    key: int
    ground: str
    secrets: int
    again: bool
