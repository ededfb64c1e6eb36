"""Looking a person up: for a purpose, by keyed hash, always told; what is not his to see is refused and told too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, select

from region.people.actions.opening import Identity, open_people
from region.people.events import LookupRefused, PersonOpened, PersonSought
from region.people.marks import born_mark, number_mark, phone_mark
from region.people.models import KINDS, Person, Secret
from region.people.states import PACK
from region.people.vault import mark_of
from region.spine.errors import Invalid
from region.spine.journal import Entry
from region.spine.work import Work

HOUR = timedelta(hours=1)
COUNTED = (PersonOpened.event_name(), PersonSought.event_name())


@dataclass(frozen=True)
class Wanted:
    """Whom somebody looks for: by a number, else a telephone, else name and birth date."""

    number: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    born: dt.date | None = field(default=None, repr=False)

    @property
    def what(self) -> str:
        """By what, as a code; empty when there is too little to look by."""
        found = (("number", self.number), ("phone", self.phone), ("name_born", self.name and self.born))
        return next((name for name, given in found if given), "")


def purposes(w: Work) -> list[str]:
    """The purposes of the pack for which a person may be looked up and opened."""
    found: list[str] = w.rules.value(PACK, "purposes")
    return found


def seek(w: Work, wanted: Wanted, *, purpose: str) -> list[int]:
    """The persons meant whom the actor may know of; told, and told too when there are only others.

    Empty both when nobody is meant and when nobody of his is: existence is information. Invalid (``no-purpose``,
    ``nothing-to-seek``) before anything is looked at; whoever shows that tells it by `refuse`.
    """
    w.need("people.open")
    if purpose not in purposes(w):
        raise Invalid("no-purpose", field="purpose")
    if not wanted.what:
        raise Invalid("nothing-to-seek", field="number")
    with w.beyond_scope("whether others of this mark stand, which is told and not shown"):
        all_ = w.session.scalars(select(Person.id).where(_meant(w, wanted))).all()
        places = _homes(w, all_)
    mine = list(w.session.scalars(select(Person.id).where(Person.id.in_(all_)).order_by(Person.id)))
    told = PersonSought(what=wanted.what, purpose=purpose, found=len(mine), place=home_of(w))
    w.tell(told)
    if all_ and not mine:
        refuse(w, wanted.what, all_[0], "not_yours", place=places[all_[0]])
    too_often(w)
    return mine


def _meant(w: Work, wanted: Wanted) -> ColumnElement[bool]:
    here = w.office.installation
    if wanted.what == "number":
        number = wanted.number.strip().upper()
        papers = select(Person.id).where(Person.mark.in_([mark_of(here, kind, number) for kind in KINDS]))
        same = select(Secret.person_id).where(Secret.number_mark == number_mark(here, number))
        found = Person.id.in_(papers.union(same))  # an OR of both would look through all persons
    elif wanted.what == "phone":
        found = Person.id.in_(
            select(Secret.person_id).where(Secret.phone_mark == phone_mark(here, wanted.phone))
        )
    else:
        mark = born_mark(here, wanted.name, wanted.born)
        found = Person.id.in_(select(Secret.person_id).where(Secret.born_mark == mark))
    return and_(found, Person.merged_into.is_(None))


def _homes(w: Work, persons: Collection[int]) -> dict[int, int]:
    rows = w.session.execute(select(Person.id, Person.place_id).where(Person.id.in_(persons)))
    return {row.id: row.place_id for row in rows}


def open_one(w: Work, person: int, *, purpose: str, fields: Sequence[str]) -> Identity:
    """Open one person for a purpose; Missing when he is not the actor's to know of, Invalid without a purpose."""
    row = w.get(Person, person)
    if purpose not in purposes(w):
        raise Invalid("no-purpose", field="purpose")
    found = open_people(w, [person], purpose=purpose, fields=fields, place=row.place_id)
    too_often(w)
    return found.get(person, Identity(person))


def refuse(w: Work, what: str, person: int | None, why: str, *, place: int | None = None) -> None:
    """Tell that somebody asked for what is not his: ``not_yours`` (with whose), ``no_purpose``, ``too_often``.

    What is refused rolls back, so that this is told in a work that is not refused: after the refusal, or instead.
    """
    if person is not None and place is None:
        with w.beyond_scope("where the person lives who was asked for: those answerable there are told"):
            place = w.session.scalar(select(Person.place_id).where(Person.id == person))
        person = None if place is None else person
    w.tell(LookupRefused(what=what, subject_of=person, why=why, place=place or home_of(w)))


def home_of(w: Work) -> int | None:
    """The place of the actor's first role, so that those answerable there find what he did; None for the system."""
    path = next((grant.path for grant in w.actor.grants if grant.path), "")
    return int(path.rstrip("/").rsplit("/", 1)[-1]) if path else None


def too_often(w: Work) -> None:
    """More look-ups in an hour than the pack says are told, once an hour; they are not refused in an emergency."""
    most = int(w.rules.value(PACK, "lookups_per_hour"))
    mine = and_(Entry.actor == w.actor.name, Entry.recorded_at > w.now - HOUR)
    with w.beyond_scope("how often this actor looked somebody up, wherever"):
        done = w.session.scalar(select(func.count()).select_from(Entry).where(mine, Entry.event.in_(COUNTED)))
        refused = w.session.execute(select(Entry.data).where(mine, Entry.event == LookupRefused.event_name()))
        told = any(data["why"] == "too_often" for (data,) in refused)
    if (done or 0) > most and not told:
        refuse(w, "openings", None, "too_often")
