"""Persons, the keys of what was collected about them, and the vault of what identifies them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import Base, Kept, Key
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
    """What identifies a person, as collected on one ground: each field closed by itself with the key of that ground."""

    __tablename__ = "person_secrets"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("data_keys.id"), primary_key=True)
    realm: Mapped[int] = mapped_column()
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    name: Mapped[bytes | None]
    number: Mapped[bytes | None]
    phone: Mapped[bytes | None]
    address: Mapped[bytes | None]
