"""Who is to be fetched or brought home: whom, where, which door, by when; the oldest clock first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from region.quarantine.models import Handover, Stay
from region.quarantine.states import HANDOVER
from region.spine.work import Work

MOST = 50
NEXT = {"identified": "pick_up", "notified": "pick_up", "in_transfer": "arrive", "returning": "home"}
"""The handover that comes next from a state."""


@dataclass(frozen=True)
class Ride:
    """One person on the list of the transfer team: the next handover, its open offer, and when it is late."""

    stay: Stay
    kind: str
    offered: Handover | None
    due_at: datetime | None


def listed(w: Work, after: int = 0) -> Sequence[Ride]:
    """People who wait for a vehicle or are in one, of those whose site is known or who go home; a page of them.

    `after` is the stay that the page before ended with; one that is not known any more begins anew.
    """
    fetched = and_(Stay.state.in_(("identified", "notified")), Stay.transfer_due_at.is_not(None))
    clock = func.coalesce(Stay.transfer_due_at, Stay.since)
    wanted = select(Stay).where(or_(fetched, Stay.state.in_(("in_transfer", "returning"))))
    if (last := w.session.get(Stay, after)) is not None:
        since = last.transfer_due_at or last.since
        wanted = wanted.where(or_(clock > since, and_(clock == since, Stay.id > last.id)))
    stays = w.session.scalars(wanted.order_by(clock, Stay.id).limit(MOST)).all()
    open_ = select(Handover).where(Handover.state == HANDOVER.start)
    rows = w.session.scalars(open_.where(Handover.stay_id.in_([stay.id for stay in stays])))
    offers = {(row.stay_id, row.kind): row for row in rows}
    return [
        Ride(stay, NEXT[stay.state], offers.get((stay.id, NEXT[stay.state])), stay.transfer_due_at)
        for stay in stays
    ]
