"""The letters of a directive, and the addresses and channels that they travel by."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.dispatch.states import DELIVERY
from region.spine.db import GUARDED, Base, Kept, Key
from region.spine.scope import InRealm, Placed


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
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    """The person whom it is for, where it is for one: a named recipient, or whoever is on duty."""
    rung: Mapped[str] = mapped_column(String(12), default="site")
    """site, person, holder, deputy, leader, above: whom of the duty roster this round calls."""
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
    reply_code: Mapped[str | None] = mapped_column(String(8), index=True)
    """What to answer a short message with; the address that it was sent to must be the one that answers."""
    link_used_at: Mapped[datetime | None]
    """A signed link serves once."""


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


class Address(Placed, Kept, Base):
    """Where a site, or one person of it, is reached on a channel: a number, a mailbox, a robot, a signed-in phone.

    The address is sealed; `digest` is its keyed hash, by which an answer finds it. Shared by all realms.
    """

    __tablename__ = "addresses"
    __table_args__ = (
        UniqueConstraint("place_id", "channel", "digest"),
        Index("ix_addresses_digest", "channel", "digest"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    channel: Mapped[str] = mapped_column(String(12))
    address: Mapped[str] = mapped_column(String(1000))
    digest: Mapped[str] = mapped_column(String(64))
    label: Mapped[str] = mapped_column(String(60), default="")
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ChannelState(Kept, Base):
    """How a channel fares, for all realms together: well, or demoted with the reason until it is tried again."""

    __tablename__ = "channel_states"
    __table_args__ = (CheckConstraint("state IN ('well', 'demoted')", name="state"),)

    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    """A real instant: when a demoted channel is tried again."""
    reason: Mapped[str | None] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}


class ChannelMinute(Base):
    """What one lane saw of a channel in one real minute: tries, slow ones, failed ones. Nobody answers for it."""

    __tablename__ = "channel_minutes"
    __table_args__ = (
        UniqueConstraint("channel", "minute", "lane"),
        Index("ix_channel_minutes_minute", "channel", "minute"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    channel: Mapped[str] = mapped_column(String(12))
    minute: Mapped[datetime]
    lane: Mapped[str] = mapped_column(String(40))
    tried: Mapped[int] = mapped_column(default=0)
    slow: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
