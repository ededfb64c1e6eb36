"""Passwords: how they are kept (Argon2id), what a person may choose, and how long an account rests after failures."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from region.spine.errors import Invalid

SHORTEST = 10
LONGEST = 200
"""A longer one is refused unread: hashing a megabyte is how a server is kept busy."""
TRIES = 5
REST = timedelta(minutes=15)
"""Five guesses in a quarter of an hour are 480 a day: too few to find a password of ten characters."""


@cache
def hasher(demo: bool) -> PasswordHasher:
    """The library's own strength (64 MiB, three passes); the demonstration's printed passwords need none."""
    return PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1) if demo else PasswordHasher()


@cache
def _nobodys(demo: bool) -> str:
    """What is verified when nobody has the login, so that the answer takes as long as for a real one."""
    return hasher(demo).hash("nobody has this password")


def verify(kept: str | None, given: str, demo: bool) -> bool:
    """Whether `given` is the password behind the hash; takes the same time when there is no hash."""
    known = kept is not None
    try:
        hasher(demo).verify(kept or _nobodys(demo), given[:LONGEST])
    except VerifyMismatchError:
        return False
    return known


def chosen(password: str, login: str, demo: bool) -> str:
    """The hash to keep of a new password; Invalid when it is too short, too long, or the login itself."""
    if len(password) < SHORTEST:
        raise Invalid("password-short", field="password", least=SHORTEST)
    if len(password) > LONGEST:
        raise Invalid("password-long", field="password", most=LONGEST)
    if login in password.casefold() and len(password) < len(login) + SHORTEST:
        raise Invalid("password-is-login", field="password")
    return hasher(demo).hash(password)
