"""What the page of a signed link shows: the order, who must sign, until when, and what was signed already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from region.dispatch.models import Delivery, Directive, Recipient
from region.dispatch.states import UNSIGNED
from region.places.models import Place
from region.spine.work import Work

Asked = Literal["sign", "stop", "signed", "stopped", "ended"]
GONE = ("withdrawing", "cancelled", "superseded", "discarded")


@dataclass(frozen=True)
class Page:
    """One order as its link shows it; `asked` is what the one button is for, or what it has come to.

    `signed_at` and `way` say when and how it was signed; `named` that it is for one person, who gives no name.
    """

    directive: Directive
    asked: Asked
    issuer: Place
    site: Place
    signed_at: datetime | None
    way: str | None
    named: bool


def page_of(w: Work, delivery: Delivery) -> Page:
    """The page for one delivery, in the scope of its holder."""
    w.need("dispatch.read", delivery.place_id)
    recipient = w.get(Recipient, delivery.recipient_id)
    directive = recipient.directive
    with w.beyond_scope("who issued an order is known to those who received it"):
        issuer = w.get(Place, directive.place_id)
    return Page(
        directive,
        asked_of(recipient),
        issuer,
        w.get(Place, recipient.place_id),
        recipient.stopped_at or recipient.acknowledged_at,
        recipient.acknowledged_way,
        delivery.account_id is not None,
    )


def asked_of(recipient: Recipient) -> Asked:
    """What a recipient may still sign from outside: the order, that work has stopped, or nothing any more."""
    if recipient.state in ("stopping", "stopped"):
        return "stop" if recipient.state == "stopping" else "stopped"
    if recipient.directive.state in GONE or recipient.state in ("void", "waived"):
        return "ended"
    if recipient.state in UNSIGNED:
        return "sign"
    return "signed" if recipient.acknowledged_at is not None else "ended"
