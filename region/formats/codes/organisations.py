"""Codes of organisations: the nine characters of GB 11714 and the eighteen of GB 32100."""

from __future__ import annotations

import re
from dataclasses import dataclass

from region.formats.dates import MISSING
from region.formats.findings import Reading
from region.formats.text import code_text

_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORG_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, Z, S, V


@dataclass(frozen=True)
class OrganisationCode:
    """A code that passes its check: as stored, and its organisation part (nine characters, no hyphen).

    `area` is the six-digit registration area of a unified credit code, None for an organisation code alone.
    """

    code: str
    organisation: str
    area: str | None


def organisation_code(text: str) -> Reading[OrganisationCode]:
    """Read a GB 11714 code such as `D2143569-X`. Reasons: `missing`, `not_a_code`, `checksum`."""
    code = code_text(text).upper().replace("-", "")
    if code.casefold() in MISSING:
        return Reading(text, reason="missing")
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code):
        return Reading(text, reason="not_a_code")
    if code[8] != _organisation_check(code[:8]):
        return Reading(text, reason="checksum")
    return Reading(text, OrganisationCode(code, code, None))


def credit_code(text: str) -> Reading[OrganisationCode]:
    """Read an 18-character unified social credit code.

    The fact `organisation_check` is False where the organisation part fails its own check, which some codes
    given out do: a warning. Reasons: `missing`, `not_a_code`, `checksum`.
    """
    code = code_text(text).upper()
    if code.casefold() in MISSING:
        return Reading(text, reason="missing")
    if not re.fullmatch(rf"[{_CREDIT_CHARACTERS}]{{2}}[0-9]{{6}}[{_CREDIT_CHARACTERS}]{{10}}", code):
        return Reading(text, reason="not_a_code", facts={"length": len(code)})
    total = sum(_CREDIT_CHARACTERS.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
    if code[17] != _CREDIT_CHARACTERS[(31 - total % 31) % 31]:
        return Reading(text, reason="checksum")
    own = code[8:17]
    facts = {"organisation_check": own[8] == _organisation_check(own[:8])}
    return Reading(text, OrganisationCode(code, own, code[2:8]), facts=facts)


def _organisation_check(first8: str) -> str:
    total = sum(
        weight * _ORG_CHARACTERS.index(char) for weight, char in zip(_ORG_WEIGHTS, first8, strict=True)
    )
    rest = 11 - total % 11
    return "X" if rest == 10 else "0" if rest == 11 else str(rest)
