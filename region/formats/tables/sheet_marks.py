"""What a workbook's XML says and cell values do not: hidden rows, formulas never computed, true extents."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from region.formats.archive import read_member
from region.formats.findings import Unreadable

_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")


@dataclass(frozen=True)
class BookMarks:
    """Sheet names to their member in the archive, and what serial dates count from."""

    paths: Mapping[str, str]
    date_system: int


@dataclass
class SheetMarks:
    """One sheet: numbers are as shown on screen (rows and columns from 1)."""

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    unvalued: set[tuple[int, int]] = field(default_factory=set)
    last_row: int = 0
    last_column: int = 0


def read_book_marks(archive: zipfile.ZipFile) -> BookMarks:
    """Names and places of the sheets of an XLSX archive; raises `Unreadable` on anything odd."""
    sheets: list[tuple[str, str]] = []
    targets: dict[str, str] = {}
    system = [1900]

    def on_book(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "sheet":
            key = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            sheets.append((attributes.get("name", ""), key))
        elif name == "workbookPr" and attributes.get("date1904", "0").lower() in {"1", "true", "on"}:
            system[0] = 1904

    def on_relation(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    _parse(read_member(archive, "xl/workbook.xml"), on_book)
    _parse(read_member(archive, "xl/_rels/workbook.xml.rels"), on_relation)
    paths = {
        name: target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        for name, key in sheets
        if (target := targets.get(key))
    }
    return BookMarks(paths, system[0])


def read_sheet_marks(xml: bytes) -> SheetMarks:
    """The marks of one sheet, without building its cells: safe to run before anything dense is made."""
    marks = SheetMarks()
    at = [0, 0]
    inside = {"formula": False, "value": False, "filled": False}

    def on_start(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "row":
            at[0], at[1] = int(attributes.get("r", at[0] + 1)), 0
            marks.last_row = max(marks.last_row, at[0])
            if attributes.get("hidden") in {"1", "true"}:
                marks.hidden_rows.append(at[0])
        elif name == "c":
            at[1] = _column(attributes.get("r", ""), at[1] + 1)
            marks.last_column = max(marks.last_column, at[1])
            inside.update(formula=False, value=False, filled=False)
        elif name == "f":
            inside["formula"] = True
        elif name in {"v", "t"}:
            inside["value"] = True
        elif name == "col" and attributes.get("hidden") in {"1", "true"}:
            first, last = int(attributes["min"]), int(attributes["max"])
            marks.hidden_columns.extend(range(first, min(last, first + 999) + 1))

    def on_end(tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in {"v", "t"}:
            inside["value"] = False
        elif name == "c" and inside["formula"] and not inside["filled"]:
            marks.unvalued.add((at[0], at[1]))

    def on_text(_text: str) -> None:
        if inside["value"]:
            inside["filled"] = True

    _parse(xml, on_start, on_end, on_text)
    return marks


def _column(reference: str, default: int) -> int:
    match = _CELL.fullmatch(reference)
    if match is None:
        return default
    number = 0
    for letter in match.group(1):
        number = number * 26 + ord(letter) - 64
    return number


def _parse(xml: bytes, on_start: object, on_end: object = None, on_text: object = None) -> None:
    """Run expat with the given handlers; a document type (where entity bombs live) is refused."""
    parser = expat.ParserCreate()

    def on_doctype(*_ignored: object) -> None:
        raise Unreadable("broken_workbook", reason="doctype")

    parser.StartDoctypeDeclHandler = on_doctype
    parser.StartElementHandler = on_start  # type: ignore[assignment]
    parser.EndElementHandler = on_end  # type: ignore[assignment]
    parser.CharacterDataHandler = on_text  # type: ignore[assignment]
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError, KeyError) as error:
        raise Unreadable("broken_workbook", reason="xml") from error
