"""Counts of stock as people and files tell them, and what each was taken to mean."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import Base, Kept, Key
from region.spine.scope import InRealm, Placed


class Count(Placed, InRealm, Kept, Base):
    """Somebody counted items at a place, at a moment; `uid` makes it once."""

    __tablename__ = "stock_counts"
    __table_args__ = (
        UniqueConstraint("realm", "uid"),
        Index("ix_stock_counts_place", "place_id", "counted_at"),
        CheckConstraint("source IN ('screen', 'file', 'api')", name="source"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(60))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    source: Mapped[str] = mapped_column(String(8))
    counted_at: Mapped[datetime]
    load_id: Mapped[int | None] = mapped_column(ForeignKey("stock_loads.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]


class CountLine(Placed, InRealm, Kept, Base):
    """One item, or one lot of it, as counted and as the books had it; `meaning` says what the difference was taken for.

    use: consumed since the last count; loss and found: the books were kept and do not agree; same: they agree;
    old: a later count or movement stood already, so nothing was changed.
    """

    __tablename__ = "stock_count_lines"
    __table_args__ = (
        Index("ix_stock_count_lines_shelf", "place_id", "item", "count_id"),
        CheckConstraint("counted >= 0", name="counted"),
        CheckConstraint("meaning IN ('use', 'loss', 'found', 'same', 'old')", name="meaning"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    realm: Mapped[int] = mapped_column()
    count_id: Mapped[int] = mapped_column(ForeignKey("stock_counts.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    item: Mapped[str] = mapped_column(String(32))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"))
    counted: Mapped[int] = mapped_column(Key)
    expected: Mapped[int] = mapped_column(Key)
    meaning: Mapped[str] = mapped_column(String(8))
    since: Mapped[date | None]
    """The day of the count before: what was used is spread over the days since."""


class StockLoad(Placed, InRealm, Kept, Base):
    """One file of counts: read, checked, planned, and perhaps applied; the same file twice changes nothing."""

    __tablename__ = "stock_loads"
    __table_args__ = (CheckConstraint("state IN ('planned', 'applied', 'dropped')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    options: Mapped[dict[str, Any]]
    plan: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default="planned")
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
