"""Who is awake: on duty at a place, and up the tree from it, as escalation climbs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from region.accounts.models import Account, DutyShift, RoleGrant
from region.accounts.queries.people import in_force
from region.formats.codes import mask_phone
from region.places.hierarchy import OFFICES
from region.places.models import Place, Site
from region.spine.work import Work

SIGNS, PRESSES = "dispatch.acknowledge", "dispatch.escalate"
"""Who stands duty where no shift is set: at a site who can sign an order or press for one, in an area who can
press for one, and else whoever answers at the office of that area."""


@dataclass(frozen=True)
class Duty:
    """One person on duty at a place. Telephones are whole for those who may escalate there, else masked.

    `shift_id` is None for a standing duty: nobody was put on the roster, so the first person of the place
    answers, with the deputy whom the enrolment named. `starts` and `ends` are then None as well.
    """

    place_id: int
    place_zh: str
    place_en: str
    account_id: int
    name_zh: str
    name_en: str
    phone: str
    deputy_id: int | None = None
    deputy_zh: str = ""
    deputy_en: str = ""
    deputy_phone: str = ""
    shift_id: int | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    joined: bool = False


def on_duty(w: Work, place_id: int, at: datetime | None = None) -> list[Duty]:
    """Who is on duty at one place at a moment of the realm's clock (default now); empty when nobody is.

    Raises Missing for a place out of the actor's sight.
    """
    place = w.get(Place, place_id)
    return _on_duty(w, place, at or w.now, w.may("dispatch.escalate", place_id))


def chain(w: Work, place_id: int, at: datetime | None = None) -> list[Duty]:
    """Who is on duty at a place and at each place above it, nearest first: the way escalation climbs."""
    path = w.get(Place, place_id).path
    ids = [int(part) for part in path.strip("/").split("/")][::-1]
    whole = {one: w.may("dispatch.escalate", one) for one in ids}
    with w.beyond_scope("whoever is below may know who is on duty above"):
        places = {place.id: place for place in w.session.scalars(select(Place).where(Place.id.in_(ids)))}
        return [duty for one in ids for duty in _on_duty(w, places[one], at or w.now, whole[one])]


def shifts_of(w: Work, place_id: int, start: datetime, end: datetime) -> list[Duty]:
    """The shifts of a place that touch a span of the realm's clock, in order of time; telephones masked."""
    place = w.get(Place, place_id)
    wanted = select(DutyShift).where(
        DutyShift.place_id == place_id, DutyShift.starts < end, DutyShift.ends > start
    )
    shifts = w.session.scalars(wanted.order_by(DutyShift.starts, DutyShift.id))
    with w.beyond_scope("who stands duty here may belong to a place above"):
        return [_from_shift(w, place, shift, False) for shift in shifts]


def _on_duty(w: Work, place: Place, at: datetime, whole: bool) -> list[Duty]:
    wanted = select(DutyShift).where(
        DutyShift.place_id == place.id, DutyShift.starts <= at, DutyShift.ends > at
    )
    shifts = list(w.session.scalars(wanted.order_by(DutyShift.starts, DutyShift.id)))
    if shifts:
        with w.beyond_scope("who stands duty here may belong to a place above"):
            return [_from_shift(w, place, shift, whole) for shift in shifts]
    return _standing(w, place, whole)


def _from_shift(w: Work, place: Place, shift: DutyShift, whole: bool) -> Duty:
    person = w.get(Account, shift.account_id)
    deputy = w.get(Account, shift.deputy_id) if shift.deputy_id else None
    return _duty(w, place, person, deputy, whole, shift)


def _standing(w: Work, place: Place, whole: bool) -> list[Duty]:
    presses = w.rules.roles_that(PRESSES)
    answers = presses | w.rules.roles_that(SIGNS)
    with w.beyond_scope("who holds a role here may belong to a place above"):
        if place.kind == "site":
            found = _first(w, [place.id], answers)
        else:
            found = _first(w, [place.id], presses) or _first(w, _offices(w, place), answers)
        if found is None:
            return []
        deputies = select(Account).where(Account.deputy_of_id == found.id, Account.state != "closed")
        deputy = w.session.scalars(deputies.order_by(Account.id).limit(1)).first()
        return [_duty(w, place, found, deputy, whole, None)]


def _first(w: Work, place_ids: list[int], roles: frozenset[str]) -> Account | None:
    """Who was enrolled first among those who hold one of the roles there and deputise for nobody."""
    held = select(RoleGrant.account_id).where(
        RoleGrant.place_id.in_(place_ids), in_force(w.real_now), RoleGrant.role.in_(roles)
    )
    wanted = select(Account).where(
        Account.id.in_(held), Account.state != "closed", Account.deputy_of_id.is_(None)
    )
    return w.session.scalars(wanted.order_by(Account.id).limit(1)).first()


def _offices(w: Work, area: Place) -> list[int]:
    wanted = select(Place.id).join(Place.site).where(Place.parent_id == area.id, Site.type.in_(OFFICES))
    return list(w.session.scalars(wanted))


def _duty(
    w: Work, place: Place, person: Account, deputy: Account | None, whole: bool, shift: DutyShift | None
) -> Duty:
    return Duty(
        place_id=place.id,
        place_zh=place.name_zh,
        place_en=place.name_en,
        account_id=person.id,
        name_zh=person.name_zh,
        name_en=person.name_en,
        phone=_phone(w, person, whole),
        deputy_id=deputy.id if deputy else None,
        deputy_zh=deputy.name_zh if deputy else "",
        deputy_en=deputy.name_en if deputy else "",
        deputy_phone=_phone(w, deputy, whole) if deputy else "",
        shift_id=shift.id if shift else None,
        starts=shift.starts if shift else None,
        ends=shift.ends if shift else None,
        joined=person.joined_at is not None,
    )


def _phone(w: Work, person: Account, whole: bool) -> str:
    if not person.phone:
        return ""
    number = w.office.installation.seal.open(person.phone)
    return number if whole else mask_phone(number)
