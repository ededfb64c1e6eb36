"""What can happen to places: they are loaded, changed, go dark and come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class AreasLoaded(Event):
    """A file of areas was applied."""

    load: int
    digest: str
    new: int
    changed: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class SitesLoaded(Event):
    """A file of sites was applied."""

    load: int
    digest: str
    new: int
    changed: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class PlaceMoved(Event):
    """A place was given another parent; all below it moved along."""

    moved: int
    old_parent: int | None
    new_parent: int


@dataclass(frozen=True, kw_only=True)
class SiteWentDark(Event):
    """A site is known to be cut off: its silence is not lateness."""

    site: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class SiteCameBack(Event):
    """A dark site answers again."""

    site: int


@dataclass(frozen=True, kw_only=True)
class SiteConnected(Event):
    """Somebody of the site signed in, or its system answered, for the first time."""

    site: int
    channel: str


@dataclass(frozen=True, kw_only=True)
class ChannelSet(Event):
    """How a site is reached was set or changed."""

    site: int
    channel: str


@dataclass(frozen=True, kw_only=True)
class LoadPlanned(Event):
    """A file was read and checked; nothing of it stands yet."""

    load: int
    digest: str
    new: int
    changed: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class LoadDropped(Event):
    """A planned load was put away and will not be applied."""

    load: int


@dataclass(frozen=True, kw_only=True)
class PlaceMade(Event):
    """One place was made by hand, such as the top of the tree."""

    made: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class PlaceRetired(Event):
    """A place is no longer in use from a day on; its history stays."""

    retired: int
    day: date


@dataclass(frozen=True, kw_only=True)
class LettersSet(Event):
    """The letters with which an issuing body's order numbers begin were set: LJ of LJ-0801-001."""

    issuer: int
    letters: str


@dataclass(frozen=True, kw_only=True)
class SitesMerged(Event):
    """A site was merged into another, which has its tasks from now on; the old one's history stays."""

    merged: int
    into: int
