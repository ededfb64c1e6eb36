"""Orders that a rule gives and no person writes: from a template of the pack, in force at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from region.dispatch.actions.writing import Part, put_in_force
from region.dispatch.events import DirectiveComposed
from region.dispatch.models import Directive
from region.dispatch.schemas import Choice, Draft
from region.dispatch.states import DIRECTIVE
from region.dispatch.wording import PACK, worded
from region.spine.work import Work

NONE = 0
"""In a draft: no response is open."""


def give(
    w: Work,
    draft: Draft,
    place: int,
    parts: Sequence[Part],
    *,
    parent: int | None = None,
    latest: datetime | None = None,
) -> Directive:
    """Write an order and put it in force in the name of `place`; the pack that asks for it is its approval.

    Needs the capabilities of writing and of issuing there. No limit lies after `latest`.
    """
    w.need("dispatch.compose", place)
    order = w.add(_row(w, draft, place, parts, parent))
    w.tell(DirectiveComposed(urgency=order.urgency, recipients=len(parts), **order.about))
    DIRECTIVE.move(w, order, "approve", place=place)
    DIRECTIVE.move(w, order, "issue", place=place)
    put_in_force(w, order, parts, latest)
    return order


def drafted(token: str, incident: int | None, template: str, given: dict[str, Any], **facts: Any) -> Draft:
    """A draft from a template that chooses nobody: its recipients are named when it is given."""
    said = {
        "form_token": token,
        "incident_id": incident or NONE,
        "template": template,
        "given": given,
        **facts,
    }
    return Draft.model_validate({**said, "choice": Choice()})


def _row(w: Work, draft: Draft, place: int, parts: Sequence[Part], parent: int | None) -> Directive:
    text = worded(w, draft)
    return Directive(
        form_token=draft.form_token,
        place_id=place,
        incident_id=draft.incident_id or None,
        kind=text.kind,
        urgency=text.urgency,
        template=draft.template,
        title_zh=text.title_zh,
        title_en=text.title_en,
        body_zh=text.body_zh,
        body_en=text.body_en,
        ground=text.ground,
        evidence=text.evidence,
        chosen=sorted({part.place for part in parts}),
        pack_digest=w.rules.pack(PACK).digest,
        composed_by=w.actor.name,
        task_minutes=text.task_minutes,
        parent_id=parent,
        supersedes_id=draft.supersedes_id,
        state=DIRECTIVE.start,
        since=w.now,
    )
