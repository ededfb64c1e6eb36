"""People by place: who they are, which roles hold now, who is not connected yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_

from region.accounts.models import Account, ApiToken, JoinCode, RoleGrant, SignInSession
from region.formats.codes import mask_phone
from region.places.models import Place
from region.spine.clock import Realm
from region.spine.scope import below, places_in
from region.spine.work import Work

PAGE = 50
STATES = ("invited", "active", "locked", "closed")


@dataclass(frozen=True)
class PersonLine:
    """One line of the list of people: the account, its home, the roles in force, when it was last seen."""

    account: Account
    place: Place
    state: str
    roles: tuple[str, ...]
    phone: str
    seen_at: datetime | None
    code_until: datetime | None


@dataclass(frozen=True)
class Page:
    """Up to PAGE lines in the order of the tree; `after` is the account to go on from, None at the end."""

    lines: tuple[PersonLine, ...]
    after: int | None


def in_force(at: datetime) -> ColumnElement[bool]:
    """Grants that have begun and not ended at a real instant."""
    return (RoleGrant.starts <= at) & or_(RoleGrant.ends.is_(None), RoleGrant.ends > at)


def grants_in_force(w: Work, account_id: int) -> list[tuple[RoleGrant, Place]]:
    """What an account may do now, with the places, as far as the actor sees them."""
    wanted = select(RoleGrant, Place).join(Place, Place.id == RoleGrant.place_id)
    wanted = wanted.where(RoleGrant.account_id == account_id, in_force(w.real_now)).order_by(RoleGrant.id)
    return [(grant, place) for grant, place in w.session.execute(wanted)]


def grants_of(w: Work, account_id: int) -> list[tuple[RoleGrant, Place]]:
    """Every grant an account has or had, newest first, as far as the actor sees the places."""
    wanted = select(RoleGrant, Place).join(Place, Place.id == RoleGrant.place_id)
    wanted = wanted.where(RoleGrant.account_id == account_id).order_by(RoleGrant.id.desc())
    return [(grant, place) for grant, place in w.session.execute(wanted)]


def roles_in_force(w: Work, account_id: int) -> set[str]:
    """The roles that hold now, wherever they hold."""
    with w.beyond_scope("which roles a person holds decides how the person signs in"):
        return {grant.role for grant, _place in grants_in_force(w, account_id)}


def account_by_login(w: Work, login: str) -> Account | None:
    """The account with this login, as far as the actor sees."""
    return w.session.scalar(select(Account).where(Account.login == login.strip().casefold()))


def account(w: Work, account_id: int) -> PersonLine:
    """One person of the places where the actor may read accounts; Missing for one out of sight."""
    found = w.get(Account, account_id)
    w.need("accounts.read", found.place_id)
    return _lines(w, [(found, w.get(Place, found.place_id))])[0]


def masked_phone(w: Work, found: Account) -> str:
    """The telephone as screens show it; empty when there is none."""
    return mask_phone(w.office.installation.seal.open(found.phone)) if found.phone else ""


def people(
    w: Work,
    *,
    place: Place | None = None,
    state: str = "",
    role: str = "",
    login: str = "",
    after: int | None = None,
) -> Page:
    """People by place; `state` is one of STATES, `login` a beginning, `after` the last account seen.

    With no place named: of all places where the actor may read accounts, which may be fewer than those in sight.
    """
    w.need("accounts.read", place.id if place else None)
    wanted = _filtered(
        w, select(Account, Place).join(Place, Place.id == Account.place_id), place, state, role
    )
    if place is None:
        readable = places_in(w.actor.paths_for(w.rules.roles_that("accounts.read")))
        wanted = wanted.where(readable(Account.place_id))
    if login:
        wanted = wanted.where(Account.login.startswith(login.casefold(), autoescape=True))
    if after is not None:
        last = account(w, after)
        wanted = wanted.where(tuple_(Place.path, Account.id) > (last.place.path, last.account.id))
    rows = w.session.execute(wanted.order_by(Place.path, Account.id).limit(PAGE + 1)).all()
    lines = _lines(w, [(found, home) for found, home in rows[:PAGE]])
    return Page(lines, lines[-1].account.id if len(rows) > PAGE else None)


def count_by_state(w: Work, place: Place | None = None) -> dict[str, int]:
    """How many people are in each of STATES, at and below a place."""
    return {
        state: w.session.scalar(
            _filtered(
                w,
                select(func.count(Account.id)).select_from(Account).join(Place, Place.id == Account.place_id),
                place,
                state,
            )
        )
        or 0
        for state in STATES
    }


def _filtered(w: Work, wanted: Select, place: Place | None, state: str, role: str = "") -> Select:  # type: ignore[type-arg]
    locked = Account.locked_until.is_not(None) & (Account.locked_until > w.real_now)
    if place is not None:
        wanted = wanted.where(below(Place.path, place.path))
    if state == "locked":
        wanted = wanted.where(locked, Account.state != "closed")
    elif state:
        wanted = wanted.where(Account.state == state)
    if role:
        held = select(RoleGrant.account_id).where(RoleGrant.role == role, in_force(w.real_now))
        wanted = wanted.where(Account.id.in_(held))
    return wanted


def _lines(w: Work, found: Sequence[tuple[Account, Place]]) -> tuple[PersonLine, ...]:
    ids = [one.id for one, _place in found]
    roles: dict[int, list[str]] = {}
    held = select(RoleGrant).where(RoleGrant.account_id.in_(ids), in_force(w.real_now)).order_by(RoleGrant.id)
    for grant in w.session.scalars(held):
        roles.setdefault(grant.account_id, []).append(grant.role)
    last = select(SignInSession.account_id, func.max(SignInSession.seen_at))
    last = last.where(SignInSession.account_id.in_(ids)).group_by(SignInSession.account_id)
    seen = dict(w.session.execute(last).all())
    live = select(JoinCode.account_id, JoinCode.expires_at).where(
        JoinCode.account_id.in_(ids), JoinCode.used_at.is_(None), JoinCode.expires_at > w.real_now
    )
    codes = dict(w.session.execute(live).all())
    return tuple(
        PersonLine(
            account=one,
            place=place,
            state=_state(w, one),
            roles=tuple(dict.fromkeys(roles.get(one.id, ()))),
            phone=masked_phone(w, one),
            seen_at=seen.get(one.id),
            code_until=codes.get(one.id),
        )
        for one, place in found
    )


def _state(w: Work, one: Account) -> str:
    resting = one.locked_until is not None and one.locked_until > w.real_now
    return "locked" if resting and one.state != "closed" else one.state


def tokens(w: Work) -> list[tuple[ApiToken, Place]]:
    """Tokens of programs in the actor's places and realm, newest first; ended ones too."""
    wanted = select(ApiToken, Place).join(Place, Place.id == ApiToken.place_id)
    wanted = wanted.where(ApiToken.realm == w.realm).order_by(ApiToken.id.desc())
    return [(token, place) for token, place in w.session.execute(wanted)]


def open_realms(w: Work) -> list[Realm]:
    """Exercises that somebody may sign in to now, newest first; the real world is not among them."""
    wanted = select(Realm).where(Realm.id != 0, Realm.closed_at.is_(None)).order_by(Realm.id.desc())
    return list(w.session.scalars(wanted))


def demo_people(w: Work) -> list[tuple[Account, str, Place]]:
    """One connected person of each role, for the sign-in page of the demonstration, which hides nothing."""
    if not w.office.installation.demo:
        return []
    with w.beyond_scope("the demonstration lists its own invented people"):
        first = select(RoleGrant.role, func.min(Account.id).label("first"))
        first = first.join(Account, Account.id == RoleGrant.account_id)
        chosen = first.where(Account.password.is_not(None), in_force(w.real_now)).group_by(RoleGrant.role)
        found = dict(w.session.execute(chosen).all())
        wanted = select(Account, Place).join(Place, Place.id == Account.place_id)
        rows = w.session.execute(wanted.where(Account.id.in_(found.values()))).all()
        homes = {account.id: (account, place) for account, place in rows}
    return [(homes[first_id][0], role, homes[first_id][1]) for role, first_id in found.items()]
