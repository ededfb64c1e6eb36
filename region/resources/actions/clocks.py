"""The clocks of requests and transfers: each state that waits has a length, and who is too late is told once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from region.resources.events.moving import RequestLate, TransferLate
from region.resources.models import SupplyRequest, Transfer
from region.resources.queries.transfers import whose_turn
from region.resources.states import REQUEST, TRANSFER
from region.spine.machine import Machine
from region.spine.work import Work

WATCHED: dict[str, tuple[Machine, type[Any]]] = {
    "request": (REQUEST, SupplyRequest),
    "transfer": (TRANSFER, Transfer),
}


def start(w: Work, row: SupplyRequest | Transfer) -> None:
    """A state was entered: nobody is late any more, and if it waits, a look is owed when its time is over."""
    what = "request" if isinstance(row, SupplyRequest) else "transfer"
    machine, _kind = WATCHED[what]
    row.late_at = None
    if row.state in machine.ends:
        row.ended_at = w.now
        return
    since = row.since.isoformat()
    w.owe(
        "resources.look",
        key=f"look:{what}:{row.id}:{row.state}:{since}",
        after=w.rules.duration(machine.pack, machine.limits[row.state]),
        what=what,
        id=row.id,
        state=row.state,
        since=since,
    )


def look(w: Work, what: str, id: int, state: str, since: str) -> None:
    """The time of a state is over: if it still waits, it is late from now on, which is told once."""
    _machine, kind = WATCHED[what]
    row = w.get(kind, id)
    if (row.state, row.since, row.late_at) != (state, datetime.fromisoformat(since), None):
        return
    row.late_at, row.version = w.now, row.version + 1
    if isinstance(row, SupplyRequest):
        w.tell(RequestLate(request=row.id, state=state, place=row.answer_place_id, incident=row.incident_id))
        return
    w.tell(
        TransferLate(
            transfer=row.id, state=state, giver=row.giver_id, taker=row.taker_id, place=whose_turn(row)
        )
    )
