"""The wording of templates: placeholders found, checked, and filled in for one language."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from rules.errors import RuleError
from rules.schema import Placeholder, TemplateRule
from rules.units import read_duration

Lang = Literal["zh", "en"]
LANGUAGES: tuple[Lang, ...] = ("zh", "en")
LONGEST = 2000  # characters of one placeholder

# A name in braces and nothing else: no format specification and no attribute, as str.format would allow.
_BRACES = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_DAYS_ZH = "一二三四五六日"
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Rendered:
    """A template's title and body in one language."""

    title: str
    body: str


def wording_faults(rule: TemplateRule) -> Iterator[tuple[str, str]]:
    """Where (path inside the template) and why the wording of a template cannot be used."""
    declared = set(rule.placeholders)
    for lang in LANGUAGES:
        wording = rule.zh if lang == "zh" else rule.en
        used: set[str] = set()
        for part, text in (("title", wording.title), ("body", wording.body)):
            used |= set(_BRACES.findall(text))
            if "{" in _BRACES.sub("", text) or "}" in _BRACES.sub("", text):
                yield f"{lang}.{part}", "a brace that is not a placeholder"
        if "\n" in wording.title.strip():
            yield f"{lang}.title", "a title is one line"
        if used - declared:
            yield lang, f"uses undeclared placeholders: {', '.join(sorted(used - declared))}"
        if declared - used:
            yield lang, f"does not use declared placeholders: {', '.join(sorted(declared - used))}"


def render(template_id: str, rule: TemplateRule, lang: Lang, given: Mapping[str, object]) -> Rendered:
    """Fill in the wording; moments are written in the time zone they carry.

    Raises RuleError: placeholder_missing, placeholder_unknown, placeholder_ill_typed, language_unknown.
    """
    if lang not in LANGUAGES:
        raise RuleError("language_unknown", template=template_id, lang=lang)
    if missing := sorted(rule.placeholders.keys() - given.keys()):
        raise RuleError("placeholder_missing", template=template_id, names=missing)
    if extra := sorted(given.keys() - rule.placeholders.keys()):
        raise RuleError("placeholder_unknown", template=template_id, names=extra)
    wording = rule.zh if lang == "zh" else rule.en
    shown: dict[str, str] = {}
    for name, placeholder in rule.placeholders.items():
        try:
            shown[name] = _shown(placeholder, given[name], lang)
            if "\n" in shown[name] and f"{{{name}}}" in wording.title:
                raise ValueError("more than one line, in a title")
        except ValueError as error:
            facts = {"name": name, "expected": placeholder.type, "reason": str(error)}
            raise RuleError("placeholder_ill_typed", template=template_id, **facts) from error
    return Rendered(_filled(wording.title, shown).strip(), _filled(wording.body, shown).strip())


def parse_placeholder(placeholder: Placeholder, raw: object) -> object:
    """A placeholder as it comes from JSON or an example (ISO 8601 for times) in the type `render` wants."""
    if placeholder.type == "date" and isinstance(raw, str):
        return date.fromisoformat(raw)
    if placeholder.type == "datetime" and isinstance(raw, str):
        return datetime.fromisoformat(raw)
    return read_duration(raw) if placeholder.type == "duration" else raw


def _filled(text: str, shown: Mapping[str, str]) -> str:
    return _BRACES.sub(lambda found: shown[found.group(1)], text)


def _shown(placeholder: Placeholder, value: object, lang: Lang) -> str:
    if placeholder.type in ("text", "place"):
        return _text(value, lang)
    if placeholder.type == "integer" and isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if (
        placeholder.type == "number"
        and isinstance(value, int | float | Decimal)
        and not isinstance(value, bool)
    ):
        if not Decimal(value).is_finite():
            raise ValueError("not a finite number")
        return f"{value:,}"
    if placeholder.type == "datetime" and isinstance(value, datetime):
        return _moment(value, lang)
    if placeholder.type == "date" and isinstance(value, date) and not isinstance(value, datetime):
        return _day(value, lang)
    if placeholder.type == "duration" and isinstance(value, timedelta):
        return duration_text(value, lang)
    raise ValueError(f"got {type(value).__name__}")


def _text(value: Any, lang: Lang) -> str:
    if isinstance(value, Mapping):  # {zh:, en:}: the other language stands in for one that is missing
        value = value.get(lang) or value.get("en" if lang == "zh" else "zh")
    if not isinstance(value, str) or not value.strip():
        raise ValueError("not a text, or empty")
    if len(value) > LONGEST:
        raise ValueError(f"longer than {LONGEST} characters")
    return value.strip()


def _day(day: date, lang: Lang) -> str:
    if lang == "zh":
        return f"{day:%Y-%m-%d} 周{_DAYS_ZH[day.weekday()]}"
    return f"{_DAYS_EN[day.weekday()]} {day.day} {_MONTHS_EN[day.month - 1]} {day.year}"


def _moment(moment: datetime, lang: Lang) -> str:
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("a moment without its time zone")
    # An instant that nobody turned into the region's time says so, rather than pass for local time.
    zone = " UTC" if not offset else ""
    return f"{_day(moment.date(), lang)} {moment:%H:%M}{zone}"


def duration_text(length: timedelta, lang: Lang) -> str:
    """A length of time in words: days, hours, minutes and seconds, leaving out what is nothing."""
    left = int(length.total_seconds())
    pieces = []
    for size, zh, en in (
        (86400, "天", "day"),
        (3600, "小时", "hour"),
        (60, "分钟", "minute"),
        (1, "秒", "second"),
    ):
        count, left = divmod(left, size)
        if count:
            pieces.append(f"{count} {zh}" if lang == "zh" else f"{count} {en}{'' if count == 1 else 's'}")
    if not pieces:
        raise ValueError("shorter than a second")
    return " ".join(pieces)
