"""What is known of transfers: whose turn it is, until when, what is on its way, and which come first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, or_, select

from region.places.models import Place
from region.resources.models import Lot, Transfer, TransferLine
from region.resources.states import TRANSFER
from region.spine.errors import Invalid, Missing
from region.spine.journal import Entry
from region.spine.rulebook import Rulebook
from region.spine.scope import path_of
from region.spine.work import Work

GIVERS_TURN = ("ordered", "committed", "disputed", "turning_back")
MOST = 200
OF_RETURNS = {
    "ordered": "RequestReturn",
    "offered": "ReleaseResource",
    "refused": "ResponseToRequestReturn: Decline",
}
RECENT = timedelta(days=14)
"""For how long what has ended stays in the list."""
MESSAGES = {
    "ordered": "RequisitionResource",
    "offered": "OfferUnsolicitedResource",
    "committed": "CommitResource",
    "shipped": "ReportResourceDeploymentStatus",
    "disputed": "RequestInformation",
    "explained": "ResponseToRequestInformation",
    "received": "ReportResourceDeploymentStatus",
    "refused": "CommitResource: Decline",
    "cancelled": "RequisitionResource: Cancel",
    "turning_back": "RequestReturn",
    "turned_back": "ReleaseResource",
}
"""The message of EDXL-RM that stands for reaching each state; a cancellation carries NIEM's code."""


@dataclass(frozen=True)
class Listed:
    """One transfer in a list: whose turn it is, and until when."""

    row: Transfer
    due: datetime | None
    lines: tuple[tuple[str, int], ...]
    """Item and units: ordered, or what was sent once it has left."""


def whose_turn(transfer: Transfer) -> int:
    """The place that has to act next: it holds the goods, or the pen."""
    return transfer.giver_id if transfer.state in GIVERS_TURN else transfer.taker_id


def message_of(transfer: Transfer) -> str | None:
    """The message of EDXL-RM that stands for the state that it is in."""
    returned = OF_RETURNS.get(transfer.state) if transfer.kind == "return" else None
    return returned or MESSAGES.get(transfer.state)


def due_of(rules: Rulebook, transfer: Transfer) -> datetime | None:
    """When the time of its present state is over; None where it has ended."""
    limit = TRANSFER.limits.get(transfer.state)
    return None if limit is None else transfer.since + rules.duration(TRANSFER.pack, limit)


def lines_of(w: Work, transfer_id: int) -> Sequence[TransferLine]:
    """The lines of a transfer as they stand now, in the order in which they were made."""
    wanted = select(TransferLine).where(TransferLine.transfer_id == transfer_id).order_by(TransferLine.id)
    return w.session.scalars(wanted, execution_options={"populate_existing": True}).all()


def lots_named(w: Work, ids: Collection[int]) -> dict[int, Lot]:
    """Lots by id."""
    return {lot.id: lot for lot in w.session.scalars(select(Lot).where(Lot.id.in_(ids)))}


def common_area(w: Work, one: int, other: int) -> int:
    """The id of the lowest place that stands above both; Invalid where there is none."""
    paths = [path_of(w.session, place) for place in (one, other)]
    if None in paths:
        raise Missing("no-such", what="place", id=one if paths[0] is None else other)
    first, second = ((path or "").strip("/").split("/") for path in paths)
    shared = [int(a) for a, b in zip(first, second, strict=False) if a == b]
    if not shared:
        raise Invalid("no-common-area", field="taker")
    return shared[-1]


def listed(w: Work, *, open_only: bool = False) -> list[Listed]:
    """The transfers that the actor may know of: late ones first, then by the clock; ended ones last, newest first."""
    wanted = select(Transfer).where(
        Transfer.state.not_in(TRANSFER.ends)
        if open_only
        else or_(Transfer.state.not_in(TRANSFER.ends), Transfer.ended_at >= w.now - RECENT)
    )
    ended = case((Transfer.state.in_(TRANSFER.ends), 1), else_=0)
    oldest = case((ended == 0, Transfer.since))  # of the open ones; of those that ended, the newest
    wanted = wanted.order_by(ended, Transfer.late_at.is_(None), oldest, Transfer.since.desc(), Transfer.id)
    rows = w.session.scalars(wanted.limit(MOST)).all()
    lines = _units(w, [row.id for row in rows])
    found = [Listed(row, due_of(w.rules, row), lines.get(row.id, ())) for row in rows]
    return sorted(found, key=_order)


def _order(one: Listed) -> tuple[int, float]:
    if one.due is None:
        return 2, -one.row.since.timestamp()
    return (0 if one.row.late_at else 1), one.due.timestamp()


def _units(w: Work, ids: Sequence[int]) -> dict[int, tuple[tuple[str, int], ...]]:
    rows = w.session.scalars(select(TransferLine).where(TransferLine.transfer_id.in_(ids)))
    found: dict[int, dict[str, int]] = {}
    left = {line: line.sent for line in rows}
    shipped = {line.transfer_id for line, sent in left.items() if sent}
    for line, sent in left.items():
        items = found.setdefault(line.transfer_id, {})
        items[line.item] = items.get(line.item, 0) + (sent if line.transfer_id in shipped else line.ordered)
    return {number: tuple(sorted(items.items())) for number, items in found.items()}


def of_request(w: Work, request_id: int) -> Sequence[Transfer]:
    """The transfers ordered for a request, oldest first."""
    return w.session.scalars(
        select(Transfer).where(Transfer.request_id == request_id).order_by(Transfer.id)
    ).all()


def timeline(w: Work, subject: str) -> Sequence[Entry]:
    """What the journal has of one request or transfer (``transfer:12``), oldest first.

    The caller may know of the row itself; what either side did to it, both sides may know.
    """
    with w.beyond_scope("both sides of a transfer may read what was done to it"):
        wanted = select(Entry).where(Entry.subject == subject, Entry.event.startswith("resources."))
        return w.session.scalars(wanted.order_by(Entry.id)).all()


def places_named(w: Work, ids: Collection[int]) -> Mapping[int, Place]:
    """Places by id: both sides of a transfer and who answers a request may know one another's names."""
    with w.beyond_scope("names of the places that a row in scope belongs to"):
        return {one.id: one for one in w.session.scalars(select(Place).where(Place.id.in_(ids)))}
