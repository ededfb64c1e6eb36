"""Rounds of sampling: the plan, its sites, who is due, and what has been taken so far."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.sampling.states import ROUND, SITE
from region.spine.db import GUARDED, Base, Kept, Key, where
from region.spine.scope import InRealm, Placed

SCHEMES = ("due", "exempt", "separate")


class Round(Placed, InRealm, Kept, Base):
    """One round in one area. `plan` is what the planning numbers gave when it was planned, with their digest."""

    __tablename__ = "rounds"
    __table_args__ = (
        UniqueConstraint("realm", "code"),
        CheckConstraint(ROUND.check_sql(), name="state"),
        CheckConstraint("due_at > starts_at", name="due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), index=True)
    method: Mapped[str] = mapped_column(String(16))
    """How most people are sampled: a method of the pack, such as ``pool_10``."""
    starts_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """By when all are to be sampled."""
    plan: Mapped[dict[str, Any]]
    directive: Mapped[str | None] = mapped_column(String(40))
    """The order to its sites: ``directive:12``."""
    state: Mapped[str] = mapped_column(String(12))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    late_at: Mapped[datetime | None]


class RoundArea(Placed, Base):
    """A grid (or the finest area known) in a round: who is due, from the plan, and kept counts of what was taken.

    due = registered - exempt - separate. `sampled` counts persons once, where they live.
    """

    __tablename__ = "round_areas"
    __table_args__ = ({"sqlite_with_rowid": False},)

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    registered: Mapped[int] = mapped_column(default=0)
    exempt: Mapped[int] = mapped_column(default=0)
    separate: Mapped[int] = mapped_column(default=0)
    due: Mapped[int] = mapped_column(default=0)
    sampled: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime | None]


class RoundHour(Placed, Base):
    """What was taken in one hour of a round in one area: `hour` counts whole hours from the round's start."""

    __tablename__ = "round_hours"
    __table_args__ = ({"sqlite_with_rowid": False},)

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    hour: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    sampled: Mapped[int] = mapped_column(default=0)


class RoundSite(Placed, InRealm, Kept, Base):
    """A sampling site of a round: where it stands, who runs it (`place_id`), which areas come to it, what it took."""

    __tablename__ = "round_sites"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint(SITE.check_sql(), name="state"),
        CheckConstraint("benches > 0 AND samplers > 0", name="staff"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    number: Mapped[int]
    """1, 2, 3 … within the round, as it stands on the sign at its door."""
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    lab_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    """The laboratory that its boxes go to."""
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160))
    lon: Mapped[float]
    lat: Mapped[float]
    areas: Mapped[list[Any]]
    """Ids of the grids whose people come here."""
    expected: Mapped[int]
    benches: Mapped[int]
    samplers: Mapped[int]
    sampled: Mapped[int] = mapped_column(default=0)
    tubes: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime | None]
    """When its newest tube was taken, as far as is known here."""
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}
    late_at: Mapped[datetime | None]


class DueLoad(Placed, InRealm, Kept, Base):
    """One file of a round's list: read, checked, planned, and perhaps applied; the same file twice changes nothing.

    `closed` is the file itself, closed with the data key `key_id`; it goes when the file was applied or dropped.
    """

    __tablename__ = "due_loads"
    __table_args__ = (CheckConstraint("state IN ('planned', 'applied', 'dropped')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    """The area whose list it is: the top of what whoever sent it keeps lists of."""
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    plan: Mapped[dict[str, Any]]
    key_id: Mapped[int] = mapped_column(ForeignKey("data_keys.id"))
    closed: Mapped[bytes | None]
    state: Mapped[str] = mapped_column(String(10))
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class RoundDue(Placed, Kept, Base):
    """One person of a round's list, where the list is known by person: due, exempt or under a separate scheme.

    `reason` says why he is exempt, or why he has not come (a code of the pack); `sampled_at` when he was sampled.
    """

    __tablename__ = "round_due"
    __table_args__ = (
        Index("ix_round_due_place", "place_id", "round_id"),
        Index(
            "ix_round_due_reason",
            "round_id",
            "reason",
            "place_id",
            **where("reason IS NOT NULL AND sampled_at IS NULL"),
        ),
        CheckConstraint(f"scheme IN {SCHEMES}", name="scheme"),
        {"sqlite_with_rowid": False},
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(Key, ForeignKey("persons.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    scheme: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(24))
    sampled_at: Mapped[datetime | None]
