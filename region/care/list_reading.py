"""A list of a key group, as rows that can be taken: what is certain is read, the rest is refused by its row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from region.formats.codes.phones import phone
from region.formats.dates import MISSING, read_date
from region.formats.tables import Row, Table
from region.formats.text import clean, code_text, match_key
from region.people.papers import read_paper
from region.spine.errors import Invalid

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("姓名", "name", "full name"),
    "kind": ("证件类型", "证件种类", "id type", "kind"),
    "number": (
        "证件号码",
        "身份证号",
        "身份证号码",
        "身份证",
        "证件号",
        "id number",
        "identity number",
        "number",
    ),
    "phone": ("手机号", "手机号码", "联系电话", "电话", "phone", "mobile"),
    "home": ("社区代码", "社区编码", "网格代码", "网格编码", "community code", "grid code", "area code"),
    "since": ("开始日期", "起始日期", "纳入日期", "since", "from"),
}
KIND_WORDS: Mapping[str, tuple[str, ...]] = {
    "resident": ("居民身份证", "身份证", "resident", "identity card"),
    "passport": ("护照", "passport"),
    "permit": ("通行证", "港澳台通行证", "居住证", "回乡证", "permit"),
    "birth": ("出生证", "出生医学证明", "birth", "birth certificate"),
    "other": ("其他", "other"),
}
LONGEST_NAME = 60


@dataclass(frozen=True)
class ListRow:
    """One person of a list: what identifies him is for the vault alone."""

    number: int
    place: int
    since: date | None
    kind: str
    paper: str = field(repr=False)
    name: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass
class GroupList:
    """A list as read: `rows` that can be taken, and what is refused: number, code and facts, no person's data."""

    rows: list[ListRow] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, number: int, code: str, **facts: Any) -> None:
        """This row is not taken."""
        self.refused.append({"number": number, "code": code, "facts": facts})


class Unsure(Exception):
    """A row that is refused, and why."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def read_list(table: Table, homes: Mapping[str, int], today: date) -> GroupList:
    """All rows against the communities and grids by code; Invalid (``columns-unclear``) without a column of numbers or
    of homes. Twins are all refused."""
    columns = {name: _column(words, table.columns) for name, words in HEADINGS.items()}
    for name in ("number", "home"):
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


def _column(words: tuple[str, ...], columns: tuple[str, ...]) -> str:
    by_key = {match_key(column): column for column in columns}
    return next((by_key[match_key(word)] for word in words if match_key(word) in by_key), "")


def _row(row: Row, columns: Mapping[str, str], homes: Mapping[str, int], today: date) -> ListRow:
    said = {name: clean(row.cells.get(column, "")) if column else "" for name, column in columns.items()}
    said = {name: "" if text.casefold() in MISSING else text for name, text in said.items()}
    place = homes.get(code_text(said["home"]))
    if place is None:
        raise Unsure("care_home_unknown", given=said["home"][:40] or "–")
    kind = _kind(said["kind"]) if said["kind"] else "resident"
    paper = read_paper(kind, said["number"], today)
    if not paper.value:
        raise Unsure(f"due_paper_{paper.reason or 'missing'}")
    since, number = _since(said["since"], today), _phone(said["phone"])
    return ListRow(row.number, place, since, kind, paper.value, said["name"][:LONGEST_NAME], number)


def _kind(text: str) -> str:
    key = match_key(text)
    for code, words in KIND_WORDS.items():
        if key in map(match_key, words):
            return code
    raise Unsure("due_kind_unknown")


def _since(text: str, today: date) -> date | None:
    if not text:
        return None
    read = read_date(text, latest=today)
    if read.value is None:
        raise Unsure("care_since_wrong")
    return read.value


def _phone(text: str) -> str:
    if not text:
        return ""
    read = phone(text)
    if read.value is None:
        raise Unsure("due_phone_wrong")
    return read.value.number


def _refuse_twins(found: GroupList) -> None:
    by_paper: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in found.rows:
        by_paper[row.kind, row.paper].append(row.number)
    for numbers in by_paper.values():
        if len(numbers) > 1:
            for number in numbers:
                found.refuse(number, "due_twice", rows=", ".join(map(str, numbers[:10])))
    found.rows = [row for row in found.rows if len(by_paper[row.kind, row.paper]) == 1]
