"""Risk zones, their grades through time, what lies inside them, and proposals to lower them."""

from __future__ import annotations

import datetime as dt
from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import GUARDED, Base, Kept, Key, Shape
from region.spine.scope import InRealm, Placed
from region.zones.states import REVIEW, ZONE

GRADES = ("high", "medium", "low")
MADE_FROM = ("drawn", "building", "estate", "grid", "community", "file")


class Zone(Placed, InRealm, Kept, Base):
    """One zone of one incident; `grade` is the one in force now (low: nothing is restricted any more).

    `place_id` is the smallest area that holds all of it. `last_infection_on` is the region's day of the newest
    infection inside; `people` and `sites` are kept counts of what lies inside.
    """

    __tablename__ = "zones"
    __table_args__ = (
        UniqueConstraint("realm", "code"),
        CheckConstraint(ZONE.check_sql(), name="state"),
        CheckConstraint(f"grade IN {GRADES}", name="grade"),
        CheckConstraint(f"made_from IN {MADE_FROM}", name="made_from"),
        Index("ix_zones_incident", "incident_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"))
    code: Mapped[str] = mapped_column(String(40))
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    geometry: Mapped[BaseGeometry] = mapped_column(Shape)
    made_from: Mapped[str] = mapped_column(String(12))
    crs_source: Mapped[str] = mapped_column(String(10), default="WGS84")
    grade: Mapped[str] = mapped_column(String(8))
    pack: Mapped[str] = mapped_column(String(40))
    people: Mapped[int | None]
    sites: Mapped[int] = mapped_column(default=0)
    last_infection_on: Mapped[dt.date | None]
    declared_at: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
    directive: Mapped[str | None] = mapped_column(String(40))
    late_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}


class ZoneGrade(InRealm, Kept, Base):
    """A grade and an outline that a zone had from a moment to a moment; what a map of any past hour is drawn from."""

    __tablename__ = "zone_grades"

    id: Mapped[int] = mapped_column(primary_key=True)
    zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"), index=True)
    grade: Mapped[str] = mapped_column(String(8))
    geometry: Mapped[BaseGeometry] = mapped_column(Shape)
    effective_at: Mapped[datetime]
    until: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(80))
    decided_at: Mapped[datetime]
    review_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    pack_digest: Mapped[str] = mapped_column(String(64))


class ZonePlace(Placed, InRealm, Kept, Base):
    """A grid or a site that lies in a zone, with the share of the grid's ground inside."""

    __tablename__ = "zone_places"

    zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    share: Mapped[float]
    people: Mapped[int | None]


class ZoneInfection(InRealm, Kept, Base):
    """An infection counted in a zone: where it lives or stayed; each once (`ref`: ``case:7``)."""

    __tablename__ = "zone_infections"

    zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"), primary_key=True)
    ref: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[dt.date]
    known_at: Mapped[datetime]


class ZoneReview(Placed, InRealm, Kept, Base):
    """A proposal of the rules that a zone is lowered from `effective_at` on, with the facts it rests on."""

    __tablename__ = "zone_reviews"
    __table_args__ = (
        UniqueConstraint("zone_id", "grade", "effective_at"),
        CheckConstraint(REVIEW.check_sql(), name="state"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    zone_id: Mapped[int] = mapped_column(ForeignKey("zones.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    grade: Mapped[str] = mapped_column(String(8))
    effective_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    pack_digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    late_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}
