"""Codes of administrative divisions (GB/T 2260), of statistics down to the village, and of grids."""

from __future__ import annotations

import re
from dataclasses import dataclass

from region.formats.findings import Reading
from region.formats.text import code_text

# The first two digits that GB/T 2260 has given out; 99 never was, and serves demonstrations.
PROVINCES = frozenset(
    str(code)
    for region in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
    for code in region
) | {"71", "81", "82"}
_TOWNSHIPS = ((range(1, 100), "subdistrict"), (range(100, 200), "town"), (range(200, 400), "township"))
_LEVELS = {2: "province", 4: "prefecture", 6: "county", 9: "township", 12: "village", 15: "grid"}


@dataclass(frozen=True)
class PlaceCode:
    """A division's code: `digits` without padding, its level, the codes above it, and what kind it is.

    `level` is province, prefecture, county, township, village or grid; `kind` tells sub-districts, towns,
    townships and special ones apart, residents' from villagers' committees, else it is None.
    """

    digits: str
    level: str
    parents: tuple[str, ...]
    kind: str | None
    province_assigned: bool


def place_code(text: str) -> Reading[PlaceCode]:
    """Read a code of 2, 4, 6, 9, 12 or 15 digits; trailing zeros of a padded one are taken off.

    `310000`, `31` and `310000000000` are the same province. A 15-digit grid code is this system's own: the
    village and three digits. Reasons: `missing`, `scientific_notation`, `not_digits`, `wrong_length`,
    `gap` (a level of zeros above one that is not). Whether the code is in force is for the registry to say.
    """
    digits = code_text(text)
    if not digits:
        return Reading(text, reason="missing")
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", digits):
        return Reading(text, reason="scientific_notation")
    if not re.fullmatch(r"[0-9]+", digits):
        return Reading(text, reason="not_digits")
    if len(digits) not in _LEVELS:
        return Reading(text, reason="wrong_length", facts={"length": len(digits), "allowed": list(_LEVELS)})
    lengths = [length for length in _LEVELS if length <= len(digits)]
    parts = [digits[start:end] for start, end in zip([0, *lengths], lengths, strict=False)]
    while len(parts) > 1 and not parts[-1].strip("0"):
        parts.pop()
    # A county straight under a province writes 90 or 00 for the prefecture; only lower gaps are errors.
    if not parts[0].strip("0") or any(not part.strip("0") for part in parts[2:]):
        return Reading(text, reason="gap")
    lengths = lengths[: len(parts)]
    own = digits[: lengths[-1]]
    level = _LEVELS[lengths[-1]]
    above = tuple(digits[:length] for length in lengths[:-1])
    kind = _kind(level, int(parts[-1]))
    return Reading(text, PlaceCode(own, level, above, kind, own[:2] in PROVINCES))


def _kind(level: str, number: int) -> str | None:
    if level == "township":
        return next((kind for numbers, kind in _TOWNSHIPS if number in numbers), "special")
    if level == "village":
        return "residents" if number < 200 else "villagers" if number < 400 else None
    return None
