"""What a file truly is, and the same without what it hides: places and devices in photographs go."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from region.spine.errors import Invalid

MOST_BYTES = 20 * 2**20
MOST_PIXELS = 50_000_000
SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
_MODES = {"JPEG": ("L", "RGB"), "PNG": ("1", "L", "LA", "P", "RGB", "RGBA")}


@dataclass(frozen=True)
class Content:
    """A content ready to be kept, and its type."""

    data: bytes
    type: str


def cleaned(data: bytes, name: str = "") -> Content:
    """The content as it may be kept; pictures are drawn anew, so that nothing but the picture is left.

    The bytes decide what it is, never the name, which only says in a refusal which file is meant. Invalid:
    `file-empty`, `file-too-large`, `file-type`, `file-picture-broken`, `file-picture-too-large`.
    """
    facts = {"name": name[:80]}
    if not data:
        raise Invalid("file-empty", **facts)
    if len(data) > MOST_BYTES:
        raise Invalid("file-too-large", megabytes=MOST_BYTES >> 20, **facts)
    if data.startswith(b"%PDF-") and b"%%EOF" in data[-2048:]:
        return Content(data, "application/pdf")
    if data.startswith(b"\xff\xd8\xff"):
        return Content(_drawn_anew(data, "JPEG", facts), "image/jpeg")
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Content(_drawn_anew(data, "PNG", facts), "image/png")
    raise Invalid("file-type", **facts)


def _drawn_anew(data: bytes, kind: str, facts: dict[str, str]) -> bytes:
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Invalid("file-picture-too-large", megapixels=MOST_PIXELS // 10**6, **facts)
            upright = ImageOps.exif_transpose(picture)
            drawn = upright if upright.mode in _MODES[kind] else upright.convert("RGB")
            bare = Image.frombytes(drawn.mode, drawn.size, drawn.tobytes())
            if drawn.mode == "P":
                bare = drawn.convert("RGBA")
                bare.info.clear()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid("file-picture-too-large", megapixels=MOST_PIXELS // 10**6, **facts) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Invalid("file-picture-broken", **facts) from error
    out = io.BytesIO()
    if kind == "JPEG":
        bare.save(out, kind, quality=88, optimize=True)
    else:
        bare.save(out, kind, optimize=True)
    return out.getvalue()
