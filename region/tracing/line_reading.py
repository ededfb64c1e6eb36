"""Lists of cases or of contacts as people send them: what is certain becomes lines, every other row is told why not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from region.formats.codes.phones import phone
from region.formats.dates import MISSING, read_date
from region.formats.tables import Row, Table
from region.formats.text import clean, code_text, match_key
from region.people.papers import read_paper
from region.spine.errors import Invalid
from region.tracing.line_words import (
    CATEGORY_WORDS,
    COMMUNITY_WORDS,
    FOUND_WORDS,
    HEADINGS,
    KIND_WORDS,
    LIKELY_WORDS,
    NEEDED,
    PAPER_WORDS,
    SETTING_WORDS,
    Words,
)

REF = re.compile(r"[\w.\-]{1,34}", re.ASCII)
"""A row's own number: a code without anything of a person in it."""
BETWEEN = re.compile(r"[;；、,，|\s]+")
LONGEST_NAME = 60
MOST_SOURCES = 20


@dataclass(frozen=True)
class Line:
    """One row that can be taken; what identifies the person is for the vault alone. `sources` are codes or numbers."""

    number: int
    place: int
    ref: str
    sources: tuple[str, ...]
    setting: str
    last: date
    """Of a case the day of the positive, of a contact the day of his last exposure."""
    first: date | None
    """Of a case the onset, of a contact the day of his first exposure; None when it is not known."""
    codes: Mapping[str, str]
    """Of a case `kind`, `found_by`, `community` and `likely`, of a contact `category`."""
    paper_kind: str
    paper: str = field(repr=False)
    name: str = field(repr=False)
    phone: str = field(repr=False)

    @property
    def who(self) -> str:
        """The same for two rows about one person: his paper, or without one the number of the row."""
        return f"{self.paper_kind}:{self.paper}" if self.paper else f"ref:{self.ref}"


@dataclass(frozen=True)
class Ground:
    """What a list is read against: `kind` of list, places by code, settings of the pack, the region's day."""

    kind: str
    places: Mapping[str, int]
    settings: frozenset[str]
    today: date
    columns: Mapping[str, str] = field(default_factory=dict)
    """The heading of a field, where the file calls it otherwise than anybody does."""
    place: int | None = None
    """Where rows without a code belong; None: such rows are refused."""


@dataclass
class Lines:
    """A list as read: `rows` that can be taken; what is refused by row, column and code, without a person's data."""

    rows: list[Line] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, number: int, code: str, column: str = "–", **facts: Any) -> None:
        """This row is not taken."""
        self.refused.append({"number": number, "code": code, "facts": {"column": column, **facts}})


