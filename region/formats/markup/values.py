"""Single values of the EDXL family as text: times, numbers, flags; what is wrong with one that breaks its rule."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from region.formats.markup.writing import moment

TRUE, FALSE = ("true", "1"), ("false", "0")
_LOOSE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,15}", re.ASCII)
_WHOLE = re.compile(r"\+?\d{1,15}", re.ASCII)
NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d*)?|\.\d+)", re.ASCII)


def instant(text: str) -> datetime | None:
    """A time with its offset; parts of seconds are cut off, ``Z`` is UTC; None when it is none."""
    found = _LOOSE.fullmatch(text)
    return moment(found[1] + found[2].replace("Z", "+00:00")) if found else None


def _time(text: str) -> str | None:
    if instant(text) is None:
        return "time"
    return None if moment(text) else "~time-form"


def _whole(text: str) -> str | None:
    if _WHOLE.fullmatch(text):
        return None
    return "negative" if _INTEGER.fullmatch(text) else "number"


RULES: dict[str, Callable[[str], str | None]] = {
    "text": lambda text: None,
    "time": _time,
    "flag": lambda text: None if text in TRUE + FALSE else "flag",
    "integer": lambda text: None if _INTEGER.fullmatch(text) else "number",
    "whole": _whole,
    "number": lambda text: None if NUMBER.fullmatch(text) else "number",
}


def wrong_value(kind: str, text: str) -> str | None:
    """The code of the rule that this text breaks (a mild one behind ``~``), or None."""
    return RULES[kind](text)
