"""Quarantine sites and their rooms."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import GUARDED, Base, Kept, Key
from region.spine.scope import InRealm, Placed

CONDITIONS = ("ready", "cleaning", "broken", "closed")


class QuarantineSite(Placed, InRealm, Kept, Base):
    """A place that takes people in: open or not, its zones and who heads it; counts of rooms are kept.

    `ready` counts rooms neither broken, closed nor in cleaning; `occupied` those with somebody in them (K22).
    """

    __tablename__ = "quarantine_sites"
    __table_args__ = (UniqueConstraint("realm", "place_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    rooms: Mapped[int] = mapped_column(default=0)
    ready: Mapped[int] = mapped_column(default=0)
    occupied: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}


class Room(Placed, InRealm, Kept, Base):
    """One room of a site: takes one person or one household; after they leave it is cleaned until `until`."""

    __tablename__ = "quarantine_rooms"
    __table_args__ = (
        UniqueConstraint("realm", "place_id", "code"),
        CheckConstraint(f"condition IN {CONDITIONS}", name="condition"),
        CheckConstraint("capacity > 0 AND occupants >= 0 AND occupants <= capacity", name="occupants"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    realm: Mapped[int] = mapped_column()
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    floor: Mapped[int]
    code: Mapped[str] = mapped_column(String(20))
    capacity: Mapped[int] = mapped_column(default=1)
    accessible: Mapped[bool] = mapped_column(default=False)
    condition: Mapped[str] = mapped_column(String(10))
    until: Mapped[datetime | None]
    occupants: Mapped[int] = mapped_column(default=0)
    household: Mapped[str | None] = mapped_column(String(40))
    """Whose room it is while somebody is in it: the household of its people, or the stay of one alone."""
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}
