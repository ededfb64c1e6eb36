"""The work-list: what no rule decides is put before a person, once, and he says how it was settled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from region.sampling.actions import clocks
from region.sampling.events.field import WorkRaised, WorkSettled
from region.sampling.models import WorkItem
from region.sampling.states import PACK, WORK_ITEM
from region.spine.errors import Invalid
from region.spine.work import Work

NOTE = 500


def raise_item(
    w: Work,
    kind: str,
    place: int,
    ref: str,
    *,
    other: str = "",
    lab: int | None = None,
    facts: Mapping[str, Any] | None = None,
    alarm: bool = False,
) -> WorkItem | None:
    """Put something before a person, once for kind, `ref` and `other` (``tube:12``); None when it stood already.

    `facts` are codes and numbers, no text. An alarm has a clock of minutes and shows on the wall.
    """
    with w.beyond_scope("whether it was raised already, perhaps for another place"):
        wanted = select(WorkItem.id).where(
            WorkItem.kind == kind, WorkItem.ref == ref, WorkItem.other == other
        )
        if w.session.scalars(wanted).first() is not None:
            return None
    row = w.add(
        WorkItem(
            place_id=place,
            lab_id=lab,
            kind=kind,
            ref=ref,
            other=other,
            facts=dict(facts or {}),
            alarm=alarm,
            made_at=w.now,
            state=WORK_ITEM.start,
            since=w.now,
        )
    )
    clocks.start(w, row, _limit(w) if alarm else None)
    w.tell(WorkRaised(item=row.id, kind=kind, alarm=alarm, place=place))
    return row


def settle(w: Work, row: WorkItem, verdict: str, note: str = "") -> None:
    """Say what was done; Invalid (``verdict-unknown``) for one that the pack does not have."""
    if verdict not in w.rules.value(PACK, "verdicts"):
        raise Invalid("verdict-unknown", field="verdict")
    WORK_ITEM.move(w, row, "settle", place=row.place_id)
    row.settled_by, row.settled_at, row.verdict, row.note = w.actor.name, w.now, verdict, note.strip()[:NOTE]
    row.late_at = None
    w.tell(WorkSettled(item=row.id, kind=row.kind, verdict=verdict, place=row.place_id))


def _limit(w: Work) -> timedelta:
    return w.rules.duration(PACK, "work.alarm")
