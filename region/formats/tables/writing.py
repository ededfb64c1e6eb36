"""Tables for other people's spreadsheets, which must never run what a cell says."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

# Full-width forms count: some spreadsheets take them for the plain ones. A plain signed number is harmless.
_RISKY = re.compile("'*[=+\\-@\u2212\uff0b\uff0d\uff1d\uff20\t\r\n]|'+\\d")
_PLAIN_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d+)?")


def guarded(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet could run it; `read_table` takes it off."""
    if _RISKY.match(text) and not _PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[str]], *, delimiter: str = ",") -> bytes:
    """UTF-8 with a byte order mark and CRLF line ends (what spreadsheets open correctly), cells guarded."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([guarded(name) for name in columns])
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def write_xlsx(columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "data") -> bytes:
    """A workbook of one sheet, every cell marked as text; characters that XML cannot hold are dropped."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(title)
    for values in ([*columns], *rows):
        cells = []
        for text in values:
            cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text))
            cell.data_type = "s"
            cell.number_format = "@"
            if _RISKY.match(text):
                cell.quotePrefix = True  # stays a text when somebody edits it
            cells.append(cell)
        sheet.append(cells)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()
