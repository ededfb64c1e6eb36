"""What belongs to an order: the one that it was made out of, those made out of it, and those that supervise it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from region.dispatch.models import Delivery, Directive, Recipient
from region.dispatch.queries.children import Child, children
from region.dispatch.queries.supervisions import Supervised, supervisions
from region.dispatch.reach import PRINT
from region.dispatch.states import OPEN
from region.places.models import Place
from region.spine.work import Work

NAMED = 3


@dataclass(frozen=True)
class PassedOn:
    """An order that was made out of another one: by which place, and how far it and all below it have come."""

    by: Place | None
    child: Child
    depth: int


@dataclass(frozen=True)
class Sheet:
    """A supervision order with the places that have not done what it presses for; `late` counts them all."""

    facts: Supervised
    places: tuple[Place, ...]
    late: int


def parent(w: Work, order: Directive) -> Directive | None:
    """The order that this one was made out of, as far as the actor may know of it."""
    if order.parent_id is None:
        return None
    return w.session.scalar(select(Directive).where(Directive.id == order.parent_id))


def cascade(w: Work, order: Directive) -> list[PassedOn]:
    """All orders made out of this one, each under the one that it was made out of; `depth` begins at 0."""
    under: dict[int, list[Child]] = {}
    at = [order.id]
    while at:
        level = children(w, at)
        under |= level
        at = [child.order.id for some in level.values() for child in some if child.orders]
    found: list[tuple[Child, int]] = []

    def climb(id: int, depth: int) -> None:
        for child in under.get(id, []):
            found.append((child, depth))
            climb(child.order.id, depth + 1)

    climb(order.id, 0)
    by = _by(w, [child.recipient for child, _ in found])
    return [PassedOn(by.get(child.recipient), child, depth) for child, depth in found]


def _by(w: Work, recipients: Sequence[int]) -> dict[int, Place]:
    if not recipients:
        return {}
    wanted = select(Recipient.id, Place).join(Place, Place.id == Recipient.place_id)
    rows = w.session.execute(wanted.where(Recipient.id.in_(recipients)))
    return {row[0]: row[1] for row in rows}


def sheets(w: Work, order: Directive) -> list[Sheet]:
    """The supervision orders of an order, the oldest first."""
    found = supervisions(w, order)
    if not found:
        return []
    wanted = (
        select(Recipient.directive_id, Place)
        .join(Place, Place.id == Recipient.place_id)
        .where(Recipient.directive_id.in_([one.id for one in found]), Recipient.state.in_(OPEN))
        .order_by(Place.code, Recipient.id)
    )
    late: dict[int, list[Place]] = {}
    for id, place in w.session.execute(wanted):
        late.setdefault(id, []).append(place)
    return [Sheet(one, tuple(late.get(one.id, ())[:NAMED]), len(late.get(one.id, ()))) for one in found]


def stopping(w: Work, order: Directive) -> int:
    """How many who have a withdrawn order have not signed that work has stopped."""
    wanted = select(func.count()).select_from(Recipient)
    wanted = wanted.where(Recipient.directive_id == order.id, Recipient.state == "stopping")
    return w.session.scalar(wanted) or 0


def on_paper(w: Work, order: Directive) -> bool:
    """Whether orders on paper were made for any of its recipients."""
    wanted = select(Delivery.id).where(Delivery.directive_id == order.id, Delivery.channel == PRINT)
    return w.session.scalar(wanted.limit(1)) is not None
