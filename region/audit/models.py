"""The seals of the journal's days."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import Base, Kept
from region.spine.scope import InRealm


class DaySeal(InRealm, Kept, Base):
    """One day of one realm's journal, under a Merkle root (hex); print it, and nobody can rewrite the day."""

    __tablename__ = "day_seals"
    __table_args__ = (UniqueConstraint("realm", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    entries: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime]
