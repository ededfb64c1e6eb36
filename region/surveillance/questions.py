"""What surveillance must know of other areas: what a laboratory found in the sample that a proposal rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from region.spine.flow import Question


@dataclass(frozen=True)
class LabFinding:
    """One tube as it stands: its code, what it was taken for, who tested it, its result and cycles (None: unknown)."""

    code: str
    stream: str
    laboratory: int | None
    result: str | None
    result_at: datetime | None
    ct_n: float | None
    ct_orf: float | None


@dataclass(frozen=True)
class LabFindings(Question[dict[str, LabFinding]]):
    """The findings that these references (``tube:12``) name; unknown ones are left out."""

    refs: tuple[str, ...]
