"""The duty roster: who is awake at a place, who is the deputy, and who takes over."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select

from region.accounts.events import DutySet, DutySwapped, DutyTakenOver
from region.accounts.models import Account, DutyShift
from region.places.models import Place
from region.spine.errors import Invalid, Refused
from region.spine.work import Work

LONGEST = timedelta(days=7)
"""A shift longer than a week is a mistyped date."""


def set_shift(
    w: Work, *, place_id: int, account_id: int, starts: datetime, ends: datetime, deputy_id: int | None = None
) -> DutyShift:
    """Put a person on duty from `starts` until `ends` (the realm's clock); the same again changes nothing."""
    place = w.get(Place, place_id)
    w.need("accounts.duty", place_id)
    if not starts < ends <= starts + LONGEST:
        raise Invalid("shift-times", field="ends")
    if deputy_id == account_id:
        raise Invalid("deputy-is-self", field="deputy")
    for one in (account_id, deputy_id):
        _can_stand(w, one)
    for other in _meeting(w, place.id, account_id, starts, ends):
        if (other.starts, other.ends, other.deputy_id) == (starts, ends, deputy_id):
            return other
        raise Refused("shift-overlaps")
    shift = w.add(
        DutyShift(place_id=place.id, account_id=account_id, deputy_id=deputy_id, starts=starts, ends=ends)
    )
    w.tell(_duty_set(shift))
    return shift


def swap_shift(w: Work, shift_id: int, new_account_id: int) -> DutyShift:
    """Give a shift that is not over to another person; a deputy who takes it over is deputy no more."""
    shift = w.get(DutyShift, shift_id)
    w.need("accounts.duty", shift.place_id)
    _can_stand(w, new_account_id)
    old = shift.account_id
    if shift.ends <= w.now:
        raise Refused("shift-over")
    if new_account_id == old:
        return shift
    if _meeting(w, shift.place_id, new_account_id, shift.starts, shift.ends):
        raise Refused("shift-overlaps")
    shift.account_id = new_account_id
    if shift.deputy_id == new_account_id:
        shift.deputy_id = old
    w.tell(DutySwapped(shift=shift.id, old=old, new=new_account_id, place=shift.place_id))
    return shift


def take_over(w: Work, *, place_id: int, leaving_id: int, taking_id: int, until: datetime) -> DutyShift:
    """Duty changes hands now: the leaving person's shift ends, the taking one's begins, at this moment.

    A shift that the taking person has on the roster before `until` begins early; else a new one lasts until then.
    """
    place = w.get(Place, place_id)
    w.need("accounts.duty", place_id)
    _can_stand(w, taking_id)
    ended = _running(w, place.id, leaving_id)
    if ended is not None and ended.starts >= w.now:
        raise Refused("shift-just-begun")
    own = _meeting(w, place.id, taking_id, w.now, until)
    shift = min(own, key=lambda one: one.starts) if own else None
    if shift is None:
        shift = _fresh(w, place, taking_id, leaving_id, ended, until)
    shift.starts = min(shift.starts, w.now)
    if ended is not None and ended.id != shift.id:
        ended.ends = w.now
    w.session.flush()
    over = None if ended is None else ended.id
    w.tell(DutyTakenOver(shift=shift.id, old=leaving_id, new=taking_id, ended=over, place=place.id))
    return shift


def _running(w: Work, place_id: int, account_id: int) -> DutyShift | None:
    """The shift that a person stands now, as the holder or as the deputy."""
    mine = or_(DutyShift.account_id == account_id, DutyShift.deputy_id == account_id)
    wanted = select(DutyShift).where(
        DutyShift.place_id == place_id, mine, DutyShift.starts <= w.now, DutyShift.ends > w.now
    )
    return w.session.scalars(wanted.order_by(DutyShift.starts).limit(1)).first()


def _fresh(
    w: Work, place: Place, taking: int, leaving: int, ended: DutyShift | None, until: datetime
) -> DutyShift:
    """A shift that nobody had planned, with the same deputy, unless the deputy is who takes over."""
    deputy = ended.deputy_id if ended is not None else None
    deputy = None if deputy in (taking, leaving) else deputy
    row = DutyShift(place_id=place.id, account_id=taking, deputy_id=deputy, starts=w.now, ends=until)
    return w.add(row)


def _can_stand(w: Work, account_id: int | None) -> None:
    if account_id is not None and w.get(Account, account_id).state == "closed":
        raise Refused("account-closed")


def _meeting(w: Work, place_id: int, account_id: int, starts: datetime, ends: datetime) -> list[DutyShift]:
    wanted = select(DutyShift).where(
        DutyShift.place_id == place_id,
        DutyShift.account_id == account_id,
        DutyShift.starts < ends,
        DutyShift.ends > starts,
    )
    return list(w.session.scalars(wanted))


def _duty_set(shift: DutyShift) -> DutySet:
    return DutySet(
        shift=shift.id,
        account=shift.account_id,
        deputy=shift.deputy_id,
        starts=shift.starts,
        ends=shift.ends,
        place=shift.place_id,
    )
