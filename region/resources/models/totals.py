"""Totals that are kept up to date so that screens never count millions: shelves, days of use, areas."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import Base, Key, where
from region.spine.scope import InRealm, Placed

BANDS = ("red", "amber", "green", "unknown", "empty")
WHY = ("known", "never", "one_day", "silent")
"""Why the daily burn is known or not: never used, one day only, nothing told for too long."""


class Shelf(Placed, InRealm, Base):
    """One item at one place: the sums of its stocks, and the burn as it was reckoned last."""

    __tablename__ = "shelves"
    __table_args__ = (
        Index("ix_shelves_item", "item", "place_id"),
        Index("ix_shelves_stale", "realm", "item", "place_id", **where("stale", sqlite="stale = 1")),
        CheckConstraint(f"band IN {BANDS}", name="band"),
        CheckConstraint(f"why IN {WHY}", name="why"),
        {"sqlite_with_rowid": False},
    )

    realm: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(32), primary_key=True)
    on_hand: Mapped[int] = mapped_column(Key, default=0)
    reserved: Mapped[int] = mapped_column(Key, default=0)
    blocked: Mapped[int] = mapped_column(Key, default=0)
    expired: Mapped[int] = mapped_column(Key, default=0)
    """Of what is on hand, past its last day and not blocked already; as of the last reckoning."""
    near_expiry: Mapped[int] = mapped_column(Key, default=0)
    """Of what may be used, near its last day; as of the last reckoning."""
    coming: Mapped[int] = mapped_column(Key, default=0)
    """On its way here: shipped and not yet signed for."""
    target: Mapped[int | None] = mapped_column(Key)
    """What this place is to hold, where somebody set it; else the pack's days decide."""
    first_expiry: Mapped[date | None]
    moved_at: Mapped[datetime | None]
    counted_at: Mapped[datetime | None]
    stale: Mapped[bool] = mapped_column(default=True)
    """Something changed since it was reckoned."""
    burn: Mapped[float | None]
    """Units a day; None is unknown, never zero by default."""
    burn_days: Mapped[int] = mapped_column(default=0)
    last_used: Mapped[date | None]
    inferred: Mapped[bool] = mapped_column(default=False)
    """The use was inferred from counts and receipts, not told."""
    why: Mapped[str] = mapped_column(String(8), default="never")
    days: Mapped[float | None]
    band: Mapped[str] = mapped_column(String(8), default="unknown")
    recent: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Units used on each day of the window, oldest first, the last whole day before `reckoned_at` last, as 4-byte
    floats (little-endian), gaps filled as the burn fills them; None where nothing was used. Areas add them up."""
    reckoned_at: Mapped[datetime | None]

    @property
    def usable(self) -> int:
        """What may be issued or given away."""
        return self.on_hand - self.reserved - self.blocked - self.expired


class StockDay(Placed, InRealm, Base):
    """What one day did to one shelf: used, come in from outside or another place, corrected."""

    __tablename__ = "stock_days"
    __table_args__ = ({"sqlite_with_rowid": False},)

    # In this order, so that the days of one item, and of one shelf, lie together.
    realm: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(String(32), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    used: Mapped[int] = mapped_column(Key, default=0)
    came: Mapped[int] = mapped_column(Key, default=0)
    went: Mapped[int] = mapped_column(Key, default=0)
    """Sent to another place, given back, written off: gone, and not used."""
    covers: Mapped[int] = mapped_column(default=1)
    """How many days, this one the last, the use is spread over: 1 where it was told day by day."""
    inferred: Mapped[bool] = mapped_column(default=False)


class AreaSupply(Placed, InRealm, Base):
    """One item in one area, summed over its places: what walls and tables read."""

    __tablename__ = "area_supplies"
    __table_args__ = ({"sqlite_with_rowid": False},)

    realm: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(32), primary_key=True)
    places: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    """Places whose burn is known."""
    on_hand: Mapped[int] = mapped_column(Key, default=0)
    usable: Mapped[int] = mapped_column(Key, default=0)
    coming: Mapped[int] = mapped_column(Key, default=0)
    blocked: Mapped[int] = mapped_column(Key, default=0)
    expired: Mapped[int] = mapped_column(Key, default=0)
    near_expiry: Mapped[int] = mapped_column(Key, default=0)
    burn: Mapped[float | None]
    days: Mapped[float | None]
    band: Mapped[str] = mapped_column(String(8), default="unknown")
    red: Mapped[int] = mapped_column(default=0)
    amber: Mapped[int] = mapped_column(default=0)
    green: Mapped[int] = mapped_column(default=0)
    empty: Mapped[int] = mapped_column(default=0)
    unknown: Mapped[int] = mapped_column(default=0)
    first_place_id: Mapped[int | None]
    """The place that runs out first, and in how many days."""
    first_days: Mapped[float | None]
    oldest_told: Mapped[datetime | None]
    """When the place that has been silent longest last told anything."""
    reckoned_at: Mapped[datetime]
