"""The clocks of sampling: each state that waits has a length, and what is late is told once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from region.sampling.events.field import BoxLate, WorkLate
from region.sampling.events.results import RecallLate
from region.sampling.events.rounds import RoundLate, RoundSiteLate
from region.sampling.models import Box, Recall, Round, RoundSite, WorkItem
from region.sampling.states import BOX, RECALL, ROUND, SITE, WORK_ITEM
from region.spine.journal import Event
from region.spine.machine import Machine
from region.spine.work import Work

Watched = Round | RoundSite | Box | Recall | WorkItem


@dataclass(frozen=True)
class Watch:
    """How one kind of row is watched: its loop, and what is told when it is late."""

    machine: Machine
    kind: type[Any]
    late: Callable[[Any], Event]


WATCHES: dict[str, Watch] = {
    "round": Watch(
        ROUND,
        Round,
        lambda row: RoundLate(round=row.id, state=row.state, place=row.place_id, incident=row.incident_id),
    ),
    "round_site": Watch(
        SITE,
        RoundSite,
        lambda row: RoundSiteLate(site=row.id, round=row.round_id, state=row.state, place=row.place_id),
    ),
    "box": Watch(BOX, Box, lambda row: BoxLate(box=row.id, state=row.state, place=row.place_id)),
    "recall": Watch(
        RECALL,
        Recall,
        lambda row: RecallLate(recall=row.id, state=row.state, place=row.place_id, incident=row.incident_id),
    ),
    "work_item": Watch(
        WORK_ITEM, WorkItem, lambda row: WorkLate(item=row.id, kind=row.kind, place=row.place_id)
    ),
}


def start(w: Work, row: Watched, after: timedelta | None = None) -> None:
    """A state was entered: it is late no more, and if it waits, a look is owed when its time (or `after`) is over."""
    what = next(name for name, watch in WATCHES.items() if isinstance(row, watch.kind))
    machine = WATCHES[what].machine
    row.late_at = None
    if row.state in machine.ends:
        return
    since = row.since.isoformat()
    w.owe(
        "sampling.look",
        key=f"sampling-look:{what}:{row.id}:{row.state}:{since}",
        after=after or w.rules.duration(machine.pack, machine.limits[row.state]),
        what=what,
        id=row.id,
        state=row.state,
        since=since,
    )


def look(w: Work, what: str, id: int, state: str, since: str) -> None:
    """The time of a state is over: what still waits in it is late from now on, which is told once."""
    watch = WATCHES[what]
    row = w.get(watch.kind, id)
    if (row.state, row.since, row.late_at) != (state, datetime.fromisoformat(since), None):
        return
    row.late_at, row.version = w.now, row.version + 1
    w.tell(watch.late(row))
