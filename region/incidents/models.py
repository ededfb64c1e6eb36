"""The registry of incidents."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.incidents.states import INCIDENT
from region.spine.db import GUARDED, Base, Kept
from region.spine.scope import InRealm, Placed


class Incident(Placed, InRealm, Kept, Base):
    """One response: its kind, disease pack (id and digest), response level, and the place it covers."""

    __tablename__ = "incidents"
    __table_args__ = (
        UniqueConstraint("realm", "code"),
        CheckConstraint(INCIDENT.check_sql(), name="state"),
        CheckConstraint("level IN ('I', 'II', 'III', 'IV', '-')", name="level"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    title_zh: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(160))
    pack: Mapped[str] = mapped_column(String(40))
    pack_digest: Mapped[str] = mapped_column(String(64))
    level: Mapped[str] = mapped_column(String(4))
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    opened_by: Mapped[str] = mapped_column(String(80))
