"""Directives and their recipients."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from region.dispatch.states import DIRECTIVE, RECIPIENT
from region.spine.db import GUARDED, Base, Doc, Kept, Key, where
from region.spine.scope import InRealm, InScope, Placed


class Directive(Placed, InRealm, Kept, Base):
    """One order. Its text is fixed in both languages when it is issued; `place_id` is the body that issues it."""

    __tablename__ = "directives"
    __table_args__ = (
        UniqueConstraint("realm", "number"),
        UniqueConstraint("form_token"),
        CheckConstraint(DIRECTIVE.check_sql(), name="state"),
        CheckConstraint("urgency IN ('flash', 'urgent', 'priority', 'routine')", name="urgency"),
        CheckConstraint("warning_level BETWEEN 0 AND 4", name="warning_level"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(40))
    form_token: Mapped[str] = mapped_column(String(40))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), index=True)
    """None for what goes upward before anybody has opened a response: the first report of something new."""
    kind: Mapped[str] = mapped_column(String(30))
    urgency: Mapped[str] = mapped_column(String(10))
    template: Mapped[str | None] = mapped_column(String(60))
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(300))
    body_zh: Mapped[str] = mapped_column(Text)
    body_en: Mapped[str] = mapped_column(Text)
    ground: Mapped[str] = mapped_column(String(200), default="")
    evidence: Mapped[list[Any]] = mapped_column(Doc, default=list)
    files: Mapped[list[Any]] = mapped_column(Doc, default=list)
    """Ids of what is attached to it."""
    chosen: Mapped[list[Any]] = mapped_column(Doc, default=list)
    """Ids of the chosen sites; they become recipients when it is issued, and know nothing before."""
    pack_digest: Mapped[str] = mapped_column(String(64))
    composed_by: Mapped[str] = mapped_column(String(80))
    approved_by: Mapped[str | None] = mapped_column(String(80))
    issued_by: Mapped[str | None] = mapped_column(String(80))
    issued_at: Mapped[datetime | None] = mapped_column(index=True)
    task_minutes: Mapped[int]
    acknowledge_due: Mapped[datetime | None]
    task_due: Mapped[datetime | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("directives.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("directives.id"), index=True)
    """The order that this one was made out of: passed on, split, or supervising it."""
    passed_by_id: Mapped[int | None] = mapped_column(Key, index=True)
    """The recipient of the parent that passed it on; no foreign key, for the two tables would need each other."""
    warning_level: Mapped[int] = mapped_column(default=0)
    """1 red to 4 blue; 0 is none."""
    public: Mapped[bool] = mapped_column(default=False)
    """Whether it may stand in the feed of public warnings."""
    ended_at: Mapped[datetime | None]
    end_note: Mapped[str] = mapped_column(Text, default="")
    """Why it was withdrawn, in words."""
    state: Mapped[str] = mapped_column(String(20), index=True)
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}

    recipients: Mapped[list[Recipient]] = relationship(back_populates="directive")

    @property
    def about(self) -> dict[str, Any]:
        """What every event about it says: which, where, in which incident."""
        return {"directive": self.id, "place": self.place_id, "incident": self.incident_id}

    @classmethod
    def within(cls, in_scope: InScope) -> ColumnElement[bool]:
        """Those who issue it may know of it, and once it is issued those whom it was sent to."""
        to_us = select(Recipient.__table__.c.directive_id).where(in_scope(Recipient.__table__.c.place_id))
        return or_(in_scope(cls.place_id), cls.id.in_(to_us))


class Recipient(Placed, InRealm, Kept, Base):
    """One site's, or one named person's, part in a directive: its state, its clock, how far lateness was passed up."""

    __tablename__ = "recipients"
    __table_args__ = (
        Index("uq_recipients_site", "directive_id", "place_id", unique=True, **where("account_id IS NULL")),
        Index(
            "uq_recipients_person",
            "directive_id",
            "account_id",
            unique=True,
            **where("account_id IS NOT NULL"),
        ),
        Index("ix_recipients_state", "directive_id", "state"),
        Index("ix_recipients_inbox", "place_id", "state"),
        CheckConstraint(RECIPIENT.check_sql(), name="state"),
        CheckConstraint("pressure BETWEEN 0 AND 4", name="pressure"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    directive_id: Mapped[int] = mapped_column(ForeignKey("directives.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    """The named person, who alone may sign; none: whoever is at the site."""
    was_place_id: Mapped[int | None]
    """Where it was before that site was merged into this one."""
    required: Mapped[bool] = mapped_column(default=True)
    targets: Mapped[dict[str, Any]] = mapped_column(Doc, default=dict)
    """How much this site is to do of each task, where that differs from the order's own target."""
    state: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}
    delivered_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(80))
    acknowledged_way: Mapped[str | None] = mapped_column(String(10))
    """portal, link, qr, sms, voice, api, behalf."""
    acknowledged_device: Mapped[str | None] = mapped_column(String(40))
    reported_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    trouble_at: Mapped[datetime | None]
    contradicted_at: Mapped[datetime | None]
    """Since when what it reports does not agree with what was counted."""
    pressed: Mapped[int] = mapped_column(default=0)
    """How often it was pressed to sign; from the signature on, how often to report."""
    pressure: Mapped[int] = mapped_column(default=0)
    """0 in time, 1 reminded on a second channel, 2 passed up one level, 3 supervised, 4 before the leading group."""

    directive: Mapped[Directive] = relationship(back_populates="recipients")

    @property
    def about(self) -> dict[str, Any]:
        """What every event about it says: which, of which directive, where, in which incident."""
        return {**self.directive.about, "recipient": self.id, "place": self.place_id}
