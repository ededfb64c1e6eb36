"""The tree of places: areas (city, district, sub-district, community, grid …) and sites (clinic, laboratory …)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from region.spine.db import Base, Doc, Kept, Path, Shape
from region.spine.scope import InScope, Placed


class Place(Placed, Kept, Base):
    """One node of the tree. `path` is the ids from the root, each followed by a slash: ``1/15/9/``."""

    __tablename__ = "places"
    __table_args__ = (
        UniqueConstraint("path"),
        Index("ix_places_code", "code"),
        CheckConstraint("kind IN ('area', 'site')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)
    path: Mapped[str] = mapped_column(Path)
    kind: Mapped[str] = mapped_column(String(4))
    code: Mapped[str] = mapped_column(String(40))
    name_zh: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str] = mapped_column(String(160))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    zone: Mapped[str | None] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(Doc, default=dict)

    area: Mapped[Area | None] = relationship(back_populates="place", uselist=False)
    site: Mapped[Site | None] = relationship(back_populates="place", uselist=False)

    @classmethod
    def within(cls, in_scope: InScope) -> ColumnElement[bool]:
        """A place is in scope by itself."""
        return in_scope(cls.id)


class Area(Placed, Kept, Base):
    """An area: its level, its outline in WGS-84, the people who live there (with the year of the count)."""

    __tablename__ = "areas"

    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    level: Mapped[str] = mapped_column(String(20), index=True)
    geometry: Mapped[BaseGeometry | None] = mapped_column(Shape)
    west: Mapped[float | None]
    south: Mapped[float | None]
    east: Mapped[float | None]
    north: Mapped[float | None]
    population: Mapped[int | None]
    population_year: Mapped[int | None]
    households: Mapped[int | None]

    place: Mapped[Place] = relationship(back_populates="area")


class Site(Placed, Kept, Base):
    """A site: what it is, how to reach it, whether it is connected, and whether it is known to be dark."""

    __tablename__ = "sites"

    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    type: Mapped[str] = mapped_column(String(40), index=True)
    crs_source: Mapped[str] = mapped_column(String(20), default="WGS84")
    phone: Mapped[str | None] = mapped_column(String(40))
    duty_phone: Mapped[str | None] = mapped_column(String(40))
    capacity: Mapped[int | None]
    catchment: Mapped[list[Any]] = mapped_column(Doc, default=list)
    webhook_url: Mapped[str | None] = mapped_column(String(300))
    webhook_key: Mapped[str | None] = mapped_column(String(200))
    connected_at: Mapped[datetime | None]
    dark_since: Mapped[datetime | None]
    dark_reason: Mapped[str | None] = mapped_column(String(40))

    place: Mapped[Place] = relationship(back_populates="site")


class Alias(Base):
    """Another code or name under which a place is known, with the time for which it held."""

    __tablename__ = "place_aliases"
    __table_args__ = (
        UniqueConstraint("place_id", "system", "code"),
        Index("ix_place_aliases_code", "system", "code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    system: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(80))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class Load(Placed, Kept, Base):
    """One file of areas or sites: read, checked, planned, and perhaps applied; the same file twice changes nothing."""

    __tablename__ = "place_loads"
    __table_args__ = (CheckConstraint("state IN ('planned', 'applied', 'dropped')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    kind: Mapped[str] = mapped_column(String(10))
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    options: Mapped[dict[str, Any]] = mapped_column(Doc)
    plan: Mapped[dict[str, Any]] = mapped_column(Doc)
    state: Mapped[str] = mapped_column(String(10), default="planned")
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
