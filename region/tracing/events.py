"""What can happen in tracing: a case is found and investigated, people are determined, landed, converted, let go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class CaseOpened(Event):
    """A person is a case from now on; `day` is the day of his first confirming positive."""

    case: int
    person: int
    kind: str
    day: date
    community: bool
    found: datetime


@dataclass(frozen=True, kw_only=True)
class CaseMoved(Event):
    """A case went on: assigned, its core facts saved, reported, closed, void."""

    case: int
    verb: str


@dataclass(frozen=True, kw_only=True)
class CaseChanged(Event):
    """Facts of a case were changed: the card was sent, he arrived in care, his kind or day was corrected."""

    case: int
    what: str


@dataclass(frozen=True, kw_only=True)
class CaseLate(Event):
    """A case waits in its state for longer than its clock allows."""

    case: int
    state: str


@dataclass(frozen=True, kw_only=True)
class ContactsDetermined(Event):
    """People were determined as contacts (one list, one event); only new ones are named."""

    contacts: tuple[int, ...]
    category: str


@dataclass(frozen=True, kw_only=True)
class ContactsMoved(Event):
    """Contacts went on together: landed, pushed, excluded, converted, released."""

    contacts: tuple[int, ...]
    verb: str


@dataclass(frozen=True, kw_only=True)
class ContactReclassified(Event):
    """A contact is of another category from now on (a secondary contact became a close one)."""

    contact: int
    old: str
    new: str
    last_exposure: date


@dataclass(frozen=True, kw_only=True)
class ContactsControlled(Event):
    """Contacts came under another control: awaiting, central, home, hospital."""

    contacts: tuple[int, ...]
    control: str


@dataclass(frozen=True, kw_only=True)
class ContactsLate(Event):
    """Contacts wait for longer than their clock allows."""

    contacts: tuple[int, ...]
    state: str


@dataclass(frozen=True, kw_only=True)
class LinksKept(Event):
    """What somebody may have caught it from was written down: links of contacts, possible sources of a case, visits."""

    cases: tuple[int, ...]
    links: int


@dataclass(frozen=True, kw_only=True)
class ExposureKept(Event):
    """A place where people may have been infected was written down, or its point was put right."""

    exposure: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class FunnelBroken(Event):
    """On a day the funnel of contacts did not add up: by how many people each identity was off (K12)."""

    day: date
    own: int
    landed: int


@dataclass(frozen=True, kw_only=True)
class LetterMoved(Event):
    """A letter was sent, taken, answered, withdrawn, or is late."""

    letter: int
    verb: str


@dataclass(frozen=True, kw_only=True)
class LinesLoaded(Event):
    """A file of cases or contacts was planned, applied or dropped."""

    load: int
    verb: str
    good: int
    refused: int
