"""Tokens of programs: some capabilities of one role at one place, until a day; shown once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from region.accounts.actions.granting import may_grant
from region.accounts.events import TokenMade, TokenRevoked, TokenUsed
from region.accounts.models import ApiToken
from region.accounts.queries.roles import for_persons_alone
from region.spine.errors import Invalid, Refused
from region.spine.work import Work

LONGEST = timedelta(days=366)
"""A token that nobody renews within a year belongs to a program that nobody looks after."""


def make_token(
    w: Work, *, name: str, place_id: int, role: str, scopes: Sequence[str], days: int
) -> tuple[ApiToken, str]:
    """A token and its secret, which is not kept; `scopes` are capabilities of the role, at least one.

    None of them may be one that demands a second factor of a person.
    """
    may_grant(w, role, place_id)
    _check(w, name, role, scopes, days)
    secret = f"rgn_{secrets.token_urlsafe(32)}"
    token = w.add(
        ApiToken(
            token=w.office.installation.seal.digest(secret),
            name=name.strip(),
            place_id=place_id,
            realm=w.realm,
            role=role,
            scopes=sorted(set(scopes)),
            made_by=w.actor.name,
            expires_at=w.real_now + timedelta(days=days),
        )
    )
    w.tell(TokenMade(token=token.id, scopes=tuple(token.scopes), place=place_id))
    return token, secret


def _check(w: Work, name: str, role: str, scopes: Sequence[str], days: int) -> None:
    beyond = set(scopes) - set(w.rules.roles[role]["capabilities"])
    if not scopes or beyond:
        raise Invalid("scopes-wrong", field="scopes", scopes=", ".join(sorted(beyond)))
    if alone := set(scopes) & for_persons_alone(w.rules):
        raise Invalid("scopes-for-persons", field="scopes", scopes=", ".join(sorted(alone)))
    if not name.strip() or len(name) > 80:
        raise Invalid("name-missing", field="name")
    if not 0 < days <= LONGEST.days:
        raise Invalid("token-too-long", field="days", most=LONGEST.days)


def revoke_token(w: Work, token_id: int) -> None:
    """A token stops working now."""
    token = w.get(ApiToken, token_id)
    w.need("accounts.grant", token.place_id)
    if token.revoked_at is not None:
        raise Refused("token-over")
    token.revoked_at = w.real_now
    w.tell(TokenRevoked(token=token.id, place=token.place_id))


def token_used(w: Work, token_id: int) -> None:
    """Keep that a token was used today; told on its first use of each of the region's days."""
    token = w.get(ApiToken, token_id)
    today = w.office.clock.day(w.real_now)
    if token.used_at is not None and w.office.clock.day(token.used_at) == today:
        return
    token.used_at = w.real_now
    w.tell(TokenUsed(token=token.id, day=today, place=token.place_id))
