"""What is owed after an order is issued: to each site one delivery by the channel that fits it, in rounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import insert, select, update
from uuid6 import uuid7

from region.dispatch.events import DeliveriesOwed
from region.dispatch.models import Delivery, Directive, Recipient
from region.dispatch.states import DELIVERY, UNSIGNED
from region.places.models import Site
from region.spine.work import Work

PORTAL, WEBHOOK = "portal", "webhook"
LANE_WORTH = 100
"""Deliveries that make one more lane worth its while."""


def owe_round(
    w: Work,
    directive: Directive,
    round: int,
    recipient_ids: Collection[int] | None = None,
    *,
    channel: str | None = None,
) -> dict[str, int]:
    """Owe one delivery to each recipient that has not signed (or to those named); gives how many by channel.

    `channel` None chooses: in round 1 the site's webhook where it has one, later the channel that was not
    used last; the portal otherwise. The same round, recipient and channel is owed once, however often asked.
    """
    w.need("system.operate")
    chosen = None if recipient_ids is None else frozenset(recipient_ids)
    last, standing = _so_far(w, directive.id, round)
    rows = []
    for recipient, place, has_webhook in _waiting(w, directive.id):
        if chosen is not None and recipient not in chosen:
            continue
        by = channel or _choose(has_webhook, last.get(recipient) if round > 1 else None)
        if (recipient, by) not in standing:
            rows.append(_row(w, directive.id, recipient, place, by, round))
    return _owe(w, directive, round, rows)


def _waiting(w: Work, directive: int) -> list[tuple[int, int, bool]]:
    """Each recipient that has not signed, its place, and whether its site has a webhook."""
    wanted = (
        select(Recipient.id, Recipient.place_id, Site.webhook_url.is_not(None))
        .join(Site, Site.place_id == Recipient.place_id, isouter=True)
        .where(Recipient.directive_id == directive, Recipient.state.in_(UNSIGNED))
        .order_by(Recipient.id)
    )
    return [(recipient, place, bool(webhook)) for recipient, place, webhook in w.session.execute(wanted)]


def _so_far(w: Work, directive: int, round: int) -> tuple[dict[int, str], set[tuple[int, str]]]:
    """The channel last used for each recipient, and what is owed in this round already."""
    wanted = (
        select(Delivery.recipient_id, Delivery.channel, Delivery.round)
        .where(Delivery.directive_id == directive)
        .order_by(Delivery.id)
    )
    found = w.session.execute(wanted).all()
    last = {recipient: channel for recipient, channel, _ in found}
    return last, {(recipient, channel) for recipient, channel, in_round in found if in_round == round}


def _choose(has_webhook: bool, last: str | None) -> str:
    return WEBHOOK if has_webhook and last != WEBHOOK else PORTAL


def _row(w: Work, directive: int, recipient: int, place: int, channel: str, round: int) -> dict[str, Any]:
    return {
        "uid": str(uuid7()),
        "realm": w.realm,
        "recipient_id": recipient,
        "directive_id": directive,
        "place_id": place,
        "channel": channel,
        "round": round,
        "state": DELIVERY.start,
        "since": w.now,
        "version": 1,
        "tries": 0,
        "due_at": w.real_now,
    }


def _owe(w: Work, directive: Directive, round: int, rows: list[dict[str, Any]]) -> dict[str, int]:
    """Write the deliveries, say so, and promise the lanes that send what a program must send."""
    if not rows:
        return {}
    w.session.execute(insert(Delivery), rows)
    counts = Counter(row["channel"] for row in rows)
    about = {"directive": directive.id, "place": directive.place_id, "incident": directive.incident_id}
    for channel, count in sorted(counts.items()):
        w.tell(DeliveriesOwed(channel=channel, round=round, count=count, **about))
    if counts[WEBHOOK]:
        # The portal needs no sending: the site's own screen fetches it.
        for lane in range(min(w.office.installation.lanes, 1 + counts[WEBHOOK] // LANE_WORTH)):
            w.owe("dispatch.deliver", key=f"deliver:{directive.id}:{round}:{lane}", lane=lane)
    return dict(counts)


def demote(w: Work, directive_id: int, delivery_ids: Collection[int]) -> int:
    """Owe the portal to those whom a failed delivery was meant for, in its round; gives how many."""
    directive = w.get(Directive, directive_id)
    wanted = select(Delivery.recipient_id, Delivery.round).where(
        Delivery.directive_id == directive_id, Delivery.id.in_(delivery_ids), Delivery.state == "failed"
    )
    rounds: dict[int, set[int]] = {}
    for recipient, round in w.session.execute(wanted):
        rounds.setdefault(round, set()).add(recipient)
    owed = [
        owe_round(w, directive, round, recipients, channel=PORTAL) for round, recipients in rounds.items()
    ]
    return sum(sum(counts.values()) for counts in owed)


def drop_owed(w: Work, directive_id: int) -> None:
    """Nothing more is sent of this order; the event that ends the order, told by the caller, covers it.

    A letter that is under way at this moment may still arrive.
    """
    w.session.execute(
        update(Delivery)
        .where(Delivery.directive_id == directive_id, Delivery.state == DELIVERY.start)
        .values(state="dropped", since=w.now, version=Delivery.version + 1, lease=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )
