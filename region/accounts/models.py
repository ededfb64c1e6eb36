"""Accounts, their grants, sessions, join codes, tokens, and the duty roster."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import Base, Doc, Kept
from region.spine.scope import InRealm, Placed


class Account(Placed, Kept, Base):
    """One person's account. The telephone is sealed; screens show it masked.

    `totp` is the sealed secret of the second factor, `totp_last` the last step used (none: never confirmed);
    `deputy_of_id` is whom this person stands in for when no shift says otherwise.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("login"),
        CheckConstraint("state IN ('invited', 'active', 'closed')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(60))
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    phone: Mapped[str | None] = mapped_column(String(200))
    lang: Mapped[str] = mapped_column(String(2), default="zh")
    state: Mapped[str] = mapped_column(String(10), default="invited")
    password: Mapped[str | None] = mapped_column(String(200))
    totp: Mapped[str | None] = mapped_column(String(200))
    totp_last: Mapped[int | None]
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    joined_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    deputy_of_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)


class RoleGrant(Placed, Kept, Base):
    """A role, held for one place and all below it, for a time."""

    __tablename__ = "role_grants"
    __table_args__ = (UniqueConstraint("account_id", "role", "place_id", "starts"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    starts: Mapped[datetime]
    ends: Mapped[datetime | None]
    granted_by: Mapped[str] = mapped_column(String(80))


class SignInSession(Base):
    """One signed-in browser; only a hash of its token is kept. It ends by time, by hand, or by closing."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    realm: Mapped[int] = mapped_column(default=0)
    factor: Mapped[str] = mapped_column(String(12))
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class JoinCode(Placed, Base):
    """A code, printed as a QR picture, with which a person connects once."""

    __tablename__ = "join_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiToken(Placed, Kept, Base):
    """A program's way in: some capabilities of one place, in one realm, until a day."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    realm: Mapped[int] = mapped_column(default=0)
    role: Mapped[str] = mapped_column(String(40))
    scopes: Mapped[list[Any]] = mapped_column(Doc)
    made_by: Mapped[str] = mapped_column(String(80))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class DutyShift(Placed, InRealm, Kept, Base):
    """Who is awake at a place from when to when on the realm's clock, and who is the deputy."""

    __tablename__ = "duty_shifts"
    __table_args__ = (
        Index("ix_duty_shifts_place", "place_id", "starts"),
        UniqueConstraint("realm", "place_id", "account_id", "starts"),
        CheckConstraint("ends > starts", name="ends"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    starts: Mapped[datetime]
    ends: Mapped[datetime]
