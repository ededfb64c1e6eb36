"""What area and site files have in common: their columns, names, codes, and how far values changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from region.formats.dates import read_date
from region.formats.findings import Unreadable
from region.formats.numbers import read_count
from region.formats.text import clean, code_text
from region.places.plan import AreaOptions, Options, PlannedRow, SiteOptions
from region.places.queries.standing import Standing
from region.spine.errors import Invalid

LONGEST = {"code": 40, "name_zh": 120, "name_en": 160, "phone": 40, "duty_phone": 40}
FIELDS = {"encoding": "encoding", "crs": "crs"}
SEVERAL = {"several_layers": "layer", "several_sheets": "sheet", "no_layer": "layer", "no_sheet": "sheet"}
"""The field of the form beside which it is said what keeps a file from being read; for the rest, the file's."""

Read = TypeVar("Read")
Named = TypeVar("Named", AreaOptions, SiteOptions)


def read_file(read: Callable[[], Read]) -> Read:
    """Read a whole file; Invalid (``unreadable-…``) with what it offered when it cannot be read with certainty."""
    try:
        return read()
    except Unreadable as error:
        facts = {("given" if name == "code" else name): _told(value) for name, value in error.facts.items()}
        facts["field"] = FIELDS.get(error.code.split("_")[0], SEVERAL.get(error.code, "file"))
        raise Invalid(f"unreadable-{error.code.replace('_', '-')}", **facts) from error


def _told(value: object) -> object:
    """A list as people read it."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


def need_columns(options: Options, named: Iterable[str], columns: Iterable[str]) -> None:
    """Invalid when an option names a column that the file does not have; says which it has."""
    there = list(columns)
    asked = [*((name, getattr(options, name)) for name in named), *options.aliases.items()]
    for name, column in asked:
        if column and column not in there:
            facts = {"field": name, "column": column[:80], "columns": ", ".join(there)[:400]}
            raise Invalid("no-such-column", **facts)


def with_names(options: Named, columns: Iterable[str]) -> Named:
    """The options with the columns name_zh and name_en taken, where none were named and these exist."""
    if options.name_zh or options.name_en:
        return options
    there = set(columns)
    zh, en = (name if name in there else "" for name in ("name_zh", "name_en"))
    return replace(options, name_zh=zh, name_en=en)


def text_of(cells: Mapping[str, object], column: str) -> str:
    """A cell as clean text; "" where there is none."""
    value = cells.get(column) if column else None
    return "" if value is None or value != value else clean(str(value))


def code_of(cells: Mapping[str, object], column: str) -> str:
    """A cell as a code: 306.0 is 306."""
    value = cells.get(column) if column else None
    return code_text(value) if isinstance(value, str | int | float) else ""


def count_of(row: PlannedRow, cells: Mapping[str, object], column: str, field: str) -> None:
    """Put a whole number into the row's values, or warn why it could not be read."""
    if not column:
        return
    reading = read_count(code_of(cells, column) or text_of(cells, column))
    row.values[field] = reading.value
    if not reading.certain and reading.reason != "missing":
        row.warn("not_a_number", column=column, value=reading.original[:40])


def day_of(row: PlannedRow, cells: Mapping[str, object], column: str, field: str) -> None:
    """Put a date into the row's values, or warn why it could not be read."""
    if not column:
        return
    reading = read_date(text_of(cells, column))
    row.values[field] = None if reading.value is None else reading.value.isoformat()
    if not reading.certain and reading.reason != "missing":
        row.warn("not_a_date", column=column, value=reading.original[:40])


def names_of(row: PlannedRow, cells: Mapping[str, object], zh: str, en: str) -> None:
    """Both names; one alone fills the other and is marked by its language, none is replaced by the code."""
    name_zh, name_en = text_of(cells, zh), text_of(cells, en)
    row.values["lang"] = None
    if not name_zh and not name_en:
        row.warn("no_name")
        name_zh = name_en = row.code
        row.values["lang"] = "-"
    elif not name_zh or not name_en:
        row.values["lang"] = "zh" if name_zh else "en"
    row.values["name_zh"], row.values["name_en"] = name_zh or name_en, name_en or name_zh


def aliases_of(row: PlannedRow, cells: Mapping[str, object], wanted: Mapping[str, str]) -> None:
    """Codes of other systems, where the file has them."""
    found = {system: code_of(cells, column)[:80] for system, column in wanted.items()}
    row.values["aliases"] = {system: code for system, code in found.items() if code}


def too_long(row: PlannedRow) -> str | None:
    """The name of a value that is longer than can be kept."""
    texts = {"code": row.code, **row.values}
    return next((n for n, most in LONGEST.items() if len(str(texts.get(n) or "")) > most), None)


def compare(row: PlannedRow, stands: Standing) -> None:
    """Fill in `place`, `changed` and `action` from what stands; only what the file says is compared."""
    row.place = stands.id
    _leave_better_names(row, stands)
    for name, value in row.values.items():
        if name == "aliases":
            differs = any(stands.values["aliases"].get(system) != code for system, code in value.items())
        else:
            differs = name in stands.values and stands.values[name] != value
        if differs:
            row.changed.append(name)
    if row.parent_code is not None or row.parent != stands.parent:
        row.changed.append("parent")


def _leave_better_names(row: PlannedRow, stands: Standing) -> None:
    """A name that only fills a gap does not replace one that was given."""
    filled = {"zh": ("name_en",), "en": ("name_zh",), "-": ("name_zh", "name_en")}.get(row.values["lang"], ())
    if filled and stands.values["lang"] != row.values["lang"]:
        for name in ("lang", *filled):
            del row.values[name]


def settle(row: PlannedRow) -> None:
    """Say what applying the row will do."""
    row.action = "new" if row.place is None else "changed" if row.changed else "same"
