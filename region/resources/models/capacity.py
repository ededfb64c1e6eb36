"""What is not used up but in use: beds, rooms, tubes a day, samplers, vehicles, teams."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import GUARDED, Base, Kept, Key
from region.spine.scope import InRealm, Placed


class Capacity(Placed, InRealm, Kept, Base):
    """One kind of capacity at one place: four numbers, each with the moment for which it was told."""

    __tablename__ = "capacities"
    __table_args__ = (
        UniqueConstraint("realm", "place_id", "kind"),
        Index("ix_capacities_kind", "kind"),
        CheckConstraint("total >= 0 AND ready >= 0 AND in_use >= 0 AND broken >= 0", name="numbers"),
        CheckConstraint("in_use + broken <= total", name="total"),
        CheckConstraint("ready <= total", name="ready"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    kind: Mapped[str] = mapped_column(String(40))
    total: Mapped[int | None]
    total_at: Mapped[datetime | None]
    ready: Mapped[int | None]
    """Could be used now: staffed, clean, whole; those in use are ready too (K22 divides by it)."""
    ready_at: Mapped[datetime | None]
    in_use: Mapped[int | None]
    in_use_at: Mapped[datetime | None]
    broken: Mapped[int | None]
    broken_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}


class CapacityReading(Placed, InRealm, Kept, Base):
    """What was told of a capacity, and when: its history."""

    __tablename__ = "capacity_readings"
    __table_args__ = (Index("ix_capacity_readings_of", "place_id", "kind", "at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    realm: Mapped[int] = mapped_column()
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    total: Mapped[int | None]
    ready: Mapped[int | None]
    in_use: Mapped[int | None]
    broken: Mapped[int | None]
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
