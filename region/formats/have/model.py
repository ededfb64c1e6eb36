"""A HAVE report as plain records; points are (longitude, latitude) in WGS-84, as everywhere here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

Point = tuple[float, float]


@dataclass(frozen=True)
class Period:
    """The time for which numbers hold; its end is the moment of the newest."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Colour:
    """A colour that says how things stand: of the standard (green, yellow, red) or of the list `taxonomy`."""

    value: str
    taxonomy: str | None = None
    description: str | None = None


@dataclass(frozen=True)
class Counts:
    """How many there are: `available` are free and staffed now (below zero: overfull), `baseline` is the total.

    The standard has no element for those in use, those out of order, and the moment of the numbers; here they go
    as parameters of EDXL's extension, which others pass over.
    """

    available: int
    baseline: int | None = None
    in_use: int | None = None
    broken: int | None = None
    updated: datetime | None = None
    availability: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Service:
    """One kind of service or bed, by its key in the list's taxonomy; `capacity` is Inactive, Open, Full, Exceeded."""

    key: str
    name: str
    open: bool | None = None
    colour: Colour | None = None
    status_note: str | None = None
    stability: str | None = None
    beds: Counts | None = None
    capacity: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class ServiceList:
    """Services of one taxonomy (a URI) and what it is called."""

    services: tuple[Service, ...]
    taxonomy: str | None = None
    title: str | None = None


@dataclass(frozen=True)
class Resource:
    """What is needed or could be given: so many of a `kind` in the list `taxonomy`, in `unit`.

    The last four go as parameters of EDXL's extension, as on `Counts`.
    """

    kind: str
    amount: float
    taxonomy: str | None = None
    unit: str | None = None
    note: str | None = None
    baseline: int | None = None
    in_use: int | None = None
    broken: int | None = None
    updated: datetime | None = None


@dataclass(frozen=True)
class Facility:
    """One place: `id` is an XML name (a letter first) that no other facility of the report has."""

    id: str
    name: str
    organization: str | None = None
    parent: str | None = None
    kind: str | None = None
    point: Point | None = None
    clinical: str | None = None
    period: Period | None = None
    lists: tuple[ServiceList, ...] = ()
    needs: tuple[Resource, ...] = ()
    offers: tuple[Resource, ...] = ()
    comments: tuple[str, ...] = ()
    colour: Colour | None = None

    @property
    def updated(self) -> datetime | None:
        """The moment of its newest number, if it is said."""
        return None if self.period is None else self.period.end


@dataclass(frozen=True)
class Report:
    """What the organization that reports says of its facilities."""

    organization: str
    facilities: tuple[Facility, ...]
    period: Period | None = None
    comment: str | None = None
