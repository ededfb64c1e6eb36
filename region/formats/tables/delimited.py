"""Delimited texts (CSV, TSV and their relatives) to records, refusing the lines that cannot be told apart."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from region.formats.findings import Notice, Problem, Unreadable
from region.formats.tables.model import Limits, RawRow, RawTable
from region.formats.text import decode

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_ROWS = 200

# What write_csv puts before text that a spreadsheet would run, and what people type to keep digits as text.
_GUARDED = re.compile("'+[=+\\-@\\d\u2212\uff0b\uff0d\uff1d\uff20\t\r\n]")


def read_delimited(
    data: bytes, filename: str, limits: Limits, encoding: str | None = None, delimiter: str | None = None
) -> RawTable:
    """Records of a delimited text; encoding and delimiter are certain or stated, or `Unreadable` is raised.

    A record's number counts records from 1, as a spreadsheet would; `line` is the line in the text.
    """
    text, name = decode(data, encoding)
    notices = [Notice("encoding", {"encoding": name, "stated": encoding is not None})]
    if delimiter is None:
        delimiter = "\t" if filename.lower().endswith(".tsv") else _find_delimiter(text)
    if delimiter is None:
        delimiter = ","
        notices.append(Notice("single_column"))
    else:
        notices.append(Notice("delimiter", {"delimiter": delimiter}))
    rows: list[RawRow] = []
    cells = 0
    for row in _records(text, delimiter):
        rows.append(row)
        cells += len(row.cells)
        if len(rows) > limits.rows + 100 or cells > limits.cells:
            raise Unreadable("too_large", rows=limits.rows, cells=limits.cells)
    return RawTable(tuple(rows), tuple(notices))


def _records(text: str, delimiter: str) -> list[RawRow]:
    """All records; one that breaks the quoting rules takes the lines it ran over with it, and no others."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[RawRow] = []
    while True:
        first, number = reader.line_num + 1, len(rows) + 1
        try:
            cells = next(reader)
        except StopIteration:
            return rows
        except csv.Error as error:
            facts = {"line": first, "last_line": reader.line_num}
            rows.append(RawRow(number, (), first, Problem(number, _csv_reason(str(error)), facts)))
            continue
        rows.append(RawRow(number, tuple(cells), first))


def _csv_reason(message: str) -> str:
    if "field limit" in message:
        return "cell_too_long"
    if "unexpected end" in message:
        return "quote_not_closed"
    return "text_after_quote"


def unguarded(cell: str) -> str:
    """The cell without the one apostrophe that `write_csv`, or a person, put before it."""
    return cell[1:] if _GUARDED.match(cell) else cell


def _find_delimiter(text: str) -> str | None:
    """The one delimiter that gives rows of one width; None for a single column; raises if two fit equally."""
    sample = io.StringIO(text[:400_000], newline="").readlines()[:_SAMPLE_ROWS]
    shares = {mark: share for mark in DELIMITERS if (share := _agreement(sample, mark)) > 0}
    if not shares:
        return None
    ranked = sorted(shares, key=lambda mark: shares[mark], reverse=True)
    best = ranked[0]
    second = shares[ranked[1]] if len(ranked) > 1 else 0.0
    # One that fits every line beats one that fits nearly all; short of that, a clear distance is asked for.
    certain = second < 1.0 if shares[best] == 1.0 else shares[best] >= 0.5 and second < shares[best] - 0.1
    if not certain:
        raise Unreadable("delimiter_unclear", choices=sorted(ranked))
    return best


def _agreement(sample: list[str], mark: str) -> float:
    """Share of the filled lines that have the most common width, or 0 where the mark hardly occurs."""
    widths: Counter[int] = Counter()
    try:
        for cells in csv.reader(sample, delimiter=mark):
            if any(cell.strip() for cell in cells):
                widths[len(cells)] += 1
    except csv.Error:  # an over-long cell under a wrong delimiter: this one is not it
        return 0.0
    if not widths:
        return 0.0
    split = {width: count for width, count in widths.items() if width > 1}
    return max(split.values(), default=0) / widths.total()
