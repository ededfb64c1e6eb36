"""What surveillance holds: proposals that somebody may be a case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import GUARDED, Base, Kept, Key
from region.spine.scope import InRealm, Placed
from region.surveillance.states import PROPOSAL


class CaseProposal(Placed, InRealm, Kept, Base):
    """A person whose own sample was positive, proposed as a case; `ref` is what it rests on (``tube:12``)."""

    __tablename__ = "case_proposals"
    __table_args__ = (
        UniqueConstraint("realm", "ref"),
        CheckConstraint(PROPOSAL.check_sql(), name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    """Where the person lives."""
    person_id: Mapped[int] = mapped_column(Key, ForeignKey("persons.id"), index=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"))
    ref: Mapped[str] = mapped_column(String(40))
    found_at: Mapped[datetime]
    """When the laboratory reported it."""
    sampled_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    late_at: Mapped[datetime | None]
