"""The stage with an order that has numeric tasks: how many tubes, and how many people who answer for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from region.dispatch.actions import answering, progressing, writing
from region.dispatch.models import Directive, Recipient
from region.dispatch.schemas import TaskReport, Told
from region.places.models import Place
from tests.flows.stage import Stage

SAMPLED: dict[str, Any] = {
    "name": "sampled",
    "type": "number",
    "label": {"zh": "已采样", "en": "Sampled"},
    "unit": {"zh": "人", "en": "people"},
    "required": True,
    "target": 100.0,
    "limit": None,
    "measure": "sampled",
}
STAFF: dict[str, Any] = {
    **SAMPLED,
    "name": "staff",
    "label": {"zh": "在岗", "en": "On duty"},
    "target": None,
    "measure": None,
    "required": False,
}


def ordered(stage: Stage, *items: dict[str, Any], template: str | None = None, **facts: Any) -> Directive:
    """An order in force that asks for these numbers."""
    with stage.world.as_("duty_officer", stage.district, "duty") as w:
        directive = writing.compose(w, stage.draft(**facts), stage.district.id)
        directive.evidence, directive.template = list(items or (SAMPLED,)), template
        writing.submit(w, directive)
        writing.issue(w, directive)
    stage.world.run()
    return directive


def tell(
    stage: Stage, directive: Directive, site: Place, value: float, uid: str, task: str = "sampled"
) -> None:
    """The site says how far it has come."""
    with stage.world.as_("clinic", site) as w:
        found = stage.recipient(w, directive, site)
        progressing.report_progress(w, found, Told(uid=uid, task=task, value=value))


def report(stage: Stage, directive: Directive, site: Place, uid: str, **numbers: float) -> None:
    """The site reports."""
    with stage.world.as_("clinic", site) as w:
        answering.report(w, stage.recipient(w, directive, site), TaskReport(uid=uid, numbers=numbers))
    stage.world.run()


def part(stage: Stage, directive: Directive, site: Place) -> Recipient:
    """The site's part as it stands."""
    with stage.world.as_system() as w:
        wanted = select(Recipient).where(
            Recipient.directive_id == directive.id, Recipient.place_id == site.id
        )
        return w.session.scalars(wanted).one()
