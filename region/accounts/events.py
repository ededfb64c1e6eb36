"""What can happen to accounts: enrolment, joining, grants, sign-ins, locks, tokens, duty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class AccountsEnrolled(Event):
    """A spreadsheet of people was applied."""

    digest: str
    new: int
    changed: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class AccountMade(Event):
    """One account was made by hand."""

    account: int


@dataclass(frozen=True, kw_only=True)
class AccountJoined(Event):
    """A person used the join code and chose a password."""

    account: int


@dataclass(frozen=True, kw_only=True)
class AccountClosed(Event):
    """An account may no longer sign in."""

    account: int


@dataclass(frozen=True, kw_only=True)
class RoleGranted(Event):
    """A role was granted for a place and a time."""

    account: int
    role: str
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class RoleRevoked(Event):
    """A role was taken back."""

    account: int
    role: str


@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    """Somebody signed in; `factor` says by what."""

    account: int
    factor: str


@dataclass(frozen=True, kw_only=True)
class SignInFailed(Event):
    """A sign-in of a known account failed."""

    account: int
    tries: int


@dataclass(frozen=True, kw_only=True)
class AccountLocked(Event):
    """Too many failures in a row: locked for a while."""

    account: int
    until: datetime


@dataclass(frozen=True, kw_only=True)
class SignedOut(Event):
    """A session was ended by its person or by an administrator."""

    account: int


@dataclass(frozen=True, kw_only=True)
class SecondFactorSet(Event):
    """A time-based one-time password was set up."""

    account: int


@dataclass(frozen=True, kw_only=True)
class TokenMade(Event):
    """A token for a program was made."""

    token: int
    scopes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TokenRevoked(Event):
    """A token for a program was revoked."""

    token: int


@dataclass(frozen=True, kw_only=True)
class JoinCodesMade(Event):
    """Join codes were printed for people who have not connected yet."""

    count: int
    expires: datetime


@dataclass(frozen=True, kw_only=True)
class DutySet(Event):
    """Somebody stands duty at a site, with a deputy."""

    shift: int
    account: int
    deputy: int | None
    starts: datetime
    ends: datetime


@dataclass(frozen=True, kw_only=True)
class DutySwapped(Event):
    """A duty went to another person."""

    shift: int
    old: int
    new: int


@dataclass(frozen=True, kw_only=True)
class DutyTakenOver(Event):
    """Duty changed hands this second; `ended` is the shift that ended with it, where one was running."""

    shift: int
    old: int
    new: int
    ended: int | None = None


@dataclass(frozen=True, kw_only=True)
class SecondFactorCleared(Event):
    """An administrator took a lost second factor away; the person sets up a new one at the next sign-in."""

    account: int


@dataclass(frozen=True, kw_only=True)
class TokenUsed(Event):
    """A program used its token for the first time on a day."""

    token: int
    day: date


@dataclass(frozen=True, kw_only=True)
class PhoneShown(Event):
    """A telephone was shown in full to somebody who stated a purpose (a code of PURPOSES)."""

    account: int
    purpose: str
