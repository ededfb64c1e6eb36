"""A request follows its transfers: what they promise and have brought is counted, and it is fulfilled or reopened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from region.resources.actions import clocks
from region.resources.actions.requesting import held, tell_ended
from region.resources.events.moving import RequestCounted, RequestReopened
from region.resources.models import RequestLine, SupplyRequest, Transfer, TransferLine
from region.resources.states import REQUEST
from region.spine.work import Work

NOTHING = ("refused", "cancelled", "turned_back")
NOT_YET = ("ordered", "offered", "committed")


@dataclass
class Standing:
    """What transfers promise for one line, what they have brought of it, in units."""

    promised: int = 0
    received: int = 0


def follow(w: Work, request_id: int, transfer_id: int) -> None:
    """Count a request anew after one of its transfers changed; twice is once.

    Promised is what is ordered, is on its way, or has come fit for use: what was refused, lost, damaged or turned
    back is to be ordered again, so that the request is reopened.
    """
    request = w.get(SupplyRequest, request_id)
    lines = held(w, request)
    if _count(w, request, lines):
        told = RequestCounted(
            request=request.id,
            promised=sum(line.promised for line in lines),
            received=sum(line.received for line in lines),
            place=request.place_id,
            incident=request.incident_id,
        )
        w.tell(told)
    if request.state != "requisitioned":
        return
    if all(line.received >= line.approved for line in lines):
        REQUEST.move(w, request, "fulfil")
        clocks.start(w, request)
        tell_ended(w, request, lines)
    elif any(line.promised < line.approved for line in lines):
        REQUEST.move(w, request, "reopen")
        clocks.start(w, request)
        w.tell(RequestReopened(request=request.id, transfer=transfer_id, place=request.answer_place_id))


def _count(w: Work, request: SupplyRequest, lines: Sequence[RequestLine]) -> bool:
    """Set promised and received of each line from its transfers; whether anything changed."""
    found = {line.id: Standing() for line in lines}
    wanted = select(TransferLine, Transfer.state).join(Transfer, Transfer.id == TransferLine.transfer_id)
    for part, state in w.session.execute(wanted.where(Transfer.request_id == request.id)):
        standing = found.get(part.request_line_id or 0)
        if standing is None or state in NOTHING:
            continue
        standing.received += part.received
        standing.promised += part.ordered if state in NOT_YET else part.received + _still_coming(part, state)
    changed = False
    for line in lines:
        now = found[line.id]
        changed = changed or (line.promised, line.received) != (now.promised, now.received)
        line.promised, line.received = now.promised, now.received
    w.session.flush()
    return changed


def _still_coming(part: TransferLine, state: str) -> int:
    """What is on its way to the taker; while a difference is open nobody knows, so that it stays promised."""
    return 0 if state == "turning_back" else part.in_transit
