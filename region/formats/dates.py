"""Dates as people write them, read only where the writing leaves no choice."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from region.formats.findings import Reading
from region.formats.text import clean

MISSING = frozenset(
    {"", "-", "--", "—", "–", "/", "\\", "无", "不详", "未知", "null", "none", "na", "n/a", "nan"}
)
_EARLIEST, _LATEST = 1850, 2199

_ENGLISH = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_CHINESE = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
_CLOCK = re.compile(
    r"(?P<rest>.*?\d|.*?日)(?:[T\s]+)(?P<hour>\d{1,2})[:时](?P<minute>\d{1,2})(?:[:分](?P<second>\d{1,2})(?:\.\d+)?秒?)?分?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_YEAR_FIRST = re.compile(r"(\d{4})\s*([-/.年])\s*(\d{1,2})\s*([-/.月])\s*(\d{1,2})\s*(?:日|号)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_NAMED = re.compile(
    r"(\d{1,2})[-\s./]*([A-Za-z]{3,9}|[一二三四五六七八九十]{1,3}月|\d{1,2}月)[-\s./,]*(\d{4}|\d{2})"
)
_NAMED_FIRST = re.compile(r"([A-Za-z]{3,9})\.?\s*(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{1,2}|\d{2}年\d{1,2}月\d{1,2}日?")
_NO_YEAR = re.compile(r"\d{1,2}\s*[-/.月]\s*\d{1,2}\s*(?:日|号)?")
_NO_DAY = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*月?")
_SERIAL = re.compile(r"(\d{5})(?:\.(\d+))?")

# A serial number is believed for the years 1954 to 2119 only; smaller and larger ones are counts or codes.
_SERIALS = range(20_000, 80_500)


def read_date(text: str, date_system: int | None = None, latest: dt.date | None = None) -> Reading[dt.date]:
    """The calendar date that `text` certainly means, as written (no change of time zone).

    `facts` hold `time` and `offset` where they were written, and `form`. Reasons for refusal: `missing`,
    `two_digit_year` (with a suggestion), `day_month_unclear`, `no_year`, `no_day`, `impossible_date`,
    `zero_date`, `serial_without_system`, `in_future` (later than `latest`), `not_a_date`. Serial numbers
    need the `date_system` (1900 or 1904) of the workbook that they stand in.
    """
    folded = clean(text)
    if folded.casefold() in MISSING:
        return Reading(text, reason="missing")
    facts: dict[str, object] = {}
    clock = _CLOCK.fullmatch(folded)
    if clock is not None:
        try:
            time = dt.time(int(clock["hour"]), int(clock["minute"]), int(clock["second"] or 0))
        except ValueError:
            return Reading(text, reason="impossible_time")
        facts["time"] = time.isoformat()
        if clock["zone"]:
            facts["offset"] = clock["zone"]
        folded = clock["rest"].strip()
    reading = _calendar(folded) or _serial(folded, date_system) or Reading(text, reason=_why_not(folded))
    if reading.value is not None and latest is not None and reading.value > latest:
        late = {**facts, "date": reading.value.isoformat(), "latest": latest.isoformat()}
        return Reading(text, reason="in_future", facts=late)
    return replace(reading, original=text, facts={**reading.facts, **facts})


def _calendar(text: str) -> Reading[dt.date] | None:
    """The date in one of the written forms, None where the text has none of them."""
    if match := _YEAR_FIRST.fullmatch(text):
        return _date(text, match[1], match[3], match[5], "year_first")
    if match := _COMPACT.fullmatch(text):
        return _date(text, match[1], match[2], match[3], "compact")
    if match := _YEAR_LAST.fullmatch(text):
        first, second = int(match[1]), int(match[3])
        if first <= 12 and second <= 12 and first != second:
            return Reading(text, reason="day_month_unclear")
        month, day = (first, second) if first <= 12 else (second, first)
        return _date(text, match[4], month, day, "month_first" if first <= 12 else "day_first")
    if match := _NAMED.fullmatch(text):
        named = _month(match[2])
        if named is None:
            return None
        if len(match[3]) == 2:
            guess = _date(text, f"20{match[3]}", named, match[1], "named_month")
            return Reading(text, reason="two_digit_year", suggestion=guess.value)
        return _date(text, match[3], named, match[1], "named_month")
    if match := _NAMED_FIRST.fullmatch(text):
        named = _month(match[1])
        return None if named is None else _date(text, match[3], named, match[2], "named_month")
    return None


def _month(word: str) -> int | None:
    if word[0].isdigit():
        return int(word.rstrip("月"))
    if word.endswith("月"):
        return _CHINESE.index(word[:-1]) + 1 if word[:-1] in _CHINESE else None
    short = word[:3].lower()
    return _ENGLISH.index(short) + 1 if short in _ENGLISH else None


def _date(text: str, year: str | int, month: str | int, day: str | int, form: str) -> Reading[dt.date]:
    numbers = int(year), int(month), int(day)
    if numbers[0] == 0 or 0 in numbers[1:]:
        return Reading(text, reason="zero_date")
    try:
        value = dt.date(*numbers)
    except ValueError:
        return Reading(text, reason="impossible_date")
    if not _EARLIEST <= value.year <= _LATEST:
        return Reading(text, reason="impossible_date")
    return Reading(text, value, facts={"form": form})


def _serial(text: str, date_system: int | None) -> Reading[dt.date] | None:
    match = _SERIAL.fullmatch(text)
    if match is None or int(match[1]) not in _SERIALS:
        return None
    if date_system is None:
        return Reading(text, reason="serial_without_system")
    # Spreadsheets of the 1900 system count a 29 February 1900 that never was, hence the 30th.
    start = dt.datetime(1904, 1, 1) if date_system == 1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001
    moment = start + dt.timedelta(days=int(match[1]), seconds=round(float(f"0.{match[2] or 0}") * 86_400))
    facts: dict[str, object] = {"form": "serial", "date_system": date_system}
    if match[2]:
        facts["time"] = moment.time().isoformat()
    return Reading(text, moment.date(), facts=facts)


def _why_not(text: str) -> str:
    if _SHORT_YEAR.fullmatch(text):
        return "two_digit_year"
    if _NO_DAY.fullmatch(text):
        return "no_day"
    return "no_year" if _NO_YEAR.fullmatch(text) else "not_a_date"
