"""What became of letters, written down many at a time: delivered, due again, put off, or failed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import compress
from typing import Any

from sqlalchemy import ColumnElement, select, update

from region.dispatch.actions.addresses import end_gone
from region.dispatch.delivery import stranded
from region.dispatch.events import DeliveriesFailed, DeliveriesMade, DeliveriesRetried
from region.dispatch.letters import Order, Outcome, Terms
from region.dispatch.models import Delivery, Hold, Recipient
from region.dispatch.states import DELIVERY
from region.spine.work import Work

QUIET = {"synchronize_session": False}
NONE: frozenset[str] = frozenset()


def record(
    w: Work, token: str, terms: Terms, outcomes: Iterable[Outcome], ailing: Collection[str] = NONE
) -> None:
    """Write down what became of letters; each group is told once an order and channel.

    An arrival is a fact whoever holds the lease; a failure is only ours to record while we hold it. On an `ailing`
    channel nothing is tried again that another could bring: the next one is owed.
    """
    w.need("system.operate")
    outcomes = list(outcomes)
    ended = {closed for outcome in outcomes for closed in outcome.ended}
    if ended:
        end_gone(w, ended)
    groups: dict[tuple[Order, str], list[Outcome]] = {}
    for outcome in outcomes:
        for letter in outcome.letter.every:
            own = replace(outcome, letter=letter)
            groups.setdefault((letter.order, letter.channel), []).append(own)
    for (order, channel), found in groups.items():
        _record_made(w, order, channel, [one for one in found if one.kind == "made"])
        vain = [one for one in found if one.kind != "made"]
        held = _still_owed(w, vain, Hold.lease == token)
        mine = [one for one in vain if one.letter.delivery in held]
        _put_off(w, terms, [one for one in mine if one.kind == "wait"])
        tried = [one for one in mine if one.kind != "wait"]
        again = [_worth_retrying(one, terms) for one in tried]
        if channel in ailing:
            alone = stranded(w, order.id, [one.letter.delivery for one in compress(tried, again)])
            again = [more and one.letter.delivery in alone for one, more in zip(tried, again, strict=True)]
        _record_retry(w, order, channel, terms, list(compress(tried, again)))
        _record_failed(w, order, channel, [one for one, more in zip(tried, again, strict=True) if not more])


def _worth_retrying(one: Outcome, terms: Terms) -> bool:
    return one.kind == "retry" and one.letter.tries + 1 < terms.tries


def _still_owed(w: Work, outcomes: Sequence[Outcome], also: ColumnElement[bool] | None = None) -> set[int]:
    """Those whose row is still owed; a site may have signed on its screen meanwhile, or the order ended."""
    if not outcomes:
        return set()
    ids = [one.letter.delivery for one in outcomes]
    wanted = select(Hold.id).where(Hold.id.in_(ids), Hold.state == DELIVERY.start)
    if also is not None:
        wanted = wanted.where(also)
    return set(w.session.scalars(wanted.order_by(Hold.id).with_for_update()))


def _record_made(w: Work, order: Order, channel: str, made: Sequence[Outcome]) -> None:
    if not made:
        return
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
    w.tell(DeliveriesMade(channel=channel, deliveries=tuple(ids), **order.about))


def _hold_recipients(w: Work, made: Sequence[Outcome]) -> None:
    """Lock recipients before deliveries, in the order in which a signature takes them: else the two may deadlock."""
    theirs = select(Delivery.recipient_id).where(Delivery.id.in_([one.letter.delivery for one in made]))
    held = select(Recipient.id).where(Recipient.id.in_(theirs)).order_by(Recipient.id).with_for_update()
    w.session.execute(held).all()


def _put_off(w: Work, terms: Terms, waiting: Sequence[Outcome]) -> None:
    """Due later, with no try used up; nobody has to answer for that, so that nothing is told."""
    groups: dict[object, list[Outcome]] = {}
    for one in waiting:
        groups.setdefault(one.after, []).append(one)
    for found in groups.values():
        w.session.execute(
            update(Hold)
            .where(Hold.id.in_([one.letter.delivery for one in found]))
            .values(due_at=w.real_now + (found[0].after or terms.first), lease=None, lease_until=None)
            .execution_options(**QUIET)
        )


def _record_retry(w: Work, order: Order, channel: str, terms: Terms, again: Sequence[Outcome]) -> None:
    if not again:
        return
    groups: dict[object, list[Outcome]] = {}
    for one in again:
        groups.setdefault((one.letter.tries, one.reason, one.after), []).append(one)
    for found in groups.values():
        tries = found[0].letter.tries + 1
        w.session.execute(
            update(Delivery)
            .where(Delivery.id.in_([one.letter.delivery for one in found]))
            .values(
                tries=tries,
                due_at=w.real_now + terms.pause(tries, found[0].after),
                last_error=found[0].reason,
                lease=None,
                lease_until=None,
            )
            .execution_options(**QUIET)
        )
    w.tell(DeliveriesRetried(channel=channel, **_lists(again), **order.about))


def _record_failed(w: Work, order: Order, channel: str, failed: Sequence[Outcome]) -> None:
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
    w.tell(DeliveriesFailed(channel=channel, **_lists(failed), **order.about))


def _lists(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    return {
        "deliveries": tuple(one.letter.delivery for one in outcomes),
        "reasons": tuple(one.reason for one in outcomes),
    }
