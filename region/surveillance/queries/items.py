"""What is reported and counted, as the pack lists it: names, classes, clocks, weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from region.spine.work import Work

PACK = "surveillance"


def items(w: Work) -> dict[str, Mapping[str, Any]]:
    """All diseases and syndromes by their codes: zh, en, class, hours, weight."""
    return {code: one.value for code, one in w.rules.pack(PACK).values_under("item").items()}


def weight(w: Work, code: str) -> float:
    """What a disease weighs in the score, 0 to 1."""
    known = items(w).get(code)
    return float(known["weight"] if known else w.rules.value(PACK, "score.other"))
