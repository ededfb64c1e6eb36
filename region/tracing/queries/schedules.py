"""What an incident's pack says of a category: whether its people go to a quarantine site first."""

from __future__ import annotations

from region.incidents.queries import has_rule, pack_of
from region.spine.work import Work

SITE = "central_quarantine"


def goes_to_site(w: Work, incident: int, category: str) -> bool:
    """Whether the first stage of a category's schedule is spent in a site; False where the pack has no schedule."""
    name = f"schedule.{category}"
    if not has_rule(w, incident, name):
        return False
    stages = w.rules.value(pack_of(w, incident), name)["stages"]
    return bool(stages) and stages[0]["mode"] == SITE
