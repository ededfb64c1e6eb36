"""K41: the share of follow-ups that were made, by service class."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Day
from datetime import datetime, time, timedelta

from sqlalchemy import case, func, or_, select

from region.care.models import CLASSES, CareTask
from region.care.queries.due import FOLLOW_UP
from region.spine.work import Work


@dataclass(frozen=True)
class Served:
    """Of the follow-ups due, how many were made; None as a share where none was due."""

    level: str
    done: int
    due: int

    @property
    def share(self) -> float | None:
        """Between 0 and 1."""
        return self.done / self.due if self.due else None


def served(w: Work, first: Day, last: Day) -> list[Served]:
    """Follow-ups due from a day to a day of the region (both included) and before now, by class, red first.

    One that was made counts from then on; one that was cancelled does not count.
    """
    zone = w.office.clock.zone
    begins = datetime.combine(first, time(), zone)
    ends = datetime.combine(last + timedelta(days=1), time(), zone)
    done = func.sum(case((CareTask.state == "done", 1), else_=0))
    over = or_(CareTask.state == "done", CareTask.due_at <= w.now)
    wanted = select(CareTask.ref, done, func.count()).where(
        CareTask.ref.startswith(FOLLOW_UP),
        CareTask.due_at >= begins,
        CareTask.due_at < ends,
        CareTask.state != "cancelled",
        over,
    )
    found = {
        ref: (int(made), int(all_)) for ref, made, all_ in w.session.execute(wanted.group_by(CareTask.ref))
    }
    return [Served(level, *found.get(f"{FOLLOW_UP}{level}", (0, 0))) for level in CLASSES]
