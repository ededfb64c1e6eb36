"""What dispatch asks of everything else before it believes a number: how many were counted there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from region.spine.flow import Question


@dataclass(frozen=True)
class Counted(Question[float | None]):
    """How many of `measure` were counted at `place` from `since` until `until`; None when nobody counts it there.

    `recipient` and `task` say which part of which order asks, for what is counted by orders made out of it.
    """

    measure: str
    place: int
    since: datetime
    until: datetime
    recipient: int | None = None
    task: str = ""
