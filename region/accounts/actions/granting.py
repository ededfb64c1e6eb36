"""Roles granted for a place and a time: nobody gives what they do not hold, or beyond their own places."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from region.accounts.events import RoleGranted, RoleRevoked
from region.accounts.models import Account, RoleGrant
from region.accounts.queries.people import in_force
from region.places.models import Place
from region.spine.errors import Forbidden, Invalid, Refused
from region.spine.work import Work

OPERATES = "system.operate"
"""Who operates the system may grant roles whose work they do not do themselves: the administrator by data."""


def may_grant(w: Work, role: str, place_id: int) -> None:
    """Raise unless the actor may grant `role` at a place: Missing, Forbidden, or Invalid for no person's role."""
    w.get(Place, place_id)
    w.need("accounts.grant", place_id)
    known = w.rules.roles.get(role)
    if known is None or known["holder"] == "system":
        raise Invalid("role-unknown", field="role", role=role)
    used = w.role
    lacking = [one for one in known["capabilities"] if not w.may(one, place_id)]
    if lacking and not w.may(OPERATES, place_id):
        raise Forbidden("grants-more", role=role, needs=lacking[0])
    w.role = used


def beyond_reach(w: Work, account_ids: Iterable[int], capability: str) -> set[int]:
    """Those of the accounts that hold a role now at a place where the actor does not hold `capability`.

    Whoever acts on an account could act as it, and so has to command every place where it holds a role.
    """
    own = w.actor.paths_for(w.rules.roles_that(capability))
    wanted = select(RoleGrant.account_id, Place.path).join(Place, Place.id == RoleGrant.place_id)
    wanted = wanted.where(RoleGrant.account_id.in_(list(account_ids)), in_force(w.real_now))
    with w.beyond_scope("where a person's roles hold decides who may act on the account"):
        return {account_id for account_id, path in w.session.execute(wanted) if not path.startswith(own)}


def reaches(w: Work, account_id: int, capability: str) -> None:
    """Raise Forbidden unless the actor holds `capability` wherever the account holds a role now."""
    if beyond_reach(w, [account_id], capability):
        raise Forbidden("account-elsewhere", needs=capability)


def grant_role(
    w: Work,
    account_id: int,
    role: str,
    place_id: int,
    *,
    starts: datetime | None = None,
    ends: datetime | None = None,
) -> RoleGrant:
    """Grant a role for a place and a time in real instants (default: from now, without end); never to oneself."""
    account = w.get(Account, account_id)
    may_grant(w, role, place_id)
    if w.actor.account_id == account_id:
        raise Forbidden("grants-self")
    if account.state == "closed":
        raise Refused("account-closed")
    starts = starts or w.real_now
    if ends is not None and ends <= starts:
        raise Invalid("ends-before", field="ends")
    return grant(w, account, role, place_id, starts, ends, w.actor.name)


def grant(
    w: Work,
    account: Account,
    role: str,
    place_id: int,
    starts: datetime,
    ends: datetime | None,
    granted_by: str,
) -> RoleGrant:
    """Write a grant that was found to be allowed, and tell it."""
    made = w.add(
        RoleGrant(
            account_id=account.id,
            role=role,
            place_id=place_id,
            starts=starts,
            ends=ends,
            granted_by=granted_by,
        )
    )
    w.tell(RoleGranted(account=account.id, role=role, until=ends, place=place_id))
    return made


def revoke_role(w: Work, grant_id: int) -> None:
    """Take a role back from now on; what was done with it stays done."""
    held = w.get(RoleGrant, grant_id)
    w.need("accounts.grant", held.place_id)
    if held.ends is not None and held.ends <= w.real_now:
        raise Refused("grant-over")
    revoke(w, held)


def revoke(w: Work, held: RoleGrant) -> None:
    """End a grant now, and tell it; one that has not begun ends where it would have begun."""
    held.ends = w.real_now
    w.tell(RoleRevoked(account=held.account_id, role=held.role, place=held.place_id))
