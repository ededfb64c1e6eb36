"""A road for tests: a district whose warehouse gives to a clinic, and what the two sides and the district do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from region.places.models import Place
from region.resources.actions import handing, transferring
from region.resources.actions.handing import Signed
from region.resources.actions.transferring import Ordered
from region.resources.models import Movement, Shelf, Stock, Transfer, TransferLine
from tests.region.resources.store import receive, uid
from tests.world import World

GOOD = date(2024, 5, 31)


@dataclass
class Road:
    """A city above, a district with its warehouse and a clinic, another district with its own, and 1,000 masks."""

    world: World
    city: Place
    district: Place
    store: Place
    clinic: Place
    elsewhere: Place
    stranger: Place

    @classmethod
    def of(cls, world: World, masks: int = 1000) -> Road:
        city = world.area(level="city")
        world.site(city, "commission")
        district, elsewhere = world.area(city), world.area(city)
        made = cls(
            world,
            city,
            district,
            world.site(district, "warehouse"),
            world.clinic(district),
            elsewhere,
            world.site(elsewhere, "warehouse"),
        )
        if masks:
            receive(world, made.store, "n95", masks, "A", GOOD)
        return made

    def ordered(self, units: int = 100, item: str = "n95", **facts: Any) -> int:
        """The district orders its warehouse to give to the clinic; the id of the transfer."""
        said: dict[str, Any] = {"giver": self.store.id, "taker": self.clinic.id, "kind": "requisition"}
        said |= {"ordered_for": self.district.id, "uid": uid(), "lines": [Ordered(item, units)], **facts}
        with self.world.as_("duty_officer", self.district) as w:
            return transferring.order(w, **said).id

    def commit(self, transfer: int) -> None:
        """The warehouse sets the goods aside."""
        with self.world.as_("storekeeper", self.store) as w:
            transferring.set_aside(w, w.get(Transfer, transfer))

    def ship(self, transfer: int, sent: Mapping[int, int] | None = None) -> None:
        """The warehouse signs that they left."""
        with self.world.as_("storekeeper", self.store) as w:
            handing.ship(w, w.get(Transfer, transfer), sent, carrier="van 3")

    def receive(self, transfer: int, signed: Mapping[int, Signed] | None = None, remark: str = "") -> None:
        """The clinic signs for what came."""
        with self.world.as_("clinic", self.clinic) as w:
            handing.receive(w, w.get(Transfer, transfer), signed, remark=remark)

    def on_the_way(self, units: int = 100) -> int:
        """So many masks have left the warehouse."""
        transfer = self.ordered(units)
        self.commit(transfer)
        self.ship(transfer)
        return transfer

    def lines(self, transfer: int) -> list[TransferLine]:
        """The lines of a transfer."""
        with self.world.as_system() as w:
            wanted = select(TransferLine).where(TransferLine.transfer_id == transfer)
            return list(w.session.scalars(wanted.order_by(TransferLine.id)))

    def state(self, transfer: int) -> str:
        """Where a transfer stands."""
        with self.world.as_system() as w:
            return w.get(Transfer, transfer).state

    def kept(self, place: Place, item: str = "n95") -> tuple[int, int, int]:
        """On hand, reserved and coming at a place; zeros where it has no such shelf."""
        with self.world.as_system() as w:
            wanted = select(Shelf).where(Shelf.place_id == place.id, Shelf.item == item)
            found = w.session.scalars(wanted).first()
            return (found.on_hand, found.reserved, found.coming) if found else (0, 0, 0)


def accounted(world: World, item: str) -> tuple[int, int]:
    """Units that came in from outside, and where they are now: on hand, on the way, used, written off, lost."""
    with world.as_system() as w:
        moved = select(Movement.kind, func.sum(Movement.on_hand)).where(Movement.item == item)
        by_kind = {kind: int(units) for kind, units in w.session.execute(moved.group_by(Movement.kind))}
        on_hand = w.session.scalar(select(func.sum(Stock.on_hand)).where(Stock.item == item)) or 0
        lines = w.session.scalars(select(TransferLine).where(TransferLine.item == item)).all()
    on_the_way = sum(line.in_transit for line in lines)
    lost = sum(line.settled for line in lines if line.settled_as == "lost")
    gone = -sum(by_kind.get(kind, 0) for kind in ("issue", "write_off"))
    return by_kind.get("receive", 0), int(on_hand) + on_the_way + lost + gone
