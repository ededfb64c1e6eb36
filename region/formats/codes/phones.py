"""Telephone numbers in the forms that people write them, brought to one form."""

from __future__ import annotations

import re
from dataclasses import dataclass

from region.formats.dates import MISSING
from region.formats.findings import Reading
from region.formats.text import code_text

_MOBILE = re.compile(r"1[3-9]\d{9}")
_FICTITIOUS = re.compile(r"100000000\d\d")  # for demonstrations: no network has this prefix
_AREA = r"0(?:10|2\d|[3-9]\d{2})"
_LANDLINE = re.compile(
    rf"(?P<area>{_AREA})-?(?P<local>[2-9]\d{{6,7}})(?:(?:-|转|x|ext\.?)(?P<extension>\d{{1,6}}))?"
)
_FOREIGN = re.compile(r"\+\d{7,15}")


@dataclass(frozen=True)
class Phone:
    """A number that can be dialled: `number` in one form, `kind` mobile, landline, foreign or fictitious."""

    number: str
    kind: str
    extension: str | None = None


def phone(text: str) -> Reading[Phone]:
    """Read a Chinese mobile or landline number, or a foreign one that begins with `+`.

    Mobiles become eleven digits, landlines `021-60000000`. Reasons: `missing`, `no_area_code`,
    `not_a_phone`, `several` (more than one number in the cell).
    """
    folded = code_text(re.sub(r"[\s\u00a0\u3000]+", "", text)) if not re.search(r"[/、;；]", text) else ""
    if not folded:
        parts = [part for part in re.split(r"[/、;；]", text) if part.strip()]
        reason = "several" if len(parts) > 1 else "missing" if text.strip(" /") == "" else "not_a_phone"
        return Reading(text, reason=reason)
    if folded.casefold() in MISSING:
        return Reading(text, reason="missing")
    plain = folded.replace("(", "").replace(")", "-").replace("—", "-").strip("-")
    home = re.fullmatch(r"(?:\+|00)86-?(.+)", plain)
    local = home.group(1) if home else plain
    digits = local.replace("-", "")
    if _FICTITIOUS.fullmatch(digits):
        return Reading(text, Phone(digits, "fictitious"))
    if _MOBILE.fullmatch(digits):
        return Reading(text, Phone(digits, "mobile"))
    landline = _LANDLINE.fullmatch(local if local.startswith("0") or not home else f"0{local}")
    if landline:
        number = f"{landline['area']}-{landline['local']}"
        return Reading(text, Phone(number, "landline", landline["extension"]))
    if home is None and _FOREIGN.fullmatch("+" + digits.lstrip("+")) and plain.startswith("+"):
        return Reading(text, Phone("+" + digits.lstrip("+"), "foreign"))
    return Reading(text, reason="no_area_code" if re.fullmatch(r"[2-9]\d{6,7}", digits) else "not_a_phone")
