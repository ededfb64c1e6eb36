"""Roll call: everybody who stands duty tonight is asked by name whether they answer, while there is still time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import select

from region.accounts.models import DutyShift
from region.accounts.queries import shifts_at
from region.dispatch.actions.ruled import drafted, give
from region.dispatch.actions.writing import Part
from region.dispatch.delivery import owe_round
from region.dispatch.events import RecipientsReminded, RollCallEnded
from region.dispatch.models import Directive, Recipient
from region.dispatch.states import UNSIGNED
from region.dispatch.wording import PACK
from region.incidents.models import Incident
from region.places.models import Place
from region.spine.errors import Refused
from region.spine.journal import Entry
from region.spine.work import Work

KIND = TEMPLATE = "roll_call"
AGAIN = timedelta(minutes=1)
"""Two clicks within this time call once."""


def hour_of(w: Work, name: str) -> datetime:
    """The moment of today, on the region's calendar, at which an hour of the pack begins."""
    day = w.office.clock.day(w.now)
    hour = time(int(w.rules.value(PACK, f"roll_call.{name}")))
    return datetime.combine(day, hour, tzinfo=w.office.clock.zone)


def call_every_body(w: Work) -> int:
    """Between the evening's hour and the night: call the roll of each body once a day; gives how many were called.

    A body is the highest area that has a roster for tonight: it calls all who stand duty there and below it.
    Sites with a roster below no such area are called by the root of their region.
    """
    w.need("system.operate")
    night = hour_of(w, "night")
    if not hour_of(w, "hour") <= w.now < night:
        return 0
    day = f"{w.office.clock.day(w.now):%Y%m%d}"
    made = 0
    for body, shifts in _bodies(w, shifts_at(w, "", night)).items():
        made += _call(w, f"roll-call-{w.realm}-{body}-{day}", w.get(Place, body), shifts)
    return made


def call_roll(w: Work, place: Place, token: str) -> Directive:
    """Call the roll by hand, of all who stand duty at a place and below it: now, and in the evening tonight."""
    w.need("dispatch.escalate", place.id)
    before_night = hour_of(w, "hour") <= w.now < hour_of(w, "night")
    shifts = shifts_at(w, place.path, hour_of(w, "night") if before_night else w.now)
    if not shifts:
        raise Refused("roll-call-no-roster")
    _call(w, token, place, shifts)
    return w.session.scalars(select(Directive).where(Directive.form_token == token)).one()


def _bodies(w: Work, shifts: Sequence[DutyShift]) -> dict[int, list[DutyShift]]:
    """Tonight's shifts by the body that calls them."""
    wanted = select(Place.id, Place.path, Place.kind).where(Place.id.in_([one.place_id for one in shifts]))
    rows = w.session.execute(wanted).all()
    paths = {row.id: row.path for row in rows}
    rostered = sorted((row.path for row in rows if row.kind == "area"), key=len)
    found: dict[int, list[DutyShift]] = {}
    for shift in shifts:
        path = paths[shift.place_id]
        root = path.partition("/")[0]
        body = next((area for area in rostered if path.startswith(area)), root)
        found.setdefault(int(body.strip("/").rpartition("/")[2]), []).append(shift)
    return found


def _call(w: Work, token: str, place: Place, shifts: Sequence[DutyShift]) -> bool:
    """Give the roll call; False when it was given under this token before."""
    if w.session.scalar(select(Directive.id).where(Directive.form_token == token)) is not None:
        return False
    limit = w.rules.duration(PACK, "roll_call.limit")
    given = {"day": w.office.clock.day(w.now), "limit": limit}
    draft = drafted(token, _incident(w, place), TEMPLATE, given, supersedes_id=_last(w, place.id))
    people = {one: shift.place_id for shift in shifts for one in (shift.account_id, shift.deputy_id) if one}
    parts = [Part(at, account) for account, at in people.items()]
    give(w, draft, place.id, parts, latest=w.now + limit)
    return True


def _incident(w: Work, place: Place) -> int | None:
    """The newest open response that covers a place: duty is stood, and called, without one as well."""
    covering = Incident.place_id.in_([int(step) for step in place.path.strip("/").split("/")])
    wanted = select(Incident.id).where(covering, Incident.state == "open").order_by(Incident.id.desc())
    return w.session.scalars(wanted.limit(1)).first()


def _last(w: Work, place: int) -> int | None:
    """The roll call before this one, where somebody has not answered it yet: the new one takes its place."""
    wanted = select(Directive.id).where(
        Directive.place_id == place, Directive.kind == KIND, Directive.state == "issued"
    )
    return w.session.scalars(wanted.order_by(Directive.id.desc()).limit(1)).first()


def silent(w: Work, roll_call: Directive) -> list[Recipient]:
    """The people who have not answered it."""
    wanted = select(Recipient).where(
        Recipient.directive_id == roll_call.id,
        Recipient.account_id.is_not(None),
        Recipient.state.in_(UNSIGNED),
    )
    return list(w.session.scalars(wanted.order_by(Recipient.id)))


def end(w: Work, roll_call: Directive) -> None:
    """The time to answer is over: name those whom it did not reach."""
    told = RollCallEnded.event_name(), f"directive:{roll_call.id}"
    ended = select(Entry.id).where(Entry.event == told[0], Entry.subject == told[1])
    if roll_call.state not in ("issued", "closed") or w.session.scalars(ended.limit(1)).first():
        return
    unreached = tuple(one.account_id for one in silent(w, roll_call) if one.account_id is not None)
    asked = select(Recipient.id).where(Recipient.directive_id == roll_call.id)
    w.tell(RollCallEnded(asked=len(w.session.scalars(asked).all()), unreached=unreached, **roll_call.about))


def ask_again(w: Work, roll_call: Directive) -> int:
    """Call again those who have not answered; gives how many. Two clicks within a minute call once."""
    w.need("dispatch.escalate", roll_call.place_id)
    if roll_call.kind != KIND or roll_call.state != "issued" or roll_call.issued_at is None:
        raise Refused("roll-call-over")
    ids = tuple(one.id for one in silent(w, roll_call))
    number = (w.now - roll_call.issued_at) // AGAIN
    if ids:
        w.tell(RecipientsReminded(step=f"roll_call_again_{number}", recipients=ids, **roll_call.about))
    return len(ids)


def call_round(w: Work, roll_call: Directive, number: int) -> None:
    """Owe another round to those who have not answered."""
    owe_round(w, roll_call, 2 + number, tuple(one.id for one in silent(w, roll_call)))
