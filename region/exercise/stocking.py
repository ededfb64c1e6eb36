"""Puts the invented supplies of Linjiang into the books: what came, ten days of use, and what sites can take in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from region.exercise.linjiang.names import DISTRICT
from region.exercise.linjiang.region import Region
from region.exercise.linjiang.supplies import DAYS, LOTS, Able, Kept, Parcel, capacity_of, stock_of
from region.places.models import Place
from region.resources.actions import reckoning
from region.resources.actions.ledger import Change, Posting, lot_for, post
from region.resources.actions.reporting import report
from region.resources.capacity import Told
from region.resources.catalogue import items_of
from region.resources.events.stock import StockMoved
from region.resources.models import Capacity, Sheet, Stock
from region.resources.states import PACK
from region.spine import bulk
from region.spine.work import Work

CLOSES = time(17, 30)
"""When a day's use is entered."""


@dataclass(frozen=True)
class Books:
    """What is kept, and the ids under which: places by code, lots by item and mark, stocks by place, lot and owner."""

    kept: Sequence[Kept]
    at: Mapping[str, int]
    lots: Mapping[tuple[str, str], int]
    stocks: Mapping[tuple[int, int, str], int]

    def stock(self, one: Kept, parcel: Parcel) -> int:
        """The id of the stock that a parcel went into."""
        return self.stocks[self.at[one.site], self.lots[one.item, parcel.lot], parcel.owner]


def places_by_code(w: Work) -> dict[str, int]:
    """The ids of all places by code."""
    return {row.code: row.id for row in w.session.execute(select(Place.code, Place.id))}


def stock_sites(w: Work, region: Region) -> int:
    """Write what the sites keep and used up to this moment; says how many shelves. Later it changes nothing."""
    if w.session.scalar(select(Sheet.id).limit(1)) is not None:
        return 0
    kept, at = stock_of(region.sites), places_by_code(w)
    lots = _lots(w, kept)
    books = Books(kept, at, lots, _stocks(w, kept, at, lots))
    postings = [
        *_receipts(books, _day(w, DAYS + 1)),
        *_blocks(books, _day(w, 2)),
        *_use(w, books),
    ]
    sheets = dict(zip((one.uid for one in postings), post(w, postings), strict=True))
    items = tuple(sorted({one.item for one in kept}))
    for kind in ("receive", "quarantine", "issue"):
        some = [one for one in postings if one.kind == kind]
        lines = sum(len(one.changes) for one in some)
        told = StockMoved(
            sheet=sheets[some[0].uid], kind=kind, lines=lines, items=items, place=at[DISTRICT[0]]
        )
        w.tell(told)
    return len(kept)


def _day(w: Work, ago: int) -> datetime:
    """The evening of a day so many days ago."""
    day = w.office.clock.day(w.now) - timedelta(days=ago)
    return datetime.combine(day, CLOSES, w.office.clock.zone).astimezone(UTC)


def _lots(w: Work, kept: Sequence[Kept]) -> dict[tuple[str, str], int]:
    """The lots of the parcels; one without a mark or a last day where the catalogue keeps none."""
    items, today = items_of(w.rules), w.office.clock.day(w.now)
    lasts = dict(LOTS)
    found = {}
    for item, lot in sorted({(one.item, parcel.lot) for one in kept for parcel in one.parcels}):
        facts = items[item]
        until = today + timedelta(days=lasts[lot]) if facts["expiry"] else None
        code = f"{item[:3].upper()}{today:%y}{lot}" if facts["lot"] else "-"
        made = until and until - timedelta(days=730)
        found[item, lot] = lot_for(w, item, code, until, made)
    return found


def _stocks(
    w: Work, kept: Sequence[Kept], at: Mapping[str, int], lots: Mapping[tuple[str, str], int]
) -> dict[tuple[int, int, str], int]:
    rows = {
        (at[one.site], lots[one.item, parcel.lot], parcel.owner): one.item
        for one in kept
        for parcel in one.parcels
    }
    empty = {"realm": w.realm, "storage": "", "on_hand": 0, "reserved": 0, "blocked": 0, "version": 1}
    bulk.add_missing(
        w.session,
        Stock,
        [
            {**empty, "place_id": place, "lot_id": lot, "owner": owner, "item": item}
            for (place, lot, owner), item in rows.items()
        ],
    )
    made = w.session.execute(select(Stock.place_id, Stock.lot_id, Stock.owner, Stock.id))
    return {(row[0], row[1], row[2]): row[3] for row in made}


def _by_site(books: Books) -> Iterator[tuple[str, list[Kept]]]:
    sites: dict[str, list[Kept]] = {}
    for one in books.kept:
        sites.setdefault(one.site, []).append(one)
    yield from sites.items()


def _receipts(books: Books, when: datetime) -> Iterator[Posting]:
    for site, kept in _by_site(books):
        changes = tuple(
            Change(books.stock(one, parcel), on_hand=parcel.quantity)
            for one in kept
            for parcel in one.parcels
            if parcel.quantity
        )
        yield Posting(books.at[site], "receive", f"demo-in-{site}", changes, when)


def _blocks(books: Books, when: datetime) -> Iterator[Posting]:
    for site, kept in _by_site(books):
        changes = tuple(
            Change(books.stock(one, parcel), blocked=parcel.blocked)
            for one in kept
            for parcel in one.parcels
            if parcel.blocked
        )
        if changes:
            yield Posting(books.at[site], "quarantine", f"demo-qc-{site}", changes, when)


def _use(w: Work, books: Books) -> Iterator[Posting]:
    days = [_day(w, DAYS - number) for number in range(DAYS)]
    for site, kept in _by_site(books):
        for number, when in enumerate(days):
            changes = tuple(
                Change(books.stock(one, one.parcels[0]), on_hand=-one.used[number])
                for one in kept
                if one.used[number]
            )
            if changes:
                yield Posting(books.at[site], "issue", f"demo-out-{site}-{number}", changes, when)


def reckon_all(w: Work) -> None:
    """Reckon every shelf and area that the movements changed, as the clock would within a minute."""
    while reckoning.reckon_stale(w):
        continue


def tell_capacity(w: Work, region: Region) -> int:
    """Let the sites tell what they can take in; says how many kinds were told. Later it changes nothing."""
    if w.session.scalar(select(Capacity.id).limit(1)) is not None:
        return 0
    at, told = places_by_code(w), capacity_of(region.sites, w.rules.value(PACK, "capacity.asked"))
    sites: dict[str, list[Able]] = {}
    for one in told:
        sites.setdefault(one.site, []).append(one)
    for site, able in sites.items():
        report(w, at[site], [_told(w, one) for one in able], source="demo")
    return len(told)


def _told(w: Work, one: Able) -> Told:
    numbers = {"total": one.total, "ready": one.ready, "in_use": one.in_use, "broken": one.broken}
    return Told(kind=one.kind, at=w.now - timedelta(hours=one.hours), **numbers)
