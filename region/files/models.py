"""The registry of files; the content lies outside the database, named by its digest."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import Base, Kept
from region.spine.scope import InRealm, Placed


class File(Placed, InRealm, Kept, Base):
    """One file of a place; `digest` is of the content as kept (metadata removed), `sent_digest` as it came."""

    __tablename__ = "files"
    __table_args__ = (Index("ix_files_sent", "place_id", "sent_digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    sent_digest: Mapped[str] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    kept_by: Mapped[str] = mapped_column(String(80))
    kept_at: Mapped[datetime]
