"""How many labels an area's sites were given in a day, so that no number comes twice."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import Base, Kept
from region.spine.scope import InRealm, Placed


class LabelDay(Placed, InRealm, Kept, Base):
    """The labels of one area and day: `given` is the next serial number. `place_id` is whose site printed first."""

    __tablename__ = "label_days"
    __table_args__ = ({"sqlite_with_rowid": False},)

    realm: Mapped[int] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(String(12), primary_key=True)
    """The area's official code, filled to twelve digits, as it stands in the labels."""
    day: Mapped[date] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    given: Mapped[int] = mapped_column(default=0)
