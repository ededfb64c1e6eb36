"""What quarantine must know of other areas: the tubes in which people under observation were sampled alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from region.spine.flow import Question


@dataclass(frozen=True)
class OwnTube:
    """One tube with one person in it; `result` is None while it waits.

    Results: negative, positive, grey, invalid; ``lost`` when the tube was rejected, voided or lost.
    """

    tube: int
    person: int
    at: datetime
    result: str | None
    result_at: datetime | None


@dataclass(frozen=True)
class OwnTubes(Question[list[OwnTube]]):
    """Tubes of one person each, outside rounds, of which something became known since a moment."""

    since: datetime
