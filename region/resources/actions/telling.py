"""What devices and sites' own systems tell, kept line by line: a wrong one keeps no other out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import select

from region.resources.actions import counting, keeping
from region.resources.actions.keeping import Received
from region.resources.catalogue import items_of
from region.resources.models import Lot, Stock
from region.resources.told import CountTold, LineTold, MovementTold
from region.spine.errors import Fault, Invalid, Refused
from region.spine.work import Work

MOST = 1000
Told = TypeVar("Told", LineTold, MovementTold)


@dataclass
class Kept:
    """How many lines were new and how many stood already; the refused ones by their place in the list, and why."""

    new: int = 0
    same: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    count: int | None = None

    def refuse(self, index: int, where: str, reason: str, **facts: Any) -> None:
        """Note one that was not kept."""
        self.refused.append({"index": index, "field": where, "reason": reason, **facts})


def tell_count(w: Work, place: int, told: CountTold, source: str = "api") -> Kept:
    """Keep a count of one place; the same `uid` again changes nothing, whatever its lines are now."""
    w.need("resources.keep", place)
    kept = Kept()
    known = items_of(w.rules)
    good: list[tuple[int, LineTold]] = []
    for index, raw in enumerate(told.lines):
        line = _parsed(LineTold, index, raw, kept)
        if line is not None and line.item not in known:
            kept.refuse(index, "item", "no-such-item")
        elif line is not None:
            good.append((index, line))
    if good:
        lines = [line.counted() for _index, line in good]
        made, refused = counting.take_what_fits(
            w, place, lines, uid=named(place, told.uid), counted_at=told.counted_at, source=source
        )
        stood = made is not None and made.made_at != w.now
        kept.count = None if made is None else made.id
        kept.new, kept.same = (0, len(good)) if stood else (len(good) - len(refused), 0)
        for one in refused:
            fault = counting.fault_of(one)
            kept.refuse(good[one.index][0], "quantity", fault.code, **fault.facts)
    kept.refused.sort(key=lambda one: one["index"])
    return kept


def _parsed(kind: type[Told], index: int, raw: Any, kept: Kept) -> Told | None:
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        for one in error.errors(include_input=False, include_url=False):
            kept.refuse(index, ".".join(map(str, one["loc"])), one["type"])
    return None


def tell_movements(w: Work, place: int, given: Sequence[Any]) -> Kept:
    """Keep what came in and was given out, each once by its `uid`, in the order of the list. Invalid beyond 1,000."""
    w.need("resources.keep", place)
    if len(given) > MOST:
        raise Invalid("too-many", field="movements", most=MOST)
    kept = Kept()
    for index, raw in enumerate(given):
        told = _parsed(MovementTold, index, raw, kept)
        if told is None:
            continue
        try:
            made = move(w, place, told)
        except (Invalid, Refused) as fault:
            kept.refuse(index, str(fault.facts.get("field", "quantity")), fault.code, **_told(fault))
            continue
        kept.new, kept.same = (kept.new + 1, kept.same) if made else (kept.new, kept.same + 1)
    return kept


def _told(fault: Fault) -> dict[str, Any]:
    return {name: value for name, value in fault.facts.items() if name not in ("field", "index", "reason")}


def move(w: Work, place: int, told: MovementTold) -> bool:
    """Receive or issue one line; False where its `uid` stood already. An issue of a lot takes that lot alone."""
    at, uid = counting.moment(w, told.at), named(place, told.uid)
    if keeping.stands(w, uid):  # before anything is looked for: its lot may be used up by now, by itself
        w.need("resources.keep", place)
        return False
    if told.kind == "receive":
        line = Received(told.item, told.quantity, told.lot or "-", told.expires_on, told.made_on, told.owner)
        return keeping.receive(w, place, [line], uid=uid, at=at) is not None
    lot = _lot_here(w, place, told) if told.lot or told.expires_on else None
    return keeping.issue(w, place, told.item, told.quantity, uid=uid, at=at, lot_id=lot) is not None


def named(place: int, uid: str) -> str:
    """What a device or system calls its own, told apart from what another place calls the same: both may count 1, 2."""
    return f"{place}/{uid}"


def _lot_here(w: Work, place: int, told: MovementTold) -> int:
    wanted = select(Lot.id).join(Stock, Stock.lot_id == Lot.id)
    wanted = wanted.where(Stock.place_id == place, Lot.item == told.item, Stock.on_hand > 0)
    wanted = wanted.where(Lot.code == (told.lot or "-"))
    if told.expires_on is not None:
        wanted = wanted.where(Lot.expires_on == told.expires_on)
    found = w.session.scalars(wanted.order_by(Lot.expires_on, Lot.id)).first()
    if found is None:
        raise Refused("lot-not-here", item=told.item, lot=told.lot or "-")
    return found
