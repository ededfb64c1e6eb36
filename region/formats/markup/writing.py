"""Values as the text of elements: times with their offset, numbers without an exponent, what XML can carry."""

from __future__ import annotations

import re
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

UNFIT = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot carry, and the carriage return, which it does not keep."""
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", re.ASCII)

Value = str | int | float | datetime | None


def put(parent: Element, *pairs: tuple[str, Value]) -> None:
    """One element for each pair that has a value; what XML cannot carry is left out of it."""
    for name, value in pairs:
        if value is not None:
            SubElement(parent, name).text = value_text(value)


def document(root: Element) -> bytes:
    """The whole as a file in UTF-8, indented."""
    indent(root)
    made: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def value_text(value: str | int | float | datetime) -> str:
    """A value as the text of an element."""
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, float):
        return number_text(value)
    return UNFIT.sub("", str(value).replace("\r\n", "\n"))


def moment(text: str) -> datetime | None:
    """A time with its offset from UTC; None when it is none. Neither ``Z`` nor parts of seconds are known."""
    if not TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def moment_text(instant: datetime) -> str:
    """A time as CAP and the EDXL family write it; UTC itself is ``-00:00`` (CAP 1.2, section 3.3.2).

    Raises ValueError without an offset, or with one of less than minutes.
    """
    offset = instant.utcoffset()
    if offset is None or offset.total_seconds() % 60:
        raise ValueError("a time needs its offset in whole minutes")
    if not offset:
        return f"{instant.replace(tzinfo=None).isoformat(timespec='seconds')}-00:00"
    return instant.isoformat(timespec="seconds")


def number_text(value: float) -> str:
    """A number without an exponent, to the millionth: of a degree, a hand's breadth on the ground."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
