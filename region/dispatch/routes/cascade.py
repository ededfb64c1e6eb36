"""What screens and programs post when an order is passed on, signed for on behalf, or withdrawn."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import jsonify

from region.dispatch.actions import cascading, ending, signing_for
from region.dispatch.actions.answering import only_its_holder
from region.dispatch.models import Directive, Recipient
from region.dispatch.queries.passing import candidates
from region.dispatch.routes.commands import answer, body, state_of, version
from region.dispatch.schemas import CallSigned, PassOn, Withdrawal
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("cascade", __name__)


@routes.get("/recipients/<int:id>/pass-on", needs="dispatch.pass_on")
def pass_on_to(w: Work, id: int) -> Any:
    """To whom it may be passed on, until when, and in which words; telephones of people are masked."""
    recipient = w.get(Recipient, id)
    only_its_holder(w, recipient)
    found = asdict(candidates(w, recipient))
    return jsonify({**found, "latest": found["latest"] and found["latest"].isoformat()})


@routes.post("/recipients/<int:id>/pass-on", needs="dispatch.pass_on")
def pass_on(w: Work, id: int) -> Any:
    """Make an order out of the one received (JSON or form as ``PassOn``); gives the new order."""
    child = cascading.pass_on(w, w.get(Recipient, id), body(PassOn))
    return answer(id=child.id, state=child.state, number=child.number, version=child.version)


@routes.post("/recipients/<int:id>/sign-for", needs="dispatch.behalf")
def sign_for(w: Work, id: int) -> Any:
    """The desk signs after a telephone call: ``uid``, ``text``, ``spoke_with``."""
    recipient, said = w.get(Recipient, id), body(CallSigned)
    signing_for.sign_for(w, recipient, said, said.spoke_with)
    return state_of(recipient)


@routes.post("/recipients/<int:id>/stop-for", needs="dispatch.behalf")
def stop_for(w: Work, id: int) -> Any:
    """The desk signs after a telephone call that work has stopped: ``uid``, ``text``, ``spoke_with``."""
    recipient, said = w.get(Recipient, id), body(CallSigned)
    signing_for.stop_for(w, recipient, said, said.spoke_with)
    return state_of(recipient)


@routes.post("/recipients/<int:id>/confirm-stop", needs="dispatch.acknowledge")
def confirm_stop(w: Work, id: int) -> Any:
    """The site signs that work on a withdrawn order has stopped."""
    recipient = w.get(Recipient, id)
    ending.confirm_stop(w, recipient)
    return state_of(recipient)


@routes.post("/directives/<int:id>/withdraw", needs="dispatch.pass_on")
def withdraw(w: Work, id: int) -> Any:
    """Take an order back, with the reason as ``note``; only one that was passed on goes without the right to issue."""
    directive = w.get(Directive, id)
    ending.withdraw(w, directive, body(Withdrawal).note, version())
    return state_of(directive)
