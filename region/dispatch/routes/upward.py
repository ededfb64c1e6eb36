"""Upward traffic by the web: asking, signing and answering at the office above, taking or returning the answer."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import jsonify

from region.dispatch.actions import upward
from region.dispatch.models import Directive, Recipient
from region.dispatch.queries import upward as asking
from region.dispatch.routes.commands import answer, body, state_of
from region.dispatch.schemas import Asking, Further, Ruling, Saying
from region.spine.errors import Missing
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("upward", __name__)


@routes.get("/upward/data", needs="dispatch.request")
def data(w: Work) -> Any:
    """What the actor's places have sent up, and what has come up to them."""
    return jsonify(
        sent=[_plain(one) for one in asking.sent_up(w)], came=[_plain(one) for one in asking.came_up(w)]
    )


def _plain(one: asking.Upward) -> dict[str, Any]:
    facts = asdict(one)
    for name in ("asked_at", "sign_due", "answer_due"):
        facts[name] = facts[name] and facts[name].isoformat()
    if facts["answer"]:
        facts["answer"]["at"] = facts["answer"]["at"].isoformat()
    return facts


@routes.post("/upward", needs="dispatch.request")
def ask(w: Work) -> Any:
    """Send a request for instructions or an incident report to the office above."""
    said = body(Asking)
    mine = asking.desks(w)
    place = said.place if said.place is not None else next(iter(mine), None)
    if place is None or place not in mine:
        raise Missing("no-such", what="place", id=said.place or "-")
    made = upward.ask_above(w, place, said)
    return answer(id=made.id, state=made.state, number=made.number)


@routes.post("/recipients/<int:id>/sign-upward", needs="dispatch.request")
def sign(w: Work, id: int) -> Any:
    """The office above has it."""
    recipient = w.get(Recipient, id)
    upward.sign_above(w, recipient)
    return state_of(recipient)


@routes.post("/recipients/<int:id>/rule", needs="dispatch.request")
def rule(w: Work, id: int) -> Any:
    """The office above answers: it agrees, or refuses with its reason."""
    recipient = w.get(Recipient, id)
    upward.rule(w, recipient, body(Ruling))
    return state_of(recipient)


@routes.post("/recipients/<int:id>/ask-further", needs="dispatch.request")
def ask_further(w: Work, id: int) -> Any:
    """The office above passes it on to the one above it."""
    recipient = w.get(Recipient, id)
    made = upward.ask_further(w, recipient, body(Further))
    return answer(id=made.id, state=made.state, number=made.number)


@routes.post("/directives/<int:id>/take-answer", needs="dispatch.request")
def take(w: Work, id: int) -> Any:
    """Whoever asked takes the answer."""
    asked = w.get(Directive, id)
    upward.accept_answer(w, asked)
    return answer(id=asked.id)


@routes.post("/directives/<int:id>/return-answer", needs="dispatch.request")
def give_back(w: Work, id: int) -> Any:
    """Whoever asked sends the answer back, with the reason."""
    asked = w.get(Directive, id)
    upward.return_answer(w, asked, body(Saying))
    return answer(id=asked.id)
