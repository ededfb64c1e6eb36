"""What is born in the field: boxes, tubes, who is in them, hands they went through, and the phones that recorded it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.sampling.states import BOX, TUBE
from region.spine.db import GUARDED, Base, Kept, Key, where
from region.spine.scope import InRealm, Placed

RESULTS = ("negative", "positive", "grey", "invalid")
STREAMS = ("round", "separate", "retest", "fever", "voluntary")
"""What a tube is for: the round; the scheme of key people and quarantine; a retest; a fever clinic; who asks."""


class FieldDevice(Placed, InRealm, Base):
    """A phone that records samples: whose site it was signed in for, when it was last heard, how wrong its clock is.

    Measured each time it is heard, which no event tells; that it is new, or its clock wrong, is told.
    """

    __tablename__ = "field_devices"
    __table_args__ = (UniqueConstraint("uid", "realm"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    realm: Mapped[int] = mapped_column()
    uid: Mapped[str] = mapped_column(String(36))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    account: Mapped[str] = mapped_column(String(80))
    skew: Mapped[int] = mapped_column(default=0)
    """Seconds by which its clock is behind (positive) or ahead of ours, as last measured."""
    seen_at: Mapped[datetime]
    waiting: Mapped[int] = mapped_column(default=0)
    """Tubes that it said it still keeps when it was last heard."""


class Box(Placed, InRealm, Kept, Base):
    """A transport box from a site to a laboratory; one that is under way holds its code."""

    __tablename__ = "boxes"
    __table_args__ = (
        UniqueConstraint("uid", "realm"),
        Index(
            "ux_boxes_code",
            "code",
            "realm",
            unique=True,
            **where("state IN ('open', 'sealed', 'collected', 'received')"),
        ),
        Index("ix_boxes_site", "site_id"),
        CheckConstraint(BOX.check_sql(), name="state"),
    )
    place_columns = ("place_id", "lab_id")

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    realm: Mapped[int] = mapped_column()
    uid: Mapped[str] = mapped_column(String(36))
    code: Mapped[str] = mapped_column(String(40))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    lab_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("rounds.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("round_sites.id"))
    device: Mapped[str] = mapped_column(String(36))
    opened_at: Mapped[datetime]
    sealed_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    tubes: Mapped[int] = mapped_column(default=0)
    """How many tubes the site says are in it; the laboratory counts again."""
    seal: Mapped[str] = mapped_column(String(40), default="")
    """The number of the seal, where one is used."""
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}
    late_at: Mapped[datetime | None]


class Handover(Placed, InRealm, Kept, Base):
    """One signature on a box: which step, which side, who, when, and how cold it was; never changed."""

    __tablename__ = "box_handovers"
    __table_args__ = (
        UniqueConstraint("box_id", "step", "side"),
        CheckConstraint("step IN ('seal', 'collect', 'receive', 'unpack')", name="step"),
        CheckConstraint("side IN ('giver', 'taker')", name="side"),
    )
    place_columns = ("place_id", "lab_id")

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    realm: Mapped[int] = mapped_column()
    box_id: Mapped[int] = mapped_column(ForeignKey("boxes.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    lab_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    step: Mapped[str] = mapped_column(String(8))
    side: Mapped[str] = mapped_column(String(5))
    signed_by: Mapped[str] = mapped_column(String(80))
    signed_for_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    at: Mapped[datetime]
    celsius: Mapped[float | None]
    tubes: Mapped[int | None]
    """How many tubes this side counted."""
    note: Mapped[str] = mapped_column(Text, default="")


class Tube(Placed, InRealm, Kept, Base):
    """One tube. Two phones may claim one code: the first stays, the other is `contested` until a person has looked.

    `members` counts people in it; `sampled_at` is when the first of them was sampled, `closed_at` when it was closed,
    both corrected by the phone's `skew` (seconds). `result` is empty until the laboratory reports.
    """

    __tablename__ = "tubes"
    __table_args__ = (
        UniqueConstraint("uid", "realm"),
        Index(
            "ux_tubes_code", "code", "realm", unique=True, **where("NOT contested", sqlite="contested = 0")
        ),
        Index("ix_tubes_box", "box_id"),
        Index("ix_tubes_waiting", "lab_id", **where("state = 'received'")),
        Index("ix_tubes_round", "round_id", "place_id"),
        Index("ix_tubes_apart", "since", **where("stream <> 'round'")),
        CheckConstraint(TUBE.check_sql(), name="state"),
        CheckConstraint(f"stream IN {STREAMS}", name="stream"),
        CheckConstraint(f"result IS NULL OR result IN {RESULTS}", name="result"),
        CheckConstraint("members >= 0 AND size > 0", name="members"),
    )
    place_columns = ("place_id", "lab_id")

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    realm: Mapped[int] = mapped_column()
    uid: Mapped[str] = mapped_column(String(36))
    code: Mapped[str] = mapped_column(String(40))
    contested: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
    """Counted up by the phone with each change; an older one that comes late changes nothing."""
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    """The place that runs the site."""
    lab_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("rounds.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("round_sites.id"))
    box_id: Mapped[int | None] = mapped_column(ForeignKey("boxes.id"))
    stream: Mapped[str] = mapped_column(String(10), default="round")
    method: Mapped[str] = mapped_column(String(16))
    size: Mapped[int]
    members: Mapped[int] = mapped_column(default=0)
    sampled_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(36))
    sampler: Mapped[str] = mapped_column(String(80))
    skew: Mapped[int] = mapped_column(default=0)
    kept_at: Mapped[datetime]
    """When we first had it."""
    received_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(String(8))
    result_at: Mapped[datetime | None]
    result_id: Mapped[int | None] = mapped_column(Key)
    reject_reason: Mapped[str | None] = mapped_column(String(24))
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]


class TubeMember(Placed, Base):
    """A person in a tube. `counted` is true for the one tube of a round by which he counts; `void` says why not.

    Written only together with its tube, whose event tells it: ten million rows of a round carry no event each.
    """

    __tablename__ = "tube_members"
    __table_args__ = (
        Index("ix_tube_members_person", "person_id"),
        Index("ux_tube_members_counted", "round_id", "person_id", unique=True, **where("counted")),
        {"sqlite_with_rowid": False},
    )

    tube_id: Mapped[int] = mapped_column(Key, ForeignKey("tubes.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(Key, ForeignKey("persons.id"), primary_key=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("rounds.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    """The place that runs the site."""
    home_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    """Where the person lives: the grid by whose coverage he counts."""
    at: Mapped[datetime]
    counted: Mapped[bool] = mapped_column(default=False)
    void: Mapped[str | None] = mapped_column(String(16))
    """moved (to another tube), twice (counts by another), apart (must be sampled alone), over (one too many), late
    (came when a laboratory had the tube), void, rejected, lost (the tube), invalid (its result). moved and late are not
    in it."""
