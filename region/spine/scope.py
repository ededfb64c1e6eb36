"""Jurisdiction: adds the actor's places and realm to every ORM statement, so that no query can forget them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Table, and_, false, or_, select, true
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria
from sqlalchemy.orm.interfaces import CriteriaOption
from sqlalchemy.orm.util import LoaderCriteriaOption
from sqlalchemy.sql.cache_key import HasCacheKey
from sqlalchemy.sql.visitors import InternalTraversal

from region.spine.db import Base
from region.spine.errors import Broken, Refused

InScope = Callable[[Any], ColumnElement[bool]]


class Placed:
    """A row that belongs somewhere; any of its `place_columns` in the actor's places admits it."""

    place_columns: ClassVar[tuple[str, ...]] = ("place_id",)

    @classmethod
    def within(cls, in_scope: InScope) -> ColumnElement[bool]:
        """The condition under which an actor may know of a row; tables with other rules override it."""
        return or_(*(in_scope(getattr(cls, name)) for name in cls.place_columns))


class InRealm:
    """A row of the real world (0) or of one exercise; the two never meet in a query."""

    realm: Mapped[int] = mapped_column(index=True)

    @property
    def has_realm(self) -> bool:
        """Whether the row was given its realm yet; a new one gets that of the work it is added to."""
        return self.__dict__.get("realm") is not None


@dataclass(frozen=True)
class Scope:
    """What one work may see: the path prefixes and the realm."""

    paths: tuple[str, ...]
    realm: int

    def covers(self, path: str) -> bool:
        """Whether a place with this path lies inside."""
        return any(path.startswith(prefix) for prefix in self.paths)


def below(column: Any, prefix: str) -> ColumnElement[bool]:
    """`column` starts with `prefix`, as a range that an index serves on every database."""
    if not prefix:
        return true()
    return and_(column >= prefix, column < prefix[:-1] + chr(ord(prefix[-1]) + 1))


def path_table() -> Table:
    """The table of places, the only one that holds paths (columns `id` and `path`)."""
    return Base.metadata.tables["places"]


def places_in(paths: tuple[str, ...]) -> InScope:
    """A test of a column with a place's id against path prefixes."""
    if "" in paths:
        return lambda column: true()
    if not paths:
        return lambda column: false()
    table = path_table()
    inside = select(table.c.id).where(or_(*(below(table.c.path, prefix) for prefix in paths)))
    return lambda column: column.in_(inside)


class _Jurisdiction(CriteriaOption):
    """All conditions of one scope as one option: SQLAlchemy would read each of them anew for every statement.

    Statements are compiled once for each form of these conditions, and the values of the actor who asks are put in, as
    for any other parameter. The key of the form is a small number, because the whole of it is slow to compare.
    """

    inherit_cache = False
    propagate_to_loaders = True
    forms: ClassVar[dict[Any, int]] = {}
    counting: ClassVar[Lock] = Lock()

    def __init__(self, criteria: Sequence[LoaderCriteriaOption]) -> None:
        self._criteria = criteria
        keys = _Criteria(criteria)._generate_cache_key()
        if keys is None:
            raise Broken("scope-not-cached")
        with self.counting:  # two threads must never give one number to two forms
            self._form = self.forms.setdefault(keys.key, len(self.forms))
        self._values = keys.bindparams

    def _gen_cache_key(self, anon_map: Any, bindparams: list[Any]) -> tuple[Any, ...]:
        bindparams.extend(self._values)
        return (_Jurisdiction, self._form)

    def process_compile_state_replaced_entities(self, compile_state: Any, mapper_entities: Any) -> None:
        self.process_compile_state(compile_state)

    def process_compile_state(self, compile_state: Any) -> None:
        self.get_global_criteria(compile_state.global_attributes)

    def get_global_criteria(self, attributes: dict[Any, Any]) -> None:
        for one in self._criteria:
            one.get_global_criteria(attributes)


class _Criteria(HasCacheKey):
    """Conditions of which one key is made, with what they share named once."""

    _traverse_internals: ClassVar = [("criteria", InternalTraversal.dp_has_cache_key_list)]

    def __init__(self, criteria: Sequence[LoaderCriteriaOption]) -> None:
        self.criteria = criteria


@cache
def _option(scope: Scope) -> _Jurisdiction:
    in_scope = places_in(scope.paths)
    made: list[LoaderCriteriaOption] = []
    for mapper in Base.registry.mappers:
        kind = mapper.class_
        terms: list[ColumnElement[bool]] = []
        if issubclass(kind, Placed) and "" not in scope.paths:
            terms.append(kind.within(in_scope))
        if issubclass(kind, InRealm):
            terms.append(kind.realm == scope.realm)
        if terms:
            # Plain expressions: the lambda form would serve one actor's district to the next from the cache.
            made.append(with_loader_criteria(kind, and_(*terms), include_aliases=True))
    return _Jurisdiction(made)


def apply_scope(state: ORMExecuteState) -> None:
    """The session hook: filter every statement, and refuse a placed one that nobody acts for."""
    if state.is_insert or state.is_column_load or state.is_relationship_load:
        return
    scope = state.session.info.get("scope")
    if scope is None:
        kinds = {mapper.class_ for mapper in state.all_mappers}
        if any(issubclass(kind, Placed | InRealm) for kind in kinds):
            raise Refused("no-actor", tables=sorted(kind.__name__ for kind in kinds))
        return
    if not isinstance(scope, Scope):
        raise Broken("scope-type", type=type(scope).__name__)
    state.statement = state.statement.options(_option(scope))


def path_of(session: Session, place_id: int) -> str | None:
    """The path of a place, in or out of scope: for checking grants, never for showing."""
    table = path_table()
    found = session.execute(select(table.c.path).where(table.c.id == place_id)).scalar_one_or_none()
    return None if found is None else str(found)
