"""What the desk does with one site's part: accept, return, waive, answer, telephone, pass up."""

from __future__ import annotations

from sqlalchemy import select

from region.dispatch.actions.answering import remark
from region.dispatch.events import (
    EscalationSeen,
    RecipientEscalated,
    RecipientPhoned,
    RecipientWaived,
    ReportAccepted,
    ReportReturned,
    TroubleAnswered,
)
from region.dispatch.models import Escalation, Recipient, Remark, Report
from region.dispatch.queries.children import no_open_children
from region.dispatch.schemas import Saying
from region.dispatch.states import RECIPIENT
from region.dispatch.wording import PACK
from region.places.hierarchy import superiors
from region.spine.errors import Forbidden, Refused
from region.spine.machine import same_version
from region.spine.work import Work


def accept(w: Work, recipient: Recipient, version: int | None = None) -> None:
    """The proof holds: this site is done. Refused while what it reports does not agree with what was counted."""
    same_version(recipient, version)
    _not_its_own_answer(w, recipient)
    if recipient.state == "reported" and recipient.contradicted_at is not None:
        raise Refused("contradicted", recipient=recipient.id)
    no_open_children(w, recipient)
    RECIPIENT.move(w, recipient, "accept", place=recipient.directive.place_id)
    found = _judge(w, recipient, "accepted")
    recipient.ended_at = w.now
    w.tell(ReportAccepted(report=found.id, **recipient.about))


def send_back(w: Work, recipient: Recipient, said: Saying, version: int | None = None) -> None:
    """The proof does not hold: the site must report again, and reads why."""
    same_version(recipient, version)
    _not_its_own_answer(w, recipient)
    RECIPIENT.move(w, recipient, "send_back", place=recipient.directive.place_id)
    remark(w, recipient, "return", said)
    found = _judge(w, recipient, "returned")
    w.tell(ReportReturned(report=found.id, **recipient.about))


def _not_its_own_answer(w: Work, recipient: Recipient) -> None:
    """The office that answers stands above whoever asked: the asker alone judges the answer, by actions/upward.py."""
    if recipient.directive.kind in w.rules.value(PACK, "kinds.upward"):
        raise Forbidden("not-allowed", needs="dispatch.request")


def _judge(w: Work, recipient: Recipient, verdict: str) -> Report:
    newest = select(Report).where(Report.recipient_id == recipient.id).order_by(Report.id.desc()).limit(1)
    found = w.session.scalars(newest).one()
    found.verdict, found.reviewed_by, found.reviewed_at = verdict, w.actor.name, w.now
    return found


def waive(w: Work, recipient: Recipient, said: Saying, version: int | None = None) -> None:
    """This site need not do it; the reason stands for ever."""
    same_version(recipient, version)
    RECIPIENT.move(w, recipient, "waive", place=recipient.directive.place_id)
    recipient.ended_at = w.now
    made, _ = remark(w, recipient, "waiver", said)
    w.tell(RecipientWaived(remark=made.id, **recipient.about))


def answer_trouble(w: Work, recipient: Recipient, said: Saying) -> Remark:
    """Answer a site in trouble."""
    w.need("dispatch.review", recipient.directive.place_id)
    made, fresh = remark(w, recipient, "answer", said)
    if fresh:
        recipient.trouble_at = None
        recipient.version += 1
        w.tell(TroubleAnswered(remark=made.id, **recipient.about))
    return made


def note_call(w: Work, recipient: Recipient, said: Saying) -> Remark:
    """Keep that the desk telephoned, and what was said."""
    w.need("dispatch.escalate", recipient.directive.place_id)
    made, fresh = remark(w, recipient, "phoned", said)
    if fresh:
        w.tell(RecipientPhoned(remark=made.id, **recipient.about))
    return made


def escalate(w: Work, recipient: Recipient, said: Saying) -> None:
    """Pass one site's lateness up to the place above it, by hand."""
    w.need("dispatch.escalate", recipient.directive.place_id)
    if recipient.state in RECIPIENT.ends:
        raise Refused("recipient-ended", recipient=recipient.id, state=recipient.state)
    made, fresh = remark(w, recipient, "escalation", said)
    if not fresh:
        return
    above = superiors(w, [recipient.place_id]).get(recipient.place_id, recipient.directive.place_id)
    pass_up(w, recipient.directive_id, f"by_hand_{made.id}", {above: [recipient.id]})
    recipient.pressure = max(recipient.pressure, 2)
    recipient.version += 1
    w.tell(RecipientEscalated(remark=made.id, **recipient.about))


def pass_up(w: Work, directive: int, step: str, late: dict[int, list[int]]) -> None:
    """Tell places (keys) which recipients below them are late; each place and step once."""
    told = set(
        w.session.scalars(
            select(Escalation.place_id).where(Escalation.directive_id == directive, Escalation.step == step)
        )
    )
    for place, recipients in sorted(late.items()):
        if place not in told:
            row = Escalation(
                directive_id=directive,
                place_id=place,
                step=step,
                recipients=sorted(recipients),
                made_at=w.now,
            )
            w.session.add(row)


def see_escalation(w: Work, escalation: Escalation) -> None:
    """The place above has seen it."""
    w.need("dispatch.acknowledge", escalation.place_id)
    if escalation.seen_at is None:
        escalation.seen_at, escalation.seen_by = w.now, w.actor.name
        told = EscalationSeen(
            escalation=escalation.id, directive=escalation.directive_id, place=escalation.place_id
        )
        w.tell(told)
