"""What a round came to in whole sub-districts, districts and cities: kept, so that a city's board adds up nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import Base
from region.spine.scope import Placed


class RoundSum(Placed, Base):
    """A round in one area above its grids, as of `summed_at`: the sums of RoundArea, RoundHour and RoundDue. Derived.

    Kept for rounds of many grids alone; smaller ones are added up when they are asked for.
    """

    __tablename__ = "round_sums"
    __table_args__ = ({"sqlite_with_rowid": False},)

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    grids: Mapped[int]
    due: Mapped[int]
    sampled: Mapped[int]
    last_at: Mapped[datetime | None]
    hours: Mapped[list[Any]]
    """People sampled in each whole hour since the round's start."""
    reasons: Mapped[dict[str, Any]]
    """People not sampled, by the reason given (K15); those without one are not in it."""
    summed_at: Mapped[datetime]
