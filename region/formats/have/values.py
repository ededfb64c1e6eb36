"""Single values of HAVE as text beyond those of its family: points and ids."""

from __future__ import annotations

import re

from region.formats.have.model import Point
from region.formats.markup import values

_ID = re.compile(r"[^\W\d][\w.\-]*")


def position(text: str) -> Point | None:
    """``lat lon`` as (longitude, latitude); None when it is none or lies off the earth."""
    words = text.split()
    if len(words) != 2 or not all(values.NUMBER.fullmatch(word) for word in words):
        return None
    made = float(words[1]), float(words[0])
    return made if abs(made[0]) <= 180 and abs(made[1]) <= 90 else None


def wrong_value(kind: str, text: str) -> str | None:
    """The code of the rule that this text breaks (a mild one behind ``~``), or None."""
    if kind == "id":
        return None if _ID.fullmatch(text) else "~id"
    if kind == "point":
        return None if position(text) else "point"
    return values.wrong_value(kind, text)
