"""From what counts mean to sheets of the ledger: use as issues, losses and finds as adjustments."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import select

from region.resources.actions.ledger import Change, Posting
from region.resources.models import Lot, Stock
from region.resources.weighing import Taking, Weighed
from region.spine import bulk
from region.spine.work import Work

AT_ONCE = 400
Where = tuple[int, int]
"""A taking and the index of one of its lines."""


def postings_of(
    w: Work, takings: Sequence[Taking], good: Sequence[Weighed], ids: Mapping[int, int]
) -> tuple[list[Posting], dict[Where, int]]:
    """The sheets to post, and the lot of each line that was counted by lot.

    Use is an issue that says it was inferred, so that it burns like use that was told; what was lost or found is an
    adjustment and counts neither as used nor as come. The first number of a shelf is its opening balance.
    """
    lots = _lots(w, good)
    stocks = _stocks(w, good, lots)
    sheets: dict[tuple[int, str, str, int], list[Change]] = {}
    for one in good:
        for kind, reason, covers, change in _changes(one, stocks):
            sheets.setdefault((one.taking, kind, reason, covers), []).append(change)
    return [
        _posting(takings[taking], ids[taking], kind, reason, covers, changes)
        for (taking, kind, reason, covers), changes in sheets.items()
    ], lots


def _posting(
    of: Taking, count: int, kind: str, reason: str, covers: int, changes: Sequence[Change]
) -> Posting:
    return Posting(
        place=of.place,
        kind=kind,
        uid=f"count:{count}:{kind}:{reason}:{covers}",
        changes=tuple(changes),
        at=of.counted_at,
        ref=f"count:{count}",
        reason=reason,
        covers=covers,
        inferred=kind == "issue",
    )


def _changes(one: Weighed, stocks: Mapping[Where, int]) -> Iterator[tuple[str, str, int, Change]]:
    verdict = one.verdict
    for stock, units in verdict.used:
        yield "issue", "count", verdict.covers, Change(stock, on_hand=-units)
    for stock, units in verdict.lost:
        yield "adjust", "loss", 1, Change(stock, on_hand=-units)
    if verdict.surplus:
        reason = "opening" if verdict.opening else "found"
        yield "adjust", reason, 1, Change(stocks[one.where], on_hand=verdict.surplus)


def _lots(w: Work, good: Sequence[Weighed]) -> dict[Where, int]:
    """The lot of each line that is of one or needs one; made where nobody has met it before."""
    found = {one.where: one.lot_id for one in good if one.lot_id is not None}
    fresh = {one.where: _lot_row(w, one) for one in good if one.verdict.surplus and one.holds is None}
    fresh = {where: row for where, row in fresh.items() if where not in found}
    rows = {str(row["mark"]): row for row in fresh.values()}
    names = sorted(rows)
    bulk.add_missing(w.session, Lot, [rows[name] for name in names])
    ids: dict[str, int] = {}
    for at in range(0, len(names), AT_ONCE):
        query = select(Lot.mark, Lot.id).where(Lot.mark.in_(names[at : at + AT_ONCE]))
        ids.update((row.mark, row.id) for row in w.session.execute(query))
    return found | {where: ids[str(row["mark"])] for where, row in fresh.items()}


def _lot_row(w: Work, one: Weighed) -> dict[str, object]:
    """The lot as it was written down; of an item counted as a whole the lot that is not known."""
    code, until, item = one.line.lot or "-", one.line.expires_on, one.line.item
    mark = f"{item}/{code}/{until.isoformat() if until else '-'}"
    return {"realm": w.realm, "mark": mark, "item": item, "code": code, "expires_on": until}


def _stocks(w: Work, good: Sequence[Weighed], lots: Mapping[Where, int]) -> dict[Where, int]:
    """The stock that each surplus goes to; an empty one is made where the place has none of this lot."""
    found = {one.where: one.holds for one in good if one.holds is not None}
    fresh = [one for one in good if one.verdict.surplus and one.holds is None]
    empty = {"owner": "own", "storage": "", "on_hand": 0, "reserved": 0, "blocked": 0, "version": 1}
    rows = [
        {"realm": w.realm, "place_id": one.place, "item": one.line.item, "lot_id": lots[one.where], **empty}
        for one in fresh
    ]
    bulk.add_missing(w.session, Stock, rows)
    ids = _ids(w, sorted({one.place for one in fresh}), {one.line.item for one in fresh})
    return found | {one.where: ids[one.place, lots[one.where]] for one in fresh}


def _ids(w: Work, places: Sequence[int], items: Collection[str]) -> dict[tuple[int, int], int]:
    found: dict[tuple[int, int], int] = {}
    for at in range(0, len(places), AT_ONCE):
        query = select(Stock.id, Stock.place_id, Stock.lot_id).where(
            Stock.place_id.in_(places[at : at + AT_ONCE]),
            Stock.item.in_(items),
            Stock.owner == "own",
            Stock.storage == "",
        )
        found.update(((row.place_id, row.lot_id), row.id) for row in w.session.execute(query))
    return found
