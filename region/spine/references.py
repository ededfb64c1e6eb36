"""Rows of all tables that refer to one row of a registry: counted, moved to another row, and moved back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, and_, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from region.spine.db import Base
from region.spine.errors import Refused

Moved = dict[str, list[list[Any]]]
"""By ``table.column``, what tells the rows that were moved: their primary keys without the column itself."""
AT_ONCE = 400  # rows in one statement: each may need several parameters


def referring(registry: str, besides: Collection[str] = ()) -> list[Column[Any]]:
    """The columns of all tables (but those `besides`) that refer to the `id` of a registry's table."""
    return [
        column
        for table in Base.metadata.sorted_tables
        if table.name not in besides
        for column in table.columns
        if any(key.column.table.name == registry for key in column.foreign_keys)
    ]


def count_by_table(session: Session, registry: str, id: int, besides: Collection[str] = ()) -> dict[str, int]:
    """How many rows of each table refer to one row; tables without any are left out."""
    counts: dict[str, int] = {}
    for column in referring(registry, besides):
        name = column.table.name
        wanted = select(func.count()).select_from(column.table).where(column == id)
        counts[name] = counts.get(name, 0) + int(session.execute(wanted).scalar_one())
    return {name: n for name, n in sorted(counts.items()) if n}


def move(session: Session, registry: str, old: int, new: int, besides: Collection[str] = ()) -> Moved:
    """Let every row that refers to `old` refer to `new`, in one statement for each column; what was moved.

    Refused (``both-stand``) names the table in which a row of each stands that only one of them may have.
    """
    moved: Moved = {}
    for column in referring(registry, besides):
        rows = session.execute(select(*_others(column)).where(column == old)).all()
        if not rows:
            continue
        try:
            with session.begin_nested():
                session.execute(update(column.table).where(column == old).values({column.name: new}))
        except IntegrityError as error:
            raise Refused("both-stand", table=column.table.name) from error
        moved[f"{column.table.name}.{column.name}"] = [list(row) for row in rows]
    session.expire_all()
    return moved


def move_back(session: Session, moved: Moved, old: int, new: int) -> None:
    """Let those rows that `move` moved and that still refer to `new` refer to `old` again."""
    for name, keys in moved.items():
        table, _, field = name.partition(".")
        column = Base.metadata.tables[table].columns[field]
        others = _others(column)
        for at in range(0, len(keys), AT_ONCE):
            page = keys[at : at + AT_ONCE]
            these = or_(*(and_(*(c == v for c, v in zip(others, key, strict=True))) for key in page))
            session.execute(update(column.table).where(column == new, these).values({column.name: old}))
    session.expire_all()


def _others(column: Column[Any]) -> list[Column[Any]]:
    """What tells a row besides the column that is moved."""
    return [one for one in column.table.primary_key.columns if one is not column]
