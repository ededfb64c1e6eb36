"""A letter: one delivery made ready to travel; and the outcome of one try to bring it."""

from __future__ import annotations

import json
from collections.abc import Container
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from region.dispatch.models import Directive
from region.spine.clock import REAL
from region.spine.rulebook import Rulebook

PACK = "directives"
THROTTLED = "throttled"
"""The reason of a try that a provider put off because too many came at once: its health does not suffer."""


@dataclass(frozen=True)
class Terms:
    """How letters are sent (values ``delivery.*`` of the pack of directives); pauses are real time."""

    tries: int
    first: timedelta
    factor: float
    longest: timedelta
    longest_asked: timedelta
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
            longest_asked=rules.duration(PACK, "delivery.longest_asked"),
            timeout=rules.duration(PACK, "delivery.timeout"),
            lease=rules.duration(PACK, "delivery.lease"),
            wave=int(rules.value(PACK, "delivery.wave")),
            at_once=int(rules.value(PACK, "delivery.at_once")),
        )

    def pause(self, tries: int, asked: timedelta | None = None) -> timedelta:
        """How long to wait after `tries` tries in vain (there is at least one), and no less than the receiver asked."""
        # Past 30 doublings any pause is the longest, and the power would overflow.
        own = min(self.longest, self.first * self.factor ** min(tries - 1, 30))
        return own if asked is None else max(own, min(asked, self.longest_asked))


@dataclass(frozen=True)
class Order:
    """What all letters of one directive share: what its events are about, and its text as plain values.

    `link_until` is the moment, on the realm's clock, until which a link sent with it may sign.
    """

    id: int
    place_id: int
    incident_id: int | None
    version: int = field(default=0, compare=False)
    link_until: datetime | None = field(default=None, compare=False)
    content: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def about(self) -> dict[str, Any]:
        """What every event about it says."""
        return {"directive": self.id, "place": self.place_id, "incident": self.incident_id}

    @property
    def urgency(self) -> str:
        """How urgent it is."""
        return str(self.content.get("urgency", "urgent"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One delivery on its way.

    `closed_address` is where to (a number, a mailbox, a robot) and `closed_key` the key of a site's webhook: both
    as they lie in the database, still sealed; None when there is none. `link` is an absolute URL that signs for it,
    or "" where the installation has no public address. `also` are other deliveries, of the same channel and to the
    same address, that this letter brings too (each with its own order and link): what becomes of it becomes of them.
    """

    delivery: int
    uid: str
    channel: str
    order: Order
    place_code: str
    tries: int
    url: str | None = None
    closed_key: str | None = field(default=None, repr=False)
    closed_address: str | None = field(default=None, repr=False)
    account: int | None = None
    lang: str = "zh"
    link: str = field(default="", repr=False)
    reply_code: str | None = field(default=None, repr=False)
    also: tuple[Letter, ...] = ()

    @property
    def every(self) -> tuple[Letter, ...]:
        """The deliveries that travel in this letter, its own first."""
        return (self, *self.also)

    def without(self, held: Container[int]) -> Letter | None:
        """The letter with only those deliveries that are `held`; None when that is none of them."""
        still = [one for one in self.every if one.delivery in held]
        if len(still) == len(self.every):
            return self
        return replace(still[0], also=tuple(still[1:])) if still else None

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
    """What became of one try; `reason` is a code such as ``timeout`` or ``http:503``, of at most 80 letters.

    `made`: it arrived, or the provider took it. `retry`: the provider's or the network's trouble, our own wrong
    password there included; it counts against the channel's health, except for the reason THROTTLED. `failed`:
    this address is at fault (it bounces, no such number), so that the next channel is owed. `wait`: it was not
    tried, and no try is used up. `after` is the least pause that was asked for (``Retry-After``); the pack caps it.
    `seconds` is how long the try took, which the lane measures. `ended` are addresses, sealed as they came, that the
    provider says are no more.
    """

    letter: Letter
    kind: Literal["made", "retry", "failed", "wait"]
    reason: str = ""
    after: timedelta | None = None
    seconds: float = 0.0
    ended: tuple[str, ...] = field(default=(), repr=False)


def content_of(directive: Directive, incident_code: str | None, realm: int) -> dict[str, Any]:
    """An issued directive as its receivers read it; instants are ISO 8601 in UTC.

    `withdrawn` says that work on it must stop; `incident` is null where no response was open when it was sent.
    """
    return {
        "number": directive.number,
        "kind": directive.kind,
        "urgency": directive.urgency,
        "exercise": realm != REAL,
        "withdrawn": directive.state == "withdrawing",
        "incident": incident_code,
        "title": {"zh": directive.title_zh, "en": directive.title_en},
        "body": {"zh": directive.body_zh, "en": directive.body_en},
        "issued_at": _instant(directive.issued_at),
        "acknowledge_due": _instant(directive.acknowledge_due),
        "task_due": _instant(directive.task_due),
    }


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
