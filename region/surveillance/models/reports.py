"""Report cards, and the counts of each day by place that the detectors read."""

from __future__ import annotations

import datetime as dt
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import GUARDED, Base, Kept, Key
from region.spine.scope import InRealm, Placed
from region.surveillance.states import REPORT

KINDS = ("suspected", "clinical", "confirmed", "carrier")


class CaseReport(Placed, InRealm, Kept, Base):
    """One report card: one patient, one disease, told once (`source` and `source_ref` are its natural key).

    `place_id` is where the patient lives, `reporter_id` the institution that tells it, `unit_id` the school, village
    or site that thresholds count by. Onset, sampling, diagnosis and entry are four dates and never stand in for one
    another.
    """

    __tablename__ = "case_reports"
    __table_args__ = (
        UniqueConstraint("realm", "source", "source_ref"),
        Index("ix_case_reports_item_day", "item", "diagnosed_on", "place_id"),
        Index("ix_case_reports_unit", "unit_id", "item", "diagnosed_on"),
        CheckConstraint(REPORT.check_sql(), name="state"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
    )
    place_columns = ("place_id", "reporter_id")

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    person_id: Mapped[int | None] = mapped_column(Key, ForeignKey("persons.id"), index=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"))
    source: Mapped[str] = mapped_column(String(20))
    """``screen``, ``table``, ``api``, ``case`` (opened by a flow)."""
    source_ref: Mapped[str] = mapped_column(String(80))
    item: Mapped[str] = mapped_column(String(40))
    """The disease, as the packs code it."""
    first_item: Mapped[str] = mapped_column(String(40))
    """As it was first reported: another `item` is a reclassification."""
    kind: Mapped[str] = mapped_column(String(10))
    onset_on: Mapped[dt.date | None]
    sampled_on: Mapped[dt.date | None]
    diagnosed_on: Mapped[dt.date]
    diagnosed_at: Mapped[datetime]
    """The clock of the card starts."""
    entered_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """Two hours or 24 after the diagnosis, by the pack."""
    died_on: Mapped[dt.date | None]
    admitted: Mapped[bool] = mapped_column(default=False)
    imported: Mapped[bool] = mapped_column(default=False)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """More facts that thresholds ask for, as codes: ``occupational``, ``form``, ``household``; never a name."""
    duplicate_of: Mapped[int | None] = mapped_column(Key, ForeignKey("case_reports.id"))
    revised_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[str | None] = mapped_column(String(80))
    late_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}


class DayCount(Placed, InRealm, Base):
    """How many of one `item` one place counted in one `stream` on one day; kept up to date, never a journal of its own.

    Streams: ``card`` (report cards by day of diagnosis, at the place where patients live), and those of syndromes,
    told by institutions: ``fever_clinic``, ``school``, ``pharmacy`` … `first` is the count as first told.
    """

    __tablename__ = "day_counts"
    __table_args__ = (Index("ix_day_counts_day", "day", "stream", "item"), {"sqlite_with_rowid": False})

    realm: Mapped[int] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(String(20), primary_key=True)
    item: Mapped[str] = mapped_column(String(40), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    count: Mapped[int]
    first: Mapped[int]
    told_at: Mapped[datetime]
    revised_at: Mapped[datetime | None]
