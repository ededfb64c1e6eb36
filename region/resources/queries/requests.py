"""What is known of requests for supplies: who answers, what is due when, and how well they are met (K33)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import case, func, or_, select

from region.places.models import Place, Site
from region.resources.models import RequestLine, Shelf, SupplyRequest, Transfer
from region.resources.states import REQUEST
from region.spine.errors import Missing
from region.spine.rulebook import Rulebook
from region.spine.scope import below, path_of
from region.spine.work import Work

STORES = ("commission", "warehouse")
"""An area that has one of these answers requests; they themselves ask the area above their own."""
MOST = 200
RECENT = timedelta(days=14)
GIVERS = 8
MESSAGES = {
    "requested": "RequestResource",
    "noted": "ResponseToRequestResource: Acknowledge",
    "provisional": "ResponseToRequestResource: Provisional",
    "accepted": "ResponseToRequestResource: Accept",
    "declined": "ResponseToRequestResource: Decline",
    "requisitioned": "RequisitionResource",
    "cancelled": "RequestResource: Cancel",
}
"""The message of EDXL-RM (with NIEM's code) that stands for reaching each state."""


@dataclass(frozen=True)
class Listed:
    """One request in a list, with the time by which its present state is over."""

    row: SupplyRequest
    due: datetime | None
    lines: tuple[RequestLine, ...]


@dataclass(frozen=True)
class Met:
    """K33 over so many requests: the share received of what was approved, and the median time to the last receipt.

    `share` is the mean over lines of received / approved, each line alike, for units cannot be added up; `by_item`
    has the plain quotient of each item. None where nothing was approved, or nothing has arrived.
    """

    requests: int
    share: float | None
    median: timedelta | None
    by_item: dict[str, float]


def answerers(w: Work, place: int) -> list[Place]:
    """The areas above a place that may be asked, the one that usually answers first.

    That is the nearest with a commission or a warehouse of its own; a commission or warehouse asks the one above its
    own area, if there is one.
    """
    path = path_of(w.session, place)
    if path is None:
        raise Missing("no-such", what="place", id=place)
    ids = [int(step) for step in path.strip("/").split("/")[:-1]]
    with w.beyond_scope("who answers a request stands above whoever asks"):
        above = {one.id: one for one in w.session.scalars(select(Place).where(Place.id.in_(ids)))}
        stores = select(Place.id, Place.parent_id).join(Site, Site.place_id == Place.id)
        rows = w.session.execute(stores.where(Place.parent_id.in_(ids), Site.type.in_(STORES))).all()
    own = {parent for store, parent in rows if store == place}
    keeping = {parent for store, parent in rows if store != place and parent not in own}
    upwards = [above[step] for step in reversed(ids) if step in above]
    first = next((one for one in upwards if one.id in keeping), None)
    if (
        first is None
    ):  # nobody further up keeps supplies: the highest below the top of all, or the area itself
        first = next((one for one in upwards if one.id not in own), upwards[0] if upwards else None)
    return [*([first] if first else []), *(one for one in upwards if one is not first)]


def due_of(rules: Rulebook, request: SupplyRequest) -> datetime | None:
    """When the time of its present state is over; None where it has ended."""
    limit = REQUEST.limits.get(request.state)
    return None if limit is None else request.since + rules.duration(REQUEST.pack, limit)


def lines_of(w: Work, request_id: int) -> Sequence[RequestLine]:
    """The lines of a request as they stand now."""
    wanted = select(RequestLine).where(RequestLine.request_id == request_id).order_by(RequestLine.id)
    return w.session.scalars(wanted, execution_options={"populate_existing": True}).all()


def listed(w: Work) -> list[Listed]:
    """The requests that the actor may know of: late ones first, then by the clock; ended ones last, newest first."""
    open_or_new = or_(SupplyRequest.state.not_in(REQUEST.ends), SupplyRequest.ended_at >= w.now - RECENT)
    ended = case((SupplyRequest.state.in_(REQUEST.ends), 1), else_=0)
    wanted = select(SupplyRequest).where(open_or_new)
    oldest = case((ended == 0, SupplyRequest.since))  # of the open ones; of those that ended, the newest
    wanted = wanted.order_by(
        ended, SupplyRequest.late_at.is_(None), oldest, SupplyRequest.since.desc(), SupplyRequest.id
    )
    rows = w.session.scalars(wanted.limit(MOST)).all()
    lines: dict[int, list[RequestLine]] = {}
    ids = [row.id for row in rows]
    for line in w.session.scalars(
        select(RequestLine).where(RequestLine.request_id.in_(ids)).order_by(RequestLine.id)
    ):
        lines.setdefault(line.request_id, []).append(line)
    found = [Listed(row, due_of(w.rules, row), tuple(lines.get(row.id, ()))) for row in rows]
    return sorted(found, key=_order)


def _order(one: Listed) -> tuple[int, float]:
    if one.due is None:
        return 2, -one.row.since.timestamp()
    return (0 if one.row.late_at else 1), one.due.timestamp()


def givers(w: Work, request: SupplyRequest, item: str) -> list[tuple[Shelf, Place]]:
    """Who below the answering place has most of an item that may be given away, without the one that asks."""
    path = path_of(w.session, request.answer_place_id) or ""
    usable = Shelf.on_hand - Shelf.reserved - Shelf.blocked - Shelf.expired
    wanted = select(Shelf, Place).join(Place, Place.id == Shelf.place_id)
    wanted = wanted.where(Shelf.item == item, usable > 0, below(Place.path, path))
    wanted = wanted.where(Shelf.place_id != request.place_id).order_by(usable.desc(), Place.code)
    return [(shelf, place) for shelf, place in w.session.execute(wanted.limit(GIVERS))]


def met(w: Work, since: datetime | None = None, until: datetime | None = None) -> Met:
    """K33 over the requests made from `since` to before `until` that were answered with yes and have ended or are late.

    A request still on its way within its time counts for neither side.
    """
    judged = or_(
        SupplyRequest.state.in_(("fulfilled", "ended_short")),
        (SupplyRequest.state.in_(("accepted", "requisitioned"))) & SupplyRequest.late_at.is_not(None),
    )
    wanted = select(SupplyRequest.id, SupplyRequest.made_at).where(judged)
    if since is not None:
        wanted = wanted.where(SupplyRequest.made_at >= since)
    if until is not None:
        wanted = wanted.where(SupplyRequest.made_at < until)
    made = {row.id: row.made_at for row in w.session.execute(wanted)}
    by_item, shares = _shares(w, made)
    times = _times(w, made)
    return Met(
        requests=len(made),
        share=sum(shares) / len(shares) if shares else None,
        median=timedelta(seconds=median(times)) if times else None,
        by_item=by_item,
    )


def _times(w: Work, made: dict[int, datetime]) -> list[float]:
    """Seconds from each request to its last receipt, of those for which something came."""
    last = select(Transfer.request_id, func.max(Transfer.received_at))
    last = last.where(Transfer.request_id.in_(made), Transfer.received_at.is_not(None))
    rows = w.session.execute(last.group_by(Transfer.request_id))
    return [
        (at - made[number]).total_seconds() for number, at in rows if number is not None and at is not None
    ]


def _shares(w: Work, made: dict[int, datetime]) -> tuple[dict[str, float], list[float]]:
    wanted = select(RequestLine.item, RequestLine.received, RequestLine.approved)
    wanted = wanted.where(RequestLine.request_id.in_(made), RequestLine.approved > 0)
    rows = w.session.execute(wanted).all()
    sums: dict[str, tuple[int, int]] = {}
    for item, received, approved in rows:
        came, agreed = sums.get(item, (0, 0))
        sums[item] = came + min(received, approved), agreed + approved
    by_item = {item: came / agreed for item, (came, agreed) in sorted(sums.items())}
    return by_item, [min(received, approved) / approved for _item, received, approved in rows]
