"""Letters that ask others to look for people, and files of cases and contacts that were read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import GUARDED, Base, Kept
from region.spine.scope import InRealm, Placed
from region.tracing.states import LETTER


class TraceLetter(Placed, InRealm, Kept, Base):
    """A letter from one district to another (`to_place_id`), or out of the region (`to_name`), about contacts."""

    __tablename__ = "trace_letters"
    __table_args__ = (
        CheckConstraint(LETTER.check_sql(), name="state"),
        CheckConstraint("level IN ('district', 'city', 'province')", name="level"),
    )
    place_columns = ("place_id", "to_place_id")

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    to_place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)
    to_name: Mapped[str] = mapped_column(String(120), default="")
    level: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(40))
    contacts: Mapped[list[Any]]
    """Ids of the contacts that are asked about."""
    question: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[datetime]
    sent_by: Mapped[str] = mapped_column(String(80))
    due_at: Mapped[datetime]
    taken_by: Mapped[str | None] = mapped_column(String(80))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(String(80))
    found: Mapped[int | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    late_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}


class LineLoad(Placed, InRealm, Kept, Base):
    """A file of cases or contacts: read and checked, its plan shown, then applied or dropped.

    `plan` holds numbers, row numbers and codes of reasons. `closed` is the file itself, closed with the data key
    `key_id`; it goes when the file was applied or dropped.
    """

    __tablename__ = "line_loads"
    __table_args__ = (
        UniqueConstraint("realm", "incident_id", "digest"),
        CheckConstraint("kind IN ('cases', 'contacts')", name="kind"),
        CheckConstraint("state IN ('planned', 'applying', 'applied', 'dropped')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    digest: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200))
    plan: Mapped[dict[str, Any]]
    key_id: Mapped[int] = mapped_column(ForeignKey("data_keys.id"))
    closed: Mapped[bytes | None]
    state: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(80))
    applied_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
