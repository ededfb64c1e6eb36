"""What comes back on a directive: reports, progress, words, lateness passed up, and what was counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import Base, Doc, Kept, Key
from region.spine.scope import InRealm, Placed


class Report(Placed, InRealm, Kept, Base):
    """What a site says it has done: text, numbers, photographs; accepted, or returned with a reason."""

    __tablename__ = "reports"
    __table_args__ = (UniqueConstraint("uid"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(36))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipients.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    text: Mapped[str] = mapped_column(Text, default="")
    numbers: Mapped[dict[str, Any]] = mapped_column(Doc, default=dict)
    files: Mapped[list[Any]] = mapped_column(Doc, default=list)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    verdict: Mapped[str | None] = mapped_column(String(10))
    reviewed_by: Mapped[str | None] = mapped_column(String(80))
    reviewed_at: Mapped[datetime | None]


class Remark(Placed, InRealm, Kept, Base):
    """Words about one recipient's task: trouble, an answer, a reason, who signed on whose behalf."""

    __tablename__ = "remarks"
    __table_args__ = (
        UniqueConstraint("uid"),
        CheckConstraint(
            "kind IN ('trouble', 'answer', 'waiver', 'return', 'phoned', 'escalation', 'behalf', 'signer',"
            " 'cleared')",
            name="kind",
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(36))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipients.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    kind: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]


class Escalation(Placed, InRealm, Kept, Base):
    """A lateness that was passed up: to which place above, because of which recipients' silence."""

    __tablename__ = "escalations"
    __table_args__ = (UniqueConstraint("directive_id", "place_id", "step"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    directive_id: Mapped[int] = mapped_column(ForeignKey("directives.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    step: Mapped[str] = mapped_column(String(24))
    recipients: Mapped[list[Any]] = mapped_column(Doc)
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[str | None] = mapped_column(String(80))


class Progress(Placed, InRealm, Kept, Base):
    """How far one site says that one task has come; the newest of each task counts, the others are its history."""

    __tablename__ = "progress"
    __table_args__ = (UniqueConstraint("uid"), Index("ix_progress_task", "recipient_id", "task", "id"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(36))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipients.id"))
    directive_id: Mapped[int] = mapped_column(ForeignKey("directives.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    task: Mapped[str] = mapped_column(String(40))
    value: Mapped[float]
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]


class Tally(Placed, InRealm, Kept, Base):
    """What a site's own system has counted of a measure up to a moment: what a report is held against."""

    __tablename__ = "tallies"
    __table_args__ = (UniqueConstraint("realm", "place_id", "measure", "at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    measure: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    value: Mapped[float]
    """Counted in all since the beginning of the day of `at`."""
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
