"""A spreadsheet of people, read row by row: what is certain becomes a person, the rest is refused with its reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from region.formats.codes import phone
from region.formats.findings import Problem
from region.formats.tables import Limits, read_table
from region.formats.text import code_text
from region.spine.errors import Invalid

LOGIN = re.compile(r"[a-z0-9][a-z0-9._\-]{1,59}")
INVENTED = re.compile(r"1000000\d{4}")
"""Telephones of the exercises: no network gives this prefix out."""
COLUMNS: dict[str, tuple[str, ...]] = {
    "site_code": ("site_code", "site code", "机构编码", "机构代码", "单位编码", "单位代码"),
    "name_zh": ("name_zh", "name (zh)", "姓名", "中文姓名"),
    "name_en": ("name_en", "name (en)", "name", "英文姓名", "姓名(英文)"),
    "role": ("role", "角色", "岗位"),
    "phone": ("phone", "telephone", "mobile", "电话", "手机", "手机号", "手机号码", "联系电话"),
    "login": ("login", "账号", "帐号", "登录名", "用户名"),
    "deputy_of": ("deputy_of", "deputy of", "替补", "替补对象", "代谁值班"),
    "area_code": ("area_code", "area code", "管辖区域", "区域编码"),
}
NEEDED = ("site_code", "name_zh", "role", "login")
LIMITS = Limits(file_bytes=8_000_000, rows=10_000, columns=60)
"""Ten thousand people: a city of 20 districts, as many as one screen of a plan can answer for."""


@dataclass(frozen=True)
class Person:
    """One usable row: `number` as the spreadsheet shows it; empty texts where the sheet says nothing."""

    number: int
    site_code: str
    name_zh: str
    name_en: str
    role: str
    login: str
    phone: str | None
    deputy_of: str
    area_code: str


@dataclass(frozen=True)
class Roster:
    """What a file says: its people, its refused rows, and its SHA-256."""

    people: tuple[Person, ...]
    refused: tuple[Problem, ...]
    digest: str


def read_roster(data: bytes, filename: str, *, invented: bool) -> Roster:
    """People from CSV, TSV, XLSX or XLS with headers in Chinese or English, columns in any order.

    `invented` admits telephones of the exercises. Raises `Unreadable` for a file that is no table, Invalid
    (`columns-missing`) for one without the columns NEEDED; single rows are refused by number.
    """
    table = read_table(data, filename, limits=LIMITS)
    found = _columns(table.columns)
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise Invalid("columns-missing", columns=", ".join(missing))
    people: list[Person] = []
    refused = list(table.refused)
    seen: dict[str, int] = {}
    for row in table.rows:
        cells = {name: row.cells[column].strip() for name, column in found.items()}
        read = _person(row.number, cells, invented, seen)
        if isinstance(read, Problem):
            refused.append(read)
        else:
            seen[read.login] = row.number
            people.append(read)
    return Roster(tuple(people), tuple(sorted(refused, key=lambda one: one.number)), table.digest)


def _columns(headers: tuple[str, ...]) -> dict[str, str]:
    by_folded = {header.casefold().strip(): header for header in headers}
    return {
        name: by_folded[known]
        for name, spellings in COLUMNS.items()
        for known in spellings[::-1]
        if known in by_folded
    }


def _person(
    number: int, cells: Mapping[str, str], invented: bool, seen: Mapping[str, int]
) -> Person | Problem:
    empty = [name for name in NEEDED if not cells[name]]
    if empty:
        return Problem(number, "cell-empty", {"column": empty[0]})
    login = code_text(cells["login"]).casefold()
    if not LOGIN.fullmatch(login):
        return Problem(number, "login-form", {"login": cells["login"]})
    if login in seen:
        return Problem(number, "login-twice", {"login": login, "row": seen[login]})
    if len(cells["name_zh"]) > 60 or len(cells.get("name_en", "")) > 80:
        return Problem(number, "name-long")
    given = cells.get("phone", "")
    number_read = telephone(given, invented=invented) if given else None
    if given and number_read is None:
        return Problem(number, "phone-bad")
    return Person(
        number=number,
        site_code=code_text(cells["site_code"]),
        name_zh=cells["name_zh"],
        name_en=cells.get("name_en", ""),
        role=cells["role"],
        login=login,
        phone=number_read,
        deputy_of=code_text(cells.get("deputy_of", "")).casefold(),
        area_code=code_text(cells.get("area_code", "")),
    )


def telephone(text: str, *, invented: bool) -> str | None:
    """The number in one form, or None when it cannot be dialled; invented ones pass where they are admitted."""
    digits = re.sub(r"[\s\-]", "", code_text(text))
    if INVENTED.fullmatch(digits):
        return digits if invented else None
    read = phone(text)
    if read.value is None or read.value.kind == "fictitious":
        return None
    extension = f"-{read.value.extension}" if read.value.extension else ""
    return f"{read.value.number}{extension}"
