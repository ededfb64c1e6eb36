"""Memberships of key groups, classes of care, teams, routes to treatment, and the tasks that follow from them."""

from __future__ import annotations

import datetime as dt
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.care.states import TASK
from region.spine.db import GUARDED, Base, Kept, Key, where
from region.spine.scope import InRealm, Placed

CLASSES = ("red", "yellow", "green")
"""Classes of service (2022-12), never a health code: red first, yellow second, green in general."""


class Membership(Placed, InRealm, Kept, Base):
    """A person in a key group from a day to a day, on what evidence; the groups themselves are data of the pack."""

    __tablename__ = "key_memberships"
    __table_args__ = (
        Index(
            "uq_key_memberships_open", "realm", "person_id", "group", unique=True, **where("until IS NULL")
        ),
        Index("ix_key_memberships_place", "place_id", "group"),
        Index("ix_key_memberships_site", "site_id", "group"),
    )
    place_columns = ("place_id", "site_id")

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    realm: Mapped[int] = mapped_column()
    person_id: Mapped[int] = mapped_column(Key, ForeignKey("persons.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    """Where he lives."""
    site_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    """Who looks after the people there: the clinic of the home (else its office), which must know him."""
    group: Mapped[str] = mapped_column(String(40))
    work_place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    since: Mapped[dt.date]
    until: Mapped[dt.date | None]
    source: Mapped[str] = mapped_column(String(20))
    evidence: Mapped[str] = mapped_column(String(40))
    tested_at: Mapped[datetime | None]


class CareClass(Placed, InRealm, Kept, Base):
    """How urgently one person needs care (service class), from what score, decided by whom."""

    __tablename__ = "care_classes"
    place_columns = ("place_id", "site_id")

    person_id: Mapped[int] = mapped_column(Key, ForeignKey("persons.id"), primary_key=True)
    realm: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    level: Mapped[str] = mapped_column(String(8))
    facts: Mapped[dict[str, Any]]
    rule: Mapped[str] = mapped_column(String(80))
    pack_digest: Mapped[str] = mapped_column(String(64))
    decided_by: Mapped[str] = mapped_column(String(80))
    decided_at: Mapped[datetime]


class CareTeam(Placed, InRealm, Kept, Base):
    """Who looks after key people of a community or of one person: roles of the pack, each with an account."""

    __tablename__ = "care_teams"
    __table_args__ = (UniqueConstraint("realm", "place_id", "kind", "person_id"),)
    place_columns = ("place_id", "site_id")

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(Key, ForeignKey("persons.id"))
    kind: Mapped[str] = mapped_column(String(24))
    """``five_to_one``, ``three_person`` …: a team of the pack."""
    members: Mapped[list[Any]]
    """[{role, login}]: staff, known by their accounts."""
    site_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    version: Mapped[int] = mapped_column(default=1)


class CareRoute(Placed, InRealm, Kept, Base):
    """A protected way to regular treatment: dialysis on weekdays, delivery; where, and how one gets there."""

    __tablename__ = "care_routes"
    __table_args__ = (UniqueConstraint("realm", "person_id", "kind"),)
    place_columns = ("place_id", "site_id", "clinic_id")

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    realm: Mapped[int] = mapped_column()
    person_id: Mapped[int] = mapped_column(Key, ForeignKey("persons.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    """Who looks after the people where he lives; `site_id` is where he is treated."""
    kind: Mapped[str] = mapped_column(String(16))
    weekdays: Mapped[list[Any]]
    hour: Mapped[int | None]
    due_on: Mapped[dt.date | None]
    transport: Mapped[str] = mapped_column(String(24), default="own")
    fallback_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    """Where he is treated when the first place cannot."""
    checked_at: Mapped[datetime | None]
    """When somebody last asked both places and the driver whether the way still stands."""
    checked_by: Mapped[str | None] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(Text, default="")
    ended_on: Mapped[dt.date | None]


class CareTask(Placed, InRealm, Kept, Base):
    """One thing to do for one person by one body at one time; made once (`key`), sorted by its clock."""

    __tablename__ = "care_tasks"
    __table_args__ = (
        UniqueConstraint("realm", "key"),
        CheckConstraint(TASK.check_sql(), name="state"),
        Index("ix_care_tasks_site", "site_id", "state", "due_at"),
        Index("ix_care_tasks_person", "person_id", "state"),
        Index("ix_care_tasks_due", "due_at", "id", **where("state = 'due'")),
    )
    place_columns = ("place_id", "site_id")

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    realm: Mapped[int] = mapped_column()
    key: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[int] = mapped_column(Key, ForeignKey("persons.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    """Who is to do it: the clinic (or office) of the home."""
    kind: Mapped[str] = mapped_column(String(24))
    """A kind of the pack: visit, call, sample_at_home, delivery, medicine, transport, release_notice …"""
    ref: Mapped[str] = mapped_column(String(40))
    """What it rests on: ``group:12``, ``stay:7``, ``route:3``."""
    from_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(String(80))
    reason: Mapped[str | None] = mapped_column(String(24))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    late_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}