class Unsure(Exception):
    """A row that is refused: why, in which field, and what a reader may be told of it."""

    def __init__(self, code: str, name: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.name, self.facts = code, name, facts


def read_lines(table: Table, ground: Ground) -> Lines:
    """All rows of a file; Invalid (``columns-unclear``) without a column that this kind of list cannot do without.

    Somebody named twice in a list of cases is refused in both rows, with the numbers of the rows. In a list of contacts
    he may stand once for each case that exposed him; under two names he is refused.
    """
    columns = {name: _column(ground.columns.get(name), HEADINGS[name], table.columns) for name in HEADINGS}
    for one in NEEDED[ground.kind]:
        if not columns[one] and not (one == "grid" and ground.place):
            raise Invalid("columns-unclear", field=one, columns=", ".join(table.columns)[:400])
    lines = Lines()
    for broken in table.refused:
        lines.refuse(broken.number, broken.code)
    for row in table.rows:
        try:
            lines.rows.append(_line(_said(row, columns), row.number, ground, table.date_system))
        except Unsure as why:
            lines.refuse(row.number, why.code, columns[why.name] or why.name, **why.facts)
    _refuse_twins(lines, ground.kind)
    lines.refused.sort(key=lambda one: one["number"])
    return lines


def _column(wanted: str | None, words: tuple[str, ...], columns: tuple[str, ...]) -> str:
    by_key = {match_key(column): column for column in columns}
    keys = [match_key(word) for word in ((wanted,) if wanted else words)]
    return next((by_key[key] for key in keys if key in by_key), "")


def _said(row: Row, columns: Mapping[str, str]) -> dict[str, str]:
    said = {name: clean(row.cells.get(column, "")) if column else "" for name, column in columns.items()}
    return {name: "" if text.casefold() in MISSING else text for name, text in said.items()}


def _line(said: Mapping[str, str], number: int, ground: Ground, system: int | None) -> Line:
    cases = ground.kind == "cases"
    ref = code_text(said["ref"])
    if ref and not REF.fullmatch(ref):
        raise Unsure("line_ref_wrong", "ref")
    paper_kind, paper = _paper(said, ref, ground.today)
    last = _day(said, "day" if cases else "last", ground.today, system)
    first = _day(said, "onset" if cases else "first", ground.today, system, needed=False)
    if last is None:
        raise Unsure("line_day_missing", "day" if cases else "last")
    if not cases and first is not None and first > last:
        raise Unsure("line_days_crossed", "first")
    setting = _word(said, "setting", SETTING_WORDS, "other")
    if setting not in ground.settings:
        raise Unsure("line_word_unknown", "setting", given=said["setting"][:20])
    place, sources = _place(said, ground), _sources(said, ref)
    found = (_case_codes if cases else _contact_codes)(said)
    if not cases and not sources:
        raise Unsure("line_source_missing", "sources")
    name = said["name"][:LONGEST_NAME]
    return Line(
        number, place, ref, sources, setting, last, first, found, paper_kind, paper, name, _phone(said)
    )


def _case_codes(said: Mapping[str, str]) -> dict[str, str]:
    found = _word(said, "found_by", FOUND_WORDS, "other")
    return {
        "kind": _word(said, "kind", KIND_WORDS, "confirmed"),
        "found_by": found,
        "community": _word(said, "community", COMMUNITY_WORDS, "yes" if found == "community" else "no"),
        "likely": _word(said, "likely", LIKELY_WORDS, "possible"),
    }


def _contact_codes(said: Mapping[str, str]) -> dict[str, str]:
    return {"category": _word(said, "category", CATEGORY_WORDS, "close_contact")}


def _place(said: Mapping[str, str], ground: Ground) -> int:
    code = code_text(said["grid"])
    place = ground.places.get(code) if code else ground.place
    if place is None:
        raise Unsure("line_place_unknown", "grid", given=code[:40] or "–")
    return place


def _paper(said: Mapping[str, str], ref: str, today: date) -> tuple[str, str]:
    """Kind and number of the paper; without one the person is known by the number of his row alone."""
    kind = _word(said, "paper", PAPER_WORDS, "resident")
    if not said["number"]:
        if not ref:
            raise Unsure("line_nobody", "number")
        return "none", ""
    read = read_paper(kind, said["number"], today)
    if not read.value:
        raise Unsure("line_paper_wrong", "number", why=read.reason or "missing")
    return kind, read.value


def _day(
    said: Mapping[str, str], name: str, today: date, system: int | None, *, needed: bool = True
) -> date | None:
    if not said[name] and not needed:
        return None
    read = read_date(said[name], system, today)
    if read.value is None:
        raise Unsure("line_day_wrong", name, given=said[name][:20] or "–", why=read.reason)
    return read.value


def _sources(said: Mapping[str, str], ref: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(code_text(one) for one in BETWEEN.split(said["sources"]) if one))
    if len(found) > MOST_SOURCES or not all(REF.fullmatch(one) for one in found):
        raise Unsure("line_source_wrong", "sources")
    if ref and ref in found:
        raise Unsure("line_source_self", "sources")
    return found


def _phone(said: Mapping[str, str]) -> str:
    if not said["phone"]:
        return ""
    read = phone(said["phone"])
    if read.value is None:
        raise Unsure("line_phone_wrong", "phone")
    return read.value.number


def _word(said: Mapping[str, str], name: str, words: Words, otherwise: str) -> str:
    if not said[name]:
        return otherwise
    key = match_key(said[name])
    for code, known in words.items():
        if key in (match_key(code), *map(match_key, known)):
            return code
    raise Unsure("line_word_unknown", name, given=said[name][:20])


def _refuse_twins(lines: Lines, kind: str) -> None:
    """Two rows of one person: in a list of cases always, in one of contacts when they do not agree on who he is."""
    by_who: dict[str, list[Line]] = {}
    for row in lines.rows:
        by_who.setdefault(row.who, []).append(row)
        if row.paper and row.ref and kind == "cases":
            by_who.setdefault(f"ref:{row.ref}", []).append(row)
    bad: dict[int, list[int]] = {}
    for rows in by_who.values():
        if len(rows) > 1 and (kind == "cases" or len({row.name for row in rows if row.name}) > 1):
            bad.update((row.number, [one.number for one in rows]) for row in rows)
    for number, rows_of in bad.items():
        lines.refuse(number, "line_twice", rows=", ".join(map(str, rows_of[:10])))
    lines.rows = [row for row in lines.rows if row.number not in bad]
