"""Orders on paper, for sites with nothing but paper: each gets a delivery of its own, whose code signs for it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from region.dispatch.events import OrdersPrinted
from region.dispatch.models import Delivery, Directive, Recipient
from region.dispatch.reach import PRINT
from region.dispatch.states import UNSIGNED
from region.spine.errors import Refused
from region.spine.work import Work

MOST = 500
ROUND = 1
"""A site's printed order is made once; printing it again gives the same code."""


def print_orders(w: Work, directive: Directive, chosen: Collection[int] = ()) -> int:
    """Make printed orders for those who have not signed (or those chosen); gives how many are new, at most MOST."""
    right = "dispatch.issue" if w.may("dispatch.issue", directive.place_id) else "dispatch.escalate"
    w.need(right, directive.place_id)
    if directive.state != "issued":
        raise Refused("directive-ended", state=directive.state)
    made = select(Delivery.recipient_id).where(
        Delivery.directive_id == directive.id, Delivery.channel == PRINT, Delivery.round == ROUND
    )
    wanted = select(Recipient.id).where(
        Recipient.directive_id == directive.id, Recipient.state.in_(UNSIGNED), Recipient.id.not_in(made)
    )
    if chosen:
        wanted = wanted.where(Recipient.id.in_(chosen))
    ids = tuple(w.session.scalars(wanted.order_by(Recipient.id).limit(MOST)))
    if ids:
        w.tell(OrdersPrinted(round=ROUND, recipients=ids, **directive.about))
    return len(ids)
