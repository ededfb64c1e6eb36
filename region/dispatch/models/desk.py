"""What the duty desk keeps for itself: saved groups of sites, and the handing over of duty."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.dispatch.states import HANDOVER
from region.spine.db import GUARDED, Base, Doc, Kept
from region.spine.scope import InRealm, Placed


class Group(Placed, InRealm, Kept, Base):
    """A choice of sites under a name; it is resolved anew each time, so that it never goes stale."""

    __tablename__ = "groups"
    __table_args__ = (UniqueConstraint("realm", "place_id", "name_zh"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    choice: Mapped[dict[str, Any]] = mapped_column(Doc)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Handover(Placed, InRealm, Kept, Base):
    """The handing over of duty at a place: what is open, listed by the system, and both signatures."""

    __tablename__ = "handovers"
    __table_args__ = (CheckConstraint(HANDOVER.check_sql(), name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    leaving_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    taking_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    items: Mapped[list[Any]] = mapped_column(Doc)
    """What was open when it was offered: typed references such as ``directive:12``, each with its state and limit."""
    note: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    offered_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}
