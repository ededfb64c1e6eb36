"""Taking in an authority's CAP message: it becomes a draft, and only ever a draft."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from region.dispatch.actions import writing
from region.dispatch.models import Directive
from region.dispatch.schemas import Choice, Draft
from region.incidents.models import Incident
from region.interop.queries.cap_in import MOST_WORDS, Intake, intake
from region.spine.errors import Invalid
from region.spine.work import Work


def take_in(
    w: Work, data: bytes, place: int, incident: int | None = None, types: Collection[str] = ()
) -> Directive:
    """Write the draft that a CAP file makes for the body `place`; the same message again gives the same draft.

    Raises Invalid when the file is no CAP message, when its sites or response are not known; Refused when it is
    none that may become an order here (a drill in the real world, a calling off, one that has ended).
    """
    w.need("dispatch.compose", place)
    plan = intake(w, data, place, types)
    if plan.refused is not None:
        raise plan.refused
    if plan.standing is not None:
        return plan.standing
    return writing.compose(w, _draft(w, plan, incident), place)


def _draft(w: Work, plan: Intake, incident: int | None) -> Draft:
    if not plan.found.sites:
        raise Invalid("cap-nobody", field="sites")
    alert = plan.alert
    if any(len(text) > MOST_WORDS for text in plan.bodies.values()):
        raise Invalid("cap-too-long", field="description")
    said: dict[str, Any] = {
        "form_token": plan.token,
        "incident_id": incident if incident is not None else _incident(w, plan),
        "kind": plan.kind,
        "urgency": plan.urgency,
        "title_zh": plan.titles["zh"],
        "title_en": plan.titles["en"],
        "body_zh": plan.bodies["zh"],
        "body_en": plan.bodies["en"],
        "ground": f"CAP 1.2: {alert.sender} {alert.identifier} {alert.sent.isoformat()}"[:200],
        "task_minutes": plan.minutes,
        "choice": Choice(sites=plan.found.sites),
        "supersedes_id": plan.supersedes.id if plan.supersedes is not None else None,
    }
    return Draft.model_validate(said)


def _incident(w: Work, plan: Intake) -> int:
    """The response that the message names by its code, or the only one that is open."""
    wanted = select(Incident.id, Incident.code).where(Incident.state == "open")
    running = {code: id for id, code in w.session.execute(wanted)}
    named = [running[code] for code in plan.alert.incidents if code in running]
    if len(named) == 1:
        return named[0]
    if len(running) == 1:
        return next(iter(running.values()))
    raise Invalid("cap-which-response", field="incident")
