"""Single values of CAP 1.2 as text: times, points, rings, circles; what is wrong with one that breaks its rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from region.formats.cap import grammar
from region.formats.cap.model import Circle, Point


def moment(text: str) -> datetime | None:
    """A time with its offset from UTC; None when it is none. CAP knows neither ``Z`` nor parts of seconds."""
    if not grammar.TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def moment_text(instant: datetime) -> str:
    """A time as CAP writes it; UTC itself is ``-00:00`` (CAP 1.2, section 3.3.2).

    Raises ValueError without an offset, or with one of less than minutes.
    """
    offset = instant.utcoffset()
    if offset is None or offset.total_seconds() % 60:
        raise ValueError("a time needs its offset in whole minutes")
    if not offset:
        return f"{instant.replace(tzinfo=None).isoformat(timespec='seconds')}-00:00"
    return instant.isoformat(timespec="seconds")


def point(text: str) -> Point | None:
    """``lat,lon`` as (longitude, latitude); None when it is none or lies off the earth."""
    lat, comma, lon = text.partition(",")
    if not comma or not grammar.NUMBER.fullmatch(lat) or not grammar.NUMBER.fullmatch(lon):
        return None
    made = float(lon), float(lat)
    return made if abs(made[0]) <= 180 and abs(made[1]) <= 90 else None


def ring(text: str) -> tuple[Point, ...] | None:
    """A polygon's corners; None when one of them is none."""
    points = [point(word) for word in text.split()]
    known = tuple(one for one in points if one is not None)
    return known if len(known) == len(points) else None


def circle(text: str) -> Circle | None:
    """``lat,lon radius``; None when it is none."""
    words = text.split()
    centre = point(words[0]) if len(words) == 2 else None
    if centre is None or not grammar.NUMBER.fullmatch(words[1]) or float(words[1]) < 0:
        return None
    return Circle(centre, float(words[1]))


def number_text(value: float) -> str:
    """A number without an exponent, to the millionth: a hand's breadth on the ground."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def point_text(one: Point) -> str:
    """(longitude, latitude) as ``lat,lon``."""
    return f"{number_text(one[1])},{number_text(one[0])}"


def _time(text: str) -> str | None:
    if moment(text) is None:
        return "cap-time"
    return "cap-time-utc" if text.endswith("+00:00") else None


def _polygon(text: str) -> str | None:
    points = ring(text)
    if points is None:
        return "cap-point"
    if len(points) < 4:
        return "cap-polygon-short"
    return None if points[0] == points[-1] else "cap-polygon-open"


def _uri(text: str) -> str | None:
    try:
        urlsplit(text)
    except ValueError:
        return "cap-uri"
    return "cap-uri" if any(letter.isspace() for letter in text) else None


RULES: dict[str, Callable[[str], str | None]] = {
    "text": lambda text: None,
    "name": lambda text: None if grammar.NAME.fullmatch(text) else "cap-name",
    "time": _time,
    "language": lambda text: None if grammar.LANGUAGE.fullmatch(text) else "cap-language",
    "whole": lambda text: None if text.isascii() and text.isdecimal() else "cap-number",
    "number": lambda text: None if grammar.NUMBER.fullmatch(text) else "cap-number",
    "digest": lambda text: None if grammar.DIGEST.fullmatch(text) else "cap-digest",
    "uri": _uri,
    "polygon": _polygon,
    "circle": lambda text: None if circle(text) else "cap-circle",
}


def wrong_value(kind: str, text: str) -> str | None:
    """The code of the rule that this text breaks, or None."""
    return RULES[kind](text)
