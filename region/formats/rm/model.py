"""A message of EDXL-RM as plain records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Contact:
    """Who takes part, by `role` (Sender, Requester, RespondingOrg, …), as a text; never a person's data of ours."""

    role: str | None
    description: str | None = None


@dataclass(frozen=True)
class Response:
    """The answer to one line of an earlier message: Accept, Decline or Provisional, and why."""

    line: str
    type: str
    reason: str | None = None


@dataclass(frozen=True)
class Schedule:
    """When and where: `type` is RequestedArrival, EstimatedArrival, ActualArrival, Committed, …"""

    type: str
    at: datetime | None = None
    place: str | None = None


@dataclass(frozen=True)
class Line:
    """One resource: what (`kind` in the list `taxonomy`), how many in which `unit`, when, and what became of it.

    `id` names the line within its message; `amount` may come as `amount_text` where it is no number.
    """

    id: str
    name: str | None = None
    kind: str | None = None
    taxonomy: str | None = None
    description: str | None = None
    amount: float | None = None
    unit: str | None = None
    units: str | None = None
    amount_text: str | None = None
    restrictions: str | None = None
    purpose: str | None = None
    response: Response | None = None
    status: str | None = None
    statuses: str | None = None
    availability: str | None = None
    schedules: tuple[Schedule, ...] = ()


@dataclass(frozen=True)
class Message:
    """One message; `kind` is the name of its root, `originating` the message that began the exchange.

    `preceding` is the message that it answers; `incident` is the incident's id.
    """

    kind: str
    id: str
    sent: datetime
    originating: str
    contacts: tuple[Contact, ...]
    lines: tuple[Line, ...]
    preceding: str | None = None
    description: str | None = None
    incident: str | None = None
    incident_name: str | None = None
