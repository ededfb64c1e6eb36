"""Sessions and tokens as they stand: which are in force, and when they end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from region.accounts.models import Account, ApiToken, SignInSession
from region.accounts.queries.roles import is_desk
from region.spine.rulebook import Rulebook
from region.spine.work import Work

HALF = "half"
"""The factor of a session whose password was right and whose one-time password is still owed."""


@dataclass(frozen=True)
class Lengths:
    """How long a session lasts at most, and how long it lasts unused; both in real time."""

    most: timedelta
    idle: timedelta


DESK = Lengths(most=timedelta(hours=12), idle=timedelta(hours=2))
"""A shift is twelve hours, and a desk left for two has been left: these roles command a region."""
PHONE = Lengths(most=timedelta(days=30), idle=timedelta(days=7))
"""A clinic's telephone is its person's own and locked by itself; to sign an order must cost two taps at night,
not a password. A week without a look means that it was lost or given on."""
HALFWAY = Lengths(most=timedelta(minutes=5), idle=timedelta(minutes=5))
"""Long enough to find the telephone with the code, short enough that nobody else comes by."""


def lengths(rules: Rulebook, roles: Iterable[str]) -> Lengths:
    """How long sessions of these roles last."""
    return DESK if is_desk(rules, roles) else PHONE


def session_by_token(w: Work, token: str, *, half: bool = False) -> tuple[SignInSession, Account] | None:
    """The session behind a cookie that has not ended, expired or been closed, with its account.

    Idleness is not looked at here: it depends on the roles. `half` asks for sessions that still owe a code.
    Whoever asks has to see all places: it is not known yet who the actor is.
    """
    digest = w.office.installation.seal.digest(token)
    wanted = select(SignInSession, Account).join(Account, Account.id == SignInSession.account_id)
    found = w.session.execute(wanted.where(SignInSession.token == digest)).one_or_none()
    if found is None:
        return None
    session, account = found
    over = session.ended_at is not None or session.expires_at <= w.real_now
    if over or account.state != "active" or (session.factor == HALF) != half:
        return None
    return session, account


def api_token_by_secret(w: Work, secret: str) -> ApiToken | None:
    """The token of a program that has not expired or been revoked."""
    digest = w.office.installation.seal.digest(secret)
    found = w.session.scalar(select(ApiToken).where(ApiToken.token == digest))
    if found is None or found.revoked_at is not None or found.expires_at <= w.real_now:
        return None
    return found


def sessions_of(w: Work, account_id: int) -> list[SignInSession]:
    """The sessions of an account that stand, newest first."""
    wanted = select(SignInSession).where(
        SignInSession.account_id == account_id,
        SignInSession.ended_at.is_(None),
        SignInSession.expires_at > w.real_now,
        SignInSession.factor != HALF,
    )
    return list(w.session.scalars(wanted.order_by(SignInSession.id.desc())))
