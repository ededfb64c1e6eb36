"""Join codes: printed as QR pictures, used once, and then the person and the site are connected."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update

from region.accounts.actions.entering import act_as, end_all
from region.accounts.actions.granting import beyond_reach
from region.accounts.events import AccountJoined, JoinCodesMade
from region.accounts.models import Account, JoinCode
from region.accounts.passwords import chosen
from region.places.actions import site_connected
from region.places.models import Place
from region.spine.actor import system_actor
from region.spine.errors import Forbidden, Missing, Refused
from region.spine.scope import below
from region.spine.work import Work

LASTS = timedelta(days=14)
"""A sheet travels to the last village clinic by post and back; after two weeks it is printed anew."""


@dataclass(frozen=True)
class Invitation:
    """One person's code as it is printed; only its hash is kept, so it can be shown once."""

    account: Account
    place: Place
    code: str


def make_join_codes(w: Work, place_id: int, account_ids: Sequence[int] | None = None) -> list[Invitation]:
    """Codes for the named people, or for all at and below a place who are not connected yet.

    An earlier code of the same person stops working. A code for somebody connected lets them choose a new
    password. Nothing is made for closed accounts. People who hold a role beyond the actor's places are left
    out, or refused when named; Missing for people out of sight.
    """
    home = w.get(Place, place_id)
    w.need("accounts.enrol", place_id)
    wanted = (
        select(Account, Place).join(Place, Place.id == Account.place_id).where(below(Place.path, home.path))
    )
    if account_ids is None:
        wanted = wanted.where(Account.state == "invited")
    else:
        wanted = wanted.where(Account.id.in_(account_ids), Account.state != "closed")
    people = [(one, place) for one, place in w.session.execute(wanted.order_by(Place.path, Account.id))]
    if account_ids is not None and len(people) != len(set(account_ids)):
        raise Missing("no-such", what="account", id=",".join(map(str, account_ids)))
    if beyond := beyond_reach(w, [account.id for account, _place in people], "accounts.enrol"):
        if account_ids is not None:
            raise Forbidden("account-elsewhere", needs="accounts.enrol")
        people = [(account, place) for account, place in people if account.id not in beyond]
    _end_codes(w, [account.id for account, _place in people])
    made = [Invitation(account, place, _new_code(w, account)) for account, place in people]
    if made:
        w.tell(JoinCodesMade(count=len(made), expires=w.real_now + LASTS, place=place_id))
    return made


def _end_codes(w: Work, account_ids: Sequence[int]) -> None:
    unused = delete(JoinCode).where(JoinCode.account_id.in_(account_ids), JoinCode.used_at.is_(None))
    with w.beyond_scope("an earlier code stops working, wherever its person was at home then"):
        w.session.execute(unused)


def _new_code(w: Work, account: Account) -> str:
    code = secrets.token_urlsafe(16)
    w.session.add(
        JoinCode(
            code=w.office.installation.seal.digest(code),
            account_id=account.id,
            place_id=account.place_id,
            expires_at=w.real_now + LASTS,
        )
    )
    return code


def invited_by(w: Work, code: str) -> tuple[JoinCode, Account, Place]:
    """Whom a code invites, and where; Missing for an unknown one, Refused for one used or expired."""
    with w.beyond_scope("the code itself says who may use it"):
        return _invited_by(w, code)


def _invited_by(w: Work, code: str) -> tuple[JoinCode, Account, Place]:
    digest = w.office.installation.seal.digest(code)
    wanted = select(JoinCode, Account, Place).join(Account, Account.id == JoinCode.account_id)
    wanted = wanted.join(Place, Place.id == Account.place_id).where(JoinCode.code == digest)
    found = w.session.execute(wanted).one_or_none()
    if found is None:
        raise Missing("join-code-unknown")
    invitation, account, place = found
    if invitation.used_at is not None:
        raise Refused("join-code-used")
    if invitation.expires_at <= w.real_now or account.state == "closed":
        raise Refused("join-code-over")
    return invitation, account, place


def join(w: Work, code: str, password: str) -> Account:
    """Use a code once: the person chooses a password and is connected; Invalid when it is no good one."""
    with w.beyond_scope("the code itself says who may use it"):
        invitation, account, _place = _invited_by(w, code)
        kept = chosen(password, account.login, w.office.installation.demo)
        unused = update(JoinCode).where(JoinCode.id == invitation.id, JoinCode.used_at.is_(None))
        taken = unused.values(used_at=w.real_now).returning(JoinCode.id)
        if w.session.scalar(taken) is None:
            raise Refused("join-code-used")
        act_as(w, account)
        end_all(w, account)
        connect(w, account, kept)
    return account


def connect(w: Work, account: Account, password: str) -> None:
    """Give an account its password's hash; the first time, the person and the site count as connected."""
    account.password = password
    account.state = "active"
    account.failures, account.locked_until = 0, None
    account.joined_at = account.joined_at or w.real_now
    w.tell(AccountJoined(account=account.id, place=account.place_id))
    place = w.get(Place, account.place_id)
    if place.kind == "site":
        _note_site(w, place.id)


def _note_site(w: Work, site_id: int) -> None:
    """The system notes that the site is connected: the person may hold no role yet that reads places."""
    person, role = w.actor, w.role
    w.actor = system_actor(w.realm)
    try:
        site_connected(w, site_id, "portal")
    finally:
        w.actor, w.role = person, role
