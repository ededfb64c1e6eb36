"""Which delivery an answer by telephone is meant for: the code must have been sent to exactly that number."""

from __future__ import annotations

import hmac

from sqlalchemy import select

from region.dispatch.addressing import dialled, telephone
from region.dispatch.links import expires_at
from region.dispatch.models import Delivery, Directive, Recipient
from region.dispatch.reach import Target, address_book
from region.dispatch.states import UNSIGNED
from region.spine.clock import REAL, Realm
from region.spine.errors import Invalid, Refused
from region.spine.work import Work

WAITING = (*UNSIGNED, "stopping")


def realms(w: Work) -> list[int]:
    """The real world, and every exercise that is not over."""
    wanted = select(Realm.id).where(Realm.closed_at.is_(None), Realm.id != REAL).order_by(Realm.id)
    return [REAL, *w.session.scalars(wanted)]


def called_number(raw: str) -> str | None:
    """A provider's idea of who answers, as E.164; None when it is no number."""
    if raw.startswith("+"):
        return dialled(raw)
    try:
        return dialled(telephone(raw, invented=True))
    except Invalid:
        return None


def by_code(w: Work, channel: str, code: str, number: str) -> Delivery | None:
    """The delivery that this code was sent with to this number (E.164), one that still waits before others.

    Whatever became of sending it: a provider may have sent what it never confirmed. The number is the one that it
    would be sent to now: who no longer has it can no longer answer.
    """
    w.need("system.operate")
    wanted = (
        select(Delivery)
        .join(Recipient, Recipient.id == Delivery.recipient_id)
        .where(Delivery.reply_code == code, Delivery.channel == channel)
        .order_by(Recipient.state.in_(WAITING).desc(), Delivery.id.desc())
    )
    return next((one for one in w.session.scalars(wanted) if _went_to(w, one, number)), None)


def _went_to(w: Work, delivery: Delivery, number: str) -> bool:
    book = address_book(w, [delivery.place_id], [delivery.account_id], [delivery.channel])
    seal = w.office.installation.seal
    closed = book.closed(Target(delivery.place_id, delivery.account_id), delivery.channel, seal)
    kept = dialled(seal.open(closed)) if closed else None
    return kept is not None and hmac.compare_digest(seal.digest(kept), seal.digest(number))


def waits(w: Work, delivery: Delivery) -> bool:
    """Whether an answer is waited for still."""
    return w.get(Recipient, delivery.recipient_id).state in WAITING


def check_code(w: Work, delivery: Delivery) -> None:
    """Refused `code-expired` when the code is past its end, by the same limits as a link."""
    sent = delivery.delivered_at or delivery.since
    if w.now >= expires_at(w.rules, w.get(Directive, delivery.directive_id), sent):
        raise Refused("code-expired")
