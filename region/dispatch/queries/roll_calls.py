"""A roll call as the duty officer sees it: who has not answered, whom to telephone, how long there is still time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from region.accounts.models import DutyShift
from region.accounts.queries import masked_phone, people_named
from region.dispatch.models import Directive, Recipient
from region.dispatch.queries.open_items import desk_places
from region.dispatch.states import UNSIGNED
from region.places.models import Place
from region.spine.work import Work


@dataclass(frozen=True)
class Asked:
    """One person of a roll call; the telephone is masked. `begins` is when the duty of the night begins."""

    recipient: int
    account: int
    name_zh: str
    name_en: str
    place: Place
    phone: str
    answered_at: datetime | None
    begins: datetime | None
    deputy: bool

    def left(self, now: datetime) -> timedelta | None:
        """How long there is until the duty begins; None once it has begun, or where no shift is set any more."""
        return self.begins - now if self.begins is not None and self.begins > now else None


@dataclass(frozen=True)
class RollCall:
    """One roll call with everybody asked: those who have not answered first, the earliest duty on top."""

    directive: Directive
    asked: tuple[Asked, ...]

    @property
    def silent(self) -> tuple[Asked, ...]:
        """Those who have not answered."""
        return tuple(one for one in self.asked if one.answered_at is None)

    def over(self, now: datetime) -> bool:
        """Whether the time to answer is over."""
        due = self.directive.acknowledge_due
        return due is not None and due <= now


def latest(w: Work, place: Place) -> RollCall | None:
    """The newest roll call of a desk; None where there never was one."""
    own = desk_places(w, place)
    wanted = select(Directive).where(Directive.place_id.in_(own), Directive.kind == "roll_call")
    found = w.session.scalars(wanted.order_by(Directive.id.desc()).limit(1)).first()
    return None if found is None else RollCall(found, _asked(w, found))


def asks_me(w: Work) -> Recipient | None:
    """The actor's own part in the newest roll call, by whatever body, that waits for an answer."""
    wanted = (
        select(Recipient)
        .join(Directive, Directive.id == Recipient.directive_id)
        .where(Directive.kind == "roll_call", Directive.state == "issued")
        .where(Recipient.account_id == w.actor.account_id, Recipient.state.in_(UNSIGNED))
    )
    return w.session.scalars(wanted.order_by(Recipient.id.desc()).limit(1)).first()


def _asked(w: Work, roll_call: Directive) -> tuple[Asked, ...]:
    wanted = select(Recipient, Place).join(Place, Place.id == Recipient.place_id)
    rows = w.session.execute(
        wanted.where(Recipient.directive_id == roll_call.id, Recipient.account_id.is_not(None))
    ).all()
    people = people_named(w, [one.account_id for one, _ in rows if one.account_id is not None])
    shifts = _shifts(w, roll_call, {place.id for _, place in rows})
    asked = []
    for recipient, place in rows:
        person = people[recipient.account_id or 0]
        shift = shifts.get((place.id, person.id))
        asked.append(
            Asked(
                recipient=recipient.id,
                account=person.id,
                name_zh=person.name_zh,
                name_en=person.name_en,
                place=place,
                phone=masked_phone(w, person),
                answered_at=recipient.acknowledged_at if recipient.state not in UNSIGNED else None,
                begins=shift.starts if shift else None,
                deputy=shift is not None and shift.account_id != person.id,
            )
        )
    never = roll_call.since + timedelta(days=365)
    return tuple(sorted(asked, key=lambda one: (bool(one.answered_at), one.begins or never, one.recipient)))


def _shifts(w: Work, roll_call: Directive, places: Collection[int]) -> dict[tuple[int, int], DutyShift]:
    """The next shift after the call of each person at each place, as the holder or as the deputy."""
    since = roll_call.issued_at or roll_call.since
    wanted = select(DutyShift).where(DutyShift.place_id.in_(places), DutyShift.ends > since)
    found: dict[tuple[int, int], DutyShift] = {}
    for shift in w.session.scalars(wanted.order_by(DutyShift.starts.desc())):
        for account in (shift.deputy_id, shift.account_id):
            if account is not None:
                found[shift.place_id, account] = shift
    return found
