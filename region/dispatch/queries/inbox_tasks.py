"""How far each numeric task of a site's orders has come, who says so, and where a report is contradicted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from region.dispatch.counting import Counted
from region.dispatch.models import Progress, Recipient, Report
from region.dispatch.queries.known_numbers import Newest, counted, newest
from region.dispatch.queries.late_below import DOING
from region.dispatch.states import RECIPIENT
from region.dispatch.tasks import Task, tasks_of
from region.spine.work import Work


@dataclass(frozen=True)
class TaskLine:
    """One number of one site's part: what is known of it, its target and its own deadline.

    `source` says who knows the value: ``told`` the site itself, ``counted`` others for it, ``children`` the sites
    to which it was passed on; empty where nobody knows. `reported` stands where the report says another number.
    """

    name: str
    zh: str
    en: str
    unit_zh: str
    unit_en: str
    required: bool
    value: float | None
    target: float | None
    source: str
    due: datetime | None
    own_due: bool
    reported: float | None = None

    @property
    def reached(self) -> bool:
        """Whether the target is reached; never without one."""
        return self.target is not None and (self.value or 0) >= self.target


def task_lines(
    w: Work, recipients: Sequence[Recipient], passed: Collection[int]
) -> dict[int, list[TaskLine]]:
    """The lines of each recipient (id) that is still open; `passed` are those that passed the order on."""
    asked = [one for one in recipients if one.state not in RECIPIENT.ends and tasks_of(one.directive)]
    told = newest(w, Progress.recipient_id.in_([one.id for one in asked])) if asked else {}
    said = _said(w, [one.id for one in asked if one.contradicted_at is not None])
    return {
        one.id: _lines(w, one, told.get(one.id, {}), one.id in passed, said.get(one.id, {})) for one in asked
    }


def _lines(
    w: Work, one: Recipient, told: dict[str, Newest], passed: bool, said: dict[str, float]
) -> list[TaskLine]:
    looked = one.state in DOING or one.contradicted_at is not None
    data = counted(w, one) if looked else {}
    lines = []
    for task in tasks_of(one.directive):
        below = _below(w, one, task) if looked and passed and task.name not in data else None
        value, source = _known(data.get(task.name), below, told.get(task.name))
        reported = said.get(task.name)
        differs = source == "counted" and reported is not None and reported != value
        lines.append(_line(task, one, value, source, reported if differs else None))
    return lines


def _known(data: float | None, below: float | None, told: Newest | None) -> tuple[float | None, str]:
    """What was counted goes before what the site told, and that before the sum of those below."""
    if data is not None:
        return data, "counted"
    if told is not None:
        return told.value, "told"
    return below, "children" if below is not None else ""


def _below(w: Work, one: Recipient, task: Task) -> float | None:
    since = one.directive.issued_at or w.now
    return w.ask(Counted("children", one.place_id, since, w.now, one.id, task.name))


def _line(task: Task, one: Recipient, value: float | None, source: str, reported: float | None) -> TaskLine:
    return TaskLine(
        name=task.name,
        zh=task.zh,
        en=task.en,
        unit_zh=task.unit_zh,
        unit_en=task.unit_en,
        required=task.required,
        value=value,
        target=task.target_of(one.targets),
        source=source,
        due=task.due,
        own_due=task.own_due,
        reported=reported,
    )


def _said(w: Work, recipients: Collection[int]) -> dict[int, dict[str, float]]:
    if not recipients:
        return {}
    wanted = select(Report).where(Report.recipient_id.in_(recipients)).order_by(Report.id)
    return {one.recipient_id: dict(one.numbers) for one in w.session.scalars(wanted)}
