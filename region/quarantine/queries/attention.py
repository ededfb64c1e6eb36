"""Who of many under observation needs somebody first: symptoms, late clocks, missed checks, then the next to end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from region.quarantine.models import Stay
from region.quarantine.queries.checklists import WATCHED, windows
from region.quarantine.queries.worklist import PAGE, Filters, terms
from region.spine.work import Work

GROUPS = ("symptoms", "late", "missing", "rest")


@dataclass(frozen=True)
class After:
    """Where the page before ended: the group, its clock there, the stay."""

    group: int
    at: datetime | date
    id: int

    def as_text(self) -> str:
        """As it stands in an address."""
        return f"{self.group}~{self.at.isoformat()}~{self.id}"


@dataclass(frozen=True)
class Page:
    """At most `PAGE` stays, each with the group that it stands in, and where the next page begins."""

    rows: Sequence[tuple[Stay, str]]
    after: After | None


def of_text(text: str) -> After | None:
    """Where the page before ended; None for what is none."""
    number, _, rest = text[:60].partition("~")
    at, _, id = rest.rpartition("~")
    if number not in {"0", "1", "2", "3"} or not (id.isascii() and id.isdecimal() and len(id) <= 12):
        return None
    try:
        clock: datetime | date = datetime.fromisoformat(at) if int(number) < 2 else date.fromisoformat(at)
    except ValueError:
        return None
    return After(int(number), clock, int(id))


def page(w: Work, filters: Filters, after: After | None = None) -> Page:
    """A page, the most urgent group first, in each the oldest clock; the groups are read only as far as it takes."""
    found: list[tuple[Stay, int]] = []
    for number in range(after.group if after else 0, len(GROUPS)):
        if len(found) > PAGE:
            break
        here = after if after and after.group == number else None
        wanted = _of_group(w, filters, number, here).limit(PAGE + 1 - len(found))
        found.extend((stay, number) for stay in w.session.scalars(wanted))
    shown = found[:PAGE]
    more = len(found) > PAGE
    return Page([(stay, GROUPS[number]) for stay, number in shown], _after(*shown[-1]) if more else None)


def missed_since(w: Work) -> datetime:
    """Whoever was last checked before the last whole half-day opened has missed it."""
    hours = windows(w)
    return hours.opens(hours.current(hours.opens(hours.current(w.now)) - timedelta(seconds=1)))


def _of_group(w: Work, filters: Filters, number: int, after: After | None) -> Any:
    clock = (Stay.symptoms_at, Stay.late_at, Stay.ends_on, Stay.ends_on)[number]
    wanted = select(Stay).where(*terms(w, filters), *_in_group(w, number))
    if after is not None:
        wanted = wanted.where(or_(clock > after.at, and_(clock == after.at, Stay.id > after.id)))
    return wanted.order_by(clock, Stay.id)


def _in_group(w: Work, number: int) -> list[ColumnElement[bool]]:
    ill, late = Stay.symptoms_at.is_not(None), Stay.late_at.is_not(None)
    if number < 2:
        return [ill] if number == 0 else [~ill, late]
    watched, since = Stay.state.in_(WATCHED), missed_since(w)
    missed = and_(watched, func.coalesce(Stay.checked_at, Stay.since) < since)
    return [~ill, ~late, missed if number == 2 else ~missed]


def _after(stay: Stay, number: int) -> After:
    at = (stay.symptoms_at, stay.late_at, stay.ends_on, stay.ends_on)[number]
    return After(number, at or stay.ends_on, stay.id)
