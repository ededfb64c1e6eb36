"""A list of cases or of contacts, as rows that can be taken: what is certain is read, the rest refused by row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from region.formats.dates import read_date
from region.formats.tables import Row, Table
from region.formats.text import code_text, match_key
from region.people import list_columns
from region.people.list_columns import Named, Unsure, column_of, read_person, said_in, word_of
from region.spine.errors import Invalid
from region.tracing.models.cases import FOUND_BY, KINDS
from region.tracing.models.contacts import CATEGORIES

PERSON = {**list_columns.HEADINGS, "kind": ("证件类型", "证件种类", "id type", "paper")}
HEADINGS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "cases": {
        **PERSON,
        "id": ("编号", "病例编号", "序号", "case id", "case_id", "id", "case"),
        "day": (
            "确诊日期",
            "阳性日期",
            "报告日期",
            "day",
            "date of report",
            "date_of_rash",
            "date of confirmation",
        ),
        "onset": (
            "发病日期",
            "onset",
            "date of onset",
            "date_of_prodrome",
            "start_illness",
            "start of illness",
        ),
        "found_by": ("发现方式", "发现途径", "found by"),
        "class": ("病例类型", "诊断类型", "case kind"),
        "source": ("传染源", "感染来源", "传染来源", "infector", "source", "infected by"),
        "setting": ("接触方式", "setting"),
    },
    "contacts": {
        **PERSON,
        "id": ("编号", "密接编号", "序号", "contact id", "id"),
        "category": ("类别", "接触者类别", "人员类别", "category"),
        "last": ("末次接触日期", "末次暴露日期", "最后接触日期", "last exposure", "last contact"),
        "source": ("关联病例", "病例编号", "source", "case", "case id"),
        "setting": ("接触方式", "setting"),
    },
}
WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "class": {
        "confirmed": ("确诊", "确诊病例", "confirmed"),
        "asymptomatic": ("无症状", "无症状感染者", "asymptomatic"),
        "suspected": ("疑似", "疑似病例", "suspected"),
    },
    "found_by": {
        "community": ("社区", "社区筛查", "community"),
        "tracing": ("密接排查", "追踪", "tracing"),
        "quarantine": ("隔离", "隔离管控", "quarantine"),
        "key_post": ("重点岗位", "key post"),
        "fever_clinic": ("发热门诊", "fever clinic"),
        "round": ("区域核酸", "全员核酸", "round"),
        "entry": ("入境", "entry"),
        "other": ("其他", "other"),
    },
    "category": {
        "close_contact": ("密接", "密切接触者", "close contact", "close"),
        "secondary_contact": ("次密接", "密接的密接", "secondary contact", "secondary"),
        "general_contact": ("一般接触者", "general contact", "general"),
        "high_zone_spillover": ("高风险区外溢人员", "高风险区外溢", "from a high-risk zone"),
        "medium_zone_spillover": ("中风险区外溢人员", "中风险区外溢", "from a medium-risk zone"),
        "entrant": ("入境人员", "entrant"),
        "high_risk_post": ("高风险岗位人员", "高风险岗位", "high-risk post"),
    },
    "setting": {
        "household": ("同住", "家庭", "共同居住", "household"),
        "dining": ("同餐", "聚餐", "就餐", "dining"),
        "same_room": ("同室", "同空间", "same room"),
        "workplace": ("同事", "同单位", "工作", "workplace", "work"),
        "classroom": ("同班", "同学", "教室", "classroom", "school"),
        "vehicle": ("同乘", "同车", "交通工具", "vehicle"),
        "care": ("照护", "陪护", "care"),
        "ward": ("同病房", "病房", "ward"),
        "leisure": ("娱乐", "休闲", "leisure"),
        "lift": ("电梯", "同电梯", "lift"),
        "other": ("其他", "不详", "other", "unknown"),
    },
}
_APART = re.compile(r"[;,、，；/\s]+")
MOST_SOURCES = 10


@dataclass(frozen=True)
class Line:
    """One row: `id` the list's own number of it, `sources` such numbers or codes of cases."""

    number: int
    id: str
    place: int
    who: Named
    sources: Sequence[str]
    setting: str
    day: date
    """Of a case the day it counts on, of a contact the last exposure."""
    onset: date | None = None
    code: str = ""
    """Of a case its class, of a contact his category."""
    found_by: str = "other"


@dataclass(frozen=True)
class Ground:
    """What a list is read against: areas by code, the area of rows without one, settings by word, the latest day.

    `day_one` is what a whole number in a column of days counts from, where the list numbers its days.
    """

    areas: Mapping[str, int]
    home: int | None
    settings: Mapping[str, str]
    latest: date
    day_one: date | None = None


