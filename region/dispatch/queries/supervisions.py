"""The supervision orders of an order: which time each was, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from region.dispatch.events import SupervisionIssued
from region.dispatch.models import Directive
from region.spine.journal import Entry
from region.spine.work import Work


@dataclass(frozen=True)
class Supervised:
    """One supervision order; `times` is which overrun made it (1 is the first), `recipients` how many it presses."""

    id: int
    number: str
    times: int
    recipients: int
    state: str
    issued_at: datetime | None
    due: datetime | None


def supervisions(w: Work, order: Directive) -> list[Supervised]:
    """The supervision orders of an order, the oldest first, as far as the actor may know of them."""
    told = select(Entry).where(
        Entry.event == SupervisionIssued.event_name(), Entry.subject == f"directive:{order.id}"
    )
    with w.beyond_scope("which time it was is told under the body that issued it"):
        facts = {entry.data["supervision"]: entry.data for entry in w.session.scalars(told)}
    wanted = select(Directive).where(Directive.parent_id == order.id, Directive.kind == "supervision")
    return [
        Supervised(
            id=one.id,
            number=one.number or "–",
            times=int(facts.get(one.id, {}).get("times", 1)),
            recipients=len(facts.get(one.id, {}).get("recipients", ())),
            state=one.state,
            issued_at=one.issued_at,
            due=one.task_due,
        )
        for one in w.session.scalars(wanted.order_by(Directive.id))
    ]
