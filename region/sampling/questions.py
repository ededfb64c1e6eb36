"""What sampling must know of other areas: what laboratories can do in a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from region.spine.flow import Question


@dataclass(frozen=True)
class Declared:
    """What a laboratory declared: tubes a day, and when it said so (None: it never did)."""

    tubes_a_day: int
    at: datetime | None


@dataclass(frozen=True)
class LabCapacity(Question[dict[int, Declared]]):
    """Laboratories at or below an area, by place, with what each declared last (DOMAIN K18)."""

    area: int
