"""Upward traffic: a site asks for instructions or reports an incident; the office above signs, answers, or asks on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from region.dispatch.actions.answering import keep_signature, remark
from region.dispatch.actions.writing import Part, put_in_force
from region.dispatch.events import ReportAccepted, ReportReturned, TaskReported
from region.dispatch.models import Directive, Recipient, Report
from region.dispatch.queries.children import no_open_children
from region.dispatch.queries.upward import desks
from region.dispatch.schemas import Asking, Further, Hand, Ruling, Saying
from region.dispatch.states import DIRECTIVE, RECIPIENT, UNSIGNED
from region.dispatch.wording import PACK, minutes
from region.files.models import File
from region.incidents.models import Incident
from region.places.hierarchy import superiors
from region.places.models import Place
from region.spine.errors import Forbidden, Invalid, Refused
from region.spine.scope import path_of
from region.spine.work import Work

AGREE = "agree"
ANSWER: list[dict[str, Any]] = [
    {
        "name": AGREE,
        "type": "number",
        "label": {"zh": "批复（1 同意，0 不同意）", "en": "Ruling (1 agreed, 0 refused)"},
        "unit": {"zh": "–", "en": "–"},
        "required": True,
    },
    {
        "name": "reply",
        "type": "text",
        "label": {"zh": "批复意见", "en": "Words of the reply"},
        "unit": None,
        "required": False,
    },
]
"""What an answer consists of, in the form of any order's evidence: so every inbox can show and fill it in."""


def ask_above(w: Work, place: int, said: Asking) -> Directive:
    """Send a request or an incident report to the office above `place`; it is in force at once, no second person.

    The same form sent twice is sent once. Refused (`nobody-above`) where the tree knows no office above.
    """
    w.need("dispatch.request", place)
    standing = w.session.scalar(select(Directive).where(Directive.form_token == said.form_token))
    if standing is not None:
        return standing
    _own_files(w, place, said.files)
    asks = said.asks or said.kind in w.rules.value(PACK, "kinds.needing_task")
    made = _row(w, place, said.form_token, said.kind, said.urgency)
    made.title_zh = made.title_en = said.title
    made.body_zh = made.body_en = said.text
    made.evidence, made.files = ANSWER if asks else [], list(said.files)
    return _send(w, made)


def ask_further(w: Work, recipient: Recipient, said: Further) -> Directive:
    """The office cannot decide: the same request goes to the office above it, and is answered back down."""
    w.need("dispatch.request", recipient.place_id)
    standing = w.session.scalar(select(Directive).where(Directive.form_token == said.form_token))
    if standing is not None:
        return standing
    asked = _upward(w, recipient)
    _sign(w, recipient)
    if recipient.state not in ("acknowledged", "in_progress", "returned"):
        raise Refused("not-from-here", machine="recipient", verb="report", state=recipient.state)
    no_open_children(w, recipient)
    recipient.version += 1  # crosses an answer or a second request at the same moment
    made = _row(w, recipient.place_id, said.form_token, asked.kind, asked.urgency)
    for name in ("title_zh", "title_en", "body_zh", "body_en", "evidence", "files", "incident_id"):
        setattr(made, name, getattr(asked, name))
    made.parent_id, made.passed_by_id = asked.id, recipient.id
    return _send(w, made)


def _row(w: Work, place: int, form_token: str, kind: str, urgency: str) -> Directive:
    return Directive(
        form_token=form_token,
        place_id=place,
        incident_id=_incident(w, place),
        kind=kind,
        urgency=urgency,
        ground="",
        pack_digest=w.rules.pack(PACK).digest,
        composed_by=w.actor.name,
        task_minutes=minutes(w.rules.duration(PACK, f"report.{urgency}")),
        state=DIRECTIVE.start,
        since=w.now,
    )


def _send(w: Work, made: Directive) -> Directive:
    above = superiors(w, [made.place_id]).get(made.place_id)
    if above is None:
        raise Refused("nobody-above", place=made.place_id)
    made.chosen = [above]
    w.add(made)
    DIRECTIVE.move(w, made, "ask", place=made.place_id)
    put_in_force(w, made, [Part(above)])
    return made


def _incident(w: Work, place: int) -> int | None:
    """The newest open response that covers the place; None where nothing is open yet."""
    path = path_of(w.session, place) or ""
    with w.beyond_scope("a site may name the response under way above it"):
        wanted = select(Incident.id, Place.path).join(Place, Place.id == Incident.place_id)
        rows = w.session.execute(wanted.where(Incident.state == "open").order_by(Incident.id.desc())).all()
    return next((row.id for row in rows if path.startswith(row.path)), None)


