"""Persons, the keys of what was collected about them, and the vault of what identifies them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.people.states import DESTRUCTION, EXPORT, GLASS
from region.spine.db import GUARDED, Base, Kept, Key
from region.spine.scope import InRealm, Placed

KINDS = ("resident", "passport", "permit", "birth", "other", "none")
"""What a person is known by: resident identity number, passport, a permit (Hong Kong, Macau, Taiwan, residence),
birth certificate, another paper with a note, nothing yet (a newborn)."""


class Person(Placed, InRealm, Kept, Base):
    """One person, by number alone; `place_id` is where he lives (a community or grid), or where he was first met.

    `mark` is the keyed hash of kind and number (16 bytes), by which the same person is found again; None without one.
    """

    __tablename__ = "persons"
    __table_args__ = (
        UniqueConstraint("uid", "realm"),
        UniqueConstraint("mark", "realm"),
        Index("ix_persons_place", "place_id", "id"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    realm: Mapped[int] = mapped_column()  # its unique keys hold it: no index of its own
    uid: Mapped[str] = mapped_column(String(36))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    kind: Mapped[str] = mapped_column(String(10))
    mark: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    made_at: Mapped[datetime]
    merged_into: Mapped[int | None] = mapped_column(Key, ForeignKey("persons.id"))
    """The person that this one turned out to be."""


class DataKey(InRealm, Kept, Base):
    """One data key: what a response collected about people is closed with it, and gone when it is destroyed.

    The key itself lies in a file outside the database and its backups, closed with the installation's key. `ground` is
    why data may be held: ``incident:12`` or ``standing`` (care that does not end with an incident).
    """

    __tablename__ = "data_keys"
    __table_args__ = (UniqueConstraint("realm", "ground"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ground: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]


class Secret(Placed, InRealm, Kept, Base):
    """What identifies a person, as collected on one ground: each field closed by itself with the key of that ground.

    The marks (see `marks`, 16 bytes each) are keyed hashes by which he is found again; nothing leads back from them,
    and they go with the row when the ground is destroyed.
    """

    __tablename__ = "person_secrets"
    __table_args__ = (
        Index("ix_person_secrets_number", "number_mark"),
        Index("ix_person_secrets_phone", "phone_mark"),
        Index("ix_person_secrets_born", "born_mark"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("data_keys.id"), primary_key=True)
    realm: Mapped[int] = mapped_column()
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    name: Mapped[bytes | None]
    number: Mapped[bytes | None]
    phone: Mapped[bytes | None]
    address: Mapped[bytes | None]
    number_mark: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    phone_mark: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    name_mark: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    born_mark: Mapped[bytes | None] = mapped_column(LargeBinary(16))


class Merging(Placed, InRealm, Kept, Base):
    """Two rows turned out to be one person: what was moved from one to the other, so that it can be undone."""

    __tablename__ = "person_mergings"

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    kept_id: Mapped[int] = mapped_column(Key, ForeignKey("persons.id"))
    gone_id: Mapped[int] = mapped_column(Key, ForeignKey("persons.id"))
    why: Mapped[str] = mapped_column(String(24))
    """A code: same_number, same_name_and_phone, told."""
    moved: Mapped[dict[str, Any]]
    """Row ids by table, as they were moved."""
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(80))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(80))


class Export(Placed, InRealm, Kept, Base):
    """A list of people that leaves the system: asked for a purpose, approved by another, watermarked, expiring."""

    __tablename__ = "exports"
    __table_args__ = (CheckConstraint(EXPORT.check_sql(), name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"))
    what: Mapped[str] = mapped_column(String(24))
    """Which list, by its code: contacts, stays, key_people."""
    fields: Mapped[list[Any]]
    purpose: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(80))
    expires_at: Mapped[datetime | None]
    rows: Mapped[int | None]
    digest: Mapped[str | None] = mapped_column(String(64))
    fetched: Mapped[int] = mapped_column(default=0)
    late_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}


class Glass(Placed, InRealm, Kept, Base):
    """Somebody broke the glass: saw people beyond his own for two hours, for a reason; reviewed by another."""

    __tablename__ = "broken_glass"
    __table_args__ = (CheckConstraint(GLASS.check_sql(), name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    """The place whose people were opened."""
    actor: Mapped[str] = mapped_column(String(80), index=True)
    reason: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime]
    until: Mapped[datetime]
    looked: Mapped[int] = mapped_column(default=0)
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[str | None] = mapped_column(String(80))
    verdict: Mapped[str] = mapped_column(Text, default="")
    late_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}


class Destruction(Placed, InRealm, Kept, Base):
    """What an ended response collected about people is destroyed: counted, approved by two, certified."""

    __tablename__ = "destructions"
    __table_args__ = (
        UniqueConstraint("realm", "incident_id"),
        CheckConstraint(DESTRUCTION.check_sql(), name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"))
    counts: Mapped[dict[str, Any]]
    first_by: Mapped[str | None] = mapped_column(String(80))
    first_at: Mapped[datetime | None]
    second_by: Mapped[str | None] = mapped_column(String(80))
    second_at: Mapped[datetime | None]
    held_for: Mapped[str] = mapped_column(Text, default="")
    certificate: Mapped[dict[str, Any] | None]
    """Counts, digests, the key's id, when and by whom; no person."""
    destroyed_at: Mapped[datetime | None]
    late_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(14))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}
