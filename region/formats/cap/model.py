"""A CAP message as plain records; points are (longitude, latitude) in WGS-84, as everywhere here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

Point = tuple[float, float]


@dataclass(frozen=True)
class Named:
    """A value under a name that a region or system has agreed: a parameter, an event code, a geocode."""

    name: str
    value: str


@dataclass(frozen=True)
class Reference:
    """Another message, by the three things that make it one of its kind."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True)
class Circle:
    """A centre and a radius in kilometres."""

    centre: Point
    kilometres: float


@dataclass(frozen=True)
class Area:
    """Where: a description, and polygons (closed rings), circles or codes of places; heights are feet above sea."""

    description: str
    polygons: tuple[tuple[Point, ...], ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[Named, ...] = ()
    altitude: float | None = None
    ceiling: float | None = None


@dataclass(frozen=True)
class Resource:
    """A file that goes with the message; `size` in bytes, `digest` its SHA-1 in hex."""

    description: str
    mime_type: str
    size: int | None = None
    uri: str | None = None
    content: str | None = None
    digest: str | None = None


@dataclass(frozen=True)
class Info:
    """What it says, in one language."""

    categories: tuple[str, ...]
    event: str
    urgency: str
    severity: str
    certainty: str
    language: str = "en-US"
    responses: tuple[str, ...] = ()
    audience: str | None = None
    event_codes: tuple[Named, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str | None = None
    headline: str | None = None
    description: str | None = None
    instruction: str | None = None
    web: str | None = None
    contact: str | None = None
    parameters: tuple[Named, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True)
class Alert:
    """One message: who says it, when, whether it is real, to whom; and what it says in each language."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    message_type: str
    scope: str
    source: str | None = None
    restriction: str | None = None
    addresses: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    note: str | None = None
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    infos: tuple[Info, ...] = ()

    @property
    def reference(self) -> Reference:
        """How a later message names this one."""
        return Reference(self.sender, self.identifier, self.sent)
