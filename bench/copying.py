"""Writing millions of rows quickly: columns of numbers into a database's own way of taking them, its checks asleep.

For measurements only: foreign keys are not looked at, indexes are made at the end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import psycopg
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Double, Integer, Table, make_url

from region.spine.db import Base, UTCDateTime, connect

Columns = Mapping[str, Any]
"""By name: an array (days as day numbers, instants as whole seconds since 1970), or one value for all rows."""
Put = Callable[[type[Base], Columns], None]
SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
DAY_ZERO, SECOND_ZERO = date(2000, 1, 1).toordinal(), int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())


@dataclass(frozen=True)
class Target:
    """A database to be filled. `as_they_come` says that it keeps rows in the order in which they are written."""

    url: str

    @property
    def as_they_come(self) -> bool:
        return self.url.startswith("postgresql")

    @contextmanager
    def loading(self, *kinds: type[Base]) -> Iterator[Put]:
        """Take rows of these tables; commits, makes the indexes and looks at the tables' figures at the end."""
        tables = [kind.metadata.tables[kind.__tablename__] for kind in kinds]
        engine = connect(self.url)
        with engine.begin() as connection:
            for index in (index for table in tables for index in table.indexes):
                index.drop(connection)
        with self._postgresql() if self.as_they_come else self._sqlite() as put:
            yield put
        with engine.begin() as connection:
            for index in (index for table in tables for index in table.indexes):
                index.create(connection)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
        engine.dispose()

    @contextmanager
    def _postgresql(self) -> Iterator[Put]:
        address = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address) as connection:
            connection.execute("SET session_replication_role = replica")

            def put(kind: type[Base], columns: Columns) -> None:
                table = kind.metadata.tables[kind.__tablename__]
                statement = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
                with connection.cursor().copy(statement) as copy:
                    copy.write(SIGNATURE + packed(table, columns) + b"\xff\xff")

            yield put
            for kind in ("lots", "stocks", "stock_sheets", "stock_movements"):
                connection.execute(
                    f"SELECT setval(pg_get_serial_sequence('{kind}', 'id'), (SELECT max(id) FROM {kind}))"
                )

    @contextmanager
    def _sqlite(self) -> Iterator[Put]:
        connection = sqlite3.connect(self.url.removeprefix("sqlite:///"), isolation_level=None)
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("PRAGMA cache_size=-200000")
        connection.execute("BEGIN")

        def put(kind: type[Base], columns: Columns) -> None:
            table = kind.metadata.tables[kind.__tablename__]
            marks = ", ".join("?" * len(columns))
            rows = zip(*plain(table, columns), strict=True)
            connection.executemany(f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})", rows)

        yield put
        connection.execute("COMMIT")
        connection.close()


def length(columns: Columns) -> int:
    """How many rows there are."""
    return next(len(one) for one in columns.values() if isinstance(one, np.ndarray | list))


def packed(table: Table, columns: Columns) -> bytes:
    """The rows as PostgreSQL's binary COPY has them: fields of fixed width within one call, so no loop over rows."""
    number = length(columns)
    parts: list[tuple[str, Any, Any]] = [("fields", ">i2", len(columns))]
    for name, given in columns.items():
        form, value = _field(table.c[name].type, given)
        parts.append((f"{name} length", ">i4", -1 if form is None else np.dtype(form).itemsize))
        if form is not None and np.dtype(form).itemsize:
            parts.append((name, form, value))
    rows = np.empty(number, [(name, form) for name, form, _value in parts])
    for name, _form, value in parts:
        rows[name] = value
    return rows.tobytes()


def _field(kind: Any, given: Any) -> tuple[Any, Any]:
    """The form of a field and its values; no form for nothing at all."""
    if given is None:
        return None, None
    given = np.asarray(given) if isinstance(given, list) else given
    if isinstance(given, str):
        text = given.encode()
        return f"S{len(text)}" if text else "V0", text
    if isinstance(given, np.ndarray) and given.dtype.kind == "S":
        return given.dtype, given
    if isinstance(kind, UTCDateTime | DateTime):
        return ">i8", (given - SECOND_ZERO) * 1_000_000
    if isinstance(kind, Date):
        return ">i4", given - DAY_ZERO
    forms = ((BigInteger, ">i8"), (Boolean, "i1"), (Integer, ">i4"), (Double, ">f8"))
    return next(form for one, form in forms if isinstance(kind, one)), given


def plain(table: Table, columns: Columns) -> list[list[Any]]:
    """The columns as SQLite takes them."""
    number = length(columns)
    return [_plain(table.c[name].type, given, number) for name, given in columns.items()]


def _plain(kind: Any, given: Any, number: int) -> list[Any]:
    if given is None or isinstance(given, str | int):
        return [given] * number
    values = given.tolist() if isinstance(given, np.ndarray) else given
    if isinstance(kind, UTCDateTime | DateTime):
        words = {one: f"{datetime.fromtimestamp(one, UTC):%Y-%m-%d %H:%M:%S.%f}" for one in set(values)}
        return [words[one] for one in values]
    if isinstance(kind, Date):
        words = {one: date.fromordinal(one).isoformat() for one in set(values)}
        return [words[one] for one in values]
    return [one.decode() if isinstance(one, bytes) else one for one in values]
