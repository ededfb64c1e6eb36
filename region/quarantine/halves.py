"""The half-days in which people under observation are checked, by the hours of the pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ORDER = ("am", "pm")


@dataclass(frozen=True, order=True)
class HalfDay:
    """One half of a day of the region; am sorts before pm."""

    day: date
    half: str


@dataclass(frozen=True)
class Windows:
    """When each half-day's window opens and ends: hours of the region, such as ``{"am": (6, 12), "pm": (12, 22)}``."""

    hours: Mapping[str, Sequence[int]]
    zone: ZoneInfo

    def opens(self, one: HalfDay) -> datetime:
        """The instant from which its checks may be made."""
        return self._at(one.day, self.hours[one.half][0])

    def ends(self, one: HalfDay) -> datetime:
        """The instant after which a check is late."""
        return self._at(one.day, self.hours[one.half][1])

    def current(self, instant: datetime) -> HalfDay:
        """The half-day whose window is open, or was the last to open: before the morning it is last evening's."""
        day = instant.astimezone(self.zone).date()
        for half in reversed(ORDER):
            if instant >= self.opens(found := HalfDay(day, half)):
                return found
        return HalfDay(day - timedelta(days=1), ORDER[-1])

    def opened(self, instant: datetime) -> list[HalfDay]:
        """The half-days of the region's day whose windows have opened by now."""
        day = instant.astimezone(self.zone).date()
        return [one for half in ORDER if instant >= self.opens(one := HalfDay(day, half))]

    def _at(self, day: date, hour: int) -> datetime:
        days, left = divmod(hour, 24)
        return datetime.combine(day + timedelta(days=days), time(left), self.zone)
