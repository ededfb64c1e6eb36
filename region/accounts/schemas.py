"""What comes in by form: times of the region's clock, and a file carried from its plan to its applying."""

from __future__ import annotations

import base64
import zlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from region.spine.errors import Broken, Invalid
from region.spine.seal import Seal


def local_time(text: str, zone: ZoneInfo, field: str) -> datetime:
    """An instant from a form's ``2022-08-04T08:00`` on the region's clock; Invalid names the field."""
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=zone)
        moment.astimezone(UTC)  # the first and last day of all have no hour elsewhere
        return moment
    except (ValueError, OverflowError):
        raise Invalid("time-form", field=field) from None


def whole(text: str, field: str) -> int:
    """A whole number from a form; Invalid names the field."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Invalid("number-form", field=field)
    return int(text)


def carry(seal: Seal, filename: str, data: bytes) -> str:
    """A file sealed for the trip through the reader's browser: nobody changes it between plan and applying."""
    packed = base64.b85encode(zlib.compress(data, 9)).decode()
    return seal.close(f"{filename}\n{packed}")


def carried(seal: Seal, text: str) -> tuple[str, bytes]:
    """The file's name and bytes again; Invalid when it was changed or sealed elsewhere."""
    try:
        filename, _, packed = seal.open(text).partition("\n")
    except (Broken, ValueError):
        raise Invalid("file-again", field="file") from None
    return filename, zlib.decompress(base64.b85decode(packed))
