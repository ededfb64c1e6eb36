"""Writing ER7: a message from plain values, and the acknowledgement of one that came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from region.formats.hl7.grammar import Message, Wrong, escaped

OWN = "WINEX REGION"
SENTENCES = {
    100: "Segment sequence error",
    101: "Required field missing",
    102: "Data type error",
    103: "Table value not found",
    200: "Unsupported message type",
    201: "Unsupported event code",
    202: "Unsupported processing id",
    203: "Unsupported version id",
    204: "Unknown key identifier",
    205: "Duplicate key identifier",
    206: "Application record locked",
    207: "Application internal error",
}
"""Table 0357."""

Value = str | Sequence[str]


def write(segments: Sequence[Sequence[Value]]) -> bytes:
    """A message of these segments in UTF-8: each a name and its fields, a field a text or a list of components.

    The first is MSH, whose fields begin with MSH-3.
    """
    lines = []
    for name, *fields in segments:
        head = "MSH|^~\\&|" if name == "MSH" else f"{name}|"
        lines.append(head + "|".join(_field(one) for one in fields))
    return ("\r".join(lines) + "\r").encode("utf-8")


def _field(value: Value) -> str:
    return escaped(value) if isinstance(value, str) else "^".join(escaped(one) for one in value)


def acknowledge(message: Message | None, faults: Sequence[Wrong], at: datetime, number: str) -> bytes:
    """The answer to a message: AA, or AE / AR with the place and the code of each fault; `number` is the answer's own.

    `message` is None where it could not be read at all.
    """
    header = None if message is None else message.header

    def said(field: int, component: int = 1) -> str:
        return "" if header is None else header.text(field, component)

    code = "AA" if not faults else "AR" if any(one.rejected for one in faults) else "AE"
    stamp = at.strftime("%Y%m%d%H%M%S%z")
    version = said(12) or "2.5"
    msh = [
        "MSH",
        OWN,
        "",
        said(3),
        said(4),
        stamp,
        "",
        ["ACK", "R01", "ACK"],
        number,
        said(11) or "P",
        version,
    ]
    charset = ["", "", "", "", "", "UNICODE UTF-8"]
    errors = [_error(one) for one in faults]
    return write([[*msh, *charset], ["MSA", code, said(10)], *errors])


def _error(fault: Wrong) -> list[Value]:
    severity = "E"
    known = SENTENCES.get(fault.code, "")
    return [
        "ERR",
        "",
        fault.place.split("^"),
        [str(fault.code), known, "HL70357"],
        severity,
        "",
        "",
        fault.fact,
    ]
