"""What can happen to risk zones: drawn, declared, graded, an infection inside, a proposal to lower, lifted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class ZoneMoved(Event):
    """A zone was drawn, declared, regraded, redrawn, lifted, dropped, or waits too long (``late``).

    ``take_effect`` and ``end``: a grade, or a lift, that was decided for later holds now. ``keep``: a new infection
    undid it. ``ordered``: the order to those inside went out.
    """

    zone: int
    verb: str
    grade: str
    effective: datetime | None


@dataclass(frozen=True, kw_only=True)
class InfectionCounted(Event):
    """An infection lies in zones; their clear days begin anew after it."""

    zones: tuple[int, ...]
    ref: str
    day: date


@dataclass(frozen=True, kw_only=True)
class ReviewMoved(Event):
    """The rules proposed to lower a zone (``propose``); signed, refused, lapsed, or it waits too long (``late``)."""

    review: int
    zone: int
    verb: str
