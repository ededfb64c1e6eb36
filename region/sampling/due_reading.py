"""A list of residents or of who is due, as rows that can be taken: what is certain is read, the rest refused by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from region.formats.codes.phones import phone
from region.formats.dates import MISSING
from region.formats.tables import Row, Table
from region.formats.text import clean, code_text, match_key
from region.people.models import KINDS
from region.people.papers import read_paper
from region.sampling.models.rounds import SCHEMES
from region.spine.errors import Invalid

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("姓名", "name", "full name"),
    "kind": ("证件类型", "证件种类", "id type", "paper", "kind"),
    "number": (
        "证件号码",
        "身份证号",
        "身份证号码",
        "身份证",
        "证件号",
        "id number",
        "identity number",
        "number",
    ),
    "phone": ("手机号", "手机号码", "联系电话", "电话", "phone", "mobile"),
    "grid": ("网格代码", "网格编码", "网格", "社区代码", "grid code", "grid", "area code"),
    "scheme": ("采样安排", "方案", "类别", "scheme"),
    "reason": ("原因", "免采原因", "reason"),
}
KIND_WORDS: Mapping[str, tuple[str, ...]] = {
    "resident": ("居民身份证", "身份证", "resident", "identity card"),
    "passport": ("护照", "passport"),
    "permit": ("通行证", "港澳台通行证", "居住证", "回乡证", "permit"),
    "birth": ("出生证", "出生医学证明", "birth", "birth certificate"),
    "other": ("其他", "other"),
}
SCHEME_WORDS: Mapping[str, tuple[str, ...]] = {
    "due": ("应采", "参加", "due"),
    "exempt": ("免采", "豁免", "exempt"),
    "separate": ("单独采样", "专班", "separate"),
}
LONGEST_NAME = 60


@dataclass(frozen=True)
class DueRow:
    """One person of a list: what identifies him is for the vault alone."""

    number: int
    place: int
    scheme: str
    reason: str | None
    kind: str
    paper: str = field(repr=False)
    name: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True)
class Ground:
    """What a list is read against: areas of the round by code, reasons by word, the latest birthday."""

    grids: Mapping[str, int]
    reasons: Mapping[str, str]
    latest: date


@dataclass
class Listing:
    """A list as read: `rows` that can be taken, and what is refused: number and code, no person's data."""

    rows: list[DueRow] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Rows in all, refused, and by scheme."""
        by_scheme = Counter(row.scheme for row in self.rows)
        return {
            "rows": len(self.rows) + len(self.refused),
            "refused": len(self.refused),
            **{scheme: by_scheme[scheme] for scheme in SCHEMES},
        }


class Unsure(Exception):
    """A row that is refused, and why."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def read_list(table: Table, ground: Ground) -> Listing:
    """All rows; Invalid (``columns-unclear``) without a column of numbers or of grids. Twins are all refused."""
    columns = {name: _column(words, table.columns) for name, words in HEADINGS.items()}
    for name in ("number", "grid"):
        if not columns[name]:
            raise Invalid("columns-unclear", field=name, columns=", ".join(table.columns)[:400])
    listing = Listing(
        refused=[{"number": one.number, "code": one.code, "facts": {}} for one in table.refused]
    )
    for row in table.rows:
        try:
            listing.rows.append(_row(row, columns, ground))
        except Unsure as why:
            listing.refused.append({"number": row.number, "code": why.code, "facts": why.facts})
    _refuse_twins(listing)
    listing.refused.sort(key=lambda one: one["number"])
    return listing


def _column(words: tuple[str, ...], columns: tuple[str, ...]) -> str:
    by_key = {match_key(column): column for column in columns}
    return next((by_key[match_key(word)] for word in words if match_key(word) in by_key), "")


def _row(row: Row, columns: Mapping[str, str], ground: Ground) -> DueRow:
    said = {name: clean(row.cells.get(column, "")) if column else "" for name, column in columns.items()}
    said = {name: "" if text.casefold() in MISSING else text for name, text in said.items()}
    code = code_text(said["grid"])
    place = ground.grids.get(code)
    if place is None:
        raise Unsure("due_grid_unknown", given=code[:40] or "–")
    kind = _word(said["kind"], KIND_WORDS) if said["kind"] else "resident"
    if kind not in KINDS:
        raise Unsure("due_kind_unknown")
    paper = read_paper(kind, said["number"], ground.latest)
    if paper.value is None or not paper.value:
        raise Unsure(f"due_paper_{paper.reason or 'missing'}")
    scheme = _word(said["scheme"], SCHEME_WORDS) if said["scheme"] else "due"
    if scheme not in SCHEMES:
        raise Unsure("due_scheme_unknown", given=said["scheme"][:20])
    reason = ground.reasons.get(match_key(said["reason"])) if said["reason"] else None
    if said["reason"] and reason is None:
        raise Unsure("due_reason_unknown", given=said["reason"][:20])
    return DueRow(
        row.number,
        place,
        scheme,
        reason,
        kind,
        paper.value,
        said["name"][:LONGEST_NAME],
        _phone(said["phone"]),
    )


def _phone(text: str) -> str:
    if not text:
        return ""
    read = phone(text)
    if read.value is None:
        raise Unsure("due_phone_wrong")
    return read.value.number


def _word(text: str, words: Mapping[str, tuple[str, ...]]) -> str:
    key = match_key(text)
    return next((code for code, known in words.items() if key in map(match_key, known)), "")


def _refuse_twins(listing: Listing) -> None:
    seen = Counter((row.kind, row.paper) for row in listing.rows)
    twins = [row for row in listing.rows if seen[row.kind, row.paper] > 1]
    first: dict[tuple[str, str], list[int]] = {}
    for row in twins:
        first.setdefault((row.kind, row.paper), []).append(row.number)
    for row in twins:
        rows = ", ".join(map(str, first[row.kind, row.paper][:10]))
        listing.refused.append({"number": row.number, "code": "due_twice", "facts": {"rows": rows}})
    listing.rows = [row for row in listing.rows if seen[row.kind, row.paper] == 1]
