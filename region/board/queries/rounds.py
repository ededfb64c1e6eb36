"""A running round as boards read it: how far by area and hour, its sites, laboratories, pools, and what is late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import select

from region.board.queries.round_labs import Lab, labs_of
from region.board.queries.round_trouble import Sites, Trouble, sites_of, trouble_of
from region.places.levels import rank
from region.places.models import Area, Place
from region.sampling import needs
from region.sampling.models import Round, RoundArea, RoundSite
from region.sampling.queries.sums import Sum, in_areas
from region.sampling.queries.turnaround import Times, times_of
from region.sampling.states import PACK
from region.spine.errors import Missing
from region.spine.scope import below
from region.spine.work import Work

LIVE = ("running", "closing")
PARTS = {
    "country": ("city", "district"),
    "province": ("city", "district"),
    "city": ("subdistrict", "district"),
    "district": ("community", "subdistrict"),
    "subdistrict": ("grid", "community"),
    "community": ("grid",),
}
"""By which areas a board divides an area: the first of these that it has, else the next finer that it has."""
HOUR = timedelta(hours=1)
NOBODY = Sum(0, 0, (), {}, 0, None)


@dataclass(frozen=True)
class Part:
    """One area of a board with what the round came to in it."""

    id: int
    code: str
    zh: str
    en: str
    sum: Sum


@dataclass(frozen=True)
class RoundStanding:
    """A round in `top`: `whole` and its `parts` (areas of `level`), by what time, and all that stands around it.

    `pace` is how fast it goes and when it would be finished; `planned` the share, 0 to 1, that an even pace from start
    to deadline would have reached by now; `target` is K14's.
    """

    row: Round
    top: Place
    level: str | None
    whole: Sum
    parts: Sequence[Part]
    now: datetime
    pace: needs.Pace
    planned: float
    target: float
    labs: Sequence[Lab]
    times: Times
    sites: Sites
    trouble: Trouble
    reasons: Mapping[str, Any]
    """Words of the codes of reasons."""

    @property
    def missing(self) -> list[Part]:
        """The parts in which people are not sampled yet, those with the most first."""
        return sorted(
            (one for one in self.parts if one.sum.left), key=lambda one: (-one.sum.left, one.code, one.id)
        )

    @property
    def over(self) -> bool:
        """Whether its time is over: then the target counts, and no longer the plan."""
        return self.now >= self.row.due_at or self.row.state != "running"

    @property
    def hours(self) -> int:
        """Whole hours begun since its start, at least one and at most as long as people were sampled or it may last."""
        begun = -(-(min(self.now, self.row.due_at) - self.row.starts_at) // HOUR)
        return max(1, begun, len(self.whole.hours))

    def share_by(self, hour: int) -> float:
        """What an even pace would have reached by the end of that many hours, 0 to 1."""
        return min(1.0, max(0.0, hour * HOUR / (self.row.due_at - self.row.starts_at)))


def current_round(w: Work) -> Round | None:
    """The newest round under way that concerns the actor's places; None where there is none."""
    with w.beyond_scope("a round of the area above takes place in the actor's areas"):
        live = select(Round).where(Round.state.in_(LIVE), Round.starts_at <= w.now)
        newest = w.session.scalars(live.order_by(Round.starts_at.desc(), Round.id.desc()).limit(20)).all()
    for one in newest:
        mine = (
            select(RoundArea.place_id).where(RoundArea.round_id == one.id),
            select(RoundSite.id).where(RoundSite.round_id == one.id),
        )
        if any(w.session.execute(wanted.limit(1)).first() for wanted in mine):
            return one
    return None


def standing(w: Work, row: Round, area: int | None = None, by: str | None = None) -> RoundStanding:
    """How a round stands in the part of it that is the actor's, or in one area of that. Missing for a foreign area.

    `by` is the level of areas by which it is divided, where that lies below; else the level fit for its size.
    """
    top = top_of(w, row) if area is None else w.get(Place, area)
    if area is not None and not top.path.startswith(top_of(w, row).path):
        raise Missing("no-such", what="place", id=area)
    # One condition on the path instead of the scope's on every table: SQLite lists a city's places anew for each.
    with w.beyond_scope("all that is read here lies inside `top`, which the actor may see"):
        level = _level(w, top, by)
        sums = in_areas(w, row.id, top, level)
        parts, sites = _parts(w, top, level, sums), sites_of(w, row.id, top)
    whole = sums.get(top.id, NOBODY)
    left = whole.left
    by_hour = dict(enumerate(whole.hours))
    length = row.due_at - row.starts_at
    return RoundStanding(
        row=row,
        top=top,
        level=level,
        whole=whole,
        parts=parts,
        now=w.now,
        pace=needs.pace(w.now, row.starts_at, left, by_hour),
        planned=min(1.0, max(0.0, (w.now - row.starts_at) / length)),
        target=float(w.rules.value(PACK, "coverage.target")),
        labs=labs_of(w, row.id),
        times=times_of(w, [row.id], stream="round"),
        sites=sites,
        trouble=trouble_of(w, row.id),
        reasons=w.rules.value(PACK, "not_sampled_reasons"),
    )


def top_of(w: Work, row: Round) -> Place:
    """The whole round where the actor may see it, else his own part of it. Missing where he has none."""
    with w.beyond_scope("where a round takes place, to find the actor's part of it"):
        path = w.get(Place, row.place_id).path
    inner = sorted(one for one in w.actor.paths if one.startswith(path))
    id = row.place_id if any(path.startswith(one) for one in w.actor.paths) else None
    if id is None and inner:
        id = int(inner[0].strip("/").rpartition("/")[2])
    if id is None:
        raise Missing("no-such", what="round", id=row.id)
    return w.get(Place, id)


def _level(w: Work, top: Place, by: str | None) -> str | None:
    own = w.session.scalars(select(Area.level).where(Area.place_id == top.id)).first()
    return by if by is not None and own is not None and rank(by) > rank(own) else part_level(w, top)


def part_level(w: Work, top: Place) -> str | None:
    """The level of areas by which a board divides an area; None where nothing lies below it."""
    own = w.session.scalars(select(Area.level).where(Area.place_id == top.id)).first()
    if own is None:
        return None
    inside = select(Area.level).join(Place, Place.id == Area.place_id).where(below(Place.path, top.path))
    for level in PARTS.get(own, ()):
        if w.session.execute(inside.where(Area.level == level).limit(1)).first():
            return level
    finer = [one for one in set(w.session.scalars(inside.distinct())) if rank(one) > rank(own)]
    return min(finer, key=rank, default=None)


def _parts(w: Work, top: Place, level: str | None, sums: Mapping[int, Sum]) -> list[Part]:
    wanted = select(Place.id, Place.code, Place.name_zh, Place.name_en).join(Area, Area.place_id == Place.id)
    wanted = wanted.where(Area.level == level, below(Place.path, top.path)).order_by(Place.code, Place.id)
    return [Part(*row, sums[row.id]) for row in w.session.execute(wanted) if row.id in sums]


def cumulative(one: Sum, hours: int) -> list[int]:
    """People sampled by the end of each of so many hours."""
    padded = [*one.hours[:hours], *(0 for _ in range(hours - len(one.hours)))]
    return list(accumulate(padded))
