"""What follows a result: recalls of a positive pool, who is sampled alone, and what a person must look into."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from region.sampling.states import RECALL, WORK_ITEM
from region.spine.db import GUARDED, Base, Kept, Key, where
from region.spine.scope import InRealm, InScope, Placed


class Recall(Placed, InRealm, Kept, Base):
    """A positive or grey pool: its members are sampled again one by one before `due_at`. Not a case.

    One that ended is never opened again: a pool that turns positive once more has another recall.
    """

    __tablename__ = "recalls"
    __table_args__ = (
        Index(
            "ux_recalls_open",
            "tube_id",
            unique=True,
            **where("state IN ('raised', 'recalled', 'resampled')"),
        ),
        Index("ix_recalls_tube_id", "tube_id"),
        CheckConstraint(RECALL.check_sql(), name="state"),
    )
    place_columns = ("place_id", "lab_id")

    id: Mapped[int] = mapped_column(primary_key=True)
    tube_id: Mapped[int] = mapped_column(Key, ForeignKey("tubes.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("rounds.id"), index=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    lab_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    result: Mapped[str] = mapped_column(String(8))
    raised_at: Mapped[datetime]
    due_at: Mapped[datetime]
    members: Mapped[int]
    directive: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}
    ended_at: Mapped[datetime | None]
    late_at: Mapped[datetime | None]

    people: Mapped[list[RecallMember]] = relationship(
        order_by="RecallMember.person_id", back_populates="recall"
    )

    @property
    def about(self) -> dict[str, Any]:
        """What every event of a recall names."""
        return {"recall": self.id, "place": self.place_id, "incident": self.incident_id}

    @classmethod
    def within(cls, in_scope: InScope) -> ColumnElement[bool]:
        """Who took the pool and who tested it may know of it, and who must find one of its members."""
        theirs = or_(in_scope(RecallMember.place_id), in_scope(RecallMember.home_id))
        ours = select(RecallMember.recall_id).where(theirs).correlate(None)  # also where members are joined
        return or_(super().within(in_scope), cls.id.in_(ours))


class RecallMember(Placed, Kept, Base):
    """One person of a positive pool: `pool_suspect` until his own tube says negative (restored) or positive."""

    __tablename__ = "recall_members"
    __table_args__ = (
        Index("ix_recall_members_person", "person_id"),
        CheckConstraint("state IN ('pool_suspect', 'resampled', 'restored', 'positive')", name="state"),
    )
    place_columns = ("place_id", "home_id")

    recall_id: Mapped[int] = mapped_column(ForeignKey("recalls.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(Key, ForeignKey("persons.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    """The clinic that is to find him; where none serves his home, the place that took the pool."""
    home_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    state: Mapped[str] = mapped_column(String(12))
    told_at: Mapped[datetime | None]
    """When his clinic was ordered to sample him."""
    tried_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(24))
    """Why he was not sampled when his clinic last tried: a code of the pack."""
    resampled_at: Mapped[datetime | None]
    """When his first usable sample of his own was taken since the recall (K20)."""
    tube_id: Mapped[int | None] = mapped_column(Key, ForeignKey("tubes.id"))
    """His own tube that counts: the one that answers, else the newest."""
    ended_at: Mapped[datetime | None]

    recall: Mapped[Recall] = relationship(back_populates="people")


class SingleOnly(Placed, InRealm, Kept, Base):
    """A person who is sampled alone for a time, and why; `mark` is what phones know him by without a network."""

    __tablename__ = "single_only"
    __table_args__ = (
        UniqueConstraint("person_id", "ref", "realm"),
        Index("ix_single_only_place", "place_id", "until"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    realm: Mapped[int] = mapped_column()
    person_id: Mapped[int] = mapped_column(Key, ForeignKey("persons.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    reason: Mapped[str] = mapped_column(String(24))
    """A code of the pack: close_contact, pool_suspect, fever, quarantined, key_post."""
    ref: Mapped[str] = mapped_column(String(40))
    """What it rests on: ``recall:7``, ``contact:12``."""
    mark: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class WorkItem(Placed, InRealm, Kept, Base):
    """Something that no rule decides: a person looks, says what was done, and it is settled."""

    __tablename__ = "work_items"
    __table_args__ = (
        UniqueConstraint("kind", "ref", "other", "realm"),
        Index("ix_work_items_place", "place_id", "state", "id"),
        CheckConstraint(WORK_ITEM.check_sql(), name="state"),
    )
    place_columns = ("place_id", "lab_id")

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    realm: Mapped[int] = mapped_column()
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    lab_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    kind: Mapped[str] = mapped_column(String(24))
    """tube_twice, box_twice, person_twice, unknown_tube, clock_wrong, apart_in_pool, over_full, code_wrong, bad_paper,
    tube_gone, count_differs, temperature_wrong, box_lost, result_changed."""
    ref: Mapped[str] = mapped_column(String(40))
    other: Mapped[str] = mapped_column(String(40), default="")
    facts: Mapped[dict[str, Any]]
    alarm: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}
    settled_by: Mapped[str | None] = mapped_column(String(80))
    settled_at: Mapped[datetime | None]
    verdict: Mapped[str | None] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(Text, default="")
    late_at: Mapped[datetime | None]
