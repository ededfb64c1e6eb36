"""What waits at the desk beside running orders: stops not signed, the roll call, the desk itself, ailing channels."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from region.accounts.queries import people_named
from region.board.queries.desk_decision import Decision
from region.dispatch.models import ChannelState, Directive, Handover, Recipient
from region.dispatch.queries import roll_calls
from region.dispatch.states import HANDOVER, UNSIGNED
from region.dispatch.wording import PACK
from region.places.models import Place
from region.spine.work import Work


def still_stopping(w: Work) -> Iterable[Decision]:
    """Withdrawn orders with sites that have not signed that they stopped; the limit is that of the urgency."""
    wanted = (
        select(Directive, func.count(Recipient.id), func.min(Recipient.id))
        .join(Recipient, Recipient.directive_id == Directive.id)
        .where(Directive.state == "withdrawing", Recipient.state == "stopping")
        .group_by(Directive.id)
    )
    for directive, count, first in w.session.execute(wanted).all():
        due = directive.since + w.rules.duration(PACK, f"stop.{directive.urgency}")
        one = w.get(Recipient, first) if count == 1 else None
        place = w.get(Place, one.place_id) if one else None
        yield Decision("stopping", due, count, directive, recipient=one.id if one else None, place=place)


def unanswered(w: Work) -> Iterable[Decision]:
    """The newest roll call of a desk once its time is over: who must be telephoned before the duty begins."""
    silent = select(Recipient.directive_id).where(Recipient.state.in_(UNSIGNED))
    wanted = select(func.max(Directive.id)).where(
        Directive.kind == "roll_call",
        Directive.state == "issued",
        Directive.acknowledge_due < w.now,
        Directive.id.in_(silent),
    )
    for id in w.session.scalars(wanted.group_by(Directive.place_id)).all():
        place = w.get(Place, w.get(Directive, id).place_id)
        found = roll_calls.latest(w, place) if w.may("dispatch.escalate", place.id) else None
        if found is not None and found.directive.id == id and found.silent:
            first = min((one.begins for one in found.silent if one.left(w.now) and one.begins), default=None)
            due = first or found.directive.acknowledge_due or w.now
            yield Decision("unreached", due, len(found.silent), found.directive, place=place)


def offered(w: Work) -> Iterable[Decision]:
    """The duty that is handed over to the reader and waits for the second signature."""
    if w.actor.account_id is None:
        return
    wanted = select(Handover).where(
        Handover.state == HANDOVER.start, Handover.taking_id == w.actor.account_id
    )
    limit = w.rules.duration(PACK, "handover.sign")
    papers = w.session.scalars(wanted.order_by(Handover.id)).all()
    people = people_named(w, [paper.leaving_id for paper in papers]) if papers else {}
    for paper in papers:
        place = w.get(Place, paper.place_id)
        due = paper.offered_at + limit
        yield Decision("handover", due, len(paper.items), place=place, person=people.get(paper.leaving_id))


def ailing(w: Work) -> Iterable[Decision]:
    """Channels at rest, and why; a channel's clock is real, so it is told by the realm's now."""
    if not (w.may("dispatch.escalate") or w.may("dispatch.channels")):
        return
    wanted = select(ChannelState).where(ChannelState.state == "demoted").order_by(ChannelState.id)
    for one in w.session.scalars(wanted):
        again = w.now + (one.until - w.real_now) if one.until else None
        since = w.now - (w.real_now - one.since)
        yield Decision("channel", since, channel=one.id, reason=one.reason or "", again=again)
