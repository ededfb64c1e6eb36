"""The two signatures: the giver's when goods leave, the taker's when they come, or come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from region.resources.actions import clocks
from region.resources.actions.ledger import Change, Posting, hold, post_one, stock_for
from region.resources.actions.totals import restate_coming
from region.resources.actions.transferring import (
    RECEIVES,
    SENDS,
    copied,
    end,
    follow,
    held,
    other_hand,
    ref,
)
from region.resources.events.moving import (
    TransferReceived,
    TransferShipped,
    TransferTurned,
)
from region.resources.models import Transfer, TransferLine
from region.resources.queries.recalls import recalled
from region.resources.queries.transfers import lots_named
from region.resources.states import TRANSFER
from region.spine.errors import Invalid, Refused
from region.spine.work import Work


@dataclass(frozen=True)
class Signed:
    """What came of one line: fit for use, and unfit."""

    received: int
    damaged: int = 0


def ship(w: Work, transfer: Transfer, sent: Mapping[int, int] | None = None, *, carrier: str = "") -> None:
    """The giver signs that the goods have left: `sent` units by line, all that was set aside where it is None.

    What was set aside and does not leave is free again. Signing the same twice is once. Invalid
    (``more-than-set-aside``, ``nothing-sent``); Refused for a lot past its last day (``lot-expired``), or recalled
    since it was set aside (``lot-recalled``).
    """
    lines = held(w, transfer)
    numbers = {line.id: line.ordered if sent is None else sent.get(line.id, 0) for line in lines}
    if transfer.state == "shipped" and all(line.sent == numbers[line.id] for line in lines):
        w.need(SENDS, transfer.giver_id)
        return
    TRANSFER.move(w, transfer, "ship", place=transfer.giver_id)
    _check_sent(w, lines, numbers)
    hold_both(w, transfer, lines)
    for line in lines:
        line.sent = numbers[line.id]
    changes = [
        Change(line.stock_id, on_hand=-line.sent, reserved=-line.ordered) for line in lines if line.stock_id
    ]
    _post(w, transfer, transfer.giver_id, "send", changes)
    transfer.carrier, transfer.shipped_by, transfer.shipped_at = carrier.strip()[:60], w.actor.name, w.now
    restate_taker(w, transfer, lines)
    clocks.start(w, transfer)
    sides = {"giver": transfer.giver_id, "taker": transfer.taker_id}
    units = sum(numbers.values())
    w.tell(TransferShipped(transfer=transfer.id, quantity=units, place=transfer.giver_id, **sides))
    follow(w, transfer)


def _check_sent(w: Work, lines: Sequence[TransferLine], numbers: Mapping[int, int]) -> None:
    today = w.office.clock.day(w.now)
    lots = lots_named(w, {line.lot_id for line in lines if line.lot_id})
    held_back = recalled(w, {(lot, line.giver_id) for lot in lots for line in lines})
    for line in lines:
        if not 0 <= numbers[line.id] <= line.ordered:
            raise Invalid("more-than-set-aside", field="sent", item=line.item, there=line.ordered)
        lot = lots.get(line.lot_id or 0)
        if numbers[line.id] and lot is not None and lot.expires_on and lot.expires_on < today:
            raise Refused("lot-expired", item=line.item, lot=lot.id)
        if numbers[line.id] and lot is not None and (lot.id, line.giver_id) in held_back:
            raise Refused("lot-recalled", item=line.item, lot=lot.id)
    if not any(numbers.values()):
        raise Invalid("nothing-sent", field="sent")


def receive(
    w: Work, transfer: Transfer, signed: Mapping[int, Signed] | None = None, *, remark: str = ""
) -> None:
    """The taker signs for what came, line by line; None says that all of it came and is fit for use.

    What came unfit is written off at the taker. All there: received; something missing: disputed, and the giver is
    to explain. Signing the same twice is once. Invalid (``more-than-sent``); Forbidden (``same-hand``).
    """
    lines = held(w, transfer)
    numbers = _numbers(lines, signed)
    if transfer.state in ("received", "disputed") and _says_the_same(lines, numbers):
        w.need(RECEIVES, transfer.taker_id)
        return
    missing = sum(line.sent - numbers[line.id].received - numbers[line.id].damaged for line in lines)
    other_hand(w, transfer)
    TRANSFER.move(w, transfer, "dispute" if missing > 0 else "receive", place=transfer.taker_id)
    hold_both(w, transfer, lines)
    _take_in(w, transfer, lines, numbers)
    transfer.received_by, transfer.received_at, transfer.remark = w.actor.name, w.now, remark.strip()
    restate_taker(w, transfer, lines)
    _tell_received(w, transfer, numbers, missing)
    if missing:
        clocks.start(w, transfer)
        follow(w, transfer)
    else:
        end(w, transfer)


def _numbers(lines: Sequence[TransferLine], signed: Mapping[int, Signed] | None) -> dict[int, Signed]:
    if signed is None:
        return {line.id: Signed(line.sent) for line in lines}
    numbers = {line.id: signed.get(line.id, Signed(0)) for line in lines}
    for line in lines:
        one = numbers[line.id]
        if min(one.received, one.damaged) < 0 or one.received + one.damaged > line.sent:
            raise Invalid("more-than-sent", field="received", item=line.item, there=line.sent)
    return numbers


def _says_the_same(lines: Sequence[TransferLine], numbers: Mapping[int, Signed]) -> bool:
    return all(Signed(line.received, line.damaged) == numbers[line.id] for line in lines)


def _take_in(
    w: Work, transfer: Transfer, lines: Sequence[TransferLine], numbers: Mapping[int, Signed]
) -> None:
    came, unfit = [], []
    for line in lines:
        line.received, line.damaged = numbers[line.id].received, numbers[line.id].damaged
        units = line.received + line.damaged
        if not units or line.lot_id is None:
            continue
        stock = stock_for(w, transfer.taker_id, line.lot_id, line.owner or "own")
        came.append(Change(stock, on_hand=units))
        if line.damaged:
            unfit.append(Change(stock, on_hand=-line.damaged))
    _post(w, transfer, transfer.taker_id, "arrive", came)
    _post(w, transfer, transfer.taker_id, "write_off", unfit, reason="damage")


def _tell_received(w: Work, transfer: Transfer, numbers: Mapping[int, Signed], missing: int) -> None:
    w.tell(
        TransferReceived(
            transfer=transfer.id,
            giver=transfer.giver_id,
            taker=transfer.taker_id,
            quantity=sum(one.received for one in numbers.values()),
            damaged=sum(one.damaged for one in numbers.values()),
            missing=missing,
            place=transfer.taker_id,
        )
    )


def turn_back(w: Work, transfer: Transfer, reason: str) -> None:
    """The place that ordered it calls back goods that are on their way."""
    if not reason.strip():
        raise Invalid("field-missing", field="reason")
    lines = held(w, transfer)
    TRANSFER.move(w, transfer, "turn_back", place=transfer.ordered_for_id)
    transfer.ruling, transfer.settled_by = reason.strip(), w.actor.name
    restate_taker(w, transfer, lines)
    clocks.start(w, transfer)
    sides = {"giver": transfer.giver_id, "taker": transfer.taker_id}
    w.tell(TransferTurned(transfer=transfer.id, place=transfer.ordered_for_id, **sides))


def take_back(w: Work, transfer: Transfer, back: Mapping[int, int] | None = None, *, words: str = "") -> None:
    """The giver signs for what came back; what did not is lost on the way, and the giver says how (`words`)."""
    lines = held(w, transfer)
    numbers = {line.id: line.sent if back is None else back.get(line.id, 0) for line in lines}
    for line in lines:
        if not 0 <= numbers[line.id] <= line.sent:
            raise Invalid("more-than-sent", field="back", item=line.item, there=line.sent)
    if sum(numbers.values()) < sum(line.sent for line in lines) and not words.strip():
        raise Invalid("field-missing", field="words")
    TRANSFER.move(w, transfer, "take_back", place=transfer.giver_id)
    hold_both(w, transfer, lines)
    changes = [Change(line.stock_id, on_hand=numbers[line.id]) for line in lines if line.stock_id]
    _post(w, transfer, transfer.giver_id, "arrive", [one for one in changes if one.on_hand])
    for line in lines:
        lost = split_off(w, line, line.sent - numbers[line.id])
        line.settled, line.settled_as = line.sent, "turned_back"
        if lost is not None:
            lost.settled, lost.settled_as = lost.sent, "lost"
    transfer.explanation, transfer.explained_by = words.strip(), w.actor.name
    w.session.flush()
    w.session.expire(transfer, ["lines"])
    end(w, transfer)


def split_off(w: Work, line: TransferLine, units: int) -> TransferLine | None:
    """A line of its own for so many of the units sent, so that they may be explained by themselves; None for none."""
    if units <= 0:
        return None
    if units == line.sent:
        return line
    line.sent -= units
    made = copied(line)
    made.sent = units
    w.session.add(made)
    return made


def hold_both(w: Work, transfer: Transfer, lines: Sequence[TransferLine]) -> None:
    """Lock the shelves of both sides at once, in the one order, so that two crossing transfers wait for each other."""
    both = (transfer.giver_id, transfer.taker_id)
    with w.beyond_scope("what leaves here comes there: the shelves of both sides are held"):
        hold(w, {(place, line.item) for place in both for line in lines})


def restate_taker(w: Work, transfer: Transfer, lines: Sequence[TransferLine]) -> None:
    """What is on its way to the taker, summed up anew."""
    w.session.flush()
    with w.beyond_scope("the taker's shelf says what is on its way to it"):
        restate_coming(w, hold(w, {(transfer.taker_id, line.item) for line in lines}))


def _post(
    w: Work, transfer: Transfer, place: int, kind: str, changes: Sequence[Change], reason: str | None = None
) -> None:
    if changes:
        uid = f"transfer:{transfer.id}:{kind}"
        post_one(w, Posting(place, kind, uid, tuple(changes), w.now, ref=ref(transfer), reason=reason))
