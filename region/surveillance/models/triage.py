"""What people did about an alert, step by step."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import Base, Kept, Key
from region.spine.scope import InRealm, Placed


class AlertStep(Placed, InRealm, Kept, Base):
    """One step of an alert: who did what when, in words, and what was answered as codes and dates (`facts`)."""

    __tablename__ = "alert_steps"
    __table_args__ = (Index("ix_alert_steps_alert", "alert_id", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    alert_id: Mapped[int] = mapped_column(Key, ForeignKey("alerts.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    verb: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(Text, default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
