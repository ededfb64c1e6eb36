"""Orders were made on paper: each recipient is owed a delivery by paper, and the printing of it is its arrival."""

from __future__ import annotations

from sqlalchemy import select

from region.dispatch.actions.receipts import take_receipt
from region.dispatch.delivery import owe_round
from region.dispatch.events import OrdersPrinted
from region.dispatch.models import Delivery, Directive
from region.dispatch.reach import PRINT
from region.dispatch.states import DELIVERY
from region.spine.flow import when
from region.spine.work import Work


@when(OrdersPrinted)
def deliver_on_paper(w: Work, e: OrdersPrinted) -> None:
    """The sheet with its code goes to the recipient in somebody's hand; nothing else will tell us that it came."""
    owe_round(w, w.get(Directive, e.directive), e.round, e.recipients, channel=PRINT)
    wanted = select(Delivery).where(
        Delivery.directive_id == e.directive,
        Delivery.channel == PRINT,
        Delivery.recipient_id.in_(e.recipients),
        Delivery.state == DELIVERY.start,
    )
    for delivery in w.session.scalars(wanted.order_by(Delivery.id)).all():
        take_receipt(w, delivery, arrived=True)
