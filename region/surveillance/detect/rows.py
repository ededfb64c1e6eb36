"""Rows of a table that an epidemiologist brings: read by heading, each refusal with file and line."""

from __future__ import annotations

import csv
import datetime as dt
import math
from collections.abc import Iterator
from pathlib import Path

from region.surveillance.detect.series import BadSeries


def rows(path: Path, *needed: str) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, cells by heading)."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            heading = [name.strip() for name in next(reader, [])]
            missing = [name for name in needed if heading.count(name) != 1]
            if missing:
                raise BadSeries("table-columns", file=path.name, missing=", ".join(missing))
            for cells in reader:
                if cells and len(cells) != len(heading):
                    raise refusal(path, reader.line_num, ",".join(cells))
                if cells:
                    yield reader.line_num, dict(zip(heading, (cell.strip() for cell in cells), strict=True))
    except UnicodeDecodeError as error:
        raise BadSeries("series-encoding", position=error.start) from error


def number(path: Path, line: int, cell: str, least: float, most: float) -> float:
    """A number between both, ends counted. Raises BadSeries."""
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise refusal(path, line, cell)
    return value


def refusal(path: Path, line: int, value: str, code: str = "table-cell") -> BadSeries:
    """What cannot be read, and where."""
    return BadSeries(code, file=path.name, line=line, value=value[:60])


def day(word: str, path: Path | None = None, line: int = 0) -> dt.date:
    """An ISO day; the refusal names file and line where there are any."""
    try:
        return dt.date.fromisoformat(word)
    except ValueError:
        raise (refusal(path, line, word) if path else BadSeries("table-day", value=word[:60])) from None
