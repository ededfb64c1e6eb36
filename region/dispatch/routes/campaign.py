"""Campaigns by the web: progress, nil reports, targets, numbers known already, contradictions, sites' own counts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import jsonify, request

from region.dispatch.actions import progressing, proving, tallying
from region.dispatch.actions.answering import only_its_holder
from region.dispatch.models import Directive, Recipient
from region.dispatch.queries.known_numbers import prefilled
from region.dispatch.routes.commands import answer, body, state_of, version
from region.dispatch.schemas import Nil, Saying, Targets, Told
from region.spine.errors import Invalid, Refused
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("campaign", __name__)


@routes.post("/recipients/<int:id>/progress", needs="dispatch.report")
def progress(w: Work, id: int) -> Any:
    """A site says how far one task has come: ``{uid, task, value}``."""
    recipient = w.get(Recipient, id)
    made = progressing.report_progress(w, recipient, body(Told))
    return answer(id=recipient.id, state=recipient.state, version=recipient.version, progress=made.id)


@routes.post("/recipients/<int:id>/nil", needs="dispatch.report")
def nil(w: Work, id: int) -> Any:
    """There was nothing: all numbers are 0, in one tap."""
    recipient = w.get(Recipient, id)
    progressing.report_nil(w, recipient, body(Nil).uid)
    return state_of(recipient)


@routes.get("/recipients/<int:id>/prefilled", needs="dispatch.report")
def known(w: Work, id: int) -> Any:
    """A report made ready with the numbers that are known: ``{numbers, sources, reached, ready}``."""
    recipient = w.get(Recipient, id)
    only_its_holder(w, recipient)
    return jsonify(asdict(prefilled(w, recipient)))


@routes.post("/recipients/<int:id>/clear", needs="dispatch.review")
def clear(w: Work, id: int) -> Any:
    """Somebody looked at a contradiction: the report stands, and why."""
    recipient = w.get(Recipient, id)
    proving.clear_contradiction(w, recipient, body(Saying), version())
    return state_of(recipient)


@routes.post("/directives/<int:id>/targets", needs="dispatch.read")
def targets(w: Work, id: int) -> Any:
    """Set how much each site is to do, or share a total out by a rule."""
    directive = w.get(Directive, id)
    return answer(id=directive.id, changed=progressing.share_out(w, directive, body(Targets)))


@routes.post("/api/v1/tallies", needs="dispatch.tally")
def tallies(w: Work) -> Any:
    """A site's own system says what it has counted: a list of ``{measure, at, value}``.

    `value` is in all since the beginning of the day of `at` (ISO 8601 with its offset). Answers how many were
    new and how many known; each refused one by its place in the list, the field and the reason. Keeps the rest.
    """
    if w.actor.site_id is None:
        raise Refused("site-alone", needs="dispatch.tally")
    given = request.get_json(silent=True)
    if not isinstance(given, list):
        raise Invalid("list-wanted", field="-")
    return jsonify(ok=True, **asdict(tallying.keep_tallies(w, w.actor.site_id, given)))
