"""What may hold a round up: sites from which nothing is heard, positive pools, late boxes, pieces of work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select

from region.places.models import Place
from region.sampling.models import Box, Recall, RoundSite
from region.sampling.queries import worklist
from region.sampling.states import BOX, PACK, RECALL
from region.spine.scope import below
from region.spine.work import Work

SHOWN = 50


@dataclass(frozen=True)
class Site:
    """One sampling site: when its newest tube was taken as far as is known; `silent` when that is too long ago."""

    id: int
    number: int
    zh: str
    en: str
    state: str
    expected: int
    sampled: int
    tubes: int
    last_at: datetime | None
    silent: bool


@dataclass(frozen=True)
class Sites:
    """The round's sites: how many, how many open, how many of those silent; the first of them, silent ones on top.

    `oldest` is when the site silent longest was last heard of (or opened); `never` sites gave no tube yet.
    """

    total: int
    open: int
    silent: int
    never: int
    oldest: datetime | None
    first: Sequence[Site]


@dataclass(frozen=True)
class Trouble:
    """Counts: recalls of positive pools that wait, late or over; late boxes since when; work that waits, alarms."""

    pools_open: int
    pools_late: int
    pools_ended: int
    boxes_late: int
    box_since: datetime | None
    work: int
    alarms: int
    contested: int


def sites_of(w: Work, round_id: int, top: Place, most: int = SHOWN) -> Sites:
    """The sites run by places inside `top`."""
    before = w.now - w.rules.duration(PACK, "site.silent")
    heard = func.coalesce(RoundSite.last_at, RoundSite.since)
    is_open = RoundSite.state == "open"
    silent = is_open & (heard < before)
    never = is_open & RoundSite.last_at.is_(None)
    inside = (RoundSite.round_id == round_id, below(Place.path, top.path))
    counted = [func.sum(case((term, 1), else_=0)) for term in (is_open, silent, never)]
    oldest = func.min(case((silent, heard)))
    sums = select(func.count(), *counted, oldest).join(Place, Place.id == RoundSite.place_id).where(*inside)
    row = w.session.execute(sums.select_from(RoundSite)).one()
    names = ("id", "number", "name_zh", "name_en", "state", "expected", "sampled", "tubes", "last_at")
    columns = [getattr(RoundSite, name) for name in names]
    wanted: Any = select(*columns, silent).join(Place, Place.id == RoundSite.place_id).where(*inside)
    first = case((silent, 0), (is_open, 1), else_=2)
    wanted = wanted.order_by(first, heard, RoundSite.number).limit(most)
    found = [Site(*one) for one in w.session.execute(wanted)]
    total, opened, quiet, unheard = (int(one or 0) for one in tuple(row)[:4])
    return Sites(total, opened, quiet, unheard, row[4], found)


def trouble_of(w: Work, round_id: int) -> Trouble:
    """What the actor may know of it; work that waits is counted over all rounds."""
    pools: dict[str, tuple[int, int]] = {}
    late = func.sum(case((Recall.late_at.is_not(None), 1), else_=0))
    wanted = select(Recall.state, func.count(), late).where(Recall.round_id == round_id)
    for state, number, behind in w.session.execute(wanted.group_by(Recall.state)):
        pools[state] = (number, int(behind))
    waiting = [one for state, one in pools.items() if state not in RECALL.ends]
    boxes = select(func.count(), func.min(Box.late_at)).where(Box.round_id == round_id)
    boxes = boxes.where(Box.late_at.is_not(None), Box.state.not_in(BOX.ends))
    late_boxes, since = w.session.execute(boxes).one()
    work = worklist.counts(w)
    return Trouble(
        pools_open=sum(number for number, _ in waiting),
        pools_late=sum(behind for _, behind in waiting),
        pools_ended=sum(number for state, (number, _) in pools.items() if state in RECALL.ends),
        boxes_late=int(late_boxes),
        box_since=since,
        work=sum(number for kind, number in work.items() if kind not in ("alarm", "late")),
        alarms=work["alarm"],
        contested=work.get("tube_twice", 0),
    )
