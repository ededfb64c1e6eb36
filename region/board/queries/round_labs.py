"""The laboratories of a round as boards show them: the load of the day (K18) and what waits there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from region.places.models import Place
from region.sampling.models import LabDay, RoundLab
from region.spine.work import Work

BACK = timedelta(days=3)
"""What was received longer ago than this and never reported is no longer counted as waiting: it is a piece of work."""


@dataclass(frozen=True)
class Lab:
    """One laboratory: tubes received today, capacity of a day as declared; `waiting` were received and not reported."""

    id: int
    zh: str
    en: str
    aid: bool
    capacity: int
    received: int
    reported: int
    waiting: int

    @property
    def load(self) -> float | None:
        """K18: received today over declared, 1 = full; None where nothing was declared."""
        return self.received / self.capacity if self.capacity else None


def labs_of(w: Work, round_id: int) -> list[Lab]:
    """The round's laboratories that the actor may know of, the fullest first."""
    columns = (Place.id, Place.name_zh, Place.name_en, RoundLab.aid, RoundLab.tubes_a_day)
    wanted = (
        select(*columns).join(RoundLab, RoundLab.place_id == Place.id).where(RoundLab.round_id == round_id)
    )
    rows = w.session.execute(wanted.order_by(Place.code, Place.id)).all()
    today = w.office.clock.day(w.now)
    sums = (func.sum(LabDay.received), func.sum(LabDay.reported), func.sum(LabDay.rejected))
    since = select(LabDay.place_id, *sums).where(LabDay.day > today - BACK, LabDay.day <= today)
    since = since.where(LabDay.place_id.in_([row.id for row in rows])).group_by(LabDay.place_id)
    waiting = {place: max(0, came - told - bad) for place, came, told, bad in w.session.execute(since)}
    now = select(LabDay.place_id, LabDay.received, LabDay.reported).where(LabDay.day == today)
    days = {row.place_id: row for row in w.session.execute(now)}
    found = []
    for row in rows:
        day = days.get(row.id)
        came, told = (day.received, day.reported) if day is not None else (0, 0)
        found.append(Lab(*row, came, told, int(waiting.get(row.id, 0))))
    return sorted(found, key=lambda one: -(one.load or 0.0))
