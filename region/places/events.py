"""What can happen to places: they are loaded, changed, go dark and come back."""

from __future__ import annotations

from dataclasses import dataclass

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
