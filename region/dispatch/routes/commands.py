"""What screens and programs post to dispatch: each is one action in one work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import jsonify, redirect, request
from pydantic import BaseModel, ValidationError
from sqlalchemy import select

from region.dispatch.actions import answering, reviewing, writing
from region.dispatch.models import Delivery, Directive, Escalation, Recipient
from region.dispatch.schemas import Draft, Hand, Saying, Signature, TaskReport
from region.spine.errors import Invalid, Missing
from region.spine.web import Routes, wants_json
from region.spine.work import Work

routes = Routes("dispatch", __name__)
Body = TypeVar("Body", bound=BaseModel)


def body(kind: type[Body]) -> Body:
    """The request's JSON or form as `kind`; Invalid names every field that is wrong, and why."""
    raw = request.get_json(silent=True) if request.is_json else request.form.to_dict()
    if isinstance(raw, dict):
        raw = {name: value for name, value in raw.items() if name not in ("csrf_token", "next", "version")}
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        wrong = [
            {"field": ".".join(map(str, one["loc"])), "reason": one["type"]}
            for one in error.errors(include_input=False)
        ]
        raise Invalid("fields-wrong", field=wrong[0]["field"] if wrong else "-", fields=wrong) from error


def version() -> int | None:
    """The version of the row that the sender saw, when it says so; Invalid when that is no number."""
    said = request.get_json(silent=True) if request.is_json else request.form
    given = said.get("version") if isinstance(said, Mapping) else None
    if given in (None, ""):
        return None
    if not (isinstance(given, int) or (isinstance(given, str) and given.isascii() and given.isdigit())):
        raise Invalid("fields-wrong", field="version")
    return int(given)


def answer(**facts: Any) -> Any:
    """JSON for programs; for a form, back to where it came from (a path of our own only)."""
    target = request.form.get("next", "")
    if wants_json() or not target.startswith("/") or target.startswith("//"):
        return jsonify(ok=True, **facts)
    return redirect(target, 303)


def state_of(row: Directive | Recipient) -> Any:
    """The row's new state, for the page that posted."""
    return answer(id=row.id, state=row.state, version=row.version)


@routes.post("/directives", needs="dispatch.compose")
def compose(w: Work) -> Any:
    """Write a draft in the name of the place where the composer is granted to compose."""
    draft = body(Draft)
    directive = writing.compose(w, draft, own_place(w))
    return answer(
        id=directive.id, state=directive.state, second_person=writing.needs_second_person(w, directive)
    )


@routes.post("/directives/send", needs="dispatch.compose")
def send(w: Work) -> Any:
    """One click: write it, hand it in, and issue it at once where no second person is needed."""
    directive = writing.compose(w, body(Draft), own_place(w))
    if directive.state == "draft":
        writing.submit(w, directive)
    if directive.state == "approved":
        writing.issue(w, directive)
    return answer(id=directive.id, state=directive.state, number=directive.number)


def own_place(w: Work) -> int:
    """The highest place for which the actor may compose."""
    roles = w.rules.roles_that("dispatch.compose")
    paths = sorted((grant.path for grant in w.actor.grants if grant.role in roles), key=len)
    if not paths or not paths[0]:
        raise Missing("no-such", what="place", id="-")
    return int(paths[0].strip("/").rsplit("/", 1)[-1])


def _directive_route(verb: str, needs: str, act: Callable[[Work, Directive, int | None], None]) -> None:
    def view(w: Work, id: int) -> Any:
        directive = w.get(Directive, id)
        act(w, directive, version())
        return state_of(directive)

    view.__name__ = f"directive_{verb}"
    routes.post(f"/directives/<int:id>/{verb.replace('_', '-')}", needs=needs)(view)


def _approve_and_issue(w: Work, directive: Directive, seen: int | None) -> None:
    writing.approve(w, directive, seen)
    writing.issue(w, directive)


_directive_route("submit", "dispatch.compose", writing.submit)
_directive_route("approve", "dispatch.approve", _approve_and_issue)
_directive_route("send_back", "dispatch.approve", writing.send_back)
_directive_route("discard", "dispatch.compose", writing.discard)
_directive_route("issue", "dispatch.issue", writing.issue)


def _recipient_route(verb: str, needs: str, act: Callable[[Work, Recipient], Any]) -> None:
    def view(w: Work, id: int) -> Any:
        recipient = w.get(Recipient, id)
        act(w, recipient)
        return state_of(recipient)

    view.__name__ = f"recipient_{verb}"
    routes.post(f"/recipients/<int:id>/{verb.replace('_', '-')}", needs=needs)(view)


_recipient_route("receive", "dispatch.acknowledge", answering.receive)
_recipient_route(
    "acknowledge", "dispatch.read", lambda w, r: answering.acknowledge(w, r, body(Signature).signed_at)
)
_recipient_route("begin", "dispatch.report", answering.begin)
_recipient_route("report", "dispatch.report", lambda w, r: answering.report(w, r, body(TaskReport)))
_recipient_route("trouble", "dispatch.acknowledge", lambda w, r: answering.raise_trouble(w, r, body(Saying)))
_recipient_route("accept", "dispatch.review", lambda w, r: reviewing.accept(w, r, version()))
_recipient_route(
    "send_back", "dispatch.review", lambda w, r: reviewing.send_back(w, r, body(Saying), version())
)
_recipient_route("waive", "dispatch.waive", lambda w, r: reviewing.waive(w, r, body(Saying), version()))
_recipient_route("answer", "dispatch.review", lambda w, r: reviewing.answer_trouble(w, r, body(Saying)))
_recipient_route("phoned", "dispatch.escalate", lambda w, r: reviewing.note_call(w, r, body(Saying)))
_recipient_route("escalate", "dispatch.escalate", lambda w, r: reviewing.escalate(w, r, body(Saying)))


@routes.post("/escalations/<int:id>/seen", needs="dispatch.acknowledge")
def escalation_seen(w: Work, id: int) -> Any:
    """The place above has seen who is late below it."""
    escalation = w.get(Escalation, id)
    reviewing.see_escalation(w, escalation)
    return answer(id=escalation.id)


@routes.post("/api/v1/deliveries/<uid>/acknowledge", needs="dispatch.acknowledge")
def delivery_acknowledge(w: Work, uid: str) -> Any:
    """A site's own system signs for a delivery that it received."""
    delivery = w.session.scalar(select(Delivery).where(Delivery.uid == uid))
    if delivery is None:
        raise Missing("no-such", what="delivery", id=uid)
    recipient = w.get(Recipient, delivery.recipient_id)
    signed_at = body(Signature).signed_at
    answering.acknowledge(w, recipient, signed_at, Hand("api"))
    return state_of(recipient)
