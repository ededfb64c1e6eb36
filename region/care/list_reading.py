"""A list of a key group, as rows that can be taken: what is certain is read, the rest is refused by its row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from region.formats.dates import read_date
from region.formats.tables import Row, Table
from region.formats.text import code_text
from region.people.list_columns import HEADINGS as PERSON
from region.people.list_columns import Named, Unsure, column_of, read_person, said_in
from region.spine.errors import Invalid

HEADINGS: Mapping[str, tuple[str, ...]] = {
    **PERSON,
    "grid": (*PERSON["grid"], "社区编码", "community code"),
    "since": ("开始日期", "起始日期", "纳入日期", "since", "from"),
}


@dataclass(frozen=True)
class ListRow:
    """One person of a list: what identifies him is for the vault alone."""

    number: int
    place: int
    since: date | None
    who: Named


@dataclass
class GroupList:
    """A list as read: `rows` that can be taken, and what is refused: number, code and facts, no person's data."""

    rows: list[ListRow] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, number: int, code: str, **facts: Any) -> None:
        """This row is not taken."""
        self.refused.append({"number": number, "code": code, "facts": facts})


def read_list(table: Table, homes: Mapping[str, int], today: date) -> GroupList:
    """All rows against the communities and grids by code; Invalid (``columns-unclear``) without a column of numbers or
    of homes. Twins are all refused."""
    columns = {name: column_of(words, table.columns) for name, words in HEADINGS.items()}
    for name in ("number", "grid"):
        if not columns[name]:
            raise Invalid("columns-unclear", field=name, columns=", ".join(table.columns)[:400])
    found = GroupList()
    for problem in table.refused:
        found.refuse(problem.number, problem.code)
    for row in table.rows:
        try:
            found.rows.append(_row(row, columns, homes, today))
        except Unsure as why:
            found.refuse(row.number, why.code, **why.facts)
    _refuse_twins(found)
    found.refused.sort(key=lambda one: one["number"])
    return found


def _row(row: Row, columns: Mapping[str, str], homes: Mapping[str, int], today: date) -> ListRow:
    said = said_in(row, columns)
    place = homes.get(code_text(said["grid"]))
    if place is None:
        raise Unsure("care_home_unknown", given=said["grid"][:40] or "–")
    who = read_person(said, today)
    return ListRow(row.number, place, _since(said["since"], today), who)


def _since(text: str, today: date) -> date | None:
    if not text:
        return None
    read = read_date(text, latest=today)
    if read.value is None:
        raise Unsure("care_since_wrong")
    return read.value


def _refuse_twins(found: GroupList) -> None:
    by_paper: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in found.rows:
        by_paper[row.who.kind, row.who.paper].append(row.number)
    for numbers in by_paper.values():
        if len(numbers) > 1:
            for number in numbers:
                found.refuse(number, "due_twice", rows=", ".join(map(str, numbers[:10])))
    found.rows = [row for row in found.rows if len(by_paper[row.who.kind, row.who.paper]) == 1]
