"""The clocks of zones: each state that waits has a length, and what is late is told once."""

from __future__ import annotations

from datetime import datetime

from region.spine.work import Work
from region.zones.events import ReviewMoved, ZoneMoved
from region.zones.models import Zone, ZoneReview
from region.zones.states import REVIEW, ZONE

WATCHED = {"zone": (ZONE, Zone), "review": (REVIEW, ZoneReview)}


def start(w: Work, row: Zone | ZoneReview) -> None:
    """A state was entered: it is late no more, and if it waits, a look is owed when its time is over."""
    what = "zone" if isinstance(row, Zone) else "review"
    machine, _kind = WATCHED[what]
    row.late_at = None
    if row.state in machine.ends:
        return
    since = row.since.isoformat()
    w.owe(
        "zones.look",
        key=f"zones-look:{what}:{row.id}:{row.state}:{since}",
        after=w.rules.duration(machine.pack, machine.limits[row.state]),
        what=what,
        id=row.id,
        state=row.state,
        since=since,
    )


def look(w: Work, what: str, id: int, state: str, since: str) -> None:
    """The time of a state is over: what still waits in it is late from now on, which is told once."""
    row: Zone | ZoneReview = w.get(Zone, id) if what == "zone" else w.get(ZoneReview, id)
    if (row.state, row.since, row.late_at) != (state, datetime.fromisoformat(since), None):
        return
    row.late_at, row.version = w.now, row.version + 1
    if isinstance(row, Zone):
        tell(w, row, "late")
    else:
        tell_review(w, row, "late")


def tell(w: Work, zone: Zone, verb: str, effective: datetime | None = None, grade: str | None = None) -> None:
    """Say what became of a zone; `grade` is the one that comes, when it is not yet the one in force."""
    told = ZoneMoved(
        zone=zone.id,
        verb=verb,
        grade=grade or zone.grade,
        effective=effective,
        place=zone.place_id,
        incident=zone.incident_id,
    )
    w.tell(told)


def tell_review(w: Work, review: ZoneReview, verb: str) -> None:
    """Say what became of a proposal."""
    w.tell(ReviewMoved(review=review.id, zone=review.zone_id, verb=verb, place=review.place_id))
