"""Health checks by half-day, tests that the plan asks for, and the link by which a resident answers for himself."""

from __future__ import annotations

import datetime as dt
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import Base, Kept, Key
from region.spine.scope import InRealm, Placed

HALVES = ("am", "pm")
BY = ("resident", "site", "phone", "visit")
TEST_STATES = ("due", "taken", "negative", "positive", "missed", "waived")


class Check(Placed, InRealm, Kept, Base):
    """One check of one stay in one half-day; the first stands, a later one of the half-day corrects it.

    Written by thousands: `place_id` is who is answerable (the site, or the community of the home).
    """

    __tablename__ = "checks"
    __table_args__ = (
        CheckConstraint(f"half IN {HALVES}", name="half"),
        CheckConstraint(f"by IN {BY}", name="by"),
        Index("ix_checks_day", "place_id", "day", "half"),
        {"sqlite_with_rowid": False},
    )

    stay_id: Mapped[int] = mapped_column(Key, ForeignKey("stays.id"), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    half: Mapped[str] = mapped_column(String(2), primary_key=True)
    realm: Mapped[int] = mapped_column()
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(8))
    actor: Mapped[str] = mapped_column(String(80))
    celsius: Mapped[float | None]
    symptoms: Mapped[list[Any]]
    """Codes of the pack; empty: asked, none."""
    abnormal: Mapped[bool] = mapped_column(default=False)
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[str | None] = mapped_column(String(80))
    handling: Mapped[str | None] = mapped_column(String(24))
    """What was done about it: a code of the pack (K27)."""


class CheckSum(Placed, InRealm, Kept, Base):
    """Kept counts of one half-day at one place (K26): due, done in the window, done late, abnormal, handled in time."""

    __tablename__ = "check_sums"
    __table_args__ = ({"sqlite_with_rowid": False},)

    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    half: Mapped[str] = mapped_column(String(2), primary_key=True)
    realm: Mapped[int] = mapped_column(primary_key=True)
    due: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    late: Mapped[int] = mapped_column(default=0)
    abnormal: Mapped[int] = mapped_column(default=0)
    handled: Mapped[int] = mapped_column(default=0)


class ScheduledTest(Placed, InRealm, Kept, Base):
    """A test that the plan of a stay asks for on a day (K28); `tube` is the tube that was taken (``tube:12``)."""

    __tablename__ = "scheduled_tests"
    __table_args__ = (
        CheckConstraint(f"state IN {TEST_STATES}", name="state"),
        Index("ix_scheduled_tests_due", "place_id", "due_on", "state"),
        Index("ix_scheduled_tests_tube", "tube"),
    )
    place_columns = ("place_id", "site_id")

    stay_id: Mapped[int] = mapped_column(Key, ForeignKey("stays.id"), primary_key=True)
    due_on: Mapped[dt.date] = mapped_column(primary_key=True)
    realm: Mapped[int] = mapped_column()
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    stage: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12), default="scheduled")
    """``scheduled``, ``admission`` (found late), ``extra``."""
    double: Mapped[bool] = mapped_column(default=False)
    specimen: Mapped[str | None] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10), default="due")
    tube: Mapped[str | None] = mapped_column(String(40))
    taken_at: Mapped[datetime | None]
    result_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(24))


class ResidentLink(InRealm, Kept, Base):
    """The link of one resident, known by the hash of its word alone; it ends with the stay."""

    __tablename__ = "resident_links"

    stay_id: Mapped[int] = mapped_column(Key, ForeignKey("stays.id"), primary_key=True)
    mark: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    until: Mapped[datetime]
    used_at: Mapped[datetime | None]
