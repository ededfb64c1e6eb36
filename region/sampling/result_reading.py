"""A table of results as rows: what is certain is read, the rest refused by its number with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from region.formats.dates import MISSING, read_date
from region.formats.tables import Row, Table
from region.formats.text import code_text, match_key
from region.places.plan import refusal
from region.sampling.result_plan import COLUMNS, ReadRow, ResultOptions
from region.sampling.result_told import Result
from region.sampling.result_words import Words
from region.spine.errors import Invalid

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "tube": (
        *(
            "采样管编码",
            "采样管码",
            "采样管号",
            "管码",
            "试管编码",
            "试管码",
            "条码",
            "条码号",
            "样本条码",
            "样本编号",
            "标本编号",
        ),
        *("tube code", "tube_code", "tube", "barcode", "sample id", "specimen id", "sample barcode"),
    ),
    "result": ("检测结果", "结果", "结果判定", "判定", "result", "test result", "interpretation"),
    "ct_n": ("N基因Ct值", "N基因", "N Ct", "Ct N", "Ct(N)", "N基因Ct", "ct_n", "n gene", "n gene ct"),
    "ct_orf": (
        *(
            "ORF1ab基因Ct值",
            "ORF1ab基因",
            "ORF1ab",
            "ORF1ab Ct",
            "Ct ORF",
            "Ct(ORF1ab)",
            "Ct ORF1ab",
            "ct_orf",
            "ORF",
        ),
        "orf1ab gene ct",
    ),
    "reported": (
        *(
            "报告时间",
            "检测时间",
            "结果时间",
            "检测完成时间",
            "出具时间",
            "审核时间",
            "reported at",
            "reported",
            "result time",
        ),
        *("report time", "test time", "time"),
    ),
}
"""Headings that leave no doubt, the surest first."""
NO_CT = {
    match_key(one) for one in ("NoCt", "No Ct", "Undetermined", "Undet", "未检出", "阴性", "N/A", "0", "0.0")
}
MOST_CT = 60.0


@dataclass(frozen=True)
class Ground:
    """What a file is read against: the words of results, the region's zone, what its serial numbers count from."""

    words: Words
    zone: ZoneInfo
    date_system: int | None
    stated: datetime | None


class Unsure(Exception):
    """A row that is refused: why, and the facts to mend it by."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass
class Draft:
    """What was read of a file: rows in order, and refusals by number."""

    rows: list[ReadRow] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)


def with_columns(options: ResultOptions, columns: Sequence[str]) -> ResultOptions:
    """The options with every column found; Invalid (``columns-unclear``) names the field and the columns there are."""
    by_key = {match_key(column): column for column in columns}
    facts = {"columns": ", ".join(columns)[:400], "names": list(columns)[:60]}
    named: dict[str, str] = {}
    for name in COLUMNS:
        given = getattr(options, name)
        if given and given not in columns:
            raise Invalid("no-such-column", field=name, column=given[:80], **facts)
        known = (by_key.get(match_key(word)) for word in HEADINGS[name])
        named[name] = given or next((column for column in known if column), "")
    needed = ("tube", "result") if options.reported_at else ("tube", "result", "reported")
    for name in needed:
        if not named[name]:
            raise Invalid("columns-unclear", field=name, **facts)
    return replace(options, **named)


def stated_time(text: str, zone: ZoneInfo) -> datetime | None:
    """The time stated for all rows, on the region's clock; None where none is; Invalid (``day-wrong``)."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid("day-wrong", field="reported_at") from error
    return found if found.tzinfo else found.replace(tzinfo=zone)


def read_rows(table: Table, options: ResultOptions, ground: Ground) -> Draft:
    """All rows of the table; `options` name its columns."""
    draft = Draft(refused=[refusal(one.number, one.code, **one.facts) for one in table.refused])
    for row in table.rows:
        try:
            draft.rows.append(ReadRow(row.number, _result(row, options, ground)))
        except Unsure as why:
            draft.refused.append(refusal(row.number, why.code, **why.facts))
    return draft


def _cell(row: Row, column: str) -> str:
    return row.cells.get(column, "") if column else ""


def _result(row: Row, options: ResultOptions, ground: Ground) -> Result:
    given = _cell(row, options.result)
    result = ground.words.result(given)
    if result is None:
        raise Unsure("result_result_unknown", given=given[:40] or "–")
    return Result(
        code=code_text(_cell(row, options.tube)),
        result=result,
        reported_at=_reported(row, options, ground),
        ct_n=_ct(row, options.ct_n),
        ct_orf=_ct(row, options.ct_orf),
    )


def _ct(row: Row, column: str) -> float | None:
    text = _cell(row, column)
    if text.casefold() in MISSING or match_key(text) in NO_CT:
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise Unsure("result_ct_unclear", given=text[:40]) from error
    if not 0 < value <= MOST_CT:
        raise Unsure("result_ct_unclear", given=text[:40])
    return value


def _usual(text: str) -> datetime | None:
    """A moment written in by far the most common way; None for any other, which the reader of dates looks at."""
    if len(text) not in (16, 19) or text[4] != "-":
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _reported(row: Row, options: ResultOptions, ground: Ground) -> datetime:
    """The moment of a row: a day alone is none, for turnaround is counted in minutes."""
    text = _cell(row, options.reported)
    if text.casefold() in MISSING:
        if ground.stated is None:
            raise Unsure("result_time_missing")
        return ground.stated
    if (usual := _usual(text)) is not None:
        return usual.replace(tzinfo=ground.zone)
    read = read_date(text, ground.date_system)
    if read.value is None:
        raise Unsure("result_time_unclear", given=text[:40], reason=read.reason or "–")
    if "time" not in read.facts:
        raise Unsure("result_time_missing", given=text[:40])
    offset = str(read.facts.get("offset", ""))
    zone = datetime.fromisoformat(f"2000-01-01T00:00:00{offset}").tzinfo if offset else ground.zone
    return datetime.combine(read.value, time.fromisoformat(str(read.facts["time"])), zone)
