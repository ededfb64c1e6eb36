"""Claiming letters that are due, holding them while they travel, and recording what became of them, many at a time."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update

from region.dispatch.delivery import WEBHOOK
from region.dispatch.events import DeliveriesFailed, DeliveriesMade, DeliveriesReclaimed, DeliveriesRetried
from region.dispatch.letters import Letter, Order, Outcome, Terms, content_of
from region.dispatch.models import Delivery, Directive, Hold, Recipient
from region.dispatch.states import DELIVERY
from region.incidents.models import Incident
from region.places.models import Place, Site
from region.spine.work import Work

QUIET = {"synchronize_session": False}


def _owed() -> ColumnElement[bool]:
    return and_(Hold.channel == WEBHOOK, Hold.state == DELIVERY.start)


def claim(w: Work, token: str, terms: Terms, orders: dict[int, Order], most: int) -> list[Letter]:
    """Take up to `most` letters that are due, for as long as the lease; two lanes never hold the same one.

    `token` names the holder. `orders` is what the lane knows of directives, and learns the new ones.
    """
    w.need("system.operate")
    _reclaim(w)
    due = (
        select(Hold.id)
        .where(_owed(), Hold.realm == w.realm, Hold.due_at <= w.real_now, Hold.lease.is_(None))
        .order_by(Hold.due_at, Hold.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).cte("due")  # PostgreSQL may run a plain subquery more than once and pass its limit
    taken = w.session.execute(
        update(Hold)
        .where(Hold.id.in_(select(due.c.id)), _owed(), Hold.lease.is_(None))
        .values(lease=token, lease_until=w.real_now + terms.lease)
        .returning(Hold.id)
        .execution_options(**QUIET)
    )
    return _letters(w, taken.scalars().all(), orders)


def _reclaim(w: Work) -> None:
    """Take back what a dead worker held, and say so."""
    late = and_(_owed(), Hold.lease.is_not(None), Hold.lease_until <= w.real_now)
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
        select(Delivery.id, Directive.id, Directive.place_id, Directive.incident_id)
        .join(Directive, Directive.id == Delivery.directive_id)
        .where(Delivery.id.in_(ids))
        .order_by(Delivery.id)
    )
    found: dict[Order, list[int]] = {}
    for delivery, directive, place, incident in w.session.execute(wanted):
        found.setdefault(Order(directive, place, incident), []).append(delivery)
    for order, deliveries in found.items():
        w.tell(DeliveriesReclaimed(channel=WEBHOOK, deliveries=tuple(deliveries), **order.about))


def _letters(w: Work, ids: Sequence[int], orders: dict[int, Order]) -> list[Letter]:
    if not ids:
        return []
    wanted = (
        select(
            Delivery.id,
            Delivery.uid,
            Delivery.directive_id,
            Place.code,
            Delivery.tries,
            Site.webhook_url,
            Site.webhook_key,
        )
        .join(Place, Place.id == Delivery.place_id)
        .join(Site, Site.place_id == Delivery.place_id)
        .where(Delivery.id.in_(ids))
        .order_by(Delivery.due_at, Delivery.id)
    )
    rows = w.session.execute(wanted).all()
    _learn(w, {row.directive_id for row in rows} - orders.keys(), orders)
    return [
        Letter(id, uid, orders[directive], code, tries, url, key)
        for id, uid, directive, code, tries, url, key in rows
    ]


def _learn(w: Work, directives: Collection[int], orders: dict[int, Order]) -> None:
    if not directives:
        return
    wanted = (
        select(Directive, Incident.code)
        .join(Incident, Incident.id == Directive.incident_id)
        .where(Directive.id.in_(directives))
    )
    for directive, incident in w.session.execute(wanted):
        content = content_of(directive, incident, w.realm)
        orders[directive.id] = Order(directive.id, directive.place_id, directive.incident_id, content)


def renew(w: Work, token: str, terms: Terms) -> set[int]:
    """Hold on to what `token` still holds; gives those ids. Others were dropped, signed for, or taken over."""
    mine = and_(Hold.lease == token, _owed())
    kept = w.session.execute(
        update(Hold)
        .where(mine)
        .values(lease_until=w.real_now + terms.lease)
        .returning(Hold.id)
        .execution_options(**QUIET)
    )
    return set(kept.scalars())


def record(w: Work, token: str, terms: Terms, outcomes: Iterable[Outcome]) -> None:
    """Write down what became of letters: delivered, due again, or failed; each group is told once an order.

    An arrival is a fact whoever holds the lease; a failure is only ours to record while we hold it.
    """
    w.need("system.operate")
    by_order: dict[int, list[Outcome]] = {}
    for outcome in outcomes:
        by_order.setdefault(outcome.letter.order.id, []).append(outcome)
    for found in by_order.values():
        order = found[0].letter.order
        _record_made(w, order, [one for one in found if one.kind == "made"])
        vain = [one for one in found if one.kind != "made"]
        held = _still_owed(w, vain, Hold.lease == token)
        mine = [one for one in vain if one.letter.delivery in held]
        _record_retry(w, order, terms, [one for one in mine if _worth_retrying(one, terms)])
        _record_failed(w, order, [one for one in mine if not _worth_retrying(one, terms)])


def _worth_retrying(one: Outcome, terms: Terms) -> bool:
    return one.kind == "retry" and one.letter.tries + 1 < terms.tries


def _still_owed(w: Work, outcomes: Sequence[Outcome], also: ColumnElement[bool] | None = None) -> set[int]:
    """Those whose row is still owed; a site may have signed on its screen meanwhile, or the order ended."""
    if not outcomes:
        return set()
    wanted = select(Hold.id).where(Hold.id.in_([one.letter.delivery for one in outcomes]), _owed())
    if also is not None:
        wanted = wanted.where(also)
    return set(w.session.scalars(wanted.order_by(Hold.id).with_for_update()))


def _record_made(w: Work, order: Order, made: Sequence[Outcome]) -> None:
    _hold_recipients(w, made)
    ids = sorted(_still_owed(w, made))
    if not ids:
        return
    w.session.execute(
        update(Delivery)
        .where(Delivery.id.in_(ids))
        .values(
            state="delivered",
            since=w.now,
            delivered_at=w.now,
            version=Delivery.version + 1,
            tries=Delivery.tries + 1,
            lease=None,
            lease_until=None,
            last_error=None,
        )
        .execution_options(**QUIET)
    )
    reached = select(Delivery.recipient_id).where(Delivery.id.in_(ids))
    w.session.execute(
        update(Recipient)
        .where(Recipient.id.in_(reached.scalar_subquery()), Recipient.state == "pending")
        .values(state="delivered", since=w.now, delivered_at=w.now, version=Recipient.version + 1)
        .execution_options(**QUIET)
    )
    w.tell(DeliveriesMade(channel=WEBHOOK, deliveries=tuple(ids), **order.about))


def _hold_recipients(w: Work, made: Sequence[Outcome]) -> None:
    """Lock recipients before deliveries, in the order in which a signature takes them: else the two may deadlock."""
    theirs = select(Delivery.recipient_id).where(Delivery.id.in_([one.letter.delivery for one in made]))
    held = select(Recipient.id).where(Recipient.id.in_(theirs)).order_by(Recipient.id).with_for_update()
    w.session.execute(held).all()


def _record_retry(w: Work, order: Order, terms: Terms, again: Sequence[Outcome]) -> None:
    if not again:
        return
    groups: dict[tuple[int, str], list[int]] = {}
    for one in again:
        groups.setdefault((one.letter.tries + 1, one.reason), []).append(one.letter.delivery)
    for (tries, reason), ids in groups.items():
        w.session.execute(
            update(Delivery)
            .where(Delivery.id.in_(ids))
            .values(
                tries=tries,
                due_at=w.real_now + terms.pause(tries),
                last_error=reason,
                lease=None,
                lease_until=None,
            )
            .execution_options(**QUIET)
        )
    w.tell(DeliveriesRetried(channel=WEBHOOK, **_lists(again), **order.about))


def _record_failed(w: Work, order: Order, failed: Sequence[Outcome]) -> None:
    if not failed:
        return
    groups: dict[str, list[int]] = {}
    for one in failed:
        groups.setdefault(one.reason, []).append(one.letter.delivery)
    for reason, ids in groups.items():
        w.session.execute(
            update(Delivery)
            .where(Delivery.id.in_(ids))
            .values(
                state="failed",
                since=w.now,
                version=Delivery.version + 1,
                tries=Delivery.tries + 1,
                last_error=reason,
                lease=None,
                lease_until=None,
            )
            .execution_options(**QUIET)
        )
    w.tell(DeliveriesFailed(channel=WEBHOOK, **_lists(failed), **order.about))


def _lists(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    return {
        "deliveries": tuple(one.letter.delivery for one in outcomes),
        "reasons": tuple(one.reason for one in outcomes),
    }


def anything_due(w: Work) -> bool:
    """Whether a letter waits for a lane now, or its holder has gone silent."""
    free = and_(Hold.lease.is_(None), Hold.due_at <= w.real_now)
    silent = Hold.lease_until <= w.real_now
    return w.session.scalar(select(Hold.id).where(_owed(), or_(free, silent)).limit(1)) is not None


def owe_next_look(w: Work) -> None:
    """Promise one lane at the moment when the next letter is due again, or a lease that others hold runs out."""
    moment = case((Hold.lease.is_(None), Hold.due_at), else_=Hold.lease_until)
    earliest: datetime | None = w.session.scalar(select(func.min(moment)).where(_owed()))
    if earliest is None:
        return
    # Whole seconds, so that many retries and several lanes share one errand.
    at = datetime.fromtimestamp(math.ceil(max(earliest, w.real_now).timestamp()), UTC)
    w.owe("dispatch.deliver", key=f"deliver:at:{at:%Y%m%dT%H%M%S}", really_at=at, lane=0)
