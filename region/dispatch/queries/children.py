"""The orders that were made out of an order: who passed it on, how far each has come, and all below together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields

from sqlalchemy import ColumnElement, func, select

from region.dispatch.models import Directive, Recipient
from region.dispatch.queries.progress import Progress, progress
from region.dispatch.states import DIRECTIVE
from region.spine.errors import Refused
from region.spine.work import Work

SOME = 500  # databases limit how many values a statement may carry
NOUGHT = (0,) * (len(fields(Progress)) - 1)


@dataclass(frozen=True)
class Child:
    """One order made out of another by `recipient` of it.

    `own` counts those to whom it went itself, `whole` adds all orders made out of it in turn, which are `orders`.
    """

    order: Directive
    recipient: int
    own: Progress
    whole: Progress
    orders: int

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done, or to be stopped."""
        return self.order.state not in DIRECTIVE.ends


def open_child(directive: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition of orders that were passed on, are still open, and meet `directive`."""
    return Directive.passed_by_id.is_not(None) & Directive.state.not_in(DIRECTIVE.ends) & directive


def no_open_children(w: Work, recipient: Recipient) -> None:
    """Refused while an order that this recipient made out of its own is open; `count` says how many."""
    mine = open_child(Directive.passed_by_id == recipient.id)
    with w.beyond_scope("whoever passed an order on knows that it is open, by whatever body it was issued"):
        count = w.session.scalar(select(func.count()).select_from(Directive).where(mine)) or 0
    if count:
        raise Refused("children-open", recipient=recipient.id, count=count)


def children(w: Work, directives: Collection[int]) -> dict[int, list[Child]]:
    """For each order (id), the orders made directly out of it, the first made first, each with its counts.

    One query a level and a few for the counts, however many orders there are; within the actor's places.
    """
    levels = _below(w, directives)
    found = [order for level in levels for order in level]
    counts = _counts(w, found)
    under: dict[int, list[Directive]] = {}
    for order in found:
        under.setdefault(order.parent_id or 0, []).append(order)
    made: dict[int, Child] = {}
    for order in reversed(found):
        made[order.id] = _child(order, counts, [made[one.id] for one in under.get(order.id, [])])
    return {id: [made[one.id] for one in under.get(id, [])] for id in directives}


def children_of_recipients(w: Work, recipients: Sequence[Recipient]) -> dict[int, list[Child]]:
    """For each recipient (id), the orders that it made out of the one it received, with their counts."""
    found = children(w, {recipient.directive_id for recipient in recipients})
    made: dict[int, list[Child]] = {recipient.id: [] for recipient in recipients}
    for child in (child for some in found.values() for child in some):
        if child.recipient in made:
            made[child.recipient].append(child)
    return made


def whole(w: Work, directives: Sequence[Directive]) -> dict[int, Progress]:
    """For each order, its own counts and those of all orders below it in one: how many people have it, and so on."""
    own = _counts(w, directives)
    below = children(w, [directive.id for directive in directives])
    return {
        directive.id: _sum(directive.id, [own[directive.id], *(child.whole for child in below[directive.id])])
        for directive in directives
    }


def _below(w: Work, directives: Iterable[int]) -> list[list[Directive]]:
    """All orders passed on below these, level by level."""
    levels: list[list[Directive]] = []
    at = sorted(set(directives))
    while at:
        level: list[Directive] = []
        for some in _some(at):
            wanted = select(Directive).where(
                Directive.parent_id.in_(some), Directive.passed_by_id.is_not(None)
            )
            level += w.session.scalars(wanted.order_by(Directive.id))
        levels.append(level)
        at = [order.id for order in level]
    return levels


def _some(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[at : at + SOME] for at in range(0, len(ids), SOME))


def _counts(w: Work, orders: Sequence[Directive]) -> dict[int, Progress]:
    """The counts of each order; nought where the actor may see none of its recipients."""
    found = {order.id: _sum(order.id, []) for order in orders}
    for at in range(0, len(orders), SOME):
        found |= progress(w, orders[at : at + SOME])
    return found


def _child(order: Directive, counts: dict[int, Progress], below: list[Child]) -> Child:
    own = counts[order.id]
    all_below = _sum(order.id, [own, *(child.whole for child in below)])
    return Child(order, order.passed_by_id or 0, own, all_below, sum(1 + child.orders for child in below))


def _sum(directive: int, parts: Iterable[Progress]) -> Progress:
    counts = [NOUGHT, *(astuple(part)[1:] for part in parts)]
    return Progress(directive, *(sum(column) for column in zip(*counts, strict=True)))
