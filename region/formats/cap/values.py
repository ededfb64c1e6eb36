"""Single values of CAP 1.2 as text: times, points, rings, circles; what is wrong with one that breaks its rule."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from region.formats.cap import grammar
from region.formats.cap.model import Circle, Point
from region.formats.markup.writing import moment, number_text


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


def point_text(one: Point) -> str:
    """(longitude, latitude) as ``lat,lon``."""
    return f"{number_text(one[1])},{number_text(one[0])}"


def _time(text: str) -> str | None:
    if moment(text) is None:
        return "time"
    # Every reader takes +00:00 for what the standard wants written as -00:00.
    return "~time-utc" if text.endswith("+00:00") else None


def _polygon(text: str) -> str | None:
    points = ring(text)
    if points is None:
        return "point"
    if len(points) < 4:
        return "polygon-short"
    return None if points[0] == points[-1] else "polygon-open"


def _uri(text: str) -> str | None:
    try:
        urlsplit(text)
    except ValueError:
        return "uri"
    return "uri" if any(letter.isspace() for letter in text) else None


RULES: dict[str, Callable[[str], str | None]] = {
    "text": lambda text: None,
    "name": lambda text: None if grammar.NAME.fullmatch(text) else "name",
    "time": _time,
    "language": lambda text: None if grammar.LANGUAGE.fullmatch(text) else "language",
    "whole": lambda text: None if text.isascii() and text.isdecimal() else "number",
    "number": lambda text: None if grammar.NUMBER.fullmatch(text) else "number",
    "digest": lambda text: None if grammar.DIGEST.fullmatch(text) else "digest",
    "uri": _uri,
    "polygon": _polygon,
    "circle": lambda text: None if circle(text) else "circle",
}


def wrong_value(kind: str, text: str) -> str | None:
    """The code of the rule that this text breaks (a mild one behind ``~``), or None."""
    return RULES[kind](text)