def _own_files(w: Work, place: int, files: tuple[int, ...]) -> None:
    own = select(File.id).where(File.id.in_(files), File.place_id == place)
    if files and set(w.session.scalars(own)) != set(files):
        raise Invalid("no-such-file", field="files")


def _upward(w: Work, recipient: Recipient) -> Directive:
    asked = recipient.directive
    if asked.kind not in w.rules.value(PACK, "kinds.upward"):
        raise Refused("not-upward", recipient=recipient.id)
    if asked.state != "issued":
        raise Refused("directive-ended", directive=asked.id, state=asked.state)
    return asked


def _need_office(w: Work, place: int) -> None:
    """Whoever judges reports at an office may answer for it, and so may whoever carries out orders there."""
    w.need("dispatch.review" if w.may("dispatch.review", place) else "dispatch.report", place)


def sign_above(w: Work, recipient: Recipient) -> None:
    """The office has it; what asks for nothing more is done with that."""
    _need_office(w, recipient.place_id)
    _upward(w, recipient)
    _sign(w, recipient)


def _sign(w: Work, recipient: Recipient) -> None:
    if recipient.state not in UNSIGNED:
        return
    recipient.state = RECIPIENT.find("acknowledge", recipient.state).target
    recipient.since, recipient.version = w.now, recipient.version + 1
    keep_signature(w, recipient, w.now, Hand())


def rule(w: Work, recipient: Recipient, said: Ruling) -> Report:
    """The office answers: it agrees, or refuses and says why. Signing is implied; the same `uid` answers once."""
    standing = w.session.scalar(select(Report).where(Report.uid == said.uid))
    if standing is not None:
        return standing
    _need_office(w, recipient.place_id)
    _upward(w, recipient)
    if not said.agree and not said.text:
        raise Invalid("field-missing", field="text")
    _sign(w, recipient)
    no_open_children(w, recipient)
    recipient.state = RECIPIENT.find("report", recipient.state).target
    recipient.since, recipient.version = w.now, recipient.version + 1
    recipient.reported_at = w.now
    made = w.add(_answer(w, recipient, said))
    w.tell(TaskReported(report=made.id, **recipient.about))
    return made


def _answer(w: Work, recipient: Recipient, said: Ruling) -> Report:
    return Report(
        uid=said.uid,
        recipient_id=recipient.id,
        place_id=recipient.place_id,
        text=said.text,
        numbers={AGREE: float(said.agree)},
        files=[],
        made_by=w.actor.name,
        made_at=w.now,
    )


def accept_answer(w: Work, directive: Directive) -> None:
    """Whoever asked takes the answer; that closes the request. Once is enough."""
    _need_asker(w, directive)
    with w.beyond_scope("whoever asked may know the part of the office that answers"):
        recipient = _answering(w, directive)
        if recipient.state == "accepted":
            return
        report = _judged(w, recipient, "accept", "accepted")
        recipient.ended_at = w.now
        w.tell(ReportAccepted(report=report.id, **recipient.about))


def return_answer(w: Work, directive: Directive, said: Saying) -> None:
    """The answer does not help: back it goes, with the reason."""
    _need_asker(w, directive)
    with w.beyond_scope("whoever asked may know the part of the office that answers"):
        recipient = _answering(w, directive)
        if remark(w, recipient, "return", said)[1]:
            report = _judged(w, recipient, "send_back", "returned")
            w.tell(ReportReturned(report=report.id, **recipient.about))


def _need_asker(w: Work, directive: Directive) -> None:
    """Only the place that asked: an office must not take its own answer because it stands above the asker."""
    w.need("dispatch.request", directive.place_id)
    if directive.place_id not in desks(w):
        raise Forbidden("not-allowed", needs="dispatch.request")


def _answering(w: Work, directive: Directive) -> Recipient:
    if directive.kind not in w.rules.value(PACK, "kinds.upward"):
        raise Refused("not-upward", recipient=directive.id)
    return w.session.scalars(select(Recipient).where(Recipient.directive_id == directive.id)).one()


def _judged(w: Work, recipient: Recipient, verb: str, verdict: str) -> Report:
    recipient.state = RECIPIENT.find(verb, recipient.state).target
    recipient.since, recipient.version = w.now, recipient.version + 1
    newest = select(Report).where(Report.recipient_id == recipient.id).order_by(Report.id.desc()).limit(1)
    report = w.session.scalars(newest).one()
    report.verdict, report.reviewed_by, report.reviewed_at = verdict, w.actor.name, w.now
    return report
