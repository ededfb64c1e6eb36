"""What comes in from a store's forms, parsed once: whole numbers of an item's unit, days, codes of lots."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from region.resources.models.stock import OWNERS
from region.spine.errors import Invalid

TOKEN = re.compile(r"^[0-9A-Za-z-]{8,40}$")
LOT = re.compile(r"^[^\s/][^/]{0,39}$")
"""A lot's code as the maker prints it; no slash, which parts item, code and last day in a lot's mark."""
NOTE, STORAGE = 500, 20
LONGEST = 366
"""Days over which use that is told at once may be spread."""


@dataclass(frozen=True)
class StoreForm:
    """One form of a store; what a verb does not need is empty. `uid` is the form's token, which makes it once."""

    uid: str
    item: str
    quantity: int
    stock: int | None
    lot: str
    expires_on: date | None
    owner: str
    storage: str
    reason: str
    covers: int
    blocked: bool
    note: str


def parse_store_form(given: Mapping[str, str], quantity: bool = True) -> StoreForm:
    """The form as typed; Invalid with its field (``form-expired``, ``quantity-wrong``, ``day-wrong``, ``lot-wrong``).

    `quantity` False is for verbs that need none.
    """
    uid, lot = given.get("uid", ""), given.get("lot", "").strip()
    if not TOKEN.fullmatch(uid):
        raise Invalid("form-expired")
    if lot and not LOT.fullmatch(lot):
        raise Invalid("lot-wrong", field="lot")
    covers, owner = whole(given.get("covers", "") or "1", "covers"), given.get("owner", "") or "own"
    if covers > LONGEST:
        raise Invalid("quantity-wrong", field="covers")
    if owner not in OWNERS or len(given.get("storage", "")) > STORAGE:
        raise Invalid("fields-wrong", field="owner" if owner not in OWNERS else "storage")
    return StoreForm(
        uid=uid,
        item=given.get("item", "").strip(),
        quantity=whole(given.get("quantity", ""), "quantity") if quantity else 0,
        stock=_id(given.get("stock", "")),
        lot=lot or "-",
        expires_on=_day(given.get("expires_on", "")),
        owner=owner,
        storage=given.get("storage", ""),
        reason=given.get("reason", ""),
        covers=covers,
        blocked=given.get("blocked") == "yes",
        note=given.get("note", "").strip()[:NOTE],
    )


def whole(text: str, field: str) -> int:
    """A whole number of at least one, thousands grouped or not; Invalid (``quantity-wrong``)."""
    plain = text.strip().replace(",", "").replace("，", "")
    if not (plain.isascii() and plain.isdecimal() and len(plain) <= 12 and int(plain) > 0):
        raise Invalid("quantity-wrong", field=field)
    return int(plain)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise Invalid("day-wrong", field="expires_on") from None


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else None
