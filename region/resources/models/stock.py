"""The stock ledger: lots, what stands where, and every movement that made it so."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import GUARDED, Base, Kept, Key
from region.spine.scope import InRealm, Placed

OWNERS = ("own", "government", "enterprise", "donated")
KINDS = (
    "receive",
    "issue",
    "send",
    "arrive",
    "adjust",
    "expire",
    "quarantine",
    "release",
    "return_in",
    "return_out",
    "reserve",
    "free",
    "write_off",
)
"""What a movement may be: received from outside, issued for use, sent and arrived between places, adjusted after a
count, taken out as expired or lost, blocked and released, returned, held for a transfer and freed."""


class Lot(InRealm, Kept, Base):
    """One lot of an item as its maker marked it; `code` "-" where it is not known. Shared by all places of a realm."""

    __tablename__ = "lots"
    __table_args__ = (
        UniqueConstraint("realm", "mark"),
        Index("ix_lots_item", "item", "expires_on"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    mark: Mapped[str] = mapped_column(String(120))
    """Item, code and last day in one word, so that one lot is one row: ``n95/B2201/2024-05-31``."""
    item: Mapped[str] = mapped_column(String(32))
    code: Mapped[str] = mapped_column(String(40))
    made_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    """The last day on which it may be used; None where the item has none or it is not known."""


class LotRecall(Placed, InRealm, Kept, Base):
    """A lot is not to be used below a place until that place lifts its recall; each area recalls for itself alone."""

    __tablename__ = "lot_recalls"
    __table_args__ = (UniqueConstraint("realm", "lot_id", "place_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    realm: Mapped[int] = mapped_column()  # its unique key holds it: no index of its own
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    recalled_at: Mapped[datetime]
    recalled_by: Mapped[str] = mapped_column(String(80))


class Stock(Placed, InRealm, Kept, Base):
    """What stands at one place of one lot, by owner and storage; the ledger alone changes it."""

    __tablename__ = "stocks"
    __table_args__ = (
        UniqueConstraint("realm", "place_id", "lot_id", "owner", "storage"),
        Index("ix_stocks_shelf", "place_id", "item"),
        Index("ix_stocks_lot", "lot_id"),
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("reserved >= 0", name="reserved"),
        CheckConstraint("blocked >= 0", name="blocked"),
        CheckConstraint("reserved + blocked <= on_hand", name="free"),
        CheckConstraint(f"owner IN {OWNERS}", name="owner"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    realm: Mapped[int] = mapped_column()  # its unique key holds it: no index of its own
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    item: Mapped[str] = mapped_column(String(32))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"))
    owner: Mapped[str] = mapped_column(String(12), default="own")
    storage: Mapped[str] = mapped_column(String(20), default="")
    """The zone of a store in which it lies, as the place names it; empty where it names none."""
    on_hand: Mapped[int] = mapped_column(Key, default=0)
    reserved: Mapped[int] = mapped_column(Key, default=0)
    """Held for transfers that the place has committed to."""
    blocked: Mapped[int] = mapped_column(Key, default=0)
    """Quarantined: waiting for a quality check, recalled."""
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}


class Sheet(Placed, InRealm, Kept, Base):
    """One document of movements at one place: a receipt, an issue, a count's corrections; `uid` makes it once."""

    __tablename__ = "stock_sheets"
    __table_args__ = (
        # In this order: SQLite takes an index that begins with the realm, on which all rows hang.
        UniqueConstraint("uid", "realm"),
        Index("ix_stock_sheets_place", "place_id", "at"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    realm: Mapped[int] = mapped_column()  # its unique key holds it: no index of its own
    uid: Mapped[str] = mapped_column(String(60))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    kind: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    """When it happened, which may be before it was told."""
    ref: Mapped[str | None] = mapped_column(String(40), index=True)
    """What it belongs to: ``transfer:12``, ``count:9``."""
    reason: Mapped[str | None] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(Text, default="")
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]


class Movement(Placed, InRealm, Kept, Base):
    """One line of a sheet: by how much it changed what stands; never changed afterwards.

    The sum of a stock's movements is what stands: conservation is a sum over this table.
    """

    __tablename__ = "stock_movements"
    __table_args__ = (
        Index("ix_stock_movements_stock", "stock_id"),
        Index("ix_stock_movements_sheet", "sheet_id"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    # Without the index of its own that other tables have: all rows of a world would hang on it, and SQLite takes it.
    realm: Mapped[int] = mapped_column()
    sheet_id: Mapped[int] = mapped_column(ForeignKey("stock_sheets.id"))
    stock_id: Mapped[int] = mapped_column(ForeignKey("stocks.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    item: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(12))
    on_hand: Mapped[int] = mapped_column(Key, default=0)
    reserved: Mapped[int] = mapped_column(Key, default=0)
    blocked: Mapped[int] = mapped_column(Key, default=0)
    day: Mapped[date]
    """The region's day on which it happened."""
