"""What a rule found: a threshold met, a series above what was expected, a cluster."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Found:
    """What a rule found for one disease and place on the days that end with `day`; `page` where somebody is told."""

    kind: str
    rule: str
    method: str
    stream: str
    item: str
    place: int
    day: dt.date
    days: int
    observed: float
    expected: float | None = None
    upper: float | None = None
    probability: float | None = None
    q: float | None = None
    urgent: bool = False
    page: bool = True
    centre: tuple[float, float] | None = None
    """Longitude and latitude of a cluster."""
    radius_km: float | None = None
    facts: dict[str, Any] = field(default_factory=dict)
