"""Filling tables of PostgreSQL by statements of its own: rows out of other rows, or out of numbers.

For measurements only: foreign keys are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ClauseElement,
    Connection,
    DateTime,
    Double,
    Engine,
    Integer,
    Interval,
    Table,
    cast,
    column,
    func,
    insert,
    literal,
    select,
    type_coerce,
    values,
)

from region.spine.db import Base, Doc, UTCDateTime

HOUR = timedelta(hours=1)


@contextmanager
def filling(engine: Engine) -> Iterator[Connection]:
    """One transaction in which foreign keys sleep."""
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '512MB'")
        connection.exec_driver_sql("SET LOCAL work_mem = '256MB'")
        yield connection


def series(n: int, name: str = "n") -> Any:
    """The numbers from 1 to n as rows; `.c.value` is the number."""
    made = func.generate_series(1, n).table_valued(column("value", Integer), name=name)
    return made.render_derived()


def table(kind: type[Base]) -> Table:
    """The table of a kind of rows."""
    return Base.metadata.tables[kind.__tablename__]


def listed(name: str, rows: list[dict[str, Any]]) -> Any:
    """Rows of Python's as a table to be joined; all name the same columns."""
    columns = [column(key, literal(_first(rows, key), _kind(_first(rows, key))).type) for key in rows[0]]
    return values(*columns, name=name).data([tuple(row.values()) for row in rows])


def _first(rows: list[dict[str, Any]], key: str) -> Any:
    return next((row[key] for row in rows if row[key] is not None), None)


def _kind(value: Any) -> Any:
    return Doc if isinstance(value, dict | list) else UTCDateTime() if isinstance(value, datetime) else None


def put(connection: Connection, kind: type[Base], source: Any, where: Any = None, /, **columns: Any) -> None:
    """Rows out of others: each column an expression over `source`, or one value for all."""
    own = table(kind).c
    said = {name: as_sql(value, own[name].type) for name, value in columns.items()}
    rows = select(*said.values()).select_from(source)
    if where is not None:
        rows = rows.where(where)
    connection.execute(insert(table(kind)).from_select(list(said), rows))


def as_sql(value: Any, kind: Any) -> Any:
    """A value as an expression of this type; an expression stays itself."""
    return value if isinstance(value, ClauseElement) else literal(value, kind)


def later(moment: Any, number: Any, unit: timedelta = HOUR) -> Any:
    """A moment (a day: its midnight) so many units later; each of the first two a value or an expression."""
    instant = DateTime(timezone=True)
    begins = cast(moment, instant) if isinstance(moment, ClauseElement) else literal(moment, instant)
    seconds = cast(number * int(unit.total_seconds()), Double)
    length = func.make_interval(0, 0, 0, 0, 0, 0, seconds, type_=Interval())
    return type_coerce(begins + length, UTCDateTime())


def settle(engine: Engine) -> None:
    """Ids that were filled in are counted on from the last; the tables are looked at, as autovacuum does elsewhere."""
    with engine.begin() as connection:
        for own in Base.metadata.sorted_tables:
            if own.autoincrement_column is not None:
                top = select(func.max(own.autoincrement_column)).scalar_subquery()
                sequence = func.pg_get_serial_sequence(own.name, own.autoincrement_column.name)
                connection.execute(select(func.setval(sequence, top)))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
