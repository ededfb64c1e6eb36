"""Signing without a sign-in: who holds a signed link, or answers with its code, signs for one delivery."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from region.accounts.models import Account
from region.dispatch.actions import ending
from region.dispatch.actions.answering import acknowledge, remark
from region.dispatch.events import LinkRefused, RobotRefused
from region.dispatch.links import Token
from region.dispatch.models import Delivery, Recipient, Remark
from region.dispatch.queries.link_page import asked_of
from region.dispatch.schemas import Hand, Saying
from region.places.models import Place
from region.spine.actor import Actor, Grant
from region.spine.clock import REAL, Realm
from region.spine.errors import Refused
from region.spine.journal import Entry
from region.spine.work import Work

ROLE = "link"
ONCE_IN = timedelta(minutes=1)
"""A stranger must not be able to fill the journal: one entry a minute for each delivery and reason."""
MARKS = uuid.UUID("6f0d6a6e-4a3c-5e0e-9a53-2f6d0c1b7e11")


@dataclass(frozen=True)
class Holder:
    """For which delivery somebody may sign, at which place, in the name of which actor."""

    delivery: int
    place_id: int
    actor: Actor


@dataclass(frozen=True)
class Signed:
    """What is kept of a signature beside its hand: the name or post `by`, the moment `at` where it was made earlier,
    and the `mark` of the message it came in, where a provider might hand that on twice."""

    by: str = ""
    at: datetime | None = None
    mark: str = ""


def holder_of(w: Work, uid: str) -> Holder:
    """Who may sign for the delivery with this uid in this realm; Refused `link-forged` when there is none.

    It may sign at the delivery's place alone, as the person whom it was sent to where it was sent to one.
    """
    w.need("system.operate")
    delivery = w.session.scalar(select(Delivery).where(Delivery.uid == uid))
    if delivery is None:
        raise Refused("link-forged")
    place = w.get(Place, delivery.place_id)
    actor = Actor(
        f"link:{delivery.id}",
        (Grant(ROLE, place.path),),
        realm=w.realm,
        account_id=delivery.account_id,
        site_id=place.id if place.kind == "site" else None,
    )
    return Holder(delivery.id, place.id, actor)


def check_link(w: Work, token: Token, holder: Holder) -> None:
    """Refuse a link that is past its end, whose exercise is over, or whose person has left."""
    realm = None if w.realm == REAL else w.session.get(Realm, w.realm)
    if w.now >= token.expires_at or (realm is not None and realm.closed_at is not None):
        raise Refused("link-expired")
    check_person(w, w.get(Delivery, holder.delivery))


def check_person(w: Work, delivery: Delivery) -> None:
    """Refuse when it was sent to somebody who has left, to another than the one who alone may sign, or to a site that
    was merged since: the task is the new owner's, who got a letter of its own."""
    recipient = w.get(Recipient, delivery.recipient_id)
    others = recipient.account_id is not None and recipient.account_id != delivery.account_id
    if others or recipient.place_id != delivery.place_id:
        raise Refused("link-not-yours")
    if delivery.account_id is not None and w.get(Account, delivery.account_id).state == "closed":
        raise Refused("link-not-yours")


def sign(w: Work, delivery: Delivery, hand: Hand, signed: Signed) -> Recipient:
    """Sign for the order; or, where it was withdrawn, that work has stopped. Each once.

    Refused `link-used` (signed already, in whatever way; facts `at`, `way`) or `link-ended` (nothing is asked now).
    """
    w.need("dispatch.acknowledge", delivery.place_id)
    recipient = w.get(Recipient, delivery.recipient_id)
    uid = str(uuid.uuid5(MARKS, signed.mark or f"{delivery.uid}:{recipient.state}"))
    if _same_answer(w, recipient, uid):
        return recipient
    _check_open(w, recipient)
    if recipient.state == "stopping":
        ending.confirm_stop(w, recipient, hand)
    else:
        acknowledge(w, recipient, signed.at, hand)
    delivery.link_used_at = w.now
    if signed.by:
        remark(w, recipient, "signer", Saying(uid=uid, text=signed.by))
    return recipient


def _same_answer(w: Work, recipient: Recipient, uid: str) -> bool:
    """Whether this very answer was taken already: a provider may hand on one message twice."""
    same = select(Remark.id).where(Remark.uid == uid, Remark.recipient_id == recipient.id)
    return w.session.scalar(same) is not None


def _check_open(w: Work, recipient: Recipient) -> None:
    asked = asked_of(recipient)
    if asked in ("sign", "stop"):
        return
    signed = recipient.stopped_at or recipient.acknowledged_at
    if asked == "ended" or signed is None:
        raise Refused("link-ended")
    at = f"{signed.astimezone(w.office.clock.zone):%H:%M}"
    raise Refused("link-used", at=at, way=recipient.acknowledged_way or "portal")


def note_refusal(w: Work, reason: str, way: str, holder: Holder | None = None) -> bool:
    """Keep in the journal that a link or code was refused; True when it is the first of this minute."""
    w.need("system.operate")
    told = LinkRefused(
        delivery=holder.delivery if holder else 0,
        reason=reason,
        way=way,
        place=holder.place_id if holder else None,
    )
    return _tell_once(w, told, reason)


def note_robot(w: Work, channel: str, reason: str) -> bool:
    """Keep in the journal that a program's call was refused; True when it is the first of this minute."""
    w.need("system.operate")
    return _tell_once(w, RobotRefused(channel=channel, reason=reason), reason)


def noted(w: Work, told: LinkRefused | RobotRefused, reason: str) -> bool:
    """Whether the same was told within the last minute, so that no work need be opened to tell it again."""
    wanted = select(Entry.data).where(
        Entry.subject == told.subject,
        Entry.event == told.event_name(),
        Entry.recorded_at > w.now - ONCE_IN,
    )
    return any(data["reason"] == reason for data in w.session.scalars(wanted))


def _tell_once(w: Work, told: LinkRefused | RobotRefused, reason: str) -> bool:
    if noted(w, told, reason):
        return False
    w.tell(told)
    return True
