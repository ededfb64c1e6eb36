"""Supervision as an order of its own: given when a task's limit runs out, ended as soon as the task is done."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select

from region.dispatch.actions.answering import remark
from region.dispatch.actions.ending import cancel
from region.dispatch.actions.ruled import drafted, give
from region.dispatch.actions.writing import Part
from region.dispatch.events import RecipientWaived, SupervisionIssued
from region.dispatch.models import Directive, Recipient
from region.dispatch.schemas import Draft, Saying
from region.dispatch.states import RECIPIENT
from region.dispatch.wording import PACK, minutes
from region.incidents.models import Incident
from region.spine.work import Work

KIND, TEMPLATE = "supervision", "supervision_order"
DONE = "所督办的事项已反馈。 The order that this one presses for was reported."
ANEW = "仍逾期，已另发督办单。 Still overdue: a further supervision order presses for it."
"""Why a part in a supervision order ends; kept as a remark, so it stands in both languages."""


def supervise(w: Work, late_order: Directive, when: str, times: int, late: Sequence[Recipient]) -> None:
    """Give one supervision order to those who are late, in the name of the body whose order is overdue.

    It takes the place of the one before: nobody is asked twice for one thing. Nothing where the response has
    ended in the meantime. `when` names the look: each look gives one order.
    """
    token = str(uuid5(NAMESPACE_URL, f"{KIND}/{late_order.form_token}/{when}"))
    standing = w.session.scalar(select(Directive.id).where(Directive.form_token == token))
    ended = late_order.incident_id is not None and w.get(Incident, late_order.incident_id).state != "open"
    if standing is not None or ended:
        return
    parts = [Part(recipient.place_id, recipient.account_id) for recipient in late]
    let_go(w, late_order.id, {part.place for part in parts}, ANEW)
    draft = _draft(w, late_order, token, times)
    order = give(w, draft, late_order.place_id, parts, parent=late_order.id)
    ids = tuple(recipient.id for recipient in late)
    w.tell(SupervisionIssued(supervision=order.id, recipients=ids, times=times, **late_order.about))


def _draft(w: Work, late_order: Directive, token: str, times: int) -> Draft:
    """The wording, with a new limit by the urgency of the order that is overdue."""
    limit = w.rules.duration(PACK, f"supervise.{late_order.urgency}")
    given = {
        "number": late_order.number or "–",
        "order_title": {"zh": late_order.title_zh, "en": late_order.title_en},
        "overdue": max(w.now - (late_order.task_due or w.now), timedelta(minutes=1)),
        "deadline": (w.now + limit).astimezone(w.office.clock.zone),
        "times": times,
    }
    facts = {"urgency": late_order.urgency, "task_minutes": minutes(limit)}
    return drafted(token, late_order.incident_id, TEMPLATE, given, **facts)


def running(w: Work, order: int) -> list[Directive]:
    """The supervision orders of an order that still run."""
    wanted = select(Directive).where(
        Directive.parent_id == order, Directive.kind == KIND, Directive.state == "issued"
    )
    return list(w.session.scalars(wanted.order_by(Directive.id)))


def let_go(w: Work, order: int, places: Collection[int], why: str = DONE) -> None:
    """Recipients have finished: their parts in every supervision of that order end too."""
    for one in running(w, order):
        wanted = select(Recipient).where(
            Recipient.directive_id == one.id,
            Recipient.place_id.in_(places),
            Recipient.state.not_in(RECIPIENT.ends),
        )
        for part in w.session.scalars(wanted):
            RECIPIENT.move(w, part, "release", place=part.place_id)
            part.ended_at = w.now
            said = Saying(uid=str(uuid5(NAMESPACE_URL, f"{KIND}/{part.id}/{one.form_token}")), text=why)
            made, _ = remark(w, part, "waiver", said)
            w.tell(RecipientWaived(remark=made.id, **part.about))


def end_all(w: Work, order: int) -> None:
    """The order itself has ended: nothing is left to supervise."""
    for one in running(w, order):
        cancel(w, one)
