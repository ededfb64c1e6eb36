"""All rows of a database out of it and into an empty one, the same lines whichever database it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

import shapely
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    LargeBinary,
    Table,
    TableClause,
    column,
    func,
    insert,
    inspect,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import NullType, TypeEngine

from region.spine.db import Base, Shape, UTCDateTime
from region.spine.errors import Invalid, Refused

AT_ONCE = 1000  # rows of one INSERT

# What a backup says of a column, and the type through which its values go back in. A document column that
# may be empty is empty (SQL NULL), never the word null.
KINDS: dict[str, TypeEngine[Any]] = {
    "plain": NullType(),
    "instant": UTCDateTime(),
    "date": Date(),
    "document": JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"),
    "shape": Shape(),
    "bytes": LargeBinary(),
}


@dataclass(frozen=True)
class Sheet:
    """One table as a backup knows it: its name and, in order, each column with its kind."""

    name: str
    columns: dict[str, str]

    @classmethod
    def of(cls, kept: Table) -> Sheet:
        """The sheet of a table of the models."""
        return cls(kept.name, {one.name: _kind(one) for one in kept.columns})

    def target(self) -> TableClause:
        """The table to write to, known by this sheet alone: a backup may be older than the models."""
        unknown = sorted(set(self.columns.values()) - set(KINDS))
        if unknown:
            raise Invalid("backup-column-kind", table=self.name, kind=",".join(unknown))
        return table(self.name, *(column(name, KINDS[kind]) for name, kind in self.columns.items()))


def sheets() -> list[Sheet]:
    """Every table of the models, those that others refer to first."""
    return [Sheet.of(kept) for kept in Base.metadata.sorted_tables]


@contextmanager
def unmoving(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one moment however long it reads, and holds up nobody who writes.

    SQLite's write-ahead log and PostgreSQL's REPEATABLE READ both give this.
    """
    how: dict[str, Any] = {"region_reading": True}
    if engine.dialect.name == "postgresql":
        how = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**how) as connection, connection.begin():
        yield connection


def lines_of(connection: Connection, sheet: Sheet) -> Iterator[str]:
    """The rows of a table as lines of JSON, in an order in which each refers to earlier ones only."""
    kept = Base.metadata.tables[sheet.name]
    found = connection.execution_options(yield_per=AT_ONCE).execute(select(kept).order_by(*kept.primary_key))
    rows: Iterable[dict[str, Any]] = (dict(row) for row in found.mappings())
    own = [key.parent.name for key in kept.foreign_keys if key.column.table is kept]
    for row in _parents_first(rows, own) if own else rows:
        values = [_plain(row[name], kind) for name, kind in sheet.columns.items()]
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def write(connection: Connection, sheet: Sheet, lines: Iterable[str]) -> None:
    """Put lines that `lines_of` made into the table of the same name."""
    target = sheet.target()
    rest = iter(lines)
    while rows := [_row(sheet, line) for line in islice(rest, AT_ONCE)]:
        connection.execute(insert(target), rows)


def count(connection: Connection, name: str) -> int:
    """How many rows a table has."""
    return int(connection.execute(select(func.count()).select_from(table(name))).scalar_one())


def empty_seeds(connection: Connection, names: list[str]) -> None:
    """Remove what migrations themselves put into tables: the backup has these rows too."""
    for name in reversed(names):
        if count(connection, name):
            connection.execute(table(name).delete())


def set_counters(connection: Connection, names: list[str]) -> None:
    """Let PostgreSQL's counters go on after the highest number that came in; SQLite looks for itself."""
    if connection.dialect.name != "postgresql":
        return
    for name in names:
        kept = Base.metadata.tables.get(name)
        if kept is None or [one.name for one in kept.primary_key] != ["id"]:
            continue
        highest = connection.execute(select(func.max(kept.c.id))).scalar_one()
        if isinstance(highest, int):
            connection.execute(select(func.setval(func.pg_get_serial_sequence(name, "id"), highest)))


def require_empty(engine: Engine) -> None:
    """Refuse a database that holds tables: nothing is ever restored over something."""
    found = [name for name in inspect(engine).get_table_names() if name != "alembic_version"]
    if found:
        raise Refused("place-not-empty", place="database", found=len(found))


def _parents_first(rows: Iterable[dict[str, Any]], own: list[str]) -> Iterator[dict[str, Any]]:
    """Rows in the order of their numbers, but none before a row of this table that it refers to."""
    awaited: dict[int, list[dict[str, Any]]] = {}  # by the number of the row that must come before
    lacking: dict[int, set[int]] = {}  # what a row that was put aside still waits for
    for row in rows:
        number = row["id"]
        lacking[number] = {
            row[name]
            for name in own
            if row[name] is not None and (row[name] > number or row[name] in lacking)
        }
        for before in lacking[number]:
            awaited.setdefault(before, []).append(row)
        ready = [] if lacking[number] else [row]
        while ready:
            one = ready.pop(0)
            yield one
            del lacking[one["id"]]
            for other in awaited.pop(one["id"], []):
                lacking[other["id"]].discard(one["id"])
                if not lacking[other["id"]]:
                    ready.append(other)


def _kind(one: Column[Any]) -> str:
    for name, kind in (("instant", UTCDateTime), ("shape", Shape), ("document", JSON), ("date", Date)):
        if isinstance(one.type, kind):
            return name
    if isinstance(one.type, DateTime):
        raise Invalid("column-without-zone", column=str(one))
    return "bytes" if isinstance(one.type, LargeBinary) else "plain"


def _plain(value: Any, kind: str) -> Any:
    if value is None or kind in ("plain", "document"):
        return value
    if kind in ("instant", "date"):
        return value.isoformat()
    return (shapely.to_wkb(value) if kind == "shape" else value).hex()


def _row(sheet: Sheet, line: str) -> dict[str, Any]:
    values = json.loads(line)
    if len(values) != len(sheet.columns):
        raise Invalid("backup-line", table=sheet.name, columns=len(sheet.columns), found=len(values))
    return {
        name: _back(value, kind) for (name, kind), value in zip(sheet.columns.items(), values, strict=True)
    }


def _back(value: Any, kind: str) -> Any:
    if value is None or kind in ("plain", "document"):
        return value
    if kind == "instant":
        return datetime.fromisoformat(value)
    if kind == "date":
        return date.fromisoformat(value)
    raw = bytes.fromhex(value)
    return shapely.from_wkb(raw) if kind == "shape" else raw
