"""The clocks of quarantine: each state that waits has a length, and what is late is told once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from region.incidents.models import Incident
from region.quarantine.events import AppealMoved, HandoverMoved, StaysLate, TransitionMoved
from region.quarantine.models import Appeal, Handover, Stay, Transition
from region.quarantine.states import APPEAL, HANDOVER, PACK, STAY, TRANSITION
from region.spine.journal import Event
from region.spine.machine import Machine
from region.spine.work import Work

LATE = "late"
STAYS = "stays"


@dataclass(frozen=True)
class Watch:
    """How one kind of row is watched: its loop, and what is told when it is late."""

    machine: Machine
    kind: type[Any]
    late: Callable[[Any], Event]


WATCHES: dict[str, Watch] = {
    "handover": Watch(
        HANDOVER,
        Handover,
        lambda row: HandoverMoved(handover=row.id, stay=row.stay_id, verb=LATE, place=row.to_place_id),
    ),
    "appeal": Watch(
        APPEAL,
        Appeal,
        lambda row: AppealMoved(appeal=row.id, stay=row.stay_id, verb=LATE, place=row.place_id),
    ),
    "transition": Watch(
        TRANSITION,
        Transition,
        lambda row: TransitionMoved(
            transition=row.id, verb=LATE, place=row.place_id, incident=row.incident_id
        ),
    ),
}


def limit(w: Work, name: str, pack: str | None = None) -> timedelta:
    """How long a named clock runs: by the pack of the incident where that says so, else by quarantine's own."""
    prefix, _, rest = name.partition(".")
    if pack is not None and rest in w.rules.pack(pack).values_under(prefix):
        return w.rules.duration(pack, name)
    return w.rules.duration(PACK, name)


def start(w: Work, row: Handover | Appeal | Transition, after: timedelta | None = None) -> None:
    """A state was entered: it is late no more, and if it waits, a look is owed when its time (or `after`) is over."""
    what = next(name for name, watch in WATCHES.items() if isinstance(row, watch.kind))
    machine = WATCHES[what].machine
    row.late_at = None
    if row.state in machine.ends:
        return
    since = row.since.isoformat()
    w.owe(
        "quarantine.look",
        key=f"quarantine-look:{what}:{row.id}:{row.state}:{since}",
        after=after or limit(w, machine.limits[row.state]),
        what=what,
        id=row.id,
        state=row.state,
        since=since,
    )


def look(w: Work, what: str, id: int, state: str, since: str) -> None:
    """The time of a state is over: what still waits in it is late from now on, which is told once."""
    if what == STAYS:
        _look_at_stays(w, id, state, since)
        return
    watch = WATCHES[what]
    row = w.get(watch.kind, id)
    if (row.state, row.since, row.late_at) != (state, datetime.fromisoformat(since), None):
        return
    row.late_at, row.version = w.now, row.version + 1
    w.tell(watch.late(row))


def start_stays(w: Work, stays: Sequence[Stay]) -> None:
    """Stays entered their states: one look is owed for all that are due in the same moment, never one a person."""
    waiting: dict[tuple[int, str, datetime, datetime], int] = {}
    for stay in stays:
        stay.late_at = None
        if stay.state not in STAY.ends:
            key = (stay.incident_id, stay.state, stay.since, _due(w, stay))
            waiting.setdefault(key, stay.id)
    for incident, state, since, due in waiting:
        w.owe(
            "quarantine.look",
            key=f"quarantine-look:{STAYS}:{incident}:{state}:{since.isoformat()}:{due.isoformat()}",
            at=due,
            what=STAYS,
            id=incident,
            state=state,
            since=since.isoformat(),
        )


def due_at(w: Work, stay: Stay) -> datetime | None:
    """When a stay is late in the state it waits in; None when it waits no more."""
    return None if stay.state in STAY.ends else _due(w, stay)


def _due(w: Work, stay: Stay) -> datetime:
    if stay.state == "notified" and stay.transfer_due_at is not None:
        return stay.transfer_due_at
    return stay.since + limit(w, STAY.limits[stay.state], stay.pack)


def _look_at_stays(w: Work, incident: int, state: str, since: str) -> None:
    wanted = select(Stay).where(Stay.incident_id == incident, Stay.state == state, Stay.late_at.is_(None))
    entered = w.session.scalars(wanted.where(Stay.since == datetime.fromisoformat(since)).order_by(Stay.id))
    late = [stay for stay in entered if _due(w, stay) <= w.now]
    for stay in late:
        stay.late_at, stay.version = w.now, stay.version + 1
    if late:
        w.tell(StaysLate(stays=tuple(stay.id for stay in late), state=state, **about(w, late)))


def about(w: Work, stays: Sequence[Stay]) -> dict[str, int]:
    """Place and incident of an event about these stays: the community or site they share, else the incident's place."""
    incident = stays[0].incident_id
    homes, sites = {stay.place_id for stay in stays}, {stay.site_id for stay in stays}
    for shared in (homes, sites - {None} if None not in sites else set()):
        if len(shared) == 1:
            return {"place": int(next(iter(shared)) or 0), "incident": incident}
    with w.beyond_scope("the place of an incident may be known to whoever answers for its people"):
        return {"place": w.get(Incident, incident).place_id, "incident": incident}
