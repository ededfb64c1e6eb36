"""Changes made to many stays at once (with their undo), transitions to another pack, and appeals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.quarantine.states import APPEAL, TRANSITION
from region.spine.db import GUARDED, Base, Kept, Key
from region.spine.scope import InRealm, Placed


class StayBatch(Placed, InRealm, Kept, Base):
    """One change made to many stays at once, which can be undone while none of them changed since."""

    __tablename__ = "stay_batches"
    __table_args__ = (UniqueConstraint("realm", "token"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    verb: Mapped[str] = mapped_column(String(24))
    token: Mapped[str] = mapped_column(String(40))
    stays: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(80))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(80))


class StayChange(InRealm, Kept, Base):
    """What one stay was before a change of many, and the version it had after it."""

    __tablename__ = "stay_changes"

    batch_id: Mapped[int] = mapped_column(ForeignKey("stay_batches.id"), primary_key=True)
    stay_id: Mapped[int] = mapped_column(Key, ForeignKey("stays.id"), primary_key=True)
    before: Mapped[dict[str, Any]]
    after_version: Mapped[int]


class Transition(Placed, InRealm, Kept, Base):
    """A proposal that running stays of an incident go over from one pack to another, with what that would change."""

    __tablename__ = "policy_transitions"
    __table_args__ = (CheckConstraint(TRANSITION.check_sql(), name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    from_pack: Mapped[str] = mapped_column(String(40))
    to_pack: Mapped[str] = mapped_column(String(40))
    to_digest: Mapped[str] = mapped_column(String(64))
    summary: Mapped[dict[str, Any]]
    """Numbers of the difference: stays, shortened, unchanged, released at once, tests and rooms by day."""
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(80))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("stay_batches.id"))
    late_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}


class Appeal(Placed, InRealm, Kept, Base):
    """Somebody says that a restriction is wrong; answered with a reason within the limit."""

    __tablename__ = "appeals"
    __table_args__ = (CheckConstraint(APPEAL.check_sql(), name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    stay_id: Mapped[int] = mapped_column(Key, ForeignKey("stays.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    said: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(80))
    due_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(String(80))
    late_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}
