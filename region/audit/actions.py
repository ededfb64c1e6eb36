"""Sealing the journal's days, and checking the seals."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select

from region.audit.events import DaySealed, SealBroken
from region.audit.models import DaySeal
from region.audit.queries import root_of
from region.spine.journal import Entry
from region.spine.work import Work


def seal_days(w: Work) -> list[DaySeal]:
    """Seal every finished day of this realm that has no seal yet; the running day stays open."""
    w.need("system.operate")
    today = w.office.clock.day(w.now - timedelta(hours=1))  # what was under way at midnight is in by then
    last = w.session.scalar(select(func.max(DaySeal.day)))
    first = w.session.scalar(select(func.min(Entry.recorded_at)))
    if first is None:
        return []
    day = last + timedelta(days=1) if last is not None else w.office.clock.day(first)
    made = []
    while day < today:
        made.append(_seal(w, day))
        day += timedelta(days=1)
    return made


def _seal(w: Work, day: date) -> DaySeal:
    root, entries = root_of(w, day)
    seal = w.add(DaySeal(day=day, entries=entries, root=root, sealed_at=w.now))
    w.tell(DaySealed(seal=seal.id, day=day.isoformat(), entries=entries, root=root))
    return seal


def check_seals(w: Work) -> list[date]:
    """The sealed days whose entries no longer give their root; each is told."""
    w.need("system.operate")
    broken = []
    for seal in w.session.scalars(select(DaySeal).order_by(DaySeal.day)).all():
        if root_of(w, seal.day) != (seal.root, seal.entries):
            broken.append(seal.day)
            w.tell(SealBroken(seal=seal.id, day=seal.day.isoformat()))
    return broken
