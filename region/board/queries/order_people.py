"""The named people among an order's recipients, and the sites that recipients were before a merger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from region.accounts.models import RoleGrant
from region.accounts.queries import masked_phone, people_named
from region.accounts.queries.people import in_force
from region.dispatch.models import Recipient
from region.formats.codes import mask_name
from region.places.models import Place
from region.spine.work import Work


@dataclass(frozen=True)
class Person:
    """A named recipient: whole names only for those who may read accounts there; the telephone is always masked.

    `role` is the code of the post held nearest to the recipient's place; empty where none is known.
    """

    zh: str
    en: str
    role: str
    phone: str


def people(w: Work, recipients: Sequence[Recipient]) -> dict[int, Person]:
    """By recipient, the person whom it is for; recipients that are sites are left out."""
    named = [one for one in recipients if one.account_id is not None]
    if not named:
        return {}
    accounts = people_named(w, [one.account_id or 0 for one in named])
    posts = _posts(w, named)
    found = {}
    for one in named:
        account = accounts[one.account_id or 0]
        open_book = w.may("accounts.read", one.place_id)
        names = (account.name_zh, account.name_en)
        zh, en = names if open_book else (mask_name(names[0]), mask_name(names[1]))
        found[one.id] = Person(zh, en, posts.get(one.id, ""), masked_phone(w, account))
    return found


def _posts(w: Work, named: Sequence[Recipient]) -> dict[int, str]:
    """The role that each person holds at the recipient's own place, else the one held longest elsewhere."""
    wanted = select(RoleGrant.account_id, RoleGrant.place_id, RoleGrant.role).where(
        RoleGrant.account_id.in_([one.account_id for one in named]), in_force(w.real_now)
    )
    held: dict[int, dict[int, str]] = {}
    for account, place, role in w.session.execute(wanted.order_by(RoleGrant.id)):
        held.setdefault(account, {}).setdefault(place, role)
    found = {}
    for one in named:
        roles = held.get(one.account_id or 0, {})
        if roles:
            found[one.id] = roles.get(one.place_id) or next(iter(roles.values()))
    return found


def were(w: Work, recipients: Sequence[Recipient]) -> dict[int, Place]:
    """By recipient, the site that it was before that site was merged into another."""
    moved = {one.id: one.was_place_id for one in recipients if one.was_place_id is not None}
    if not moved:
        return {}
    with w.beyond_scope("a site that was merged away may have lain elsewhere"):
        wanted = select(Place).where(Place.id.in_(set(moved.values())))
        places = {place.id: place for place in w.session.scalars(wanted)}
    return {id: places[was] for id, was in moved.items() if was in places}
