"""Quiet hours: what is not urgent rings nobody's own phone at night."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from region.dispatch.letters import PACK
from region.spine.rulebook import Rulebook


def waits(rules: Rulebook, urgency: str, at: datetime, zone: ZoneInfo) -> timedelta | None:
    """How long an order of this urgency must wait for the end of the quiet hours; None when it need not.

    `at` is the real instant, in an exercise too: it is a real phone that would ring. Value ``quiet_hours`` and
    table ``quiet`` of the pack of directives; the hours are the region's own.
    """
    if not rules.pack(PACK).decide("quiet", {"urgency": urgency}).outcome["waits"]:
        return None
    hours = rules.value(PACK, "quiet_hours")
    begin, end = time.fromisoformat(hours["from"]), time.fromisoformat(hours["to"])
    local = at.astimezone(zone)
    now = local.time()
    quiet = begin <= now < end if begin <= end else now >= begin or now < end
    if not quiet:
        return None
    morning = datetime.combine(local.date(), end, zone)
    if morning <= local:
        morning = datetime.combine(local.date() + timedelta(days=1), end, zone)
    return morning - at
