"""Goods are to pass from a giver to a taker: ordered or offered, committed, refused, called off; not signed for yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from region.resources.actions import clocks
from region.resources.actions.keeping import standing_of
from region.resources.actions.ledger import Change, Posting, hold, not_enough, post_one
from region.resources.catalogue import need_item
from region.resources.events.moving import TransferAnswered, TransferEnded, TransferOrdered
from region.resources.lots import Standing, choose
from region.resources.models import Transfer, TransferLine
from region.resources.queries.transfers import lines_of
from region.resources.states import TRANSFER
from region.spine.errors import Forbidden, Invalid, Missing
from region.spine.scope import path_of
from region.spine.work import Work

ANSWERS, SENDS, RECEIVES = "resources.answer", "resources.send", "resources.receive"


@dataclass(frozen=True)
class Ordered:
    """So many units of an item, of one lot if named; `request_line` is the line of the request that it answers."""

    item: str
    quantity: int
    lot_id: int | None = None
    request_line: int | None = None


def order(
    w: Work,
    *,
    giver: int,
    taker: int,
    lines: Sequence[Ordered],
    kind: str,
    ordered_for: int,
    uid: str,
    reason: str = "",
    plan_id: int | None = None,
    request_id: int | None = None,
    returns_id: int | None = None,
    due_at: datetime | None = None,
) -> Transfer:
    """Order a transfer (kinds requisition, plan), offer one (offer), or give something back (return).

    `ordered_for` stands above the giver, and above the taker too unless a request of the taker's is answered. The
    same `uid` is the same transfer. Invalid (``same-place``, ``not-below``, ``nothing-ordered``).
    """
    stood = w.session.scalars(select(Transfer).where(Transfer.uid == uid)).first()
    if stood is not None:
        return stood
    offered = _may_order(w, kind, giver, ordered_for)
    _check_places(w, giver, taker, ordered_for, answers=request_id is not None)
    if not lines:
        raise Invalid("nothing-ordered", field="lines")
    row = Transfer(uid=uid, kind=kind, giver_id=giver, taker_id=taker, ordered_for_id=ordered_for)
    row.request_id, row.plan_id, row.returns_id = request_id, plan_id, returns_id
    row.reason, row.due_at = reason.strip(), due_at
    row.state, row.since, row.version = TRANSFER.start, w.now, 1
    row.made_by, row.made_at, row.carrier = w.actor.name, w.now, ""
    row.remark = row.explanation = row.ruling = ""
    w.add(row)
    _add_lines(w, row, lines)
    if offered:
        TRANSFER.move(w, row, "offer", place=giver)
    clocks.start(w, row)
    _tell_ordered(w, row, lines)
    return row


def _tell_ordered(w: Work, row: Transfer, lines: Sequence[Ordered]) -> None:
    told = TransferOrdered(
        transfer=row.id,
        kind=row.kind,
        giver=row.giver_id,
        taker=row.taker_id,
        items=tuple(sorted({line.item for line in lines}))[:50],
        due=row.due_at,
        place=row.ordered_for_id,
    )
    w.tell(told)


def _may_order(w: Work, kind: str, giver: int, ordered_for: int) -> bool:
    """Refuse whoever may not; True where the taker has to agree first: an offer, or a return of the giver's own."""
    if kind in ("requisition", "plan"):
        w.need(ANSWERS, ordered_for)
        return False
    if kind not in ("offer", "return"):
        raise Invalid("no-such-kind", field="kind", kind=kind[:12])
    if kind == "return" and w.may(ANSWERS, ordered_for):
        w.need(ANSWERS, ordered_for)
        return False
    w.need(SENDS, giver)
    return True


def _check_places(w: Work, giver: int, taker: int, ordered_for: int, *, answers: bool) -> None:
    if giver == taker:
        raise Invalid("same-place", field="taker")
    above = path_of(w.session, ordered_for)
    for place, needed in ((giver, True), (taker, not answers)):
        path = path_of(w.session, place)
        if path is None or above is None:
            raise Missing("no-such", what="place", id=place)
        if needed and not path.startswith(above):
            raise Invalid("not-below", field="giver" if place == giver else "taker", place=place)


