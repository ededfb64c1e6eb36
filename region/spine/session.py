"""The session of a work: it filters by scope, and notices which kept rows change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker

from region.spine.clock import REAL
from region.spine.db import Kept
from region.spine.errors import Broken, Refused, SilentChange
from region.spine.scope import InRealm, apply_scope

if TYPE_CHECKING:
    from region.spine.work import Work


class RegionSession(Session):
    """A session that filters by scope and notices which kept rows change."""


sessions = sessionmaker(class_=RegionSession, expire_on_commit=False, autoflush=True)


def _area_of(kind: type[Any]) -> str:
    return (
        kind.__module__.split(".")[1]
        if kind.__module__.startswith("region.")
        else kind.__module__.split(".")[-1]
    )


@event.listens_for(RegionSession, "before_flush")
def _notice_rows(session: Session, _context: object, _instances: Sequence[object] | None) -> None:
    w = session.info.get("work")
    for row in (*session.new, *(row for row in session.dirty if session.is_modified(row)), *session.deleted):
        if isinstance(row, InRealm) and w is not None:
            if not row.has_realm:
                row.realm = w.realm
            elif row.realm != w.realm:
                raise Broken("realms-mixed", row=type(row).__name__, realm=row.realm, work=w.realm)
        if isinstance(row, Kept) and w is not None:
            w.touched.add(_area_of(type(row)))
            _stay_in_the_exercise(w, row)


def _stay_in_the_exercise(w: Work, row: Kept) -> None:
    """Places and accounts are the same in every realm: a person in an exercise may not change them.

    The demonstration is an exercise all through, and the system loads what all realms share.
    """
    free = w.realm == REAL or w.actor.is_system or w.office.installation.demo
    if not free and not hasattr(row, "realm"):
        raise Refused("real-only", what=type(row).__name__.lower())


@event.listens_for(RegionSession, "do_orm_execute")
def _filter_and_notice(state: ORMExecuteState) -> None:
    apply_scope(state)
    w = state.session.info.get("work")
    if w is not None and (state.is_update or state.is_delete or state.is_insert):
        w.touched.update(_area_of(m.class_) for m in state.all_mappers if issubclass(m.class_, Kept))


def no_silent_change(w: Work) -> None:
    """Each area whose kept rows changed must have told an event of its own."""
    told = {entry.event.split(".", 1)[0] for entry in w.told}
    silent = w.touched - told
    if silent:
        raise SilentChange("silent-change", areas=sorted(silent))
