"""The work-list of stays: filters, pages by keyset, and what a change of many would touch before it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select

from region.places.models import Place
from region.quarantine.models import Stay, StayBatch
from region.quarantine.regimen import CENTRAL
from region.quarantine.states import STAY
from region.spine import bulk
from region.spine.scope import below, path_of
from region.spine.work import Work

PAGE = 50
AT_HOME = "home_quarantine"
NEEDS = {
    "cancel": "quarantine.cancel",
    "home": "quarantine.begin",
    "extend": "quarantine.release",
    "site": "quarantine.notify",
}
"""What may be done to many stays at once, and the capability for it at the place of each."""
VERBS = tuple(NEEDS)
COMING = ("identified", "notified")


@dataclass(frozen=True)
class Filters:
    """Which stays are listed; empty values say nothing. `state` ``open`` is all that have not ended."""

    incident: int | None = None
    state: str = "open"
    category: str = ""
    mode: str = ""
    place: int | None = None
    site: int | None = None
    until: date | None = None
    late: bool = False

    def as_query(self) -> dict[str, Any]:
        """As they stand in an address."""
        said = {name: value for name, value in vars(self).items() if value not in (None, "", False)}
        return {name: int(value) if value is True else value for name, value in said.items()}


@dataclass(frozen=True)
class Preview:
    """How many of the chosen stays a change applies to, and how many it would leave alone."""

    will: int
    left: int


def page(w: Work, filters: Filters, after: tuple[date, int] | None = None) -> Sequence[Stay]:
    """A page of stays, the next to end first, and one more where more follow; `after` is the last of the one before."""
    wanted = select(Stay).where(*terms(w, filters))
    if after is not None:
        day, id = after
        wanted = wanted.where((Stay.ends_on > day) | ((Stay.ends_on == day) & (Stay.id > id)))
    return w.session.scalars(wanted.order_by(Stay.ends_on, Stay.id).limit(PAGE + 1)).all()


def count(w: Work, filters: Filters) -> int:
    """How many stays the filters leave."""
    return w.session.scalar(select(func.count()).select_from(Stay).where(*terms(w, filters))) or 0


def all_ids(w: Work, filters: Filters, most: int) -> list[int]:
    """The stays that the filters leave, at most so many."""
    wanted = select(Stay.id).where(*terms(w, filters)).order_by(Stay.ends_on, Stay.id)
    return list(w.session.scalars(wanted.limit(most)))


def applies(stay: Stay, verb: str, until: date | None = None, site: int | None = None) -> bool:
    """Whether a change of many can be made to this stay; one of no known name applies to none."""
    if stay.state in STAY.ends:
        return False
    match verb:
        case "cancel":
            return True
        case "home":
            return stay.state in COMING and stay.mode == CENTRAL
        case "extend":
            return until is None or until >= stay.ends_on
        case "site":
            return stay.state in COMING and stay.mode == CENTRAL and stay.site_id != site
    return False


def preview(w: Work, ids: Sequence[int], verb: str, until: date | None, site: int | None) -> Preview:
    """How many a change would touch; nothing is changed."""
    these = select(Stay).where(bulk.among(w.session, Stay.id, ids))
    stays = w.session.scalars(these).all()
    will = sum(applies(stay, verb, until, site) for stay in stays)
    return Preview(will, len(set(ids)) - will)


def batches(w: Work, *, most: int = 5) -> Sequence[StayBatch]:
    """The newest changes of many that the actor may know of."""
    return w.session.scalars(select(StayBatch).order_by(StayBatch.id.desc()).limit(most)).all()


def places(w: Work, ids: Sequence[int]) -> dict[int, Place]:
    """Places by id, for their names, also those above or beside the actor's."""
    with w.beyond_scope("the names of places may be known"):
        rows = w.session.scalars(select(Place).where(Place.id.in_(sorted(set(ids))))).all()
    return {row.id: row for row in rows}


def terms(w: Work, f: Filters) -> list[ColumnElement[bool]]:
    """What the filters say of a stay."""
    terms = [
        getattr(Stay, name) == value
        for name, value in (("incident_id", f.incident), ("category", f.category), ("mode", f.mode))
        if value
    ]
    if f.state == "open":
        terms.append(Stay.state.not_in(sorted(STAY.ends)))
    elif f.state:
        terms.append(Stay.state == f.state)
    if f.place:
        path = path_of(w.session, f.place)
        inside = select(Place.id).where(below(Place.path, path or "-"))
        terms.append(Stay.place_id.in_(inside))
    if f.site:
        terms.append(Stay.site_id == f.site)
    if f.until:
        terms.append(Stay.ends_on <= f.until)
    if f.late:
        terms.append(Stay.late_at.is_not(None))
    return terms
