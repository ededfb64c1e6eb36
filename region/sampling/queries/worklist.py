"""The work-list as it is read: alarms first, then the oldest; what an item is about; two versions of a tube."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select

from region.sampling.models import Box, Tube, WorkItem
from region.sampling.queries.timeline import Life, life
from region.spine.work import Work

PAGE = 50
KINDS = (
    "tube_twice",
    "box_twice",
    "person_twice",
    "unknown_tube",
    "clock_wrong",
    "apart_in_pool",
    "over_full",
    "count_differs",
    "temperature_wrong",
    "box_lost",
    "result_changed",
    "result_refused",
    "code_wrong",
    "bad_paper",
    "tube_gone",
    "single_grey",
    "empty_positive",
)


@dataclass(frozen=True)
class Wanted:
    """What the reader asks for: open items unless said otherwise, of one kind, alarms alone, 50 from `after` on."""

    state: str = "open"
    kind: str = ""
    alarm: bool = False
    after: int = 0


def listed(w: Work, asked: Wanted) -> list[WorkItem]:
    """Items that the actor may know of: alarms first, late ones, then the oldest; settled ones newest first.

    One more than a page where more follow.
    """
    wanted = select(WorkItem).where(WorkItem.state == asked.state)
    if asked.kind:
        wanted = wanted.where(WorkItem.kind == asked.kind)
    if asked.alarm:
        wanted = wanted.where(WorkItem.alarm.is_(True))
    if asked.state == "open":
        alarm, late = (
            case((WorkItem.alarm.is_(True), 0), else_=1),
            case((WorkItem.late_at.is_(None), 1), else_=0),
        )
        wanted = wanted.order_by(alarm, late, WorkItem.made_at, WorkItem.id)
    else:
        wanted = wanted.order_by(WorkItem.settled_at.desc(), WorkItem.id.desc())
    return list(w.session.scalars(wanted.offset(max(asked.after, 0)).limit(PAGE + 1)))


def counts(w: Work) -> dict[str, int]:
    """Open items by kind, and of all kinds those that are alarms (``alarm``) or late (``late``)."""
    alarm = func.sum(case((WorkItem.alarm.is_(True), 1), else_=0))
    late = func.sum(case((WorkItem.late_at.is_not(None), 1), else_=0))
    wanted = select(WorkItem.kind, func.count(), alarm, late).where(WorkItem.state == "open")
    rows = w.session.execute(wanted.group_by(WorkItem.kind)).all()
    found = {row[0]: int(row[1]) for row in rows}
    return found | {"alarm": sum(int(row[2]) for row in rows), "late": sum(int(row[3]) for row in rows)}


def versions(w: Work, item: WorkItem) -> Sequence[Life]:
    """The tubes that an item is about, to be seen side by side: its `ref` and `other`, or all of the code."""
    ids = [number for number in (_id(item.ref, "tube"), _id(item.other, "tube")) if number]
    terms = Tube.id.in_(ids) if ids else Tube.code == item.ref
    tubes = w.session.scalars(select(Tube).where(terms).order_by(Tube.contested, Tube.id)).all()
    if len(tubes) == 1 and item.kind == "tube_twice":
        tubes = w.session.scalars(
            select(Tube).where(Tube.code == tubes[0].code).order_by(Tube.contested, Tube.id)
        ).all()
    return [life(w, tube) for tube in tubes]


def box_of(w: Work, item: WorkItem) -> Box | None:
    """The box that an item is about, where it is about one."""
    number = _id(item.ref, "box")
    return w.session.get(Box, number) if number else None


def _id(ref: str, kind: str) -> int | None:
    word, _, number = ref.partition(":")
    return int(number) if word == kind and number.isascii() and number.isdecimal() else None
