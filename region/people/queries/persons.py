"""One person's grounds, lately joined persons, and what was looked at through a broken glass."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from region.people.events import PersonOpened
from region.people.models import DataKey, Export, Glass, Merging, Secret
from region.spine.journal import Entry
from region.spine.work import Work

LATELY = 50


def held_of(w: Work, person: int) -> Sequence[DataKey]:
    """The grounds on which something that identifies this person is held, the oldest first."""
    wanted = select(DataKey).join(Secret, Secret.key_id == DataKey.id).where(Secret.person_id == person)
    return w.session.scalars(wanted.order_by(DataKey.id)).all()


def mergings(w: Work) -> Sequence[Merging]:
    """What was joined lately, the newest first."""
    return w.session.scalars(select(Merging).order_by(Merging.id.desc()).limit(LATELY)).all()


def exports(w: Work, *, asked_by: str | None = None) -> Sequence[Export]:
    """Exports of places that the actor may know of, the newest first."""
    wanted = select(Export).order_by(Export.id.desc()).limit(LATELY)
    if asked_by is not None:
        wanted = wanted.where(Export.asked_by == asked_by)
    return w.session.scalars(wanted).all()


def openings(w: Work) -> Sequence[Glass]:
    """Openings in an emergency of places that the actor may know of, the newest first."""
    return w.session.scalars(select(Glass).order_by(Glass.id.desc()).limit(LATELY)).all()


def looked_at(w: Work, row: Glass) -> Sequence[Entry]:
    """What was opened through a broken glass: lines of the journal with purpose and persons' numbers."""
    wanted = select(Entry).where(Entry.event == PersonOpened.event_name(), Entry.actor == row.actor)
    wanted = wanted.where(Entry.place_id == row.place_id, Entry.recorded_at >= row.opened_at)
    return w.session.scalars(wanted.where(Entry.recorded_at <= row.until).order_by(Entry.id)).all()
