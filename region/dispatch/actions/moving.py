"""What becomes of a site's open tasks when it is merged into another: the new owner has them, with their clocks."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select, update

from region.dispatch.actions.answering import end_deliveries, remark
from region.dispatch.events import RecipientMoved, RecipientWaived
from region.dispatch.models import Delivery, Recipient
from region.dispatch.schemas import Saying
from region.dispatch.states import DELIVERY, OPEN, RECIPIENT
from region.dispatch.wording import PACK
from region.places.models import Place
from region.spine.work import Work


def move_open_tasks(w: Work, was: int, now: int) -> None:
    """Give the open tasks of site `was` to site `now`; one that has the same order already keeps its own task alone.

    Signatures, reports and remarks stay with the old place, and so do the parts of named people.
    """
    w.need("system.operate")
    wanted = (
        select(Recipient)
        .where(Recipient.place_id == was, Recipient.account_id.is_(None), Recipient.state.in_(OPEN))
        .order_by(Recipient.id)
    )
    tasks = w.session.scalars(wanted).all()
    has_it = _has(w, now, tasks)
    for recipient in tasks:
        if recipient.directive_id in has_it:
            _let_off(w, recipient, now)
        else:
            _move(w, recipient, now)


def _has(w: Work, place: int, tasks: Sequence[Recipient]) -> set[int]:
    """The orders of these tasks that the place received itself."""
    theirs = select(Recipient.directive_id).where(
        Recipient.place_id == place,
        Recipient.account_id.is_(None),
        Recipient.directive_id.in_([task.directive_id for task in tasks]),
    )
    return set(w.session.scalars(theirs))


def _move(w: Work, recipient: Recipient, now: int) -> None:
    was = recipient.place_id
    recipient.was_place_id, recipient.place_id = was, now
    recipient.version += 1
    w.session.flush()
    # What is owed goes to the new owner's address; a channel that it has not fails, and the next one is owed.
    w.session.execute(
        update(Delivery)
        .where(Delivery.recipient_id == recipient.id, Delivery.state == DELIVERY.start)
        .values(place_id=now, due_at=w.real_now, lease=None, lease_until=None, version=Delivery.version + 1)
        .execution_options(synchronize_session=False)
    )
    w.tell(RecipientMoved(was=was, **recipient.about))


def _let_off(w: Work, recipient: Recipient, now: int) -> None:
    """The new owner has a task of this order itself."""
    RECIPIENT.move(w, recipient, "release", place=recipient.place_id)
    recipient.ended_at = w.now
    end_deliveries(w, recipient)
    given = {"into": w.get(Place, now).code}
    words = " ".join(w.rules.render(PACK, "merged_site", lang, given).body for lang in ("zh", "en"))
    uid = str(uuid5(NAMESPACE_URL, f"merged/{w.realm}/{recipient.id}"))
    made, _ = remark(w, recipient, "waiver", Saying(uid=uid, text=words))
    w.tell(RecipientWaived(remark=made.id, **recipient.about))