@dataclass
class Lines:
    """A list as read: `rows` that can be taken, and what is refused: number and code, no person's data."""

    rows: list[Line] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)


def read_lines(table: Table, kind: str, ground: Ground) -> Lines:
    """All rows of a list of ``cases`` or ``contacts``. Invalid (``columns-unclear``) without a column of days; of
    several rows with one number or one paper all are refused."""
    columns = {name: column_of(words, table.columns) for name, words in HEADINGS[kind].items()}
    needed = "last" if kind == "contacts" else "day"
    if not columns[needed] and not columns.get("onset"):
        raise Invalid("columns-unclear", field=needed, columns=", ".join(table.columns)[:400])
    found = Lines(refused=[{"number": one.number, "code": one.code, "facts": {}} for one in table.refused])
    for row in table.rows:
        try:
            found.rows.append((_case if kind == "cases" else _contact)(row, columns, ground, table))
        except Unsure as why:
            found.refused.append({"number": row.number, "code": why.code, "facts": why.facts})
    _refuse_twins(found)
    found.refused.sort(key=lambda one: one["number"])
    return found


def _case(row: Row, columns: Mapping[str, str], ground: Ground, table: Table) -> Line:
    said = said_in(row, columns)
    onset = _day(said["onset"], "onset", ground, table)
    day = _day(said["day"], "day", ground, table) or onset
    if day is None:
        raise Unsure("line_day_missing")
    kind = _coded(said, "class", "confirmed", KINDS)
    found_by = _coded(said, "found_by", "other", FOUND_BY)
    shared = _shared(row, said, ground)
    return Line(**shared, day=day, onset=onset, code=kind, found_by=found_by)


def _contact(row: Row, columns: Mapping[str, str], ground: Ground, table: Table) -> Line:
    said = said_in(row, columns)
    last = _day(said["last"], "last", ground, table)
    if last is None:
        raise Unsure("line_day_missing")
    category = _coded(said, "category", "close_contact", CATEGORIES)
    return Line(**_shared(row, said, ground), day=last, code=category)


def _shared(row: Row, said: Mapping[str, str], ground: Ground) -> dict[str, Any]:
    code = code_text(said["grid"])
    place = ground.areas.get(code) if code else ground.home
    if place is None:
        raise Unsure("line_area_unknown", given=code[:40] or "–")
    word = word_of(said["setting"], WORDS["setting"]) or said["setting"]
    setting = ground.settings.get(match_key(word)) if said["setting"] else "other"
    if setting is None:
        raise Unsure("line_setting_unknown", given=said["setting"][:20])
    sources = tuple(one for one in _APART.split(said["source"]) if one)[:MOST_SOURCES]
    who = read_person(said, ground.latest, without=True)
    id = said["id"][:30] or str(row.number)
    return {
        "number": row.number,
        "id": id,
        "place": place,
        "who": who,
        "sources": sources,
        "setting": setting,
    }


def _coded(said: Mapping[str, str], name: str, otherwise: str, known: Sequence[str]) -> str:
    if not said[name]:
        return otherwise
    code = word_of(said[name], WORDS[name])
    if code not in known:
        raise Unsure("line_word_unknown", given=said[name][:20], column=name)
    return code


def _day(text: str, name: str, ground: Ground, table: Table) -> date | None:
    """The day of a cell; a whole number counts from `day_one`, where 0 means none."""
    if not text:
        return None
    if ground.day_one is not None and text.isdecimal() and len(text) < 5:
        return ground.day_one + timedelta(days=int(text) - 1) if int(text) else None
    read = read_date(text, table.date_system, ground.latest)
    if read.value is None:
        raise Unsure("line_day_wrong", given=text[:20], column=name)
    return read.value


def _refuse_twins(found: Lines) -> None:
    """Two rows with one number, or one paper, may be two people or one: nobody but the list's keeper knows."""
    seen: dict[tuple[str, ...], list[Line]] = {}
    for row in found.rows:
        seen.setdefault(("id", row.id), []).append(row)
        if row.who.paper:
            seen.setdefault((row.who.kind, row.who.paper), []).append(row)
    twins = {row.number: rows for rows in seen.values() if len(rows) > 1 for row in rows}
    for number, rows in twins.items():
        listed = ", ".join(str(one.number) for one in rows[:10])
        found.refused.append({"number": number, "code": "line_twice", "facts": {"rows": listed}})
    found.rows = [row for row in found.rows if row.number not in twins]
