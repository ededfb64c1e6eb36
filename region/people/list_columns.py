"""The columns by which a list of people names them: read from its headings, checked, refused by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from region.formats.codes.phones import phone
from region.formats.dates import MISSING
from region.formats.tables import Row
from region.formats.text import clean, match_key
from region.people.models import KINDS
from region.people.papers import read_paper

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("姓名", "name", "full name"),
    "kind": ("证件类型", "证件种类", "id type", "paper", "kind"),
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
    "grid": ("网格代码", "网格编码", "网格", "社区代码", "grid code", "grid", "area code"),
}
KIND_WORDS: Mapping[str, tuple[str, ...]] = {
    "resident": ("居民身份证", "身份证", "resident", "identity card"),
    "passport": ("护照", "passport"),
    "permit": ("通行证", "港澳台通行证", "居住证", "回乡证", "permit"),
    "birth": ("出生证", "出生医学证明", "birth", "birth certificate"),
    "other": ("其他", "other"),
}
LONGEST_NAME = 60


class Unsure(Exception):
    """A row that is refused, and why."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True)
class Named:
    """Who a row says that he is: what identifies him is for the vault alone; `paper` is empty where there is none."""

    kind: str
    paper: str = field(repr=False)
    name: str = field(repr=False)
    phone: str = field(repr=False)


def column_of(words: tuple[str, ...], columns: tuple[str, ...]) -> str:
    """The column whose heading is one of the words; empty when there is none."""
    by_key = {match_key(column): column for column in columns}
    return next((by_key[match_key(word)] for word in words if match_key(word) in by_key), "")


def said_in(row: Row, columns: Mapping[str, str]) -> dict[str, str]:
    """What a row says by field, cleaned; what means nothing is empty."""
    said = {name: clean(row.cells.get(column, "")) if column else "" for name, column in columns.items()}
    return {name: "" if text.casefold() in MISSING else text for name, text in said.items()}


def word_of(text: str, words: Mapping[str, tuple[str, ...]]) -> str:
    """The code that a word stands for; empty when no one knows it."""
    key = match_key(text)
    return next((code for code, known in words.items() if key in map(match_key, known)), "")


def read_person(said: Mapping[str, str], latest: date, *, without: bool = False) -> Named:
    """The person of a row; Unsure when his paper or phone is not right, or missing where nobody goes `without`."""
    kind = word_of(said["kind"], KIND_WORDS) if said["kind"] else "resident"
    if kind not in KINDS:
        raise Unsure("person_kind_unknown")
    named = {"name": said["name"][:LONGEST_NAME], "phone": _phone(said["phone"])}
    if without and not said["number"]:
        return Named("none", "", **named)
    paper = read_paper(kind, said["number"], latest)
    if not paper.value:
        raise Unsure(f"person_paper_{paper.reason or 'missing'}")
    return Named(kind, paper.value, **named)


def _phone(text: str) -> str:
    if not text:
        return ""
    read = phone(text)
    if read.value is None:
        raise Unsure("person_phone_wrong")
    return read.value.number
