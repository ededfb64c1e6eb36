"""What an order says: from a template with its placeholders, or in words of one's own; in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from region.dispatch.schemas import Draft
from region.spine.errors import Invalid
from region.spine.work import Work

PACK = "directives"


@dataclass(frozen=True)
class Text:
    """An order's wording, fixed in both languages, and what it asks for."""

    kind: str
    urgency: str
    title_zh: str
    title_en: str
    body_zh: str
    body_en: str
    ground: str
    evidence: list[dict[str, Any]]
    task_minutes: int


def worded(w: Work, draft: Draft) -> Text:
    """The text of a draft; Invalid names the field or placeholder that is missing or wrong."""
    return _from_template(w, draft) if draft.template else _free(w, draft)


def _from_template(w: Work, draft: Draft) -> Text:
    pack = w.rules.pack(PACK)
    template = pack.templates().get(draft.template or "")
    if template is None or template.task is None:
        raise Invalid("no-such-template", field="template", template=draft.template)
    given = {
        name: _read(w, name, template.placeholders[name].type if name in template.placeholders else "", value)
        for name, value in draft.given.items()
    }
    zh = w.rules.render(PACK, str(draft.template), "zh", given)
    en = w.rules.render(PACK, str(draft.template), "en", given)
    task = template.task
    return Text(
        kind=task.kind,
        urgency=draft.urgency or task.urgency,
        title_zh=zh.title,
        title_en=en.title,
        body_zh=zh.body,
        body_en=en.body,
        ground=draft.ground or "；".join(ground.text.zh for ground in task.legal_ground)[:200],
        evidence=[item.model_dump() for item in task.evidence],
        task_minutes=draft.task_minutes or minutes(w.rules.task_limit(PACK, str(draft.template))),
    )


def minutes(length: timedelta) -> int:
    """Whole minutes of a length of time."""
    return int(length.total_seconds() // 60)


def _free(w: Work, draft: Draft) -> Text:
    for name in ("title_zh", "title_en", "body_zh", "body_en", "urgency"):
        if not getattr(draft, name):
            raise Invalid("field-missing", field=name)
    urgency = str(draft.urgency)
    kind = draft.kind or "directive"
    if kind not in kinds_to_write(w):
        raise Invalid("no-such-kind", field="kind", kind=kind)
    limit = w.rules.duration(PACK, f"report.{urgency}")
    return Text(
        kind=kind,
        urgency=urgency,
        title_zh=str(draft.title_zh),
        title_en=str(draft.title_en),
        body_zh=str(draft.body_zh),
        body_en=str(draft.body_en),
        ground=draft.ground,
        evidence=w.rules.evidence(draft.evidence),
        task_minutes=draft.task_minutes or minutes(limit),
    )


def kinds_to_write(w: Work) -> set[str]:
    """The kinds that a person may give downwards in words of his or her own.

    Not those that rules give (a roll call needs no second person, for nobody words it) nor those that go upward.
    """
    kept = {*w.rules.value(PACK, "kinds.by_rule"), *w.rules.value(PACK, "kinds.upward")}
    return kinds(w).keys() - kept


def kinds(w: Work) -> Mapping[str, Any]:
    """The kinds of document, with their names in both languages."""
    found: Mapping[str, Any] = w.rules.value(PACK, "kinds")
    return found


def _read(w: Work, name: str, kind: str, raw: Any) -> Any:
    """A placeholder as a form or JSON gives it, in the type that its template wants; a length in minutes."""
    try:
        if kind == "datetime" and isinstance(raw, str):
            moment = datetime.fromisoformat(raw)
            zone = w.office.clock.zone
            return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
        if kind == "date" and isinstance(raw, str):
            return datetime.fromisoformat(raw).date()
        if kind == "integer" and isinstance(raw, str):
            return int(raw)
        if kind == "number" and isinstance(raw, str):
            return float(raw)
        if kind == "duration" and isinstance(raw, str | int):
            return timedelta(minutes=int(raw))
    except ValueError as error:
        raise Invalid("placeholder-ill-typed", name=name, expected=kind) from error
    return raw
