"""Who is due in a round: by grid from its list or the population, and by person who has not been sampled, masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from region.people.queries.masked import Masked, masked
from region.places.models import Area, Place
from region.places.queries.tree import current, today
from region.sampling.models import Round, RoundArea, RoundDue
from region.spine.scope import below
from region.spine.work import Work

PAGE = 50


@dataclass(frozen=True)
class Grid:
    """One of the finest areas of a round: its people as counted, or None; where it lies and how large it is."""

    id: int
    path: str
    people: int | None


@dataclass(frozen=True)
class Listed:
    """What the round's list says of one area, in persons."""

    due: int
    exempt: int
    separate: int

    @property
    def registered(self) -> int:
        """All of them."""
        return self.due + self.exempt + self.separate


def grids(w: Work, area: int) -> list[Grid]:
    """The finest areas at or below an area: those with no area below them, by id."""
    top = w.get(Place, area)
    child = aliased(Place)
    inner = select(child.id).where(
        child.parent_id == Place.id, child.kind == "area", child.valid_to.is_(None)
    )
    wanted = select(Place.id, Place.path, Area.population).join(Area, Area.place_id == Place.id)
    wanted = wanted.where(below(Place.path, top.path), current(today(w)), ~inner.exists())
    return [Grid(row.id, row.path, row.population) for row in w.session.execute(wanted.order_by(Place.id))]


def listed(w: Work, round_id: int) -> dict[int, Listed]:
    """What the list says, by area; an area that is not in it has no list."""
    counts = [
        func.sum(case((RoundDue.scheme == scheme, 1), else_=0)).label(scheme)
        for scheme in ("due", "exempt", "separate")
    ]
    wanted = select(RoundDue.place_id, *counts).where(RoundDue.round_id == round_id)
    rows = w.session.execute(wanted.group_by(RoundDue.place_id))
    return {row.place_id: Listed(int(row.due), int(row.exempt), int(row.separate)) for row in rows}


@dataclass(frozen=True)
class Filters:
    """Which of those not sampled: of one area, with one reason (``-``: none given yet)."""

    area: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Absent:
    """One person due and not sampled, as screens may show him; `grid` by its code and names."""

    person: int
    shown: Masked | None
    grid: Any
    reason: str | None


def not_sampled(
    w: Work, round_: Round, filters: Filters, after: tuple[int, int] = (0, 0), most: int = PAGE
) -> list[Absent]:
    """Persons of the list who are due and not sampled, by grid; those after (grid, person) for the next page."""
    wanted = absent(w, round_, filters).where(
        (RoundDue.place_id > after[0]) | ((RoundDue.place_id == after[0]) & (RoundDue.person_id > after[1]))
    )
    rows = w.session.execute(wanted.order_by(RoundDue.place_id, RoundDue.person_id).limit(most)).all()
    people = masked(w, [row.person_id for row in rows])
    places = names_of(w, {row.place_id for row in rows})
    return [
        Absent(row.person_id, people.get(row.person_id), places[row.place_id], row.reason) for row in rows
    ]


def absent(w: Work, round_: Round, filters: Filters) -> Any:
    """The query of those whom a filter shows: place_id, person_id, reason."""
    wanted = select(RoundDue.place_id, RoundDue.person_id, RoundDue.reason).where(
        RoundDue.round_id == round_.id, RoundDue.scheme == "due", RoundDue.sampled_at.is_(None)
    )
    if filters.area is not None:
        path = w.get(Place, filters.area).path
        wanted = wanted.join(Place, Place.id == RoundDue.place_id).where(below(Place.path, path))
    if filters.reason == "-":
        return wanted.where(RoundDue.reason.is_(None))
    return wanted.where(RoundDue.reason == filters.reason) if filters.reason else wanted


def by_reason(w: Work, round_: Round, area: int | None = None) -> dict[str | None, int]:
    """How many of the list are due and not sampled, by reason; None where no reason was given (K15)."""
    inner = absent(w, round_, Filters(area)).subquery()
    rows = w.session.execute(select(inner.c.reason, func.count()).group_by(inner.c.reason))
    return {reason: int(number) for reason, number in rows}


@dataclass(frozen=True)
class Missed:
    """One area of a round: due, sampled, the rest."""

    place: Any
    due: int
    sampled: int

    @property
    def left(self) -> int:
        """Not sampled yet."""
        return max(0, self.due - self.sampled)


def by_grid(w: Work, round_: Round, most: int = PAGE) -> list[Missed]:
    """The areas with the most people not sampled, from kept counts."""
    left = RoundArea.due - RoundArea.sampled
    wanted = select(RoundArea.place_id, RoundArea.due, RoundArea.sampled)
    wanted = wanted.where(RoundArea.round_id == round_.id, left > 0).order_by(left.desc(), RoundArea.place_id)
    rows = w.session.execute(wanted.limit(most)).all()
    places = names_of(w, {row.place_id for row in rows})
    return [Missed(places[row.place_id], row.due, row.sampled) for row in rows]


def names_of(w: Work, ids: Sequence[int] | set[int]) -> Mapping[int, Any]:
    """Codes and names of places, which may be known beyond the actor's places."""
    found: dict[int, Any] = {}
    known = sorted(ids)
    with w.beyond_scope("names of the places that rows in scope belong to"):
        for at in range(0, len(known), 500):
            wanted = select(Place.id, Place.code, Place.name_zh, Place.name_en, Place.lon, Place.lat)
            rows = w.session.execute(wanted.where(Place.id.in_(known[at : at + 500])))
            found.update((row.id, row) for row in rows)
    return found
