"""The shelf list as a table to be edited and loaded again: every lot of every site whose stock the reader keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import func, select

from region.places.models import Place
from region.resources.catalogue import items_of
from region.resources.models import Lot, Shelf, Stock
from region.resources.queries.kept_sites import kept_sites
from region.spine.errors import Missing
from region.spine.work import Work

HEADS = {
    "zh": ("机构代码", "机构名称", "物资编码", "物资名称", "数量", "单位", "批号", "有效期至", "盘点日期"),
    "en": (
        "Site code",
        "Site name",
        "Item code",
        "Item name",
        "Quantity",
        "Unit",
        "Lot",
        "Expiry",
        "Counted on",
    ),
}
"""Headings that the reader of files knows again (load_words); names are for people, codes for the reader."""


def shelf_table(w: Work, lang: str, place: int | None = None) -> tuple[Sequence[str], Iterator[list[str]]]:
    """Headings and rows, of one site or of all; the day of the count is left open for whoever counts.

    A lot that is not known stands as ``-``, and an empty shelf as one row of 0. Missing for a site that is not theirs.
    """
    sites = kept_sites(w).codes
    if place is not None and place not in sites:
        raise Missing("no-such", what="place", id=place)
    wanted = [place] if place is not None else sorted(sites)
    return HEADS["zh" if lang == "zh" else "en"], _rows(w, "zh" if lang == "zh" else "en", wanted)


def _rows(w: Work, lang: str, wanted: Sequence[int]) -> Iterator[list[str]]:
    items = items_of(w.rules)
    for start in range(0, len(wanted), 400):
        places = wanted[start : start + 400]
        named = select(Place.id, Place.code, Place.name_zh if lang == "zh" else Place.name_en)
        names = {row[0]: (row[1], row[2]) for row in w.session.execute(named.where(Place.id.in_(places)))}
        stocked: set[tuple[int, str]] = set()
        for place, item, lot, expires_on, on_hand in _lots(w, places):
            stocked.add((place, item))
            facts = items[item]
            until = expires_on.isoformat() if expires_on else ""
            unit = str(facts["unit"][lang])
            yield [*names[place], item, str(facts[lang]), str(int(on_hand)), unit, lot, until, ""]
        shelves = select(Shelf.place_id, Shelf.item).where(Shelf.place_id.in_(places), Shelf.on_hand == 0)
        for place, item in w.session.execute(shelves.order_by(Shelf.place_id, Shelf.item)):
            if (place, item) not in stocked and item in items:
                facts = items[item]
                yield [*names[place], item, str(facts[lang]), "0", str(facts["unit"][lang]), "", "", ""]


def _lots(w: Work, places: Sequence[int]) -> Iterator[tuple[int, str, str, date | None, int]]:
    on_hand = func.sum(Stock.on_hand)
    wanted = select(Stock.place_id, Stock.item, Lot.code, Lot.expires_on, on_hand)
    wanted = wanted.join(Lot, Lot.id == Stock.lot_id).where(Stock.place_id.in_(places), Stock.on_hand > 0)
    wanted = wanted.group_by(Stock.place_id, Stock.item, Lot.code, Lot.expires_on)
    for row in w.session.execute(wanted.order_by(Stock.place_id, Stock.item, Lot.expires_on, Lot.code)):
        yield row[0], row[1], row[2], row[3], row[4]
