"""Where a table's header is: captions above it, merged and two-storied headings, columns without a name."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from region.formats.findings import Unreadable
from region.formats.tables.model import RawRow, RawTable
from region.formats.text import clean

_SEARCHED = 30
_DEEPEST = 4
_CAPTION = re.compile(r"[^:：]{1,12}[:：].+", re.DOTALL)
_NUMBER = re.compile(r"[+-]?[\d,]+(\.\d+)?%?")


@dataclass(frozen=True)
class Header:
    """`names` by column (None where nothing stands above), and which records are header and captions."""

    names: tuple[str | None, ...]
    first: int
    last: int
    captions: tuple[str, ...]


def find_header(raw: RawTable) -> Header:
    """The header of a table; indexes are into `raw.rows`.

    It is the first record that names most columns and is no caption (one text over all columns, or
    "word: text"). Merged headings are joined with `/`. Raises `Unreadable`: `empty`, `no_header`,
    `duplicate_columns`.
    """
    if not any(_filled(row) for row in raw.rows):
        raise Unreadable("empty")
    labels = _labels(raw)
    width = _width(raw)
    captions: list[str] = []
    for index, row in enumerate(raw.rows[:_SEARCHED]):
        own = [text for cell in row.cells if (text := clean(cell))]
        if not own:
            continue
        last = _block_end(raw, index, len(width))
        names = _names(raw, labels, index, last)
        named = sum(1 for column in width if column < len(names) and names[column])
        caption = len(width) > 1 and (len(own) == 1 or all(_CAPTION.fullmatch(text) for text in own))
        if row.problem is not None or caption or named < 0.7 * len(width):
            captions.extend(own)
            continue
        _check(names, row)
        return Header(names, index, last, tuple(captions))
    raise Unreadable("no_header")


def _filled(row: RawRow) -> bool:
    return any(cell.strip() for cell in row.cells)


def _width(raw: RawTable) -> set[int]:
    """Columns that hold something in two records at least; in any, where there is only one record."""
    counts: Counter[int] = Counter()
    for row in raw.rows:
        counts.update(index for index, cell in enumerate(row.cells) if cell.strip())
    for (_row, column), (_height, across) in raw.spans.items():
        counts.update(range(column + 1, column + across))
    twice = {column for column, count in counts.items() if count > 1}
    return twice or set(counts)


def _labels(raw: RawTable) -> dict[tuple[int, int], str]:
    """Text of each merged place, given to every place that the merge covers."""
    by_number = {row.number: row for row in raw.rows}
    labels: dict[tuple[int, int], str] = {}
    for (top, left), (down, across) in raw.spans.items():
        cells = by_number[top].cells if top in by_number else ()
        text = clean(cells[left]) if left < len(cells) else ""
        for number in range(top, top + min(down, _SEARCHED)):
            for column in range(left, left + across):
                labels[number, column] = text
    return labels


def _block_end(raw: RawTable, first: int, width: int) -> int:
    """Index of the last record of a header that begins at `first`: merges reach down, groups need names."""
    last = first
    grown = True
    while grown and last - first < _DEEPEST - 1:
        grown = False
        for index in range(first, last + 1):
            number = raw.rows[index].number
            for column in range(len(raw.rows[index].cells)):
                down, across = raw.spans.get((number, column), (1, 1))
                group = across > 1 and across < width and down == 1
                end = index + (1 if group else down - 1)
                if end > last and end < len(raw.rows):
                    last, grown = end, True
    return last


def _names(
    raw: RawTable, labels: dict[tuple[int, int], str], first: int, last: int
) -> tuple[str | None, ...]:
    rows = raw.rows[first : last + 1]
    names: list[str | None] = []
    for column in range(max(len(row.cells) for row in rows)):
        parts: list[str] = []
        for row in rows:
            own = clean(row.cells[column]) if column < len(row.cells) else ""
            text = own or labels.get((row.number, column), "")
            if text and text not in parts[-1:]:
                parts.append(text)
        names.append(" ".join("/".join(parts).split()) or None)
    return tuple(names)


def _check(names: tuple[str | None, ...], row: RawRow) -> None:
    given = [name for name in names if name]
    if sum(1 for name in given if not _NUMBER.fullmatch(name)) * 2 < len(given):
        raise Unreadable("no_header", row=row.number)
    twice = [name for name, count in Counter(given).items() if count > 1]
    if twice:
        raise Unreadable("duplicate_columns", columns=twice, row=row.number)
