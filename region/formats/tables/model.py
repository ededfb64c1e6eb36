"""A table as read, before anybody decides what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from region.formats.findings import Notice, Problem


@dataclass(frozen=True)
class Limits:
    """How much of a file is read at all; a larger one is refused whole (`Unreadable`)."""

    file_bytes: int = 50_000_000
    unpacked_bytes: int = 500_000_000
    unpacking_ratio: int = 200
    rows: int = 200_000
    columns: int = 400
    cells: int = 5_000_000
    cell_characters: int = 32_767  # what a spreadsheet cell can hold


@dataclass(frozen=True)
class Row:
    """One row that can be used: its number as a spreadsheet shows it, its cells by column, all text.

    `originals` holds what stood in those cells that were normalised.
    """

    number: int
    cells: Mapping[str, str]
    originals: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """What a file holds: columns in order, usable rows, refused rows, what was noticed, SHA-256 of the bytes.

    `date_system` is 1900 or 1904 for XLSX (what its serial numbers count from), None where it is not known.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    refused: tuple[Problem, ...]
    notices: tuple[Notice, ...]
    digest: str
    date_system: int | None = None


@dataclass(frozen=True)
class RawRow:
    """A record before the header is known; `problem` is set where the record itself is broken."""

    number: int
    cells: tuple[str, ...]
    line: int | None = None
    problem: Problem | None = None
    merged: frozenset[int] = frozenset()  # columns whose cell belongs to a merge that began further left
    fixed_width: bool = False  # sheets have no "too many cells"; texts do


@dataclass(frozen=True)
class RawTable:
    """Records in order, with what reading the container showed."""

    rows: tuple[RawRow, ...]
    notices: tuple[Notice, ...]
    date_system: int | None = None
    spans: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Merged cells: (row number, column index) of the first cell to (rows, columns) it covers."""
