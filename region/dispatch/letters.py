"""A letter: one delivery made ready to travel; and the outcome of one try to bring it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from region.dispatch.models import Directive
from region.spine.clock import REAL
from region.spine.rulebook import Rulebook

PACK = "directives"


@dataclass(frozen=True)
class Terms:
    """How letters are sent (values ``delivery.*`` of the pack of directives); pauses are real time."""

    tries: int
    first: timedelta
    factor: float
    longest: timedelta
    timeout: timedelta
    lease: timedelta
    wave: int
    at_once: int

    @classmethod
    def of(cls, rules: Rulebook) -> Terms:
        """The terms in force."""
        return cls(
            tries=int(rules.value(PACK, "delivery.tries")),
            first=rules.duration(PACK, "delivery.first_retry"),
            factor=float(rules.value(PACK, "delivery.retry_factor")),
            longest=rules.duration(PACK, "delivery.longest_retry"),
            timeout=rules.duration(PACK, "delivery.timeout"),
            lease=rules.duration(PACK, "delivery.lease"),
            wave=int(rules.value(PACK, "delivery.wave")),
            at_once=int(rules.value(PACK, "delivery.at_once")),
        )

    def pause(self, tries: int) -> timedelta:
        """How long to wait after `tries` tries in vain; there is at least one."""
        # Past 30 doublings any pause is the longest, and the power would overflow.
        return min(self.longest, self.first * self.factor ** min(tries - 1, 30))


@dataclass(frozen=True)
class Order:
    """What all letters of one directive share: what its events are about, and its text as plain values."""

    id: int
    place_id: int
    incident_id: int
    content: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def about(self) -> dict[str, Any]:
        """What every event about it says."""
        return {"directive": self.id, "place": self.place_id, "incident": self.incident_id}


@dataclass(frozen=True, slots=True)
class Letter:
    """One delivery on its way; `closed_key` is the site's key as it lies in the database, still sealed."""

    delivery: int
    uid: str
    order: Order
    place_code: str
    tries: int
    url: str | None
    closed_key: str | None = field(repr=False)

    def body(self) -> bytes:
        """The letter as compact JSON in UTF-8."""
        own = {
            "delivery": self.uid,
            "place": self.place_code,
            "acknowledge_url": f"/api/v1/deliveries/{self.uid}/acknowledge",
        }
        return json.dumps({**self.order.content, **own}, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one try: `made`, `retry` or `failed`; `reason` is a code such as ``timeout`` or ``http:503``."""

    letter: Letter
    kind: Literal["made", "retry", "failed"]
    reason: str = ""


def content_of(directive: Directive, incident_code: str, realm: int) -> dict[str, Any]:
    """An issued directive as its receivers read it; instants are ISO 8601 in UTC."""
    return {
        "number": directive.number,
        "kind": directive.kind,
        "urgency": directive.urgency,
        "exercise": realm != REAL,
        "incident": incident_code,
        "title": {"zh": directive.title_zh, "en": directive.title_en},
        "body": {"zh": directive.body_zh, "en": directive.body_en},
        "issued_at": _instant(directive.issued_at),
        "acknowledge_due": _instant(directive.acknowledge_due),
        "task_due": _instant(directive.task_due),
    }


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
