"""The key groups of the pack, and how often the highest frequency of somebody's groups asks for a test."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from region.care.states import PACK
from region.spine.work import Work

LAST_MINUTE = time(23, 59)


def named(w: Work, prefix: str) -> dict[str, Any]:
    """The values of the pack under a prefix (group, task, team, class) with their texts, in its order."""
    return dict(w.rules.pack(PACK).values_under(prefix))


def test_hours(w: Work) -> dict[str, int]:
    """Hours between two tests by group; groups that ask for none are left out."""
    found = {code: int(one.value["test_hours"]) for code, one in named(w, "group").items()}
    return {code: hours for code, hours in found.items() if hours}


def highest(hours: Mapping[str, int], groups: Collection[str]) -> int | None:
    """The shortest time between two tests that any of these groups asks for: the highest frequency is due."""
    return min((hours[group] for group in groups if group in hours), default=None)


def next_test(hours: int, tested_on: datetime | None, since: date, zone: ZoneInfo) -> date:
    """The region's day on which the next test is due; the first on the day of joining."""
    if tested_on is None:
        return since
    return (tested_on + timedelta(hours=hours)).astimezone(zone).date()


def due_at(w: Work, kind: str, day: date) -> datetime:
    """When a task of a kind is due on a day: at the hour of the pack, at the end of the day where that is over."""
    zone = w.office.clock.zone
    hour = int(named(w, "task")[kind].value["hour"])
    due = datetime.combine(day, time(hour), zone)
    return due if due > w.now else datetime.combine(day, LAST_MINUTE, zone)