def _add_lines(w: Work, row: Transfer, lines: Sequence[Ordered]) -> None:
    for line in lines:
        need_item(w, line.item, line.quantity)
        made = TransferLine(transfer_id=row.id, giver_id=row.giver_id, taker_id=row.taker_id)
        made.ordered_for_id, made.request_line_id = row.ordered_for_id, line.request_line
        made.item, made.lot_id, made.ordered = line.item, line.lot_id, line.quantity
        made.sent = made.received = made.damaged = made.settled = 0
        w.session.add(made)
    w.session.flush()


def held(w: Work, transfer: Transfer) -> Sequence[TransferLine]:
    """Lock a transfer until the work ends, as it stands now, and give its lines."""
    wanted = select(Transfer).where(Transfer.id == transfer.id).with_for_update()
    if w.session.scalars(wanted, execution_options={"populate_existing": True}).first() is None:
        raise Missing("no-such", what="transfer", id=transfer.id)
    return lines_of(w, transfer.id)


def accept(w: Work, transfer: Transfer) -> None:
    """The taker takes the offer: now the giver is to set the goods aside."""
    held(w, transfer)
    TRANSFER.move(w, transfer, "accept", place=transfer.taker_id)
    clocks.start(w, transfer)
    _answered(w, transfer)


def refuse(w: Work, transfer: Transfer, reason: str) -> None:
    """The taker does not want what is offered, or the giver cannot give; what was set aside is free again."""
    _need_words(reason, "reason")
    lines = held(w, transfer)
    offered, committed = transfer.state == "offered", transfer.state == "committed"
    TRANSFER.move(w, transfer, "refuse", place=transfer.taker_id if offered else transfer.giver_id)
    if offered:
        transfer.remark = reason.strip()
    else:
        transfer.explanation = reason.strip()
    if committed:
        free(w, transfer, lines)
    _answered(w, transfer)
    end(w, transfer)


def cancel(w: Work, transfer: Transfer, reason: str) -> None:
    """Whoever ordered it calls it off before it leaves, or the giver an offer; what was set aside is free again."""
    _need_words(reason, "reason")
    lines = held(w, transfer)
    offered, committed = transfer.state == "offered", transfer.state == "committed"
    TRANSFER.move(w, transfer, "cancel", place=transfer.giver_id if offered else transfer.ordered_for_id)
    transfer.ruling, transfer.settled_by = reason.strip(), w.actor.name
    if committed:
        free(w, transfer, lines)
    end(w, transfer)


def _need_words(words: str, field: str) -> None:
    if not words.strip():
        raise Invalid("field-missing", field=field)


def set_aside(w: Work, transfer: Transfer) -> None:
    """The giver sets the goods aside: first expiry first, of lots still good on arrival; committing twice is once.

    A line is split by lot. Refused (``not-enough``) with the item, what is wanted and what is there.
    """
    lines = held(w, transfer)
    if transfer.state == "committed":
        w.need(SENDS, transfer.giver_id)
        return
    TRANSFER.move(w, transfer, "commit", place=transfer.giver_id)
    giver = transfer.giver_id
    hold(w, {(giver, line.item) for line in lines})
    arrives = arrival_day(w, transfer)
    chosen: list[tuple[TransferLine, list[tuple[Standing, int]]]] = []
    taken: dict[int, int] = {}
    for line in lines:
        chosen.append((line, _pick(w, giver, line, arrives, taken)))
    changes = [Change(one.stock, reserved=units) for _line, picks in chosen for one, units in picks]
    for line, picks in chosen:
        _split_by_lot(w, line, picks)
    posting = Posting(
        giver, "reserve", f"transfer:{transfer.id}:reserve", tuple(changes), w.now, ref=ref(transfer)
    )
    post_one(w, posting)
    w.session.expire(transfer, ["lines"])
    clocks.start(w, transfer)
    _answered(w, transfer)


