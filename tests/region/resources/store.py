"""Stock for tests: what a store does, in short words."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any

from sqlalchemy import func, select

from region.places.models import Place
from region.resources.actions import keeping
from region.resources.actions.keeping import Received
from region.resources.models import Movement, Shelf, Stock
from tests.world import World

UIDS = count(1)


def uid() -> str:
    """A form token that nobody has used."""
    return f"sheet-{next(UIDS):06}"


def receive(
    world: World,
    place: Place,
    item: str,
    quantity: int,
    lot: str = "-",
    until: date | None = None,
    **facts: Any,
) -> None:
    """So many came in from outside."""
    with world.as_("storekeeper", place) as w:
        keeping.receive(w, place.id, [Received(item, quantity, lot, until, **facts)], uid=uid())


def issue(
    world: World, place: Place, item: str, quantity: int, at: datetime | None = None, **facts: Any
) -> None:
    """So many were given out for use."""
    with world.as_("storekeeper", place) as w:
        keeping.issue(w, place.id, item, quantity, uid=uid(), at=at, **facts)


def shelf(world: World, place: Place, item: str) -> Shelf:
    """The kept totals of one item at one place."""
    with world.as_system() as w:
        return w.session.scalars(select(Shelf).where(Shelf.place_id == place.id, Shelf.item == item)).one()


def by_lot(world: World, place: Place, item: str) -> list[tuple[int, int, int]]:
    """On hand, reserved and blocked of each stock of a shelf, in the order in which they were made."""
    with world.as_system() as w:
        wanted = select(Stock.on_hand, Stock.reserved, Stock.blocked)
        wanted = wanted.where(Stock.place_id == place.id, Stock.item == item).order_by(Stock.id)
        return [(row[0], row[1], row[2]) for row in w.session.execute(wanted)]


def unbalanced(world: World) -> list[int]:
    """The ids of stocks that are not the sum of their movements: always empty."""
    with world.as_system() as w:
        sums = (
            select(
                Movement.stock_id,
                func.sum(Movement.on_hand).label("on_hand"),
                func.sum(Movement.reserved).label("reserved"),
                func.sum(Movement.blocked).label("blocked"),
            )
            .group_by(Movement.stock_id)
            .subquery()
        )
        wanted = select(Stock.id).outerjoin(sums, sums.c.stock_id == Stock.id)
        wrong = wanted.where(
            (Stock.on_hand != func.coalesce(sums.c.on_hand, 0))
            | (Stock.reserved != func.coalesce(sums.c.reserved, 0))
            | (Stock.blocked != func.coalesce(sums.c.blocked, 0))
        )
        return list(w.session.scalars(wrong))
