"""Where boxes are: whose turn it is, until when, which are late, and the point on the map where each is looked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, select

from region.places.models import Place
from region.sampling.models import Box, Handover, RoundSite
from region.sampling.states import BOX, PACK
from region.spine.journal import Entry
from region.spine.rulebook import Rulebook
from region.spine.work import Work

PAGE = 50
AT_SITE = ("open", "sealed", "collected")
"""States in which a box was last seen at its site; later ones are at the laboratory."""
TURN = {"open": "site", "sealed": "courier", "collected": "laboratory", "received": "laboratory"}
STEPS = (("collect", "giver"), ("collect", "taker"), ("receive", "giver"), ("receive", "taker"))


@dataclass(frozen=True)
class Listed:
    """One box in a list: until when its state may last, and whether the giver of its last step has yet to sign."""

    row: Box
    due: datetime | None
    site: RoundSite | None
    unsigned: bool


def due_of(rules: Rulebook, box: Box) -> datetime | None:
    """When the time of its state is over: on the way from the moment of sealing (K17), else from its last move."""
    limit = BOX.limits.get(box.state)
    if limit is None:
        return None
    since = (box.sealed_at or box.since) if box.state in ("sealed", "collected") else box.since
    return since + rules.duration(PACK, limit)


def listed(
    w: Work, *, state: str = "", late: bool = False, lab: int | None = None, after: int = 0
) -> list[Listed]:
    """Boxes that the actor may know of and that are under way: late first, then the oldest; 50 from `after` on.

    `state` may name an end as well; `lab` is a laboratory that they go to.
    """
    wanted = select(Box).where(Box.state == state) if state in BOX.states else _under_way()
    if late:
        wanted = wanted.where(Box.late_at.is_not(None))
    if lab is not None:
        wanted = wanted.where(Box.lab_id == lab)
    first = case((Box.late_at.is_(None), 1), else_=0)
    wanted = wanted.order_by(first, Box.since, Box.id).offset(max(after, 0)).limit(PAGE + 1)
    rows = w.session.scalars(wanted).all()
    sites, signed = sites_named(w, rows), _signed(w, [row.id for row in rows])
    return [
        Listed(row, due_of(w.rules, row), sites.get(row.site_id or 0), _lacks(row, signed)) for row in rows
    ]


def _under_way() -> Any:
    return select(Box).where(Box.state.not_in(BOX.ends))


def _signed(w: Work, ids: Collection[int]) -> set[tuple[int, str, str]]:
    wanted = select(Handover.box_id, Handover.step, Handover.side).where(Handover.box_id.in_(ids))
    return {(row.box_id, row.step, row.side) for row in w.session.execute(wanted)}


def _lacks(box: Box, signed: set[tuple[int, str, str]]) -> bool:
    step = {"collected": "collect", "received": "receive"}.get(box.state)
    return step is not None and (box.id, step, "giver") not in signed


def sites_named(w: Work, boxes: Collection[Box]) -> Mapping[int, RoundSite]:
    """The sampling sites of boxes by id: whoever may know of a box may know where it comes from."""
    ids = {box.site_id for box in boxes if box.site_id}
    with w.beyond_scope("the site that a box in scope comes from"):
        return {one.id: one for one in w.session.scalars(select(RoundSite).where(RoundSite.id.in_(ids)))}


def places_named(w: Work, ids: Collection[int | None]) -> Mapping[int, Place]:
    """Places by id: whoever may know of a box may know whom it comes from and goes to."""
    with w.beyond_scope("names of the places of a box in scope"):
        return {one.id: one for one in w.session.scalars(select(Place).where(Place.id.in_(ids - {None})))}  # type: ignore[operator]


def by_code(w: Work, code: str) -> Box | None:
    """The box of this code that the actor may know of: one under way, else the newest."""
    ended = case((Box.state.in_(BOX.ends), 1), else_=0)
    wanted = select(Box).where(Box.code == code).order_by(ended, Box.id.desc())
    return w.session.scalars(wanted.limit(1)).first()


@dataclass(frozen=True)
class Point:
    """A late box on the map: at its site until it was received, then at the laboratory."""

    box: int
    code: str
    state: str
    lon: float
    lat: float
    since: datetime
    late_at: datetime
    due: datetime | None


def late_points(w: Work) -> list[Point]:
    """All late boxes whose place is known, the latest last; the courier's own position is not known to us."""
    late = (
        select(Box).where(Box.late_at.is_not(None), Box.state.not_in(BOX.ends)).order_by(Box.late_at, Box.id)
    )
    rows = w.session.scalars(late).all()
    sites = sites_named(w, rows)
    places = places_named(w, {row.lab_id for row in rows} | {row.place_id for row in rows})
    found = []
    for row in rows:
        at = _position(row, sites.get(row.site_id or 0), places)
        if at is not None and row.late_at is not None:
            due = due_of(w.rules, row)
            found.append(Point(row.id, row.code, row.state, *at, row.since, row.late_at, due))
    return found


def _position(box: Box, site: RoundSite | None, places: Mapping[int, Place]) -> tuple[float, float] | None:
    if box.state in AT_SITE and site is not None:
        return site.lon, site.lat
    place = places.get(box.place_id if box.state in AT_SITE else box.lab_id or 0)
    return None if place is None or place.lon is None or place.lat is None else (place.lon, place.lat)


def history(w: Work, box: int) -> Sequence[Entry]:
    """What the journal has of a box, oldest first; the caller may know of the box itself."""
    with w.beyond_scope("all hands of a box may read what was done to it"):
        wanted = select(Entry).where(Entry.subject == f"box:{box}", Entry.event.startswith("sampling."))
        return w.session.scalars(wanted.order_by(Entry.id)).all()
