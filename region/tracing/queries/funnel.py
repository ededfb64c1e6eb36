"""The funnel of contacts at any hour (K12): who came in, who went on, who is where, and whether it adds up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from region.places.models import Place
from region.spine import bulk
from region.spine.scope import below
from region.spine.work import Work
from region.tracing.models import Contact, ContactControl
from region.tracing.models.contacts import CONTROLS

CLOSE = "close_contact"


@dataclass(frozen=True)
class Funnel:
    """Numbers of people at the moment `at`; what is pushed to others is ours no more."""

    at: datetime
    determined: int = 0
    to_us: int = 0
    to_district: int = 0
    to_city: int = 0
    to_province: int = 0
    verifying: int = 0
    landed: int = 0
    central: int = 0
    home: int = 0
    hospital: int = 0
    awaiting: int = 0
    converted: int = 0
    released: int = 0
    too_long: int = 0
    """Of those who await a transfer, whose time for it is over (K10)."""

    @property
    def pushed(self) -> int:
        """All who were given to others."""
        return self.to_district + self.to_city + self.to_province

    @property
    def own(self) -> int:
        """Those for whom we answer: determined by us and pushed to us, less pushed to others."""
        return self.determined + self.to_us - self.pushed

    @property
    def placed(self) -> int:
        """Those of whom it is known where they are, or how it ended."""
        now = self.central + self.home + self.hospital + self.awaiting
        return now + self.converted + self.released

    @property
    def broken(self) -> dict[str, int]:
        """Which identity does not hold, and by how many people; empty when all add up."""
        gaps = {
            "own": self.own - self.landed - self.verifying,
            "landed": self.landed - self.placed,
        }
        return {name: gap for name, gap in gaps.items() if gap}


def entered(category: str | None) -> ColumnElement[Any]:
    """When somebody entered the funnel of a category: who was of another one before counts from then on."""
    if category is None:
        return Contact.determined_at.expression
    return func.coalesce(Contact.reclassified_at, Contact.determined_at)


def among_us(
    w: Work, incident: int, at: datetime, place: int | None = None, category: str | None = CLOSE
) -> list[ColumnElement[bool]]:
    """The conditions of being counted at a moment: entered by then, never excluded, answered for in `place`."""
    found = [Contact.incident_id == incident, Contact.state != "excluded", entered(category) <= at]
    if category is not None:
        found.append(Contact.category == category)
    if place is not None:
        inside = select(Place.id).where(below(Place.path, w.get(Place, place).path))
        found.append(Contact.place_id.in_(inside))
    return found


def gone(at: datetime) -> ColumnElement[bool]:
    """He had been pushed to others by then."""
    return and_(Contact.state == "pushed", Contact.ended_at <= at)


def ours(at: datetime) -> ColumnElement[bool]:
    """He had not been pushed to others by then: we answer for him."""
    return or_(Contact.state != "pushed", Contact.ended_at > at)


def ended(state: str, at: datetime) -> ColumnElement[bool]:
    """It had ended so by then."""
    return and_(Contact.state == state, Contact.ended_at <= at)


def controlled(at: datetime) -> ColumnElement[bool]:
    """A stretch of control that runs at the moment."""
    runs = or_(ContactControl.until.is_(None), ContactControl.until > at)
    return and_(ContactControl.since <= at, runs)


def funnel(
    w: Work, incident: int, at: datetime, place: int | None = None, *, category: str | None = CLOSE
) -> Funnel:
    """The funnel of a category (None: of all) at `at`, for all that the actor may know of, or below `place`.

    One count in the database, whatever the number of people: nobody is under two controls at once.
    """
    who = among_us(w, incident, at, place, category)
    runs = ContactControl.control
    parts = {
        "determined": Contact.came_from == "us",
        "to_us": Contact.came_from == "to_us",
        "to_district": and_(gone(at), Contact.pushed_to == "district"),
        "to_city": and_(gone(at), Contact.pushed_to == "city"),
        "to_province": and_(gone(at), Contact.pushed_to == "province"),
        "verifying": and_(ours(at), or_(Contact.landed_at.is_(None), Contact.landed_at > at)),
        "landed": and_(ours(at), Contact.landed_at <= at),
        "converted": ended("converted", at),
        "released": ended("released", at),
        **{name: and_(ours(at), runs == name) for name in CONTROLS},
        "too_long": and_(ours(at), runs == "awaiting", Contact.transfer_due_at < at),
    }
    sums = [
        func.coalesce(func.sum(case((is_so, 1), else_=0)), 0).label(name) for name, is_so in parts.items()
    ]
    bulk.plan_by_values(w.session)
    now = and_(ContactControl.contact_id == Contact.id, controlled(at))
    wanted: Any = select(*sums).select_from(Contact).outerjoin(ContactControl, now).where(*who)
    row = w.session.execute(wanted).one()
    return Funnel(at=at, **{name: int(getattr(row, name)) for name in parts})
