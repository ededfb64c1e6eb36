"""Places where people may have been infected, and who was there when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import Base, Kept, Key
from region.spine.scope import InRealm, Placed


class ExposurePlace(Placed, InRealm, Kept, Base):
    """A shop, a ward, a coach: `kind` is a code of the pack; vehicles have a number and no point."""

    __tablename__ = "exposure_places"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    """The area it lies in."""
    kind: Mapped[str] = mapped_column(String(24))
    name: Mapped[str] = mapped_column(Text)
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    crs_source: Mapped[str] = mapped_column(String(10), default="WGS84")
    recorded_at: Mapped[datetime]


class Visit(InRealm, Kept, Base):
    """A case was at a place from a moment to a moment, as he or a record says."""

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_place", "exposure_place_id", "started_at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(Key, ForeignKey("cases.id"), index=True)
    exposure_place_id: Mapped[int] = mapped_column(Key, ForeignKey("exposure_places.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    seat: Mapped[str] = mapped_column(String(20), default="")
    note: Mapped[str] = mapped_column(Text, default="")
