"""New cases by the region's day (K01 to K04): a fact told late counts on the day it happened, which is then marked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import case, func, select

from region.spine.work import Work
from region.tracing.models import Case


@dataclass(frozen=True)
class Figure:
    """A number of a day; `revised` when the day was over before it became this."""

    value: int
    revised: bool = False


@dataclass(frozen=True)
class Day:
    """One day: new cases (K01), all until then (K02), found in the community (K03)."""

    day: date
    new: Figure
    total: Figure
    community: Figure

    @property
    def controlled_share(self) -> float | None:
        """The share found under control (K04), 0 to 1; None on a day without cases."""
        return None if not self.new.value else (self.new.value - self.community.value) / self.new.value


@dataclass(frozen=True)
class _Group:
    """Cases that agree in day, first day and where they were found; when one of them last changed a figure."""

    day: date
    first_day: date
    community: bool
    counted: int
    told: datetime
    revised: datetime | None

    @property
    def last(self) -> datetime:
        return self.told if self.revised is None else max(self.told, self.revised)


def midnight_after(w: Work, day: date) -> datetime:
    """The end of a day of the region."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=w.office.clock.zone)


def table(w: Work, incident: int, first: date, last: date) -> list[Day]:
    """Each day from `first` to `last`, as it is known now, for the cases that the actor may know of; one question."""
    groups = _groups(w, incident, last)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [_day(groups, day, midnight_after(w, day)) for day in days]


def _groups(w: Work, incident: int, last: date) -> list[_Group]:
    counts = (Case.state != "void") & (Case.kind != "suspected")
    counted = func.sum(case((counts, 1), else_=0))
    keys = (Case.day, Case.first_day, Case.community)
    wanted: Any = select(*keys, counted, func.max(Case.recorded_at), func.max(Case.revised_at))
    early = (Case.day <= last) | (Case.first_day <= last)
    ever = (Case.kind != "suspected") | Case.revised_at.is_not(None)
    rows = w.session.execute(wanted.where(Case.incident_id == incident, early, ever).group_by(*keys))
    return [_Group(row[0], row[1], bool(row[2]), int(row[3]), row[4], row[5]) for row in rows]


def _day(groups: list[_Group], day: date, end: datetime) -> Day:
    late = [one for one in groups if one.last >= end]
    touched = [one for one in late if day in (one.day, one.first_day)]
    before = [one for one in late if min(one.day, one.first_day) <= day]
    new = sum(one.counted for one in groups if one.day == day)
    total = sum(one.counted for one in groups if one.day <= day)
    community = sum(one.counted for one in groups if one.day == day and one.community)
    return Day(
        day,
        Figure(new, bool(touched)),
        Figure(total, bool(before)),
        Figure(community, any(one.community or one.revised is not None for one in touched)),
    )
