"""What is open at a duty desk: the list that a handover passes on, and that nobody may be left without."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from region.accounts.models import DutyShift
from region.dispatch.models import ChannelState, Directive, Escalation, Recipient
from region.dispatch.queries.progress import progress
from region.dispatch.states import UNSIGNED
from region.dispatch.wording import PACK
from region.places.hierarchy import OFFICES
from region.places.models import Place, Site
from region.spine.work import Work

PAPERS = ("draft", "awaiting_approval", "approved")
IN_FORCE = ("issued", "withdrawing")
KINDS = ("unreached", "escalation", "trouble", "supervision", "order", "review", "paper", "channel")
"""The order in which a desk reads them."""


@dataclass(frozen=True)
class OpenItem:
    """One thing that waits: `kind` is one of KINDS, `ref` a typed reference, `place` where it waits.

    `count` is how many it is about, `late` how many of them are late; `due` is the limit that runs.
    """

    kind: str
    ref: str
    place: int
    state: str = ""
    due: datetime | None = None
    count: int = 1
    late: int = 0
    number: str = ""
    title_zh: str = ""
    title_en: str = ""

    def plain(self) -> dict[str, Any]:
        """As it is kept in a handover: instants as ISO 8601 text."""
        return {**asdict(self), "due": self.due.isoformat() if self.due else None}


def desk_places(w: Work, place: Place) -> list[int]:
    """A desk's own places: an area with the offices that stand in it, or a site alone."""
    offices = select(Place.id).join(Place.site).where(Place.parent_id == place.id, Site.type.in_(OFFICES))
    return [place.id, *w.session.scalars(offices.order_by(Place.id))]


def open_items(w: Work, place: Place) -> list[OpenItem]:
    """All that is open at the desk of a place, in the order in which a desk reads it."""
    own = desk_places(w, place)
    found = [
        *_unreached(w, own),
        *_escalations(w, own),
        *_parts(w, own, "trouble"),
        *_orders(w, own),
        *_parts(w, own, "review"),
        *_papers(w, own),
        *_channels(w, place.id),
    ]
    return sorted(found, key=lambda item: (KINDS.index(item.kind), item.due is None, item.due or w.now))


def _about(order: Directive) -> dict[str, Any]:
    return {
        "ref": f"directive:{order.id}",
        "place": order.place_id,
        "state": order.state,
        "number": order.number or "",
        "title_zh": order.title_zh,
        "title_en": order.title_en,
    }


def _orders(w: Work, own: Sequence[int]) -> Iterable[OpenItem]:
    """Orders in force, those that supervise others apart."""
    wanted = select(Directive).where(
        Directive.place_id.in_(own), Directive.state.in_(IN_FORCE), Directive.kind != "roll_call"
    )
    orders = w.session.scalars(wanted.order_by(Directive.id)).all()
    counts = progress(w, orders)
    for order in orders:
        known = counts.get(order.id)
        kind = "supervision" if order.kind == "supervision" else "order"
        open_, late = (known.total - known.done, known.late) if known else (0, 0)
        signed = known is not None and known.signed == known.total
        due = order.task_due if signed else order.acknowledge_due
        yield OpenItem(kind, due=due, count=open_, late=late, **_about(order))


def _papers(w: Work, own: Sequence[int]) -> Iterable[OpenItem]:
    """Orders that are written and not yet given."""
    wanted = select(Directive).where(Directive.place_id.in_(own), Directive.state.in_(PAPERS))
    for order in w.session.scalars(wanted.order_by(Directive.id)):
        limit = "issue" if order.state == "approved" else "approve"
        due: datetime = order.since + w.rules.duration(PACK, f"{limit}.{order.urgency}")
        yield OpenItem("paper", due=due, late=int(due < w.now), **_about(order))


def _parts(w: Work, own: Sequence[int], kind: str) -> Iterable[OpenItem]:
    """Sites in trouble that nobody answered, or reports that nobody reviewed, by order."""
    since = Recipient.trouble_at if kind == "trouble" else Recipient.reported_at
    waits = since.is_not(None) & Recipient.ended_at.is_(None)
    if kind == "review":
        waits = waits & (Recipient.state == "reported")
    wanted = (
        select(Recipient.directive_id, func.count(Recipient.id), func.min(since))
        .join(Directive, Directive.id == Recipient.directive_id)
        .where(Directive.place_id.in_(own), Directive.state == "issued", waits)
        .group_by(Recipient.directive_id)
        .order_by(Recipient.directive_id)
    )
    for order_id, count, first in w.session.execute(wanted).all():
        order = w.get(Directive, order_id)
        due = (first or w.now) + w.rules.duration(PACK, f"review.{order.urgency}")
        yield OpenItem(kind, due=due, count=count, late=count if due < w.now else 0, **_about(order))


def _escalations(w: Work, own: Sequence[int]) -> Iterable[OpenItem]:
    """Lateness below that was passed up to this desk and that nobody has seen."""
    wanted = (
        select(Escalation, Directive)
        .join(Directive, Directive.id == Escalation.directive_id)
        .where(Escalation.place_id.in_(own), Escalation.seen_at.is_(None), Directive.state == "issued")
        .order_by(Escalation.id)
    )
    for passed, order in w.session.execute(wanted):
        count = len(passed.recipients)
        facts = {**_about(order), "ref": f"escalation:{passed.id}", "place": passed.place_id}
        yield OpenItem("escalation", due=passed.made_at, count=count, late=count, **facts)


def _channels(w: Work, place: int) -> Iterable[OpenItem]:
    """Channels that are ailing: what they owe goes by others."""
    wanted = select(ChannelState).where(ChannelState.state == "demoted").order_by(ChannelState.id)
    for one in w.session.scalars(wanted):
        yield OpenItem("channel", f"channel:{one.id}", place, one.reason or "demoted", number=one.id)


def _unreached(w: Work, own: Sequence[int]) -> Iterable[OpenItem]:
    """People of the last roll call who have not answered; the limit is when their duty begins."""
    theirs = or_(DutyShift.account_id == Recipient.account_id, DutyShift.deputy_id == Recipient.account_id)
    begins = select(func.min(DutyShift.starts)).where(
        DutyShift.place_id == Recipient.place_id, DutyShift.ends > w.now, theirs
    )
    wanted = (
        select(Directive, func.count(Recipient.id), func.min(begins.scalar_subquery()))
        .join(Recipient, Recipient.directive_id == Directive.id)
        .where(Directive.place_id.in_(own), Directive.kind == "roll_call", Directive.state == "issued")
        .where(Recipient.state.in_(UNSIGNED))
        .group_by(Directive.id)
        .order_by(Directive.id)
    )
    for order, count, starts in w.session.execute(wanted):
        late = count if (order.acknowledge_due or w.now) < w.now else 0
        yield OpenItem("unreached", due=starts, count=count, late=late, **_about(order))
