"""What time it is: the real instant, and each realm's own clock, which an exercise may run fast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from region.spine.db import Base

REAL = 0
CHINA = ZoneInfo("Asia/Shanghai")


class Realm(Base):
    """The real world (0) or one exercise; an exercise's clock starts anywhere and may run fast."""

    __tablename__ = "realms"
    __table_args__ = (CheckConstraint("rate > 0", name="rate"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    anchor_real: Mapped[datetime | None]
    anchor_realm: Mapped[datetime | None]
    rate: Mapped[float] = mapped_column(default=1.0)
    closed_at: Mapped[datetime | None]

    def at(self, instant: datetime) -> datetime:
        """The time of this realm when the real time is `instant`."""
        if self.anchor_real is None or self.anchor_realm is None:
            return instant
        return self.anchor_realm + (instant - self.anchor_real) * self.rate

    def real_at(self, realm_time: datetime) -> datetime:
        """The real instant at which this realm's clock shows `realm_time`."""
        if self.anchor_real is None or self.anchor_realm is None:
            return realm_time
        return self.anchor_real + (realm_time - self.anchor_realm) / self.rate


def wall_clock() -> datetime:
    """The machine's instant in UTC: the one place that asks for it."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """Where time comes from; tests put in their own `instant`."""

    instant: Callable[[], datetime] = wall_clock
    zone: ZoneInfo = CHINA

    def realm_time(self, session: Session, realm: int) -> datetime:
        """The time in `realm`, read through `session`."""
        real = self.instant()
        if realm == REAL:
            return real
        row = session.get(Realm, realm)
        return real if row is None else row.at(real)

    def day(self, instant: datetime) -> date:
        """The region's calendar day at `instant`."""
        return instant.astimezone(self.zone).date()

    def real_delay(self, realm: Realm | None, delay: timedelta) -> timedelta:
        """How long `delay` of a realm lasts in real time."""
        return delay if realm is None else delay / realm.rate
