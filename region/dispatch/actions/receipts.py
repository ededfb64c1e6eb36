"""What a provider tells later of a message that it took: it arrived, or it never will."""

from __future__ import annotations

import re

from region.dispatch.events import DeliveriesFailed, DeliveriesMade
from region.dispatch.models import Delivery, Directive, Recipient
from region.dispatch.states import DELIVERY, RECIPIENT
from region.spine.work import Work


def take_receipt(w: Work, delivery: Delivery, arrived: bool, code: str = "") -> str:
    """Note what became of a message; gives the delivery's state. The same receipt twice changes nothing.

    That it never arrived makes the next channel owed, also where the provider had taken it: the delivery then keeps
    its state, for it was handed over, and says why beside it.
    """
    w.need("system.operate")
    if arrived and delivery.state == DELIVERY.start:
        _arrived(w, delivery)
    elif not arrived and delivery.state in (DELIVERY.start, "delivered") and delivery.last_error is None:
        _lost(w, delivery, f"receipt:{_plain(code)}")
    return delivery.state


def _arrived(w: Work, delivery: Delivery) -> None:
    recipient = w.get(Recipient, delivery.recipient_id)
    if recipient.state == "pending":
        RECIPIENT.move(w, recipient, "deliver", place=recipient.place_id)
        recipient.delivered_at = w.now
    DELIVERY.move(w, delivery, "deliver", place=delivery.place_id)
    delivery.delivered_at, delivery.lease, delivery.lease_until = w.now, None, None
    about = w.get(Directive, delivery.directive_id).about
    w.tell(DeliveriesMade(channel=delivery.channel, deliveries=(delivery.id,), **about))


def _lost(w: Work, delivery: Delivery, reason: str) -> None:
    if delivery.state == DELIVERY.start:
        DELIVERY.move(w, delivery, "fail", place=delivery.place_id)
        delivery.lease = delivery.lease_until = None
    delivery.last_error = reason
    about = w.get(Directive, delivery.directive_id).about
    w.tell(DeliveriesFailed(channel=delivery.channel, deliveries=(delivery.id,), reasons=(reason,), **about))


def _plain(code: str) -> str:
    """A provider's word, fit for the journal."""
    return re.sub(r"[^a-z0-9-]+", "-", code.lower()).strip("-")[:20] or "failed"
