"""Directives, their recipients, the deliveries to each, the reports that come back, and what was said meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

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

from region.dispatch.states import DELIVERY, DIRECTIVE, RECIPIENT
from region.spine.db import GUARDED, Base, Doc, Kept, Key
from region.spine.scope import InRealm, InScope, Placed


class Directive(Placed, InRealm, Kept, Base):
    """One order. Its text is fixed in both languages when it is issued; `place_id` is the body that issues it."""

    __tablename__ = "directives"
    __table_args__ = (
        UniqueConstraint("realm", "number"),
        UniqueConstraint("form_token"),
        CheckConstraint(DIRECTIVE.check_sql(), name="state"),
        CheckConstraint("urgency IN ('flash', 'urgent', 'priority', 'routine')", name="urgency"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(40))
    form_token: Mapped[str] = mapped_column(String(40))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    urgency: Mapped[str] = mapped_column(String(10))
    template: Mapped[str | None] = mapped_column(String(60))
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(300))
    body_zh: Mapped[str] = mapped_column(Text)
    body_en: Mapped[str] = mapped_column(Text)
    ground: Mapped[str] = mapped_column(String(200), default="")
    evidence: Mapped[list[Any]] = mapped_column(Doc, default=list)
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
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("directives.id"))
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
    """One site's part in a directive: its state, its clock, and how far its lateness was passed up."""

    __tablename__ = "recipients"
    __table_args__ = (
        UniqueConstraint("directive_id", "place_id"),
        Index("ix_recipients_state", "directive_id", "state"),
        Index("ix_recipients_inbox", "place_id", "state"),
        CheckConstraint(RECIPIENT.check_sql(), name="state"),
        CheckConstraint("pressure BETWEEN 0 AND 4", name="pressure"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    directive_id: Mapped[int] = mapped_column(ForeignKey("directives.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    required: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}
    delivered_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(80))
    reported_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    trouble_at: Mapped[datetime | None]
    pressed: Mapped[int] = mapped_column(default=0)
    """How often it was pressed to sign; from the signature on, how often to report."""
    pressure: Mapped[int] = mapped_column(default=0)
    """0 in time, 1 reminded on a second channel, 2 passed up one level, 3 supervised, 4 before the leading group."""

    directive: Mapped[Directive] = relationship(back_populates="recipients")

    @property
    def about(self) -> dict[str, Any]:
        """What every event about it says: which, of which directive, where, in which incident."""
        return {**self.directive.about, "recipient": self.id, "place": self.place_id}


class Delivery(Placed, InRealm, Kept, Base):
    """One promise to bring a directive to a recipient by one channel; `uid` travels as the idempotency key."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("uid"),
        UniqueConstraint("recipient_id", "channel", "round"),
        Index("ix_deliveries_due", "channel", "state", "due_at"),
        Index("ix_deliveries_lease", "lease"),
        CheckConstraint(DELIVERY.check_sql(), name="state"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(36))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipients.id"), index=True)
    directive_id: Mapped[int] = mapped_column(ForeignKey("directives.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    channel: Mapped[str] = mapped_column(String(12))
    round: Mapped[int] = mapped_column(default=1)
    """1 is the first bringing; each reminder is one more."""
    state: Mapped[str] = mapped_column(String(10), default="owed")
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    """A real instant: pauses between tries are real even in a fast exercise."""
    lease: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(80))


class Hold(Placed, InRealm, Base):
    """Who is sending a delivery just now: the lease columns of its row, which nobody has to answer for.

    The same table as Delivery, without its state: taking and renewing a lease tells no event.
    """

    __table__ = Delivery.__table__
    __mapper_args__ = {  # noqa: RUF012 - typed so by the base
        "include_properties": [
            "id",
            "realm",
            "place_id",
            "channel",
            "state",
            "due_at",
            "lease",
            "lease_until",
        ]
    }

    if TYPE_CHECKING:
        id: Mapped[int]
        place_id: Mapped[int]
        channel: Mapped[str]
        state: Mapped[str]
        due_at: Mapped[datetime]
        lease: Mapped[str | None]
        lease_until: Mapped[datetime | None]


class Report(Placed, InRealm, Kept, Base):
    """What a site says it has done: text, numbers, photographs; accepted, or returned with a reason."""

    __tablename__ = "reports"
    __table_args__ = (UniqueConstraint("uid"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(36))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipients.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    text: Mapped[str] = mapped_column(Text, default="")
    numbers: Mapped[dict[str, Any]] = mapped_column(Doc, default=dict)
    files: Mapped[list[Any]] = mapped_column(Doc, default=list)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    verdict: Mapped[str | None] = mapped_column(String(10))
    reviewed_by: Mapped[str | None] = mapped_column(String(80))
    reviewed_at: Mapped[datetime | None]


class Remark(Placed, InRealm, Kept, Base):
    """Words about one recipient's task: trouble, an answer, the reason of a waiver, a return or an escalation."""

    __tablename__ = "remarks"
    __table_args__ = (
        UniqueConstraint("uid"),
        CheckConstraint(
            "kind IN ('trouble', 'answer', 'waiver', 'return', 'phoned', 'escalation')", name="kind"
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(36))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipients.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    kind: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]


class Escalation(Placed, InRealm, Kept, Base):
    """A lateness that was passed up: to which place above, because of which recipients' silence."""

    __tablename__ = "escalations"
    __table_args__ = (UniqueConstraint("directive_id", "place_id", "step"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    directive_id: Mapped[int] = mapped_column(ForeignKey("directives.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    step: Mapped[str] = mapped_column(String(24))
    recipients: Mapped[list[Any]] = mapped_column(Doc)
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[str | None] = mapped_column(String(80))