def arrival_day(w: Work, transfer: Transfer) -> date:
    """The region's day by which what is sent has to be good still: when it is due, or the longest way from now."""
    travel = w.now + w.rules.duration(TRANSFER.pack, "transfer.travel")
    return w.office.clock.day(max(w.now, transfer.due_at or travel))


def _pick(
    w: Work, giver: int, line: TransferLine, arrives: date, taken: dict[int, int]
) -> list[tuple[Standing, int]]:
    standing = [
        replace(one, free=one.free - taken.get(one.stock, 0))
        for one in standing_of(w, giver, line.item, line.lot_id)
    ]
    picks = choose(standing, line.ordered, arrives)
    there = sum(units for _one, units in picks)
    if there < line.ordered:
        raise not_enough(line.item, there, wanted=line.ordered)
    for one, units in picks:
        taken[one.stock] = taken.get(one.stock, 0) + units
    return picks


def _split_by_lot(w: Work, line: TransferLine, picks: Sequence[tuple[Standing, int]]) -> None:
    for at, (one, units) in enumerate(picks):
        part = line if at == 0 else copied(line)
        part.lot_id, part.stock_id, part.owner, part.ordered = one.lot, one.stock, one.owner, units
        if at:
            w.session.add(part)
    w.session.flush()


def copied(line: TransferLine) -> TransferLine:
    """Another line of the same transfer for the same stock, with no units on it yet."""
    made = TransferLine(transfer_id=line.transfer_id, giver_id=line.giver_id, taker_id=line.taker_id)
    made.ordered_for_id, made.request_line_id = line.ordered_for_id, line.request_line_id
    made.item, made.lot_id, made.owner, made.stock_id = line.item, line.lot_id, line.owner, line.stock_id
    made.ordered = made.sent = made.received = made.damaged = made.settled = 0
    return made


def free(w: Work, transfer: Transfer, lines: Sequence[TransferLine]) -> None:
    """What was set aside may be used again."""
    changes = tuple(Change(line.stock_id, reserved=-line.ordered) for line in lines if line.stock_id)
    uid = f"transfer:{transfer.id}:free"
    with w.beyond_scope("whoever calls a transfer off frees what the giver had set aside for it"):
        post_one(w, Posting(transfer.giver_id, "free", uid, changes, w.now, ref=ref(transfer)))


def end(w: Work, transfer: Transfer) -> None:
    """A transfer has come to its end: stop its clock, say so, and count the request anew that it was ordered for."""
    clocks.start(w, transfer)
    sides = {"giver": transfer.giver_id, "taker": transfer.taker_id}
    w.tell(TransferEnded(transfer=transfer.id, state=transfer.state, place=transfer.ordered_for_id, **sides))
    follow(w, transfer)


def follow(w: Work, transfer: Transfer) -> None:
    """The request behind a transfer is counted anew, by the system: neither side may see all of it."""
    if transfer.request_id is not None:
        key = f"follow:{transfer.request_id}:{w.told[-1].id}"
        w.owe("resources.follow", key=key, request=transfer.request_id, transfer=transfer.id)


def ref(transfer: Transfer) -> str:
    """What stands on the sheets that a transfer makes."""
    return f"transfer:{transfer.id}"


def other_hand(w: Work, transfer: Transfer) -> None:
    """Whoever signed for the giver may neither sign for the taker nor settle a difference, whatever roles they hold."""
    if w.actor.account_id is not None and w.actor.name in (transfer.shipped_by, transfer.explained_by):
        raise Forbidden("same-hand")


def _answered(w: Work, transfer: Transfer) -> None:
    told = TransferAnswered(
        transfer=transfer.id,
        state=transfer.state,
        giver=transfer.giver_id,
        taker=transfer.taker_id,
        place=transfer.giver_id,
    )
    w.tell(told)
