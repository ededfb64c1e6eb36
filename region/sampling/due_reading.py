"""A list of residents or of who is due, as rows that can be taken: what is certain is read, the rest refused by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from region.formats.tables import Row, Table
from region.formats.text import code_text, match_key
from region.people import list_columns
from region.people.list_columns import Unsure, column_of, read_person, said_in, word_of
from region.sampling.models.rounds import SCHEMES
from region.spine.errors import Invalid

HEADINGS: Mapping[str, tuple[str, ...]] = {
    **list_columns.HEADINGS,
    "scheme": ("采样安排", "方案", "类别", "scheme"),
    "reason": ("原因", "免采原因", "reason"),
}
SCHEME_WORDS: Mapping[str, tuple[str, ...]] = {
    "due": ("应采", "参加", "due"),
    "exempt": ("免采", "豁免", "exempt"),
    "separate": ("单独采样", "专班", "separate"),
}


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


def read_list(table: Table, ground: Ground) -> Listing:
    """All rows; Invalid (``columns-unclear``) without a column of numbers or of grids. Twins are all refused."""
    columns = {name: column_of(words, table.columns) for name, words in HEADINGS.items()}
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


def _row(row: Row, columns: Mapping[str, str], ground: Ground) -> DueRow:
    said = said_in(row, columns)
    code = code_text(said["grid"])
    place = ground.grids.get(code)
    if place is None:
        raise Unsure("due_grid_unknown", given=code[:40] or "–")
    who = read_person(said, ground.latest)
    scheme = word_of(said["scheme"], SCHEME_WORDS) if said["scheme"] else "due"
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
        who.kind,
        who.paper,
        who.name,
        who.phone,
    )


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
