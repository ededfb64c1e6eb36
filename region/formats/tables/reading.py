"""Any table that people send, as rows: certain ones read, the others refused by number with the reason."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from region.formats.findings import Notice, Problem, Unreadable
from region.formats.tables.delimited import read_delimited, unguarded
from region.formats.tables.header import Header, find_header
from region.formats.tables.model import Limits, RawRow, RawTable, Row, Table
from region.formats.tables.workbook import OLE_MAGIC, read_workbook
from region.formats.text import clean

_TOTAL = re.compile(r"(合计|小计|总计|共计|sub-?total|grand total|total|sum)\s*([(:].*)?", re.DOTALL)
_NOTE = re.compile(r"(注|说明|备注|附注|填报|制表|审核|数据来源|资料来源|note|source)", re.IGNORECASE)


def read_table(
    data: bytes,
    filename: str,
    *,
    limits: Limits | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
) -> Table:
    """A table from the bytes of a CSV, TSV, XLSX or XLS file.

    The content decides what it is; `filename` only tells TSV from CSV. `encoding`, `delimiter` and `sheet`
    are what a person has stated after an `Unreadable` that offered choices. Raises `Unreadable` for a file
    that cannot be read as a whole; single rows are in `refused`.
    """
    limits = limits or Limits()
    if len(data) > limits.file_bytes:
        raise Unreadable("too_large", bytes=len(data), limit=limits.file_bytes)
    if data.startswith((b"PK\x03\x04", OLE_MAGIC)):
        raw = read_workbook(data, limits, sheet)
    else:
        raw = read_delimited(data, filename, limits, encoding, delimiter)
    header = find_header(raw)
    gathering = _Gathering(_columns(header, raw), limits)
    if header.captions:
        gathering.notices.append(Notice("captions", {"texts": list(header.captions)}))
    fills = _fills(raw)
    for row in raw.rows[header.last + 1 :]:
        gathering.take(row, fills.get(row.number, {}))
    notices = (*raw.notices, *gathering.notices, *gathering.tallies())
    columns = tuple(name for name, _place in gathering.columns)
    digest = hashlib.sha256(data).hexdigest()
    rows, refused = tuple(gathering.rows), tuple(gathering.refused)
    return Table(columns, rows, refused, notices, digest, raw.date_system)


def _columns(header: Header, raw: RawTable) -> list[tuple[str, int]]:
    """Column names with their place; a column with cells but no name is `#3`, one with neither is dropped."""
    used = {
        index
        for row in raw.rows[header.last + 1 :]
        for index, cell in enumerate(row.cells[: len(header.names)])
        if cell.strip()
    }
    return [
        (name or f"#{place + 1}", place)
        for place, name in enumerate(header.names)
        if name is not None or place in used
    ]


def _fills(raw: RawTable) -> dict[int, dict[int, str]]:
    """What vertical merges say for the rows below their first: row number to column index to text."""
    by_number = {row.number: row for row in raw.rows}
    fills: dict[int, dict[int, str]] = {}
    for (top, left), (down, _across) in raw.spans.items():
        cells = by_number[top].cells if top in by_number else ()
        for number in range(top + 1, top + down):
            if left < len(cells):
                fills.setdefault(number, {})[left] = cells[left]
    return fills


@dataclass
class _Gathering:
    """What has been read so far of one table."""

    columns: list[tuple[str, int]]
    limits: Limits
    rows: list[Row] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    changed: dict[str, list[int]] = field(default_factory=dict)
    filled: dict[str, list[int]] = field(default_factory=dict)
    blank: int = 0

    def take(self, row: RawRow, fill: Mapping[int, str]) -> None:
        """Sort one record into rows, refused, set aside or blank."""
        texts = [text for cell in row.cells if (text := clean(cell))]
        if not texts and row.problem is None:
            self.blank += 1
        elif texts and _TOTAL.fullmatch(unicodedata.normalize("NFKC", texts[0]).casefold()):
            self.notices.append(Notice("total_row", {"cells": texts}, row.number))
        elif len(texts) == 1 and len(self.columns) > 2 and _is_note(texts[0]):
            self.notices.append(Notice("note_row", {"text": texts[0]}, row.number))
        elif (problem := row.problem or self._misfit(row)) is not None:
            self.refused.append(problem)
        else:
            self._keep(row, fill)

    def _misfit(self, row: RawRow) -> Problem | None:
        last = max(place for _name, place in self.columns) + 1
        line: dict[str, object] = {} if row.line is None else {"line": row.line}
        expected = {**line, "expected": last, "found": len(row.cells)}
        if any(cell.strip() for cell in row.cells[last:]):
            return Problem(row.number, "too_many_cells", expected)
        if len(row.cells) < last and not row.fixed_width:
            return Problem(row.number, "too_few_cells", expected)
        long = [name for name, _place, cell in self._pairs(row) if len(cell) > self.limits.cell_characters]
        if long:
            return Problem(row.number, "cell_too_long", {**line, "columns": long})
        return None

    def _pairs(self, row: RawRow) -> Iterator[tuple[str, int, str]]:
        for name, place in self.columns:
            yield name, place, row.cells[place] if place < len(row.cells) else ""

    def _keep(self, row: RawRow, fill: Mapping[int, str]) -> None:
        cells: dict[str, str] = {}
        originals: dict[str, str] = {}
        for name, place, original in self._pairs(row):
            if not original and place in fill:
                original = fill[place]
                self.filled.setdefault(name, []).append(row.number)
            text = clean(original)
            # Only texts carry guards: a workbook keeps its own "this is text" mark beside the cell.
            cells[name] = text if row.fixed_width else clean(unguarded(text))
            if cells[name] != original:
                originals[name] = original
                self.changed.setdefault(name, []).append(row.number)
        self.rows.append(Row(row.number, cells, originals))

    def tallies(self) -> list[Notice]:
        """One notice a column for what was normalised or filled down: how many rows, and the first ones."""
        found = [Notice("blank_rows", {"count": self.blank})] if self.blank else []
        for code, columns in (("text_normalised", self.changed), ("merged_filled", self.filled)):
            for name, numbers in columns.items():
                facts = {"column": name, "count": len(numbers), "rows": numbers[:20]}
                found.append(Notice(code, facts))
        unnamed = [name for name, place in self.columns if name == f"#{place + 1}"]
        if unnamed:
            found.append(Notice("unnamed_columns", {"columns": unnamed}))
        return found


def _is_note(text: str) -> bool:
    return _NOTE.match(text) is not None
