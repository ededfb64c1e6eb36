"""A table of counts as planned rows: what is certain is read, the rest refused by its number with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from region.formats.dates import MISSING, read_date
from region.formats.numbers import read_count
from region.formats.tables import Row, Table
from region.formats.text import clean
from region.places.plan import refusal
from region.resources.load_plan import COLUMNS, LoadOptions, PlannedCount
from region.resources.load_words import Items, column_for, pieces_in, without_unit
from region.resources.queries.kept_sites import KeptSites
from region.spine.errors import Invalid

LONGEST_LOT = 40
MOST = 10**12


@dataclass(frozen=True)
class Ground:
    """What a file is read against: sites, items, the moment, and the region's zone."""

    sites: KeptSites
    items: Items
    now: datetime
    zone: ZoneInfo


@dataclass
class Draft:
    """One file while it is read."""

    options: LoadOptions
    ground: Ground
    date_system: int | None
    rows: list[PlannedCount] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)

    def cell(self, row: Row, name: str) -> str:
        """What stands in a row under one of our columns, "" where the file has none."""
        column = getattr(self.options, name)
        text = clean(row.cells.get(column, "")) if column else ""
        return "" if name != "lot" and text.casefold() in MISSING else text


class Unsure(Exception):
    """A row that is refused: why, and the facts to mend it by."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def with_columns(options: LoadOptions, table: Table) -> LoadOptions:
    """The options with every column found; Invalid (``columns-unclear``) names the field and the columns there are."""
    named: dict[str, Any] = {
        name: getattr(options, name) or column_for(name, table.columns) for name in COLUMNS
    }
    facts = {"columns": ", ".join(table.columns)[:400], "names": list(table.columns)[:60]}
    for name, column in named.items():
        if column and column not in table.columns:
            raise Invalid("no-such-column", field=name, column=column[:80], **facts)
    needed = ("item", "quantity") if options.place else ("site", "item", "quantity")
    for name in needed:
        if not named[name]:
            raise Invalid("columns-unclear", field=name, **facts)
    return replace(options, **named)


def read_rows(table: Table, options: LoadOptions, ground: Ground) -> Draft:
    """All rows of the table; `options` name its columns. Rows of one shelf twice are all refused."""
    draft = Draft(options, ground, table.date_system)
    draft.refused = [refusal(one.number, one.code, **one.facts) for one in table.refused]
    for row in table.rows:
        try:
            draft.rows.append(_row(row, draft))
        except Unsure as why:
            draft.refused.append(refusal(row.number, why.code, **why.facts))
    _refuse_twins(draft)
    draft.refused.sort(key=lambda one: one["number"])
    return draft


def _row(row: Row, draft: Draft) -> PlannedCount:
    ground = draft.ground
    place = _site(row, draft)
    given = draft.cell(row, "item")
    item = ground.items.find(given)
    if item is None:
        raise Unsure("item_unknown", given=given[:60] or "–", nearest=ground.items.nearest(given) or "–")
    quantity = _quantity(row, draft, ground.items.facts[item])
    lot = draft.cell(row, "lot")
    if len(lot) > LONGEST_LOT or "/" in lot:  # a slash parts item, code and last day in a lot's mark
        raise Unsure("lot_wrong", given=lot[:60])
    return PlannedCount(
        number=row.number,
        place=place,
        site=ground.sites.codes[place],
        item=item,
        quantity=quantity,
        lot=lot or None,
        expires=_expires(row, draft),
        counted_at=_counted_at(row, draft).isoformat(),
        given={name: text[:80] for name, text in row.originals.items()},
    )


def _site(row: Row, draft: Draft) -> int:
    sites = draft.ground.sites
    given = draft.cell(row, "site") or draft.options.place
    place = sites.find(given)
    if place is None:
        raise Unsure("site_unknown", given=given[:60] or "–", nearest=sites.nearest(given) or "–")
    return place


def _quantity(row: Row, draft: Draft, item: Mapping[str, Any]) -> int:
    number, unit = without_unit(draft.cell(row, "quantity"))
    unit = draft.cell(row, "unit") or unit
    read = read_count(number)
    if read.value is None:
        raise Unsure(f"quantity_{_why(read.reason)}", given=draft.cell(row, "quantity")[:40] or "–")
    each = pieces_in(unit, item, draft.options.packs)
    if each is None:
        raise Unsure(
            "unit_unclear", given=unit[:40], unit=" / ".join(item["unit"].values()), pack=item["pack"]
        )
    if read.value * each > MOST:
        raise Unsure("quantity_unclear", given=number[:40])
    return read.value * each


def _why(reason: str | None) -> str:
    return reason if reason in ("missing", "negative", "not_whole") else "unclear"


def _expires(row: Row, draft: Draft) -> str | None:
    text = draft.cell(row, "expires")
    if not text:
        return None
    read = read_date(text, draft.date_system)
    if read.value is None:
        raise Unsure("expiry_unclear", given=text[:40], reason=read.reason or "–")
    return read.value.isoformat()


def _counted_at(row: Row, draft: Draft) -> datetime:
    """The moment that a day stands for: now on the day itself, else the end of the day, unless a time is written."""
    ground = draft.ground
    text = draft.cell(row, "counted") or draft.options.counted_on
    today = ground.now.astimezone(ground.zone).date()
    if not text:
        return ground.now
    read = read_date(text, draft.date_system)
    if read.value is None:
        raise Unsure("counted_unclear", given=text[:40], reason=read.reason or "–")
    if read.value > today:
        raise Unsure("counted_in_future", given=text[:40])
    if "time" in read.facts and "offset" not in read.facts:
        said = datetime.combine(read.value, time.fromisoformat(str(read.facts["time"])), ground.zone)
        if said > ground.now:
            raise Unsure("counted_in_future", given=text[:40])
        return said.astimezone(ground.now.tzinfo)
    return min(ground.now, _end_of(read.value, ground.zone).astimezone(ground.now.tzinfo))


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), zone) - timedelta(seconds=1)


def _refuse_twins(draft: Draft) -> None:
    """Two rows for one shelf or lot, or a shelf as a whole and by lot: nobody can tell which holds."""
    by_lot: dict[tuple[object, ...], list[PlannedCount]] = {}
    by_shelf: dict[tuple[int, str], list[PlannedCount]] = {}
    for row in draft.rows:
        by_lot.setdefault((row.place, row.item, row.lot, row.expires), []).append(row)
        by_shelf.setdefault((row.place, row.item), []).append(row)
    mixed = [rows for rows in by_shelf.values() if len({row.line().by_lot for row in rows}) > 1]
    away: set[int] = set()
    for code, groups in (("shelf_twice", by_lot.values()), ("shelf_and_lot", mixed)):
        for rows in groups:
            numbers = [row.number for row in rows]
            if len(rows) > 1 and not away.intersection(numbers):
                away.update(numbers)
                facts = {
                    "rows": ", ".join(map(str, numbers[:10])),
                    "item": rows[0].item,
                    "site": rows[0].site,
                }
                draft.refused.extend(refusal(number, code, **facts) for number in numbers)
    draft.rows = [row for row in draft.rows if row.number not in away]
