"""Handing over duty: the system lists what is open, both sign, and from that second alarms go to who came."""

from __future__ import annotations

from sqlalchemy import select

from region.accounts.actions import take_over
from region.accounts.models import Account
from region.accounts.queries import grants_in_force, on_duty
from region.dispatch.events import HandoverAccepted, HandoverLapsed, HandoverOffered, HandoverRefused
from region.dispatch.models import Handover
from region.dispatch.queries.open_items import open_items
from region.dispatch.states import HANDOVER
from region.dispatch.wording import PACK
from region.places.models import Place
from region.spine.errors import Forbidden, Invalid, Refused
from region.spine.work import Work

RELIEVES = "dispatch.relieve"


def offer(w: Work, place: Place, taking_account: int, note: str = "") -> Handover:
    """Offer the duty of a place with all that is open there; offering it is the first signature.

    Only whoever is on duty there, or the deputy, may offer it, to one who may take it. The same offer is one.
    """
    w.need(RELIEVES, place.id)
    leaving = _leaving(w, place)
    if taking_account == leaving:
        raise Invalid("handover-to-self", field="taking")
    _may_take(w, place, taking_account)
    standing = _offered(w, place)
    if standing is not None:
        if (standing.leaving_id, standing.taking_id) == (leaving, taking_account):
            return standing
        raise Refused("handover-open", handover=standing.id)
    items = [item.plain() for item in open_items(w, place)]
    row = Handover(place_id=place.id, leaving_id=leaving, taking_id=taking_account, items=items, note=note)
    row.offered_at, row.state, row.since = w.now, HANDOVER.start, w.now
    w.add(row)
    w.tell(HandoverOffered(items=len(items), **_about(row)))
    limit = w.rules.duration(PACK, HANDOVER.limits["offered"])
    w.owe("dispatch.lapse_handover", key=f"handover:{row.id}", after=limit, handover=row.id)
    return row


def _leaving(w: Work, place: Place) -> int:
    who = w.actor.account_id
    standing = {one for duty in on_duty(w, place.id) for one in (duty.account_id, duty.deputy_id)}
    if who is None or who not in standing:
        raise Refused("not-on-duty")
    return who


def _may_take(w: Work, place: Place, account: int) -> None:
    roles = w.rules.roles_that(RELIEVES)
    with w.beyond_scope("who holds a role here may belong to a place above"):
        found = w.session.get(Account, account)
        held = [place_of.path for grant, place_of in grants_in_force(w, account) if grant.role in roles]
        closed = found is None or found.state == "closed"
    if closed or not any(place.path.startswith(path) for path in held):
        raise Refused("cannot-relieve")


def _offered(w: Work, place: Place) -> Handover | None:
    # Of two who offer in the same moment, the holder and the deputy, one waits here and sees the other's.
    w.session.execute(select(Place.id).where(Place.id == place.id).with_for_update(key_share=True))
    wanted = select(Handover).where(Handover.place_id == place.id, Handover.state == HANDOVER.start)
    return w.session.scalars(wanted.limit(1)).first()


def accept(w: Work, handover: Handover) -> None:
    """The second signature: duty changes hands this second. Only whom it was offered to may give it."""
    _is_mine(w, handover)
    HANDOVER.move(w, handover, "accept", place=handover.place_id)
    handover.signed_at = w.now
    take_over(
        w,
        place_id=handover.place_id,
        leaving_id=handover.leaving_id,
        taking_id=handover.taking_id,
        until=w.now + w.rules.duration(PACK, "handover.shift"),
    )
    w.tell(HandoverAccepted(items=len(handover.items), **_about(handover)))


def refuse(w: Work, handover: Handover, answer: str) -> None:
    """Whoever was to come does not take it over, and says why; duty stays where it was."""
    _is_mine(w, handover)
    if not answer.strip():
        raise Invalid("field-missing", field="answer")
    HANDOVER.move(w, handover, "refuse", place=handover.place_id)
    handover.answer, handover.signed_at = answer.strip(), w.now
    w.tell(HandoverRefused(**_about(handover)))


def _is_mine(w: Work, handover: Handover) -> None:
    if w.actor.account_id is None or w.actor.account_id != handover.taking_id:
        raise Forbidden("handover-not-yours")


def lapse(w: Work, handover: Handover) -> None:
    """Nobody signed in time; harmless once somebody has."""
    if handover.state == HANDOVER.start:
        HANDOVER.move(w, handover, "lapse")
        w.tell(HandoverLapsed(**_about(handover)))


def _about(handover: Handover) -> dict[str, int]:
    return {
        "handover": handover.id,
        "leaving": handover.leaving_id,
        "taking": handover.taking_id,
        "place": handover.place_id,
    }
