"""The orders on paper that were made for one order's recipients and are not signed for yet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select

from region.dispatch.models import Delivery, Directive, Recipient
from region.dispatch.reach import PRINT
from region.dispatch.states import UNSIGNED
from region.places.models import Place
from region.spine.errors import Refused
from region.spine.work import Work

MOST = 500


@dataclass(frozen=True)
class Printed:
    """An order, who issued it, and for each recipient its place and the delivery that its code stands for."""

    directive: Directive
    issuer: Place
    copies: tuple[tuple[Place, str], ...]


def printed(w: Work, directive: Directive, chosen: Collection[int] = ()) -> Printed:
    """What is to be printed, by code of place, at most MOST at once; Refused when nothing was made yet."""
    newest = select(func.max(Delivery.id)).where(
        Delivery.directive_id == directive.id, Delivery.channel == PRINT
    )
    wanted = (
        select(Place, Delivery.uid)
        .join(Recipient, Recipient.place_id == Place.id)
        .join(Delivery, Delivery.recipient_id == Recipient.id)
        .where(Delivery.id.in_(newest.group_by(Delivery.recipient_id)), Recipient.state.in_(UNSIGNED))
    )
    if chosen:
        wanted = wanted.where(Recipient.id.in_(chosen))
    rows = w.session.execute(wanted.order_by(Place.code, Delivery.id).limit(MOST)).all()
    if not rows:
        raise Refused("nothing-printed", directive=directive.id)
    with w.beyond_scope("the body that issued it is named to all who received it"):
        issuer = w.get(Place, directive.place_id)
    return Printed(directive, issuer, tuple((place, uid) for place, uid in rows))
