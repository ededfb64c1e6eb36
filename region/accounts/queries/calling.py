"""Whom to call for many places at once: who is on duty there, the deputy, and the leader on duty above."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from region.accounts.models import Account, DutyShift, RoleGrant
from region.accounts.queries.duty import PRESSES, SIGNS, on_duty
from region.accounts.queries.people import in_force
from region.places.models import Place
from region.spine.scope import below
from region.spine.work import Work

APPROVES = "dispatch.approve"


@dataclass(frozen=True)
class Called:
    """The accounts of whoever is on duty at a place, and of the deputy."""

    holder: int
    deputy: int | None = None


def on_duty_at(w: Work, place_ids: Collection[int]) -> dict[int, Called]:
    """Who is on duty now at each of many places, by the same rules as `on_duty`; places with nobody are left out."""
    found: dict[int, Called] = {}
    wanted = select(DutyShift).where(
        DutyShift.place_id.in_(place_ids), DutyShift.starts <= w.now, DutyShift.ends > w.now
    )
    for shift in w.session.scalars(wanted.order_by(DutyShift.starts, DutyShift.id)):
        found.setdefault(shift.place_id, Called(shift.account_id, shift.deputy_id))
    others = set(place_ids) - found.keys()
    areas = set(w.session.scalars(select(Place.id).where(Place.id.in_(others), Place.kind == "area")))
    for area in sorted(areas):
        for duty in on_duty(w, area)[:1]:
            found[area] = Called(duty.account_id, duty.deputy_id)
    return found | _standing_at(w, others - areas)


def _standing_at(w: Work, sites: Collection[int]) -> dict[int, Called]:
    """At sites where no shift is set: the first person enrolled who answers there, and whoever deputises."""
    roles = w.rules.roles_that(PRESSES) | w.rules.roles_that(SIGNS)
    first = (
        select(RoleGrant.place_id, func.min(Account.id))
        .join(Account, Account.id == RoleGrant.account_id)
        .where(RoleGrant.place_id.in_(sites), in_force(w.real_now), RoleGrant.role.in_(roles))
        .where(Account.state != "closed", Account.deputy_of_id.is_(None))
        .group_by(RoleGrant.place_id)
    )
    with w.beyond_scope("who holds a role here may belong to a place above"):
        holders = {row[0]: row[1] for row in w.session.execute(first)}
        second = (
            select(Account.deputy_of_id, func.min(Account.id))
            .where(Account.deputy_of_id.in_(holders.values()), Account.state != "closed")
            .group_by(Account.deputy_of_id)
        )
        deputies = {row[0]: row[1] for row in w.session.execute(second)}
    return {place: Called(holder, deputies.get(holder)) for place, holder in holders.items()}


def leaders_above(w: Work, besides: Mapping[int, Collection[int]]) -> dict[int, int]:
    """For each place the leader on duty at the nearest area above it: one who may approve, else who may press.

    `besides` names for each place the accounts that were called already and are not called again.
    """
    wanted = select(Place.id, Place.path).where(Place.id.in_(besides))
    known: dict[int, list[int]] = {}
    found: dict[int, int] = {}
    for place, path in w.session.execute(wanted).all():
        for area in (int(part) for part in path.strip("/").split("/")[-2::-1]):
            if area not in known:
                known[area] = _leaders(w, area)
            others = [account for account in known[area] if account not in besides[place]]
            if others:
                found[place] = others[0]
                break
    return found


def _leaders(w: Work, area: int) -> list[int]:
    """Those on duty at an area who may approve orders or press for them, whoever may approve first."""
    duties = on_duty(w, area)
    standing = [one for duty in duties for one in (duty.account_id, duty.deputy_id) if one is not None]
    held = select(RoleGrant.account_id, RoleGrant.role)
    held = held.where(RoleGrant.account_id.in_(standing), in_force(w.real_now))
    approve, press = w.rules.roles_that(APPROVES), w.rules.roles_that(PRESSES)
    with w.beyond_scope("who holds a role here may belong to a place above"):
        roles = list(w.session.execute(held))
    approving = {account for account, role in roles if role in approve}
    pressing = {account for account, role in roles if role in press} | approving
    return sorted((one for one in standing if one in pressing), key=lambda one: one not in approving)


def shifts_at(w: Work, path: str, at: datetime) -> list[DutyShift]:
    """The shifts at a place and everywhere below it that cover a moment of the realm's clock, by place."""
    wanted = (
        select(DutyShift)
        .join(Place, Place.id == DutyShift.place_id)
        .where(below(Place.path, path), DutyShift.starts <= at, DutyShift.ends > at)
    )
    return list(w.session.scalars(wanted.order_by(Place.path, DutyShift.starts, DutyShift.id)))


def who_may(w: Work, place: Place, capability: str) -> list[Account]:
    """The people who hold a role with a capability at a place or above it, in the order of their enrolment."""
    above = [int(step) for step in place.path.strip("/").split("/")]
    held = select(RoleGrant.account_id).where(
        RoleGrant.place_id.in_(above),
        in_force(w.real_now),
        RoleGrant.role.in_(w.rules.roles_that(capability)),
    )
    with w.beyond_scope("who may take over here may belong to a place above"):
        wanted = select(Account).where(Account.id.in_(held), Account.state != "closed")
        return list(w.session.scalars(wanted.order_by(Account.id).limit(200)))


def people_named(w: Work, ids: Collection[int]) -> dict[int, Account]:
    """The people with these numbers: their names stand on documents that both sides signed."""
    with w.beyond_scope("who signed, and who stands duty here, may belong to a place above"):
        return {one.id: one for one in w.session.scalars(select(Account).where(Account.id.in_(ids)))}
