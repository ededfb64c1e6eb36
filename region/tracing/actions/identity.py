"""The funnel's identity (K12), looked at every day: where it does not hold, it is told, once a day."""

from __future__ import annotations

from sqlalchemy import select

from region.incidents.queries import incidents
from region.spine.journal import Entry
from region.spine.work import Work
from region.tracing.events import FunnelBroken
from region.tracing.queries.funnel import funnel


def check(w: Work) -> None:
    """Tell of each open incident whose contacts do not add up now, unless it was told today."""
    day = w.office.clock.day(w.now)
    for one in incidents(w, state="open"):
        broken = funnel(w, one.id, w.now, category=None).broken
        said = (Entry.event == FunnelBroken.event_name(), Entry.incident_id == one.id)
        if not broken or w.session.scalar(select(Entry.id).where(*said, Entry.subject == f"day:{day}")):
            continue
        off = {name: broken.get(name, 0) for name in ("own", "landed")}
        w.tell(FunnelBroken(day=day, **off, place=one.place_id, incident=one.id))
