"""The numbers that an order asks for, as tasks: each with its target, its own deadline and who else counts it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from region.dispatch.models import Directive
from region.spine.errors import Invalid

BEYOND_BELIEF = 10
"""More than so many times its target is a slip of the finger, not a number."""


@dataclass(frozen=True)
class Task:
    """One number of an order. `target` is for each site; `due` its own deadline, or the order's."""

    name: str
    zh: str
    en: str
    unit_zh: str
    unit_en: str
    required: bool
    target: float | None
    due: datetime | None
    own_due: bool
    measure: str | None

    def target_of(self, targets: Mapping[str, Any]) -> float | None:
        """How much a site with these targets of its own is to do; None when nothing was set."""
        own = targets.get(self.name)
        return self.target if own is None else float(own)

    def check(self, value: float, targets: Mapping[str, Any]) -> None:
        """Invalid when it is no count at all, or so far beyond the target that it must be a slip."""
        if not math.isfinite(value) or value < 0:
            raise Invalid("number-impossible", field=self.name)
        target = self.target_of(targets)
        if target and value > target * BEYOND_BELIEF:
            raise Invalid("number-beyond-belief", field=self.name, target=target)


def tasks_of(directive: Directive) -> tuple[Task, ...]:
    """The numeric tasks of an order, as it asks for them."""
    return tuple(_task(directive, item) for item in directive.evidence if item["type"] == "number")


def task_named(directive: Directive, name: str) -> Task:
    """One of them; Invalid when the order asks for no such number."""
    for task in tasks_of(directive):
        if task.name == name:
            return task
    raise Invalid("evidence-unknown", field=name)


def _task(directive: Directive, item: Mapping[str, Any]) -> Task:
    length, unit = _length(item.get("limit")), item.get("unit") or {}
    own = directive.issued_at + length if length and directive.issued_at else None
    label = item.get("label") or {}
    return Task(
        name=item["name"],
        zh=label.get("zh") or item["name"],
        en=label.get("en") or item["name"],
        unit_zh=unit.get("zh", ""),
        unit_en=unit.get("en", ""),
        required=item.get("required", True),
        target=item.get("target"),
        due=own or directive.task_due,
        own_due=own is not None,
        measure=item.get("measure"),
    )


def _length(raw: Any) -> timedelta | None:
    """A deadline as a template (parts such as hours) or a form (minutes) gives it."""
    if isinstance(raw, Mapping):
        return timedelta(**{str(part): float(n) for part, n in raw.items()})
    return timedelta(minutes=float(raw)) if isinstance(raw, int | float) else None
