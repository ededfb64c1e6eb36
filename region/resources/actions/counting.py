"""Counts of stock: what people, files and programs counted, what it is taken to mean, and the movements that follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, or_, select

from region.resources.actions import ledger
from region.resources.actions.count_postings import postings_of
from region.resources.catalogue import need_item
from region.resources.events.stock import StockCounted
from region.resources.models import Count, CountLine, Shelf
from region.resources.queries.books import ShelfBooks, books
from region.resources.weighing import Counted, Taking, Verdict, Weighed, weigh
from region.spine import bulk
from region.spine.errors import Invalid, Refused
from region.spine.work import Work

SKEW = timedelta(minutes=5)
MOST = 10**12
FIRST_YEAR = 2000


@dataclass
class Written:
    """What was written: the ids of new counts, lines by meaning, and the lines that were refused."""

    counts: list[int] = field(default_factory=list)
    meanings: dict[str, int] = field(default_factory=dict)
    refused: list[Weighed] = field(default_factory=list)

    def number(self, *meanings: str) -> int:
        """How many lines had one of these meanings."""
        return sum(self.meanings.get(one, 0) for one in meanings)


def take(
    w: Work,
    place: int,
    lines: Sequence[Counted],
    *,
    uid: str,
    counted_at: datetime | None = None,
    source: str = "screen",
    note: str = "",
) -> Count | None:
    """Keep one count and post what differs; the same `uid` again gives the count that stands.

    Raises Invalid for a line that is wrong or a moment in the future, Refused (``count-below-held``) with the numbers
    where less was counted than is held for transfers or blocked.
    """
    count, refused = take_what_fits(w, place, lines, uid=uid, counted_at=counted_at, source=source, note=note)
    if refused:
        raise fault_of(refused[0])
    return count


def take_what_fits(
    w: Work,
    place: int,
    lines: Sequence[Counted],
    *,
    uid: str,
    counted_at: datetime | None = None,
    source: str = "screen",
    note: str = "",
) -> tuple[Count | None, list[Weighed]]:
    """The same, but a line that is refused keeps no other out: the count (None if all were), and those refused."""
    w.need("resources.keep", place)
    standing = w.session.scalars(select(Count).where(Count.uid == uid)).first()
    if standing is not None:
        return standing, []
    for line in lines:
        need_item(w, line.item)
    taking = Taking(place, moment(w, counted_at), uid, tuple(lines), note)
    made = write(w, [taking], hold_and_judge(w, [taking]), source)
    if not made.counts:
        return None, made.refused
    count = w.get(Count, made.counts[0])
    w.tell(_told(count, made), happened_at=count.counted_at)
    return count, made.refused


def _told(count: Count, made: Written) -> StockCounted:
    """What is told of one count: how many lines, and of how many what differed was use, a loss or a find."""
    return StockCounted(
        count=count.id,
        source=count.source,
        lines=sum(made.meanings.values()),
        used=made.number("use"),
        lost=made.number("loss"),
        found=made.number("found"),
        place=count.place_id,
    )


def moment(w: Work, counted_at: datetime | None) -> datetime:
    """When it was counted: never later than now, but for a clock that is a little fast; Invalid beyond that.

    Before the books of any region begin lies a clock that was never set (``day-wrong``).
    """
    if counted_at is not None and counted_at.year < FIRST_YEAR:
        raise Invalid("day-wrong", field="counted_at")
    if counted_at is not None and counted_at > w.now + SKEW:
        raise Invalid("count-in-future", field="counted_at")
    return w.now if counted_at is None else min(counted_at, w.now)


def fault_of(one: Weighed) -> Refused:
    """Why a line cannot stand, as a fault."""
    code, facts = one.verdict.refused or ("count-below-held", {})
    told: dict[str, Any] = {"item": one.line.item, **facts}
    if code == "count-lot-unclear":
        return Refused("count-lot-unclear", **told)
    return Refused("count-below-held", **told)


def judge(w: Work, takings: Sequence[Taking]) -> list[Weighed]:
    """What each line means against the books, line by line in their order; changes nothing.

    Lines of one shelf in one taking are judged each for itself: a whole shelf and a lot of it, or one lot twice,
    is Invalid (``count-twice``). All takings of one moment are read together.
    """
    by_moment: dict[datetime, list[int]] = {}
    for at, taking in enumerate(takings):
        _need_distinct(taking)
        by_moment.setdefault(taking.counted_at, []).append(at)
    found: list[Weighed] = []
    for counted_at, which in by_moment.items():
        lines = [(at, n, line) for at in which for n, line in enumerate(takings[at].lines)]
        pairs = {(takings[at].place, line.item) for at, _n, line in lines}
        known = books(w, pairs, counted_at, any(line.by_lot for _at, _n, line in lines))
        for at, n, line in lines:
            found.append(_judged(w, at, n, takings[at], line, known[takings[at].place, line.item]))
    return sorted(found, key=lambda one: (one.taking, one.index))


def _need_distinct(taking: Taking) -> None:
    seen: set[tuple[str, str | None, date | None]] = set()
    lots: dict[str, bool] = {}
    for line in taking.lines:
        if not 0 <= line.quantity <= MOST:
            raise Invalid("quantity-wrong", field="quantity", item=line.item)
        key = (line.item, line.lot, line.expires_on)
        if key in seen or lots.setdefault(line.item, line.by_lot) != line.by_lot:
            raise Invalid("count-twice", field="lines", item=line.item)
        seen.add(key)


def _judged(w: Work, at: int, n: int, taking: Taking, line: Counted, known: ShelfBooks) -> Weighed:
    day = w.office.clock.day(taking.counted_at)
    if not line.by_lot:
        verdict = weigh(line.quantity, taking.counted_at, day, known.held, known.before(w))
        unmarked = known.of_lot("-", None)
        free = [one for one in unmarked if one.expires_on is None]
        return Weighed(at, n, taking.place, line, verdict, None, free[0].stock if free else None)
    held = known.of_lot(line.lot or "-", line.expires_on)
    lots = {one.lot for one in held}
    if len(lots) > 1:
        unclear = Verdict(0, "same", refused=("count-lot-unclear", {"lot": line.lot or "-"}))
        return Weighed(at, n, taking.place, line, unclear)
    verdict = weigh(line.quantity, taking.counted_at, day, held, known.before(w, lots))
    lot = next(iter(lots), None)
    return Weighed(at, n, taking.place, line, verdict, lot, held[0].stock if held else None)


def hold_and_judge(w: Work, takings: Sequence[Taking]) -> list[Weighed]:
    """Hold the shelves until the work ends, and judge: nobody changes them between this and `write`."""
    ledger.hold(w, {(one.place, line.item) for one in takings for line in one.lines})
    return judge(w, takings)


def write(
    w: Work, takings: Sequence[Taking], judged: Sequence[Weighed], source: str, load_id: int | None = None
) -> Written:
    """Write counts, lines and movements in a few statements for any number.

    The caller holds the capability for every place and tells the event. A line that cannot stand is left out, and a
    taking of which none can makes no count.
    """
    written = Written(refused=[one for one in judged if one.verdict.refused])
    good = [one for one in judged if not one.verdict.refused]
    ids = _heads(w, takings, sorted({one.taking for one in good}), source, load_id)
    written.counts = list(ids.values())
    postings, lots = postings_of(w, takings, good, ids)
    ledger.post(w, postings)
    _lines(w, good, ids, lots)
    written.meanings = Counter(one.verdict.meaning for one in good)
    _mark(w, takings, [one for one in good if one.verdict.meaning != "old"])
    return written


def _mark(w: Work, takings: Sequence[Taking], good: Iterable[Weighed]) -> None:
    """Each shelf was counted then; its burn is reckoned anew, for a count that agrees tells something too."""
    newest: dict[tuple[int, str], datetime] = {}
    for one in good:
        pair, at = (one.place, one.line.item), takings[one.taking].counted_at
        newest[pair] = max(at, newest.get(pair, at))
    rows = [
        {"realm": w.realm, "place_id": place, "item": item, "counted_at": at, "stale": True}
        for (place, item), at in sorted(newest.items())
    ]
    key = ("realm", "place_id", "item")
    bulk.put(w.session, Shelf, rows, key, counted_at=bulk.larger, stale=or_)


def _heads(
    w: Work, takings: Sequence[Taking], which: Sequence[int], source: str, load_id: int | None
) -> dict[int, int]:
    if not which:
        return {}
    rows = [
        {"realm": w.realm, "uid": one.uid, "place_id": one.place, "source": source, "load_id": load_id}
        | {"counted_at": one.counted_at, "note": one.note, "made_by": w.actor.name, "made_at": w.now}
        for one in (takings[at] for at in which)
    ]
    made = w.session.scalars(insert(Count).returning(Count.id, sort_by_parameter_order=True), rows)
    return dict(zip(which, made, strict=True))


def _lines(w: Work, good: Iterable[Weighed], ids: dict[int, int], lots: dict[tuple[int, int], int]) -> None:
    rows = [
        {"realm": w.realm, "count_id": ids[one.taking], "place_id": one.place, "item": one.line.item}
        | {"lot_id": lots.get(one.where) if one.line.by_lot else None, "counted": one.line.quantity}
        | {"expected": one.verdict.expected, "meaning": one.verdict.meaning, "since": one.verdict.since}
        for one in good
    ]
    if rows:
        w.session.execute(insert(CountLine), rows)
