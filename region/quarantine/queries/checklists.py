"""Who has not been checked in this half-day, who has symptoms, and how each place stands; pages by keyset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from region.places.models import Place
from region.quarantine.halves import HalfDay, Windows
from region.quarantine.models import Check, CheckSum, Room, Stay
from region.quarantine.states import PACK
from region.spine import bulk
from region.spine.work import Work

PAGE = 50
WATCHED = ("in_site", "returning", "at_home")
"""States in which somebody is asked for his temperature twice a day."""
SHOWN = ("symptoms", "missing", "done")
After = tuple[int, int, int]


@dataclass(frozen=True)
class Listed:
    """One person of a checklist: his room, this half-day's check if there is one, and where he sorts."""

    stay: Stay
    room: str
    check: Check | None
    group: str
    key: After


@dataclass(frozen=True)
class Standing:
    """One place in one half-day, from its kept counts."""

    place: Place
    due: int
    done: int
    late: int
    abnormal: int
    handled: int

    @property
    def missing(self) -> int:
        """So many are due and not checked yet."""
        return max(0, self.due - self.done - self.late)


def windows(w: Work) -> Windows:
    """The half-days of the pack, in the region's hours."""
    return Windows(w.rules.value(PACK, "check.windows"), w.office.clock.zone)


def answerable(place: int) -> ColumnElement[bool]:
    """The stays that this place has to check: those in its site, or at home in its community."""
    at_home = and_(Stay.place_id == place, Stay.state.in_(("returning", "at_home")))
    return or_(and_(Stay.site_id == place, Stay.state == "in_site"), at_home)


def listed(
    w: Work, place: int, half: HalfDay, *, floor: int | None = None, after: After | None = None
) -> list[Listed]:
    """A page of one place's people (one more where more follow): symptoms first, then who was not checked, then the
    others, each floor by floor. `after` is the key of the last one of the page before."""
    opens = windows(w).opens(half)
    rank = case(
        (Stay.symptoms_at.is_not(None), 0),
        (or_(Stay.checked_at.is_(None), Stay.checked_at < opens), 1),
        else_=2,
    )
    level = func.coalesce(Stay.floor, 0)
    wanted = (
        select(Stay, Room.code, rank, level).outerjoin(Room, Room.id == Stay.room_id).where(answerable(place))
    )
    if floor is not None:
        wanted = wanted.where(Stay.floor == floor)
    if after is not None:
        first, second, third = after
        same = or_(level > second, and_(level == second, Stay.id > third))
        wanted = wanted.where(or_(rank > first, and_(rank == first, same)))
    rows = w.session.execute(wanted.order_by(rank, level, Stay.id).limit(PAGE + 1)).all()
    made = checks_of(w, [row[0].id for row in rows], half)
    return [
        Listed(stay, code or "", made.get(stay.id), SHOWN[number], (number, at, stay.id))
        for stay, code, number, at in rows
    ]


def checks_of(w: Work, stays: Sequence[int], half: HalfDay) -> dict[int, Check]:
    """The checks of these stays in one half-day, by stay."""
    terms = (bulk.among(w.session, Check.stay_id, stays), Check.day == half.day, Check.half == half.half)
    return {one.stay_id: one for one in w.session.scalars(select(Check).where(*terms))}


def unhandled(w: Work, stays: Sequence[int]) -> dict[int, Check]:
    """The newest abnormal check of each of these stays that nobody has acted on."""
    terms = (
        bulk.among(w.session, Check.stay_id, stays),
        Check.abnormal.is_(True),
        Check.handled_at.is_(None),
    )
    return {one.stay_id: one for one in w.session.scalars(select(Check).where(*terms).order_by(Check.at))}


def floors(w: Work, place: int) -> list[int]:
    """The floors of a site on which somebody is."""
    wanted = select(Stay.floor).where(Stay.site_id == place, Stay.state == "in_site", Stay.floor.is_not(None))
    return [int(one) for one in w.session.scalars(wanted.distinct().order_by(Stay.floor)) if one is not None]


def standing(w: Work, half: HalfDay, places: Sequence[int] = ()) -> list[Standing]:
    """Places by how many they have still to check, most first: the worst fifty, or those named."""
    missing = CheckSum.due - CheckSum.done - CheckSum.late
    figures = (CheckSum.due, CheckSum.done, CheckSum.late, CheckSum.abnormal, CheckSum.handled)
    wanted = select(Place, *figures).join(Place, Place.id == CheckSum.place_id)
    wanted = wanted.where(CheckSum.day == half.day, CheckSum.half == half.half)
    if places:
        wanted = wanted.where(CheckSum.place_id.in_(places))
    rows: Sequence[Any] = w.session.execute(
        wanted.order_by(missing.desc(), CheckSum.place_id).limit(PAGE)
    ).all()
    return [Standing(*row) for row in rows]


def watched_since(stay: Any) -> datetime | None:
    """Since when somebody is under observation; None while he is not. Takes a stay, or a row of its columns."""
    if stay.state not in WATCHED:
        return None
    since: datetime = stay.arrived_at or stay.since
    return since
