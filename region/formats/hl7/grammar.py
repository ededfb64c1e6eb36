"""The grammar of ER7 (HL7 2.5, chapter 2): segments, fields, repetitions, components, escapes, character sets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from region.formats.findings import Unreadable
from region.formats.text import decode

CHARSETS = {
    "": None,
    "ASCII": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "UNICODE": "utf-8",
    "UTF-8": "utf-8",
    "GB 18030-2000": "gb18030",
    "GB18030": "gb18030",
    "BIG-5": "big5",
    "8859/1": "cp1252",
}
"""Table 0211, as far as it is met; our name of each, None where the bytes must tell."""
_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")

Component = Sequence[str]
Repetition = Sequence[Component]
Field = Sequence[Repetition]


class Wrong(Exception):
    """What is wrong with a message: a code of table 0357, the place as `SEG^sequence^field`, a fact; no content."""

    def __init__(self, code: int, place: str, fact: str = "") -> None:
        super().__init__(code, place, fact)
        self.code, self.place, self.fact = code, place, fact

    @property
    def rejected(self) -> bool:
        """Whether the message as a whole is none for us (AR), not only in error (AE)."""
        return 200 <= self.code < 204


@dataclass(frozen=True)
class Marks:
    """The marks of a message, from its MSH: ``|^~\\&``."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    sub: str = "&"


PLAIN = Marks()


@dataclass(frozen=True)
class Segment:
    """One line: its name, how many of this name stand before and with it, its fields (the first is number 1)."""

    name: str
    number: int
    fields: Sequence[Field]

    def text(self, field: int, component: int = 1, sub: int = 1, repetition: int = 0) -> str:
        """What stands there, "" where nothing does. The two quotes that mean "delete this" are nothing."""
        try:
            found = self.fields[field - 1][repetition][component - 1][sub - 1].strip()
        except IndexError:
            return ""
        return "" if found == '""' else found

    def place(self, field: int) -> str:
        """Where a field stands: ``OBX^2^5``."""
        return f"{self.name}^{self.number}^{field}"

    def need(self, field: int) -> str:
        """What stands there; Wrong (101) when nothing does."""
        found = self.text(field)
        if not found:
            raise Wrong(101, self.place(field))
        return found


@dataclass(frozen=True)
class Message:
    """A whole message; the first segment is MSH."""

    segments: Sequence[Segment]

    @property
    def header(self) -> Segment:
        return self.segments[0]


def parse(data: bytes) -> Message:
    """The segments of a message; Wrong with the place of what cannot be read."""
    if not data.startswith(b"MSH") or len(data) < 8:
        raise Wrong(100, "MSH^1")
    first = data.replace(b"\n", b"\r").split(b"\r", 1)[0].decode("latin-1")
    marks = _marks(first)
    text = _decoded(data, first.split(marks.field))
    counts: dict[str, int] = {}
    segments: list[Segment] = []
    for line in re.split(r"\r\n|\r|\n", text):
        if not line.strip():
            continue
        name = line[:3]
        counts[name] = counts.get(name, 0) + 1
        if not _NAME.fullmatch(name) or line[3:4] not in ("", marks.field):
            raise Wrong(100, f"{len(segments) + 1}", "segment")
        segments.append(Segment(name, counts[name], _fields(line, name, marks)))
    return Message(segments)


def _marks(first: str) -> Marks:
    field, others = first[3], first[4:].split(first[3], 1)[0]
    if (
        len(others) not in (4, 5)
        or len({field, *others}) != len(others) + 1
        or any(c.isalnum() for c in field + others)
    ):
        raise Wrong(101, "MSH^1^2")
    return Marks(field, *others[:4])


def _decoded(data: bytes, header: Sequence[str]) -> str:
    """MSH-18 says the character set; where it does not, the bytes must be certain."""
    said = header[17].split("~")[0].strip().upper() if len(header) > 17 else ""
    if said not in CHARSETS:
        raise Wrong(103, "MSH^1^18", said[:20])
    try:
        return decode(data, CHARSETS[said])[0]
    except Unreadable as error:
        raise Wrong(102, "MSH^1^18", said[:20] or "-") from error


def _fields(line: str, name: str, marks: Marks) -> Sequence[Field]:
    parts = line.split(marks.field)[1:]
    if name == "MSH":  # the mark itself is field 1, and field 2 holds the other marks
        marked: list[Field] = [[[[marks.field]]], [[[parts[0]]]]]
        return marked + [_field(one, marks) for one in parts[1:]]
    return [_field(one, marks) for one in parts]


def _field(text: str, marks: Marks) -> Field:
    return [
        [
            [unescaped(sub, marks) for sub in component.split(marks.sub)]
            for component in repetition.split(marks.component)
        ]
        for repetition in text.split(marks.repetition)
    ]


def unescaped(text: str, marks: Marks = PLAIN) -> str:
    """The text with its escapes resolved: marks, hexadecimal bytes (UTF-8), line breaks; unknown ones are left out."""
    if marks.escape not in text:
        return text
    known = {"F": marks.field, "S": marks.component, "R": marks.repetition, "E": marks.escape, "T": marks.sub}

    def resolve(found: re.Match[str]) -> str:
        said = found[1]
        if said in known:
            return known[said]
        if re.fullmatch(r"X(?:[0-9A-Fa-f]{2})+", said):
            return bytes.fromhex(said[1:]).decode("utf-8", "replace")
        return "\n" if said == ".br" else ""

    escape = re.escape(marks.escape)
    return re.sub(rf"{escape}([^{escape}]{{0,400}}){escape}", resolve, text)


def escaped(text: str) -> str:
    """The text as it may stand in a field with the plain marks."""
    names = {
        "\\": "\\E\\",
        "|": "\\F\\",
        "^": "\\S\\",
        "~": "\\R\\",
        "&": "\\T\\",
        "\r": "\\X0D\\",
        "\n": "\\X0A\\",
    }
    return "".join(names.get(one, one) for one in text)
