"""One schema on SQLite and PostgreSQL: the base of all tables, their own column types, and how to connect."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Any, ClassVar

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.engine.url import make_url
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """An instant, kept in UTC; SQLite would drop the zone, so a naive one is refused going in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Shape(TypeDecorator[BaseGeometry]):
    """A WGS-84 geometry as WKB, the same on every database; predicates run in the process (shapely)."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: BaseGeometry | None, dialect: Dialect) -> bytes | None:
        return None if value is None else bytes(shapely.to_wkb(value))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> BaseGeometry | None:
        return None if value is None else shapely.from_wkb(value)


Doc = JSON().with_variant(JSONB(), "postgresql")
"""A small document of plain values."""

Path = String(200).with_variant(String(200, collation="C"), "postgresql")
"""A place's path of ids; compared by byte, so that a prefix is a range."""

Key = BigInteger().with_variant(Integer(), "sqlite")
"""A row number that PostgreSQL keeps in 64 bits and SQLite can count up by itself."""


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar = {datetime: UTCDateTime, dict[str, Any]: Doc, list[Any]: Doc}


GUARDED: dict[str, Any] = {"version_id_generator": False}
"""Mapper arguments of a row that actions count up: its UPDATE names the version that was read, so that of two
works at once the second finds no row and is Stale."""


def where(condition: str, *, sqlite: str | None = None) -> dict[str, Any]:
    """Arguments that make an index partial on both databases: ``Index(..., unique=True, **where("a IS NULL"))``.

    SQLite uses it only where a query says the same words, so they can be given apart.
    """
    return {"sqlite_where": text(sqlite or condition), "postgresql_where": text(condition)}


class Kept:
    """A row that somebody may have to answer for: it changes only together with an event of its area."""


def connect(url: str, *, pool_size: int = 20) -> Engine:
    """Make the engine for `url` (sqlite:///file or postgresql+psycopg://…); nothing connects yet."""
    if make_url(url).get_backend_name() == "sqlite":
        return _connect_sqlite(url)
    # Parameters are hidden in errors and logs: they may be somebody's name.
    return create_engine(
        url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True, hide_parameters=True
    )


def _connect_sqlite(url: str) -> Engine:
    # A file database opens in tens of microseconds; no pool means that a fork inherits no connection.
    engine = create_engine(url, connect_args={"timeout": 30}, poolclass=NullPool, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(dbapi: sqlite3.Connection, _record: object) -> None:
        dbapi.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
            dbapi.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A read that later writes would fail at once under WAL when another wrote in between,
        # so works that write say so first and wait their turn.
        reading = connection.get_execution_options().get("region_reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine
