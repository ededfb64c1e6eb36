"""Claiming letters that are due, holding them while they travel, and letting go of them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update

from region.dispatch.events import DeliveriesReclaimed
from region.dispatch.letters import Letter, Order, Terms
from region.dispatch.models import ChannelState, Delivery, Directive, Hold
from region.dispatch.packing import letters_of
from region.dispatch.queries.channels import known_channels
from region.dispatch.reach import UNSENT, rests, sent_channels
from region.dispatch.states import DELIVERY
from region.spine.work import Work

QUIET = {"synchronize_session": False}


def owed(channels: Collection[str]) -> ColumnElement[bool]:
    """Still to be sent, by one of these channels."""
    return and_(Hold.channel.in_(channels), Hold.state == DELIVERY.start)


def claim(
    w: Work, token: str, terms: Terms, orders: dict[int, Order], room: Mapping[str, int]
) -> list[Letter]:
    """Take letters that are due, up to `room` of each channel, for as long as the lease; two lanes never hold the same.

    `token` names the holder. `orders` is what the lane knows of directives, and learns the new ones. Of a demoted
    channel nothing is taken while it rests (what another can bring is diverted), and then one letter at a time, as a
    probe.
    """
    w.need("system.operate")
    _reclaim(w)
    ill, at_rest = _demoted(w), rests(w)
    taken: list[int] = []
    for channel, most in room.items():
        if channel in at_rest:
            divert_soon(w, channel, at_rest[channel])
        elif channel not in ill:
            taken += _take(w, token, terms, channel, most)
        elif not _probing(w, channel):
            taken += _take(w, token, terms, channel, 1)
    return letters_of(w, taken, orders)


def _demoted(w: Work) -> set[str]:
    """The demoted channels, locked: of two lanes one asks first whether a probe is under way."""
    wanted = select(ChannelState.id).where(ChannelState.state == "demoted").order_by(ChannelState.id)
    return set(w.session.scalars(wanted.with_for_update()))


def _probing(w: Work, channel: str) -> bool:
    held = select(Hold.id).where(owed([channel]), Hold.lease.is_not(None)).limit(1)
    return w.session.scalar(held) is not None


def _take(w: Work, token: str, terms: Terms, channel: str, most: int) -> list[int]:
    ready = (owed([channel]), Hold.realm == w.realm, Hold.due_at <= w.real_now, Hold.lease.is_(None))
    due = (
        select(Hold.id)
        .where(*ready)
        .order_by(Hold.due_at, Hold.place_id, Hold.id)  # what one place gets together is taken together
        .limit(most)
        .with_for_update(skip_locked=True)
    ).cte("due")  # PostgreSQL may run a plain subquery more than once and pass its limit
    taken = w.session.execute(
        update(Hold)
        .where(Hold.id.in_(select(due.c.id)), owed([channel]), Hold.lease.is_(None))
        .values(lease=token, lease_until=w.real_now + terms.lease)
        .returning(Hold.id)
        .execution_options(**QUIET)
    )
    return list(taken.scalars())


def divert_soon(w: Work, channel: str, before: datetime) -> None:
    """Promise to divert what an ailing or switched-off channel owes in this realm and is due before that instant.

    What no other channel can bring was put off until then, and is left alone.
    """
    free = select(Hold.id).where(owed([channel]), Hold.lease.is_(None), Hold.due_at < before).limit(1)
    if w.session.scalar(free) is not None:
        w.owe("dispatch.divert", key=f"divert:{channel}:{w.real_now:%Y%m%dT%H%M%S}", channel=channel)


def switched_off(w: Work) -> list[str]:
    """The channels of the pack that this installation does not send by, whatever they still owe."""
    return sorted(set(known_channels(w)) - sent_channels(w) - UNSENT)


def _reclaim(w: Work) -> None:
    """Take back what a dead worker held, and say so."""
    late = and_(owed(sent_channels(w)), Hold.lease.is_not(None), Hold.lease_until <= w.real_now)
    freed = w.session.execute(
        update(Hold)
        .where(late)
        .values(lease=None, lease_until=None)
        .returning(Hold.id)
        .execution_options(**QUIET)
    )
    ids = freed.scalars().all()
    if not ids:
        return
    wanted = (
        select(Delivery.id, Delivery.channel, Directive.id, Directive.place_id, Directive.incident_id)
        .join(Directive, Directive.id == Delivery.directive_id)
        .where(Delivery.id.in_(ids))
        .order_by(Delivery.id)
    )
    found: dict[tuple[Order, str], list[int]] = {}
    for delivery, channel, directive, place, incident in w.session.execute(wanted):
        found.setdefault((Order(directive, place, incident), channel), []).append(delivery)
    for (order, channel), deliveries in found.items():
        w.tell(DeliveriesReclaimed(channel=channel, deliveries=tuple(deliveries), **order.about))


def renew(w: Work, token: str, terms: Terms) -> set[int]:
    """Hold on to what `token` still holds; gives those ids. Others were dropped, signed for, or taken over."""
    mine = and_(Hold.lease == token, owed(sent_channels(w)))
    kept = w.session.execute(
        update(Hold)
        .where(mine)
        .values(lease_until=w.real_now + terms.lease)
        .returning(Hold.id)
        .execution_options(**QUIET)
    )
    return set(kept.scalars())


def release(w: Work, token: str, ids: Collection[int]) -> None:
    """Let go of letters that were not tried."""
    w.session.execute(
        update(Hold)
        .where(Hold.id.in_(ids), Hold.lease == token)
        .values(lease=None, lease_until=None)
        .execution_options(**QUIET)
    )


def anything_due(w: Work) -> bool:
    """Whether a letter is due, or whoever holds one has gone silent."""
    free = and_(Hold.lease.is_(None), Hold.due_at <= w.real_now)
    silent = Hold.lease_until <= w.real_now
    wanted = select(Hold.id).where(owed(sent_channels(w)), or_(free, silent)).limit(1)
    return w.session.scalar(wanted) is not None


def owe_next_look(w: Work) -> None:
    """Promise one lane at the moment when the next letter is due again, or a lease that others hold runs out."""
    moment = case((Hold.lease.is_(None), Hold.due_at), else_=Hold.lease_until)
    wanted = select(func.min(moment)).where(owed(sent_channels(w)))
    earliest: datetime | None = w.session.scalar(wanted)
    if earliest is not None:
        owe_look_at(w, max(earliest, w.real_now))


def owe_look_at(w: Work, moment: datetime) -> None:
    """Promise one lane at that moment."""
    # Whole seconds, so that many retries and several lanes share one errand.
    at = datetime.fromtimestamp(math.ceil(moment.timestamp()), UTC)
    w.owe("dispatch.deliver", key=f"deliver:at:{at:%Y%m%dT%H%M%S}", really_at=at, lane=0)
