"""The words of files of counts: headings in both languages, names of items, units and packs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from region.formats.text import clean, match_key

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "site": (
        "机构代码",
        "机构编码",
        "单位编码",
        "site code",
        "site_code",
        "site",
        "机构",
        "机构名称",
        "site name",
    ),
    "item": (
        "物资编码",
        "物资代码",
        "item code",
        "item_code",
        "item",
        "物资",
        "物资名称",
        "品名",
        "item name",
    ),
    "quantity": (
        "数量",
        "盘点数",
        "盘点数量",
        "实盘数",
        "实盘数量",
        "库存数量",
        "quantity",
        "qty",
        "counted quantity",
    ),
    "unit": ("计量单位", "单位", "unit"),
    "lot": ("批号", "批次", "生产批号", "lot", "lot no", "lot number", "batch", "batch no"),
    "expires": (
        "有效期至",
        "有效期",
        "失效日期",
        "效期",
        "expiry",
        "expiry date",
        "expires",
        "expires on",
        "use by",
    ),
    "counted": ("盘点日期", "盘点时间", "counted on", "counted at", "count date", "日期", "date"),
}
"""Headings that leave no doubt, the surest first: a code before a name."""
BOXES = {match_key(one) for one in ("盒", "包", "box", "boxes", "pack", "packs", "pkt")}
_SIZED = re.compile(
    r"(?:[^\d\s]{1,10}\s*[(（]\s*(?P<inside>\d{1,6})\s*(?P<a>[^\d\s)）/]*)\s*[)）])"
    r"|(?:(?P<per>\d{1,6})\s*(?P<b>[^\d\s/]*)\s*/\s*[^\d\s/]{1,10})"
    r"|(?:(?:box|pack|carton|case)(?:es|s)?\s+of\s+(?P<of>\d{1,6}))",
    re.IGNORECASE,
)
_WITH_UNIT = re.compile(r"(?P<number>[+-]?[\d,.]*\d)\s*(?P<unit>[^\d\s.,+\-%].*)")


@dataclass(frozen=True)
class Items:
    """The catalogue by every name that an item goes by; names that two items share mean neither."""

    facts: Mapping[str, Mapping[str, Any]]
    names: Mapping[str, str | None]

    def find(self, text: str) -> str | None:
        """The code of the item that is meant, None where that is not certain."""
        return self.names.get(match_key(text))

    def nearest(self, text: str) -> str | None:
        """The names of the item whose name is most like this, for a person to look at."""
        known = [name for name, code in self.names.items() if code]
        near = get_close_matches(match_key(text), known, n=1, cutoff=0.6)
        code = self.names[near[0]] if near else None
        return f"{self.facts[code]['zh']} / {self.facts[code]['en']}" if code else None


def items_by_name(facts: Mapping[str, Mapping[str, Any]]) -> Items:
    """Codes, names in both languages and aliases of the catalogue."""
    names: dict[str, str | None] = {}
    for code, one in facts.items():
        for name in (code, one["zh"], one["en"], *one.get("alias", ())):
            key = match_key(str(name))
            names[key] = code if names.get(key, code) == code else None
    return Items(facts, names)


def column_for(what: str, columns: Sequence[str]) -> str:
    """The column whose heading says `what`, "" where none does."""
    by_key = {match_key(column): column for column in columns}
    known = (by_key.get(match_key(word)) for word in HEADINGS[what])
    return next((column for column in known if column), "")


def without_unit(text: str) -> tuple[str, str]:
    """A number and the unit written behind it: ``1,200 只``."""
    found = _WITH_UNIT.fullmatch(clean(text))
    return (found["number"], found["unit"].strip()) if found else (text, "")


def pieces_in(unit: str, item: Mapping[str, Any], packs: bool) -> int | None:
    """How many of the item's units one of these is: 1 for its own unit, a pack's number where it is certain, else None.

    A pack is certain where the unit says its size (``盒（20只）``, ``50/box``, ``box of 20``), and for a box where a
    person stated that a box is the catalogue's full pack. A carton of boxes is never guessed at.
    """
    key = match_key(unit)
    own = {match_key(str(name)) for name in item["unit"].values()}
    if not key or key in own or key.rstrip("s") in {one.rstrip("s") for one in own}:
        return 1
    sized = _SIZED.fullmatch(clean(unit))
    if sized is not None:
        inner = match_key(sized["a"] or sized["b"] or "")
        number = int(sized["inside"] or sized["per"] or sized["of"])
        return number if number > 0 and (not inner or inner in own) else None
    return int(item["pack"]) if packs and key in BOXES else None
