"""What people answer to a short message or press on a telephone, read strictly: a code, or nothing."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from region.dispatch.schemas import Parsed, Uid

WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
"""The full-width signs of a Chinese keyboard, one for one; no other script's digits are taken for ours."""
ANSWER = re.compile(r"(?:(?:签收|簽收|已签收|停止|ok|1(?=[ ,:.]))[ ,:.]*)?([0-9]{6})[ .!#。]*", re.IGNORECASE)
LONGEST = 200


class Answered(Parsed):
    """What somebody answered, as a provider hands it on; `id` is the provider's own and comes once for one answer."""

    number: Annotated[str, StringConstraints(min_length=3, max_length=24), Field(alias="from")]
    text: Annotated[str, StringConstraints(max_length=1000)]
    id: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    at: AwareDatetime | None = None


class Receipt(Parsed):
    """What became of one message; `id` is that of the delivery, `code` the provider's word for what was wrong."""

    id: Uid
    status: Literal["delivered", "failed"]
    code: Annotated[str, StringConstraints(max_length=40)] = ""
    at: AwareDatetime | None = None


def code_in(text: str) -> str | None:
    """The six digits of ``签收 482913``, ``OK 482913``, ``1 482913`` or ``482913``; None for anything else."""
    plain = text[:LONGEST].translate(WIDE).strip()
    found = ANSWER.fullmatch(plain)
    return None if found is None else found[1]


def lang_of(text: str) -> str:
    """The language that an answer was written in, as far as it shows: ``ok`` and the like are English."""
    return "en" if re.match(r"\s*[a-z]", text.translate(WIDE), re.IGNORECASE | re.ASCII) else "zh"
