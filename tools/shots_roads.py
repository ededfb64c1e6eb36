"""Transfers for the pictures: what the warehouse sends, some late, some not yet sent; and a plan of more."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from region.places.models import Place
from region.resources.actions import handing, planning, transferring
from region.resources.actions.transferring import Ordered
from region.resources.models import Transfer
from region.resources.queries.overview import ShelfLine, runs_out_first
from region.spine.actor import Actor, Grant, system_actor
from region.spine.work import Office

REALM = 1
WAREHOUSE = "990106-WH-001"
SHIPPED, LATE, MOST = 7, 2, 11
"""Of the transfers ordered: how many have left, how many of those too long ago, and how many there are."""


def send_out(office: Office, begun: Office) -> None:
    """Orders to the sites whose shelves are empty soonest; `begun` is the same office some hours ago."""
    with office.work(system_actor(REALM), reading=True) as w:
        store = w.session.scalars(select(Place).where(Place.code == WAREHOUSE)).one()
        top = w.session.scalars(select(Place).where(Place.code == "990106")).one()
        short = [line for line in runs_out_first(w, top.id, 40) if line.at.place != store.id][2:]
    for number, line in enumerate(_sites(short)):
        _send(begun if number < LATE else office, store, top, line, number)
    planner = Actor("account:11", (Grant("planner", top.path),), realm=REALM)
    with office.work(planner) as w:
        planning.ask(w, top.id, "n95", uid="shots-plan")


def _sites(short: list[ShelfLine]) -> list[ShelfLine]:
    """One shelf of each site."""
    found: dict[int, ShelfLine] = {}
    for line in short:
        found.setdefault(line.at.place, line)
    return list(found.values())[:MOST]


def _send(office: Office, store: Place, top: Place, line: ShelfLine, number: int) -> None:
    """One transfer of a week's use: ordered by the district, set aside and shipped by the warehouse."""
    planner = Actor("account:11", (Grant("planner", top.path),), realm=REALM)
    keeper = Actor("account:10", (Grant("storekeeper", store.path),), realm=REALM)
    units = max(50, round((line.burn or 10) * 7, -1))
    with office.work(planner) as w:
        ordered = transferring.order(
            w,
            giver=store.id,
            taker=line.at.place,
            lines=[Ordered(line.item, int(units))],
            kind="requisition",
            ordered_for=top.id,
            uid=f"shots-road-{number:02}",
            due_at=None if number < LATE else w.now + timedelta(minutes=50 + 25 * number),
        ).id
    if number >= SHIPPED:
        return
    with office.work(keeper) as w:
        transferring.set_aside(w, w.get(Transfer, ordered))
        handing.ship(w, w.get(Transfer, ordered), carrier="van")
