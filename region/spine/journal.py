"""The journal: what happened, when, where, who answers for it, and what caused it. Nothing is ever changed in it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from region.spine.db import Base, Doc, Key
from region.spine.errors import Broken
from region.spine.scope import InRealm, Placed

CODE = re.compile(r"[\w.:/+\-]{0,80}", re.ASCII)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Event:
    """Something that someone may one day have to answer for.

    Fields hold ids, codes, numbers and dates, or tuples of these; never a name, a telephone, an identity
    number or free text. `place` and `incident` become columns of the journal.
    """

    version: ClassVar[int] = 1

    place: int | None = None
    incident: int | None = None

    @classmethod
    def area(cls) -> str:
        """The area that owns this event: ``region.dispatch.events`` gives ``dispatch``."""
        parts = cls.__module__.split(".")
        return parts[1] if parts[0] == "region" else parts[-1]

    @classmethod
    def event_name(cls) -> str:
        return f"{cls.area()}.{cls.__name__}"

    @property
    def subject(self) -> str:
        """What it is about, as ``kind:id``, taken from the first field; of a list its first and the number of more."""
        first = next(f for f in dataclasses.fields(self) if f.name not in ("place", "incident"))
        value = getattr(self, first.name)
        if not isinstance(value, tuple):
            return f"{first.name}:{value}"
        more = f"+{len(value) - 1}" if len(value) > 1 else ""
        return f"{first.name}:{value[0] if value else '-'}{more}"

    def facts(self) -> dict[str, Any]:
        """The event's own fields as plain values, checked to be codes and numbers only."""
        own = [f.name for f in dataclasses.fields(self) if f.name not in ("place", "incident")]
        return {name: _plain(self, name, getattr(self, name)) for name in own}


def _plain(told: Event, name: str, value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(told, name, one) for one in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str) and not CODE.fullmatch(value):
        raise Broken("text-in-event", event=told.event_name(), field=name)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise Broken("type-in-event", event=told.event_name(), field=name, type=type(value).__name__)


class Entry(Placed, InRealm, Base):
    """One line of the journal. Append-only: the database itself refuses to change or delete it."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_subject", "subject"),
        Index("ix_journal_realm_id", "realm", "id"),
        Index("ix_journal_actor", "actor", "recorded_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    place_id: Mapped[int | None] = mapped_column(index=True)
    incident_id: Mapped[int | None] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(40))
    event: Mapped[str] = mapped_column(String(80), index=True)
    version: Mapped[int]
    subject: Mapped[str] = mapped_column(String(80))
    cause_id: Mapped[int | None] = mapped_column(ForeignKey("journal.id"))
    data: Mapped[dict[str, Any]] = mapped_column(Doc)


def revive(kind: type[Event], entry: Entry) -> Event:
    """The event as it was told, from its line in the journal."""
    known = {f.name: str(f.type) for f in dataclasses.fields(kind)}
    facts = {name: _as_told(known[name], value) for name, value in entry.data.items() if name in known}
    return kind(place=entry.place_id, incident=entry.incident_id, **facts)


def _as_told(type_name: str, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, str) and "datetime" in type_name:
        return datetime.fromisoformat(value)
    if isinstance(value, str) and "date" in type_name:
        return date.fromisoformat(value)
    return value


def newest_of(session: Session, names: Sequence[str]) -> int:
    """The number of the newest entry of these events in any realm, or 0: a change counter for caches, no more."""
    table = Entry.metadata.tables["journal"]
    newest = session.execute(select(func.max(table.c.id)).where(table.c.event.in_(names))).scalar_one()
    return 0 if newest is None else int(newest)
