"""What differs between the two signatures: the giver explains, the taker agrees or not, or whoever ordered decides.

The giver's word alone moves nothing: what never left goes back into the giver's books, and what was lost is closed,
only when the taker has agreed or the place that ordered the transfer has decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from region.resources.actions import clocks
from region.resources.actions.handing import hold_both, split_off
from region.resources.actions.ledger import Change, Posting, post_one
from region.resources.actions.transferring import end, held, other_hand, ref
from region.resources.events.moving import DifferenceExplained, ExplanationContested
from region.resources.models import Transfer, TransferLine
from region.resources.queries.transfers import lines_of
from region.resources.states import TRANSFER
from region.spine.errors import Invalid
from region.spine.work import Work

LOST, NEVER_LEFT = "lost", "never_left"


def explain(w: Work, transfer: Transfer, never_left: Mapping[int, int], words: str) -> None:
    """The giver says of each line how many of the missing never left; the others were lost on the way."""
    _need(words, "words")
    lines = held(w, transfer)
    TRANSFER.move(w, transfer, "explain", place=transfer.giver_id)
    _say(w, transfer, lines, never_left)
    transfer.explanation, transfer.explained_by = words.strip(), w.actor.name
    clocks.start(w, transfer)
    _tell(w, transfer, transfer.giver_id)


def confirm(w: Work, transfer: Transfer, words: str = "") -> None:
    """The taker agrees: the books of the giver are set right, and the transfer ends."""
    held(w, transfer)
    other_hand(w, transfer)
    TRANSFER.move(w, transfer, "confirm", place=transfer.taker_id)
    _add_remark(transfer, words)
    _close(w, transfer)


def contest(w: Work, transfer: Transfer, words: str) -> None:
    """The taker does not agree and says why: the giver is to explain again, or whoever ordered it decides."""
    _need(words, "words")
    held(w, transfer)
    TRANSFER.move(w, transfer, "contest", place=transfer.taker_id)
    _add_remark(transfer, words)
    clocks.start(w, transfer)
    told = ExplanationContested(
        transfer=transfer.id, giver=transfer.giver_id, taker=transfer.taker_id, place=transfer.taker_id
    )
    w.tell(told)


def settle(w: Work, transfer: Transfer, never_left: Mapping[int, int], words: str) -> None:
    """The place that ordered it decides, line by line, how many of the missing never left; the others are lost."""
    _need(words, "words")
    lines = held(w, transfer)
    other_hand(w, transfer)
    TRANSFER.move(w, transfer, "settle", place=transfer.ordered_for_id)
    _say(w, transfer, lines, never_left)
    transfer.ruling, transfer.settled_by = words.strip(), w.actor.name
    _tell(w, transfer, transfer.ordered_for_id)
    _close(w, transfer)


def _need(words: str, field: str) -> None:
    if not words.strip():
        raise Invalid("field-missing", field=field)


def _add_remark(transfer: Transfer, words: str) -> None:
    """Nothing that a side has said is written over."""
    transfer.remark = "\n".join(said for said in (transfer.remark, words.strip()) if said)


def _say(w: Work, transfer: Transfer, lines: Sequence[TransferLine], never_left: Mapping[int, int]) -> None:
    """Each line of which something is missing is split into what was lost and what never left."""
    for line in lines:
        missing, kept = line.in_transit, never_left.get(line.id, 0)
        if not 0 <= kept <= missing:
            raise Invalid("more-than-missing", field="never_left", item=line.item, there=missing)
        for units, verdict in ((kept, NEVER_LEFT), (missing - kept, LOST)):
            part = split_off(w, line, units)
            if part is not None:
                part.settled_as = verdict
    w.session.flush()
    w.session.expire(transfer, ["lines"])


def _close(w: Work, transfer: Transfer) -> None:
    """Set the books right as was agreed or decided, and end the transfer."""
    lines = [line for line in lines_of(w, transfer.id) if line.in_transit]
    hold_both(w, transfer, lines)
    changes = []
    for line in lines:
        line.settled = line.in_transit
        if line.settled_as == NEVER_LEFT and line.stock_id is not None:
            changes.append(Change(line.stock_id, on_hand=line.settled))
    if changes:
        uid, at = f"transfer:{transfer.id}:never_left", w.now
        with w.beyond_scope("what never left goes back into the giver's books, whoever agrees to it"):
            post_one(
                w,
                Posting(
                    transfer.giver_id, "adjust", uid, tuple(changes), at, ref=ref(transfer), reason="transit"
                ),
            )
    end(w, transfer)


def _tell(w: Work, transfer: Transfer, place: int) -> None:
    found = {LOST: 0, NEVER_LEFT: 0}
    for line in lines_of(w, transfer.id):
        if line.settled_as in found:
            found[line.settled_as] += line.in_transit
    sides = {"giver": transfer.giver_id, "taker": transfer.taker_id}
    w.tell(DifferenceExplained(transfer=transfer.id, **sides, **found, place=place))
