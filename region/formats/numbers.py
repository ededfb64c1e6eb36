"""Counts and ages as reports write them: zero, missing, suppressed and approximate stay apart."""

from __future__ import annotations

import re

from region.formats.dates import MISSING
from region.formats.findings import Reading
from region.formats.text import clean

UNITS = ("人次", "人", "例", "个", "件", "支", "盒", "套", "份", "管", "箱", "张", "户")
_COUNT = re.compile(rf"(?P<whole>\d+|\d{{1,3}}(?:,\d{{3}})+)(?:\.0*)?\s*(?P<unit>{'|'.join(UNITS)})?")
_SUPPRESSED = re.compile(r"\*+|[<≤]\s*(?P<below>\d+)")
_APPROXIMATE = re.compile(r"(?:约|大约|近|逾|超过|~|≈|>|≥).*\d|\d.*(?:左右|余|多|\+)")
_CHINESE_NUMERAL = re.compile("[零〇一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟两]+")
_AGE = re.compile(
    r"(?:(?P<years>\d{1,3})(?:\.0+)?\s*(?:周?岁|y(?:ears?)?)?)?"
    r"(?:(?P<months>\d{1,2})\s*个?(?:月龄?|m(?:onths?)?))?(?:(?P<days>\d{1,2})\s*天)?"
)


def read_count(text: str) -> Reading[int]:
    """A whole number of people or things.

    Reasons: `missing` (never zero), `suppressed` (facts `below` where stated), `approximate`,
    `chinese_numeral`, `negative`, `not_whole`, `not_a_count`. A counting word is kept in facts as `unit`.
    """
    folded = clean(text)
    if folded.casefold() in MISSING:
        return Reading(text, reason="missing")
    if match := _COUNT.fullmatch(folded):
        facts = {"unit": match["unit"]} if match["unit"] else {}
        return Reading(text, int(match["whole"].replace(",", "")), facts=facts)
    if match := _SUPPRESSED.fullmatch(folded):
        below = {"below": int(match["below"])} if match["below"] else {}
        return Reading(text, reason="suppressed", facts=below)
    for pattern, reason in (
        (_CHINESE_NUMERAL, "chinese_numeral"),
        (_APPROXIMATE, "approximate"),
        (re.compile(r"-\d[\d,]*(\.0*)?"), "negative"),
        (re.compile(r"[+-]?[\d,]*\.\d+"), "not_whole"),
    ):
        if pattern.fullmatch(folded):
            return Reading(text, reason=reason)
    return Reading(text, reason="not_a_count")


def read_age(text: str) -> Reading[float]:
    """An age in years: `42岁`, `2岁3月` (2.25), `6月` (0.5), `15天`; `90+` is 90 with the fact `at_least`.

    Reasons: `missing`, `impossible_age` (over 130), `not_an_age`.
    """
    folded = clean(text).replace(" ", "")
    if folded.casefold() in MISSING:
        return Reading(text, reason="missing")
    censored = re.fullmatch(r"(?:[≥>]=?)?(\d{1,3})(?:岁)?(?:\+|以上|及以上)?", folded)
    if censored and not folded.rstrip("岁").isdigit():
        return Reading(text, float(censored[1]), facts={"at_least": True})
    match = _AGE.fullmatch(folded)
    if match is None or not any(match.groups()):
        return Reading(text, reason="not_an_age")
    years = int(match["years"] or 0) + int(match["months"] or 0) / 12 + int(match["days"] or 0) / 365.25
    if years > 130:
        return Reading(text, reason="impossible_age")
    return Reading(text, round(years, 4))
