"""Reading the journal: page by page, and whole days for their seals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from region.audit import merkle
from region.audit.models import DaySeal
from region.spine.journal import Entry
from region.spine.scope import places_in
from region.spine.work import Work

PAGE = 50


def page(
    w: Work, *, before: int | None = None, event: str = "", subject: str = "", actor: str = ""
) -> Sequence[Entry]:
    """The newest entries within the actor's places, `before` an id; filters match the beginning of a column."""
    wanted = select(Entry).order_by(Entry.id.desc()).limit(PAGE)
    paths = w.actor.paths_for(w.rules.roles_that("audit.read"))
    wanted = wanted.where(places_in(paths)(Entry.place_id))
    if before is not None:
        wanted = wanted.where(Entry.id < before)
    for column, text in ((Entry.event, event), (Entry.subject, subject), (Entry.actor, actor)):
        if text:
            wanted = wanted.where(column.startswith(text, autoescape=True))
    return w.session.scalars(wanted).all()


def root_of(w: Work, day: date) -> tuple[str, int]:
    """The root and the number of all entries recorded on one day of the region."""
    zone = w.office.clock.zone
    start = datetime.combine(day, time.min, zone)
    end = datetime.combine(day + timedelta(days=1), time.min, zone)
    wanted = select(Entry).where(Entry.recorded_at >= start, Entry.recorded_at < end).order_by(Entry.id)
    leaves = [leaf_of(entry) for entry in w.session.scalars(wanted).yield_per(1000)]
    return merkle.root(leaves), len(leaves)


def leaf_of(entry: Entry) -> bytes:
    """The hash of one line of the journal, as the seals take it."""
    return merkle.leaf(_canonical(entry))


def seals(w: Work, first: date, last: date) -> Sequence[DaySeal]:
    """The seals of these days of this realm, in order; a day that is not over yet has none."""
    wanted = select(DaySeal).where(DaySeal.day >= first, DaySeal.day <= last)
    return w.session.scalars(wanted.order_by(DaySeal.day)).all()


def _canonical(entry: Entry) -> dict[str, Any]:
    kept = {
        name: getattr(entry, name)
        for name in (
            "id",
            "realm",
            "place_id",
            "incident_id",
            "actor",
            "role",
            "event",
            "version",
            "subject",
            "cause_id",
        )
    }
    times = {name: getattr(entry, name).isoformat() for name in ("happened_at", "recorded_at")}
    return {**kept, **times, "data": entry.data}
