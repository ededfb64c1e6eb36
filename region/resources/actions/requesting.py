"""A place asks for supplies: noted, accepted in whole or in part, promised, declined, drawn up as transfers, ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from region.resources.actions import clocks
from region.resources.actions.transferring import ANSWERS, Ordered, order
from region.resources.catalogue import need_item
from region.resources.events.moving import (
    RequestAnswered,
    RequestEnded,
    RequestNoted,
    RequestRequisitioned,
    SupplyRequested,
)
from region.resources.models import RequestLine, SupplyRequest, Transfer
from region.resources.queries.requests import answerers, lines_of
from region.resources.queries.transfers import of_request
from region.resources.states import REQUEST, TRANSFER
from region.spine.errors import Forbidden, Invalid, Missing, Refused
from region.spine.work import Work

ASKS = "resources.request"


@dataclass(frozen=True)
class Asked:
    """So many units of an item."""

    item: str
    quantity: int


@dataclass(frozen=True)
class Given:
    """What one giver is to send: units by item."""

    giver: int
    units: Mapping[str, int]


def ask(
    w: Work,
    place: int,
    lines: Sequence[Asked],
    *,
    uid: str,
    needed_by: datetime | None = None,
    answer_place: int | None = None,
    incident: int | None = None,
    reason: str = "",
) -> SupplyRequest:
    """Ask for supplies; one line for each item. The same `uid` is the same request.

    `answer_place` is one of the places above; left out, the one that usually answers.
    """
    w.need(ASKS, place)
    stood = w.session.scalars(select(SupplyRequest).where(SupplyRequest.uid == uid)).first()
    if stood is not None:
        return stood
    row = SupplyRequest(uid=uid, place_id=place, answer_place_id=_answerer(w, place, answer_place))
    row.incident_id, row.needed_by, row.reason, row.answer = incident, needed_by, reason.strip(), ""
    row.state, row.since, row.version = REQUEST.start, w.now, 1
    row.made_by, row.made_at = w.actor.name, w.now
    w.add(row)
    for item, units in _summed(w, lines).items():
        line = RequestLine(request_id=row.id, place_id=place, answer_place_id=row.answer_place_id)
        line.item, line.asked, line.approved, line.promised, line.received = item, units, 0, 0, 0
        w.session.add(line)
    clocks.start(w, row)
    items = tuple(sorted(line.item for line in lines))[:50]
    told = SupplyRequested(request=row.id, items=items, answer_place=row.answer_place_id, place=place)
    w.tell(told)
    return row


def _answerer(w: Work, place: int, wanted: int | None) -> int:
    above = [one.id for one in answerers(w, place)]
    if not above:
        raise Refused("nobody-above")
    if wanted is not None and wanted not in above:
        raise Missing("no-such", what="place", id=wanted)
    return above[0] if wanted is None else wanted


def _summed(w: Work, lines: Sequence[Asked]) -> dict[str, int]:
    """One line for each item, however often it was named."""
    if not lines:
        raise Invalid("nothing-ordered", field="lines")
    found: dict[str, int] = {}
    for line in lines:
        need_item(w, line.item, line.quantity)
        found[line.item] = found.get(line.item, 0) + line.quantity
    return found


def held(w: Work, request: SupplyRequest) -> Sequence[RequestLine]:
    """Lock a request until the work ends, as it stands now, and give its lines."""
    wanted = select(SupplyRequest).where(SupplyRequest.id == request.id).with_for_update()
    if w.session.scalars(wanted, execution_options={"populate_existing": True}).first() is None:
        raise Missing("no-such", what="request", id=request.id)
    return lines_of(w, request.id)


def note(w: Work, request: SupplyRequest) -> None:
    """Whoever must answer has read it, and has not decided."""
    held(w, request)
    REQUEST.move(w, request, "note", place=request.answer_place_id)
    clocks.start(w, request)
    w.tell(RequestNoted(request=request.id, place=request.answer_place_id, incident=request.incident_id))


def provide(w: Work, request: SupplyRequest, words: str) -> None:
    """A provisional answer: probably yes, on the condition that stands in `words`."""
    _need(words)
    held(w, request)
    _answer(w, request, "provide", words)


def accept(
    w: Work, request: SupplyRequest, approved: Mapping[str, int] | None = None, *, words: str = ""
) -> None:
    """Agree to so many units by item; what is not named is approved as asked. Fewer than asked is a part.

    Invalid (``more-than-asked``), and (``nothing-approved``) where nothing is left: then decline, with a reason.
    Forbidden (``own-request``) for the person who asked, whatever roles they hold.
    """
    lines = held(w, request)
    w.need(ANSWERS, request.answer_place_id)
    if w.actor.account_id is not None and request.made_by == w.actor.name:
        raise Forbidden("own-request")
    for line in lines:
        units = line.asked if approved is None else approved.get(line.item, line.asked)
        if not 0 <= units <= line.asked:
            raise Invalid("more-than-asked", field="approved", item=line.item, asked=line.asked)
        line.approved = units
    if not any(line.approved for line in lines):
        raise Invalid("nothing-approved", field="approved")
    _answer(w, request, "accept", words)


def decline(w: Work, request: SupplyRequest, reason: str) -> None:
    """Refuse, and say why."""
    _need(reason)
    held(w, request)
    _answer(w, request, "decline", reason)


def _need(words: str) -> None:
    if not words.strip():
        raise Invalid("field-missing", field="answer")


def _answer(w: Work, request: SupplyRequest, verb: str, words: str) -> None:
    REQUEST.move(w, request, verb, place=request.answer_place_id)
    request.answer, request.answered_at = words.strip() or request.answer, w.now
    clocks.start(w, request)
    lines = lines_of(w, request.id)
    told = RequestAnswered(
        request=request.id,
        verdict=request.state,
        approved=sum(line.approved for line in lines),
        asked=sum(line.asked for line in lines),
        place=request.answer_place_id,
        incident=request.incident_id,
    )
    w.tell(told)


def requisition(w: Work, request: SupplyRequest, givers: Sequence[Given], *, uid: str) -> list[Transfer]:
    """Draw up one transfer for each giver; the same `uid` is drawn up once.

    As soon as all that was approved is promised the request is requisitioned; until then it waits for the rest.
    Refused (``more-than-approved``) with what is still open.
    """
    lines = {line.item: line for line in held(w, request)}
    w.need(ANSWERS, request.answer_place_id)
    stood = [one for one in of_request(w, request.id) if one.uid.startswith(f"{uid}:")]
    if stood:
        return stood
    REQUEST.find("requisition", request.state)
    _promise(lines, givers)
    made = [_draw_up(w, request, lines, given, f"{uid}:{at}") for at, given in enumerate(givers, 1)]
    if all(line.promised >= line.approved for line in lines.values()):
        REQUEST.move(w, request, "requisition", place=request.answer_place_id)
        clocks.start(w, request)
    told = RequestRequisitioned(
        request=request.id, transfers=tuple(one.id for one in made)[:50], place=request.answer_place_id
    )
    w.tell(told)
    return made


def _promise(lines: Mapping[str, RequestLine], givers: Sequence[Given]) -> None:
    if not any(units for given in givers for units in given.units.values()):
        raise Invalid("nothing-ordered", field="givers")
    for given in givers:
        for item, units in given.units.items():
            line = lines.get(item)
            if line is None or line.promised + units > line.approved:
                left = line.approved - line.promised if line else 0
                raise Refused("more-than-approved", item=item, there=left)
            line.promised += units


def _draw_up(
    w: Work, request: SupplyRequest, lines: Mapping[str, RequestLine], given: Given, uid: str
) -> Transfer:
    return order(
        w,
        giver=given.giver,
        taker=request.place_id,
        lines=[
            Ordered(item, units, request_line=lines[item].id) for item, units in given.units.items() if units
        ],
        kind="requisition",
        ordered_for=request.answer_place_id,
        uid=uid,
        request_id=request.id,
        due_at=request.needed_by,
    )


def cancel(w: Work, request: SupplyRequest, reason: str = "") -> None:
    """Whoever asked needs it no more; Refused (``transfers-open``) while something is on its way."""
    held(w, request)
    _nothing_open(w, request)
    REQUEST.move(w, request, "cancel", place=request.place_id)
    _end(w, request, reason)


def end_short(w: Work, request: SupplyRequest, reason: str) -> None:
    """No more will come than has come; whoever answers says why."""
    _need(reason)
    held(w, request)
    _nothing_open(w, request)
    REQUEST.move(w, request, "end_short", place=request.answer_place_id)
    _end(w, request, reason)


def _nothing_open(w: Work, request: SupplyRequest) -> None:
    open_ones = [one for one in of_request(w, request.id) if one.state not in TRANSFER.ends]
    if open_ones:
        raise Refused("transfers-open", number=len(open_ones))


def _end(w: Work, request: SupplyRequest, words: str) -> None:
    request.answer = "\n".join(said for said in (request.answer, words.strip()) if said)
    clocks.start(w, request)
    tell_ended(w, request, lines_of(w, request.id))


def tell_ended(w: Work, request: SupplyRequest, lines: Sequence[RequestLine]) -> None:
    """Say how a request ended: units of all its lines together."""
    told = RequestEnded(
        request=request.id,
        state=request.state,
        received=sum(line.received for line in lines),
        approved=sum(line.approved for line in lines),
        place=request.place_id,
        incident=request.incident_id,
    )
    w.tell(told)
