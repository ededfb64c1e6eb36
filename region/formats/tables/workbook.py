"""Workbooks (XLSX and old XLS) to records, with their merges, hidden rows and formulas never computed."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from region.formats.archive import open_archive, read_member
from region.formats.findings import Notice, Problem, Unreadable
from region.formats.tables.model import Limits, RawRow, RawTable
from region.formats.tables.sheet_marks import BookMarks, SheetMarks, read_book_marks, read_sheet_marks

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EXACT_BELOW = 1e15  # a spreadsheet keeps 15 digits of a number; whatever is longer has been rounded


def read_workbook(data: bytes, limits: Limits, sheet: str | None = None) -> RawTable:
    """Records of the one filled, visible sheet, or of the sheet that is named.

    Raises `Unreadable`: `several_sheets` (with names) when there is a choice, `encrypted`, `broken_workbook`,
    `no_sheet`, and the limits. Formulas without a stored value refuse their row: they are not zero.
    """
    archive, book = None, None
    if not data.startswith(OLE_MAGIC):
        archive = open_archive(data, limits.unpacked_bytes, limits.unpacking_ratio)
        if "xl/workbook.xml" not in archive.namelist():
            raise Unreadable("unknown_format")
        book = read_book_marks(archive)
    elif "EncryptedPackage".encode("utf-16-le") in data:
        raise Unreadable("encrypted")
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        found, notices = _choose(workbook, archive, book, limits, sheet)
        marks = _marks(archive, book, found, limits)
        opened = workbook.get_sheet_by_name(found)
        values = opened.to_python(skip_empty_area=False)
        spans = _spans(opened, len(values), limits)
    except PasswordError as error:
        raise Unreadable("encrypted") from error
    except CalamineError as error:
        raise Unreadable("broken_workbook", reason=type(error).__name__) from error
    if len(values) > limits.rows or len(values) * max(map(len, values), default=0) > limits.cells:
        raise Unreadable("too_large", rows=limits.rows, cells=limits.cells)
    rows, lost = _rows(values, marks, spans)
    if lost:
        notices.append(Notice("digits_lost", {"cells": lost[:100], "count": len(lost)}))
    if marks.hidden_rows:
        notices.append(Notice("hidden_rows", {"rows": marks.hidden_rows[:1000]}))
    if marks.hidden_columns:
        notices.append(Notice("hidden_columns", {"columns": marks.hidden_columns}))
    # Dated cells are dates already; the system is for serials left as plain numbers. Of an XLS it is not known
    # here, so its bare serials stay refused.
    return RawTable(tuple(rows), tuple(notices), book.date_system if book else None, spans)


def _choose(
    workbook: CalamineWorkbook,
    archive: zipfile.ZipFile | None,
    book: BookMarks | None,
    limits: Limits,
    wanted: str | None,
) -> tuple[str, list[Notice]]:
    """The name of the sheet to read and a notice for each one left aside."""
    visible: list[str] = []
    notices: list[Notice] = []
    for meta in workbook.sheets_metadata:
        if wanted is not None and meta.name != wanted:
            continue
        if wanted is None and meta.visible != SheetVisibleEnum.Visible:
            notices.append(Notice("sheet_ignored", {"sheet": meta.name, "hidden": True}))
            continue
        _marks(archive, book, meta.name, limits)
        if wanted is not None or workbook.get_sheet_by_name(meta.name).height > 0:
            visible.append(meta.name)
    if not visible:
        raise Unreadable("no_sheet", sheet=wanted)
    if len(visible) > 1:
        raise Unreadable("several_sheets", sheets=visible)
    return visible[0], notices


def _marks(archive: zipfile.ZipFile | None, book: BookMarks | None, name: str, limits: Limits) -> SheetMarks:
    """The sheet's marks, its extent checked before anybody builds a dense table of it."""
    if archive is None or book is None or name not in book.paths:
        return SheetMarks()
    marks = read_sheet_marks(read_member(archive, book.paths[name]))
    if marks.last_row > limits.rows or marks.last_column > limits.columns:
        raise Unreadable("too_large", rows=marks.last_row, columns=marks.last_column)
    if marks.last_row * marks.last_column > limits.cells:
        raise Unreadable("too_large", cells=marks.last_row * marks.last_column)
    return marks


def _spans(sheet: CalamineSheet, height: int, limits: Limits) -> dict[tuple[int, int], tuple[int, int]]:
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    covered = 0
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        bottom, right = min(bottom, height - 1), min(right, limits.columns - 1)
        if bottom < top or right < left:
            continue
        spans[top + 1, left] = (bottom - top + 1, right - left + 1)
        covered += (bottom - top + 1) * (right - left + 1)
    if covered > limits.cells:
        raise Unreadable("too_large", cells=covered)
    return spans


def _rows(
    values: Sequence[Sequence[object]], marks: SheetMarks, spans: dict[tuple[int, int], tuple[int, int]]
) -> tuple[list[RawRow], list[str]]:
    """Records as text, and the cells whose number had lost digits before it reached us."""
    rows: list[RawRow] = []
    lost: list[str] = []
    unvalued: dict[int, list[int]] = {}
    for row, column in sorted(marks.unvalued):
        unvalued.setdefault(row, []).append(column)
    for number, line in enumerate(values, start=1):
        cells: list[str] = []
        for index, value in enumerate(line):
            cells.append(_text(value))
            if isinstance(value, float) and abs(value) >= _EXACT_BELOW:
                lost.append(f"{column_letters(index)}{number}")
        problem = None
        if number in unvalued:
            places = [f"{column_letters(column - 1)}{number}" for column in unvalued[number]]
            problem = Problem(number, "formula_without_value", {"cells": places})
        rows.append(RawRow(number, tuple(cells), None, problem, fixed_width=True))
    return rows, lost


def column_letters(index: int) -> str:
    """A column's letters on screen, from its index counted from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _text(value: object) -> str:
    """A cell as text: whole numbers without a fraction, dates in ISO form."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT_BELOW else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return "" if value is None else str(value)
