"""Writing many rows at once where some may stand already, and reading many as numbers: the same on both databases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Integer,
    Table,
    and_,
    any_,
    bindparam,
    case,
    column,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from region.spine.db import Base

Rows = Sequence[Mapping[str, Any]]


def add_missing(session: Session, kind: type[Base], rows: Rows) -> None:
    """Insert the rows whose keys are not there yet; the others stay as they are."""
    if rows:
        session.execute(_insert(session, kind).on_conflict_do_nothing(), [dict(row) for row in rows])


def add_telling(session: Session, kind: type[Base], rows: Rows, *wanted: Any) -> Sequence[Any]:
    """The same, and tell the `wanted` columns of those that were not there yet, in no order.

    All rows name the same columns. On PostgreSQL one statement with a list for each column, which stays the same
    statement however many rows there are.
    """
    if not rows:
        return []
    statement = _insert(session, kind)
    if _lists(session):
        given = _given(kind.metadata.tables[kind.__tablename__], rows)
        statement = statement.from_select(list(rows[0]), select(*given.c))
    told = statement.on_conflict_do_nothing().returning(*wanted)
    return session.execute(told, None if _lists(session) else [dict(row) for row in rows]).all()


def among(session: Session, column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """``column IN values``; on PostgreSQL with one list, so that it is the same statement however many there are."""
    if _lists(session):
        return column == any_(bindparam(None, list(values), ARRAY(column.type)))  # type: ignore[no-any-return]
    return column.in_(list(values))  # type: ignore[no-any-return]


def plan_by_values(session: Session) -> None:
    """From here on in this work PostgreSQL plans each statement by its values, not once for all of them.

    For counts of hundreds of thousands of rows up to a moment: the plan for any moment is several times slower.
    """
    if _lists(session):
        session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))


def _lists(session: Session) -> bool:
    """Whether the database takes a list as one parameter."""
    return session.get_bind().dialect.name == "postgresql"


def put(session: Session, kind: type[Base], rows: Rows, key: Sequence[str], **changes: Any) -> None:
    """Insert rows; where the key stands, change it: each of `changes` is a function of (standing, given) columns.

    Without `changes` a standing row takes all that is given. All rows name the same columns.
    """
    if not rows:
        return
    statement = _insert(session, kind)
    given = statement.excluded
    values: dict[str, ColumnElement[Any]] = (
        {name: change(getattr(kind, name), given[name]) for name, change in changes.items()}
        if changes
        else {name: given[name] for name in rows[0] if name not in key}
    )
    table = kind.metadata.tables[kind.__tablename__]
    at_once = _lists(session) and _once_each(table, rows, key)
    if at_once:
        statement = statement.from_select(list(rows[0]), select(*_given(table, rows).c))
    changed = statement.on_conflict_do_update(index_elements=list(key), set_=values)
    session.execute(changed, None if at_once else [dict(row) for row in rows])


def _once_each(table: Table, rows: Rows, key: Sequence[str]) -> bool:
    """Whether one statement can put all rows: none twice, which it would refuse, and no documents, of which no list can
    be given."""
    documents = any(isinstance(table.c[name].type, JSON) for name in rows[0])
    return not documents and len({tuple(row[name] for name in key) for row in rows}) == len(rows)


def change(session: Session, kind: type[Base], rows: Rows, key: Sequence[str]) -> None:
    """Change the rows with these keys to what is given of their other columns; all rows name the same columns.

    For derived tables alone: what is kept changes through its own action, which notices it.
    """
    if not rows:
        return
    table = kind.metadata.tables[kind.__tablename__]
    if _lists(session):
        _change_at_once(session, table, rows, key)
        return
    values = {name: bindparam(f"to_{name}", type_=table.c[name].type) for name in rows[0] if name not in key}
    found = and_(*(table.c[name] == bindparam(f"of_{name}", type_=table.c[name].type) for name in key))
    given = [{f"{'of' if name in key else 'to'}_{name}": one for name, one in row.items()} for row in rows]
    session.connection().execute(update(table).where(found).values(values), given)


def _change_at_once(session: Session, table: Table, rows: Rows, key: Sequence[str]) -> None:
    """One statement with a list for each column: PostgreSQL takes a row at a time several times as long."""
    given = _given(table, rows)
    found = and_(*(table.c[name] == given.c[name] for name in key))
    values = {name: given.c[name] for name in rows[0] if name not in key}
    session.connection().execute(update(table).where(found).values(values))


def _given(table: Table, rows: Rows) -> Any:
    """Rows as a table of their own, in their order, made of one list for each column (PostgreSQL)."""
    lists = [
        bindparam(f"all_{name}", [row[name] for row in rows], ARRAY(table.c[name].type)) for name in rows[0]
    ]
    names = (column(name, table.c[name].type) for name in rows[0])
    return func.unnest(*lists).table_valued(*names, name="given").render_derived()


def _insert(session: Session, kind: type[Base]) -> Any:
    dialect = session.get_bind().dialect.name
    return postgresql.insert(kind) if dialect == "postgresql" else sqlite.insert(kind)


def added(standing: Any, given: Any) -> ColumnElement[Any]:
    """What stands and what is given together: a change for `put`."""
    total: ColumnElement[Any] = standing + given
    return total


def larger(standing: Any, given: Any) -> ColumnElement[Any]:
    """The larger of what stands and what is given: a change for `put`."""
    return case((standing > given, standing), else_=given)


class day_number(FunctionElement[int]):
    """A day as its number (`date.toordinal()`), counted by the database: a million dates are slow to make."""

    inherit_cache = True
    type = Integer()


@compiles(day_number, "sqlite")
def _day_number_on_sqlite(element: day_number, compiler: Any, **given: Any) -> str:
    return f"CAST(julianday({compiler.process(element.clauses, **given)}) - 1721424.5 AS INTEGER)"


@compiles(day_number, "postgresql")
def _day_number_on_postgresql(element: day_number, compiler: Any, **given: Any) -> str:
    return f"({compiler.process(element.clauses, **given)} - DATE '0001-01-01' + 1)"
