"""The clock of each step of an alert: set when the step begins, and told once when it is over."""

from __future__ import annotations

from region.spine.work import Work
from region.surveillance.events import AlertLate
from region.surveillance.models import Alert
from region.surveillance.states import ALERT

URGENT = "alert.answer_urgent"


def clock(w: Work, row: Alert) -> None:
    """The limit of the state that `row` is in now begins; a fixed threshold is answered within the shorter one."""
    row.late_at = None
    name = ALERT.limits.get(row.state)
    if name is None:
        row.due_at = None
        return
    if row.urgent and row.state == ALERT.start:
        name = URGENT
    row.due_at = w.now + w.rules.duration(ALERT.pack, name)
    w.session.flush()
    w.owe(
        "surveillance.look_at_alert",
        key=f"alert:{row.id}:{row.state}",
        at=row.due_at,
        alert=row.id,
        state=row.state,
    )


def look(w: Work, alert: int, state: str) -> None:
    """The time of a step is over: an alert that still waits there is late, which is told once."""
    row = w.get(Alert, alert)
    if row.state != state or row.late_at is not None:
        return
    row.late_at, row.version = w.now, row.version + 1
    w.tell(AlertLate(alert=row.id, state=state, place=row.place_id))
