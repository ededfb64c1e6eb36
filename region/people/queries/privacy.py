"""The indicators of personal data: K43 (look-ups and exports as they must be) and K44 (destroyed in time)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from region.incidents.models import Incident
from region.people.events import LookupRefused
from region.people.models import Destruction, Export, Glass
from region.people.states import PACK
from region.spine.journal import Entry
from region.spine.work import Work


@dataclass(frozen=True)
class Privacy:
    """K43 since a moment: what was blocked, and what should never be; each target is 0 but `blocked`.

    `blocked` look-ups without a purpose, `foreign` look-ups of others' people, `unapproved` exports that left,
    `unreviewed` openings that wait longer than the pack's limit now.
    """

    blocked: int
    foreign: int
    unapproved: int
    unreviewed: int


@dataclass(frozen=True)
class Destroyed:
    """K44: of the incidents closed longer ago than the limit, how many have a certificate; None without any."""

    certified: int
    due: int

    @property
    def share(self) -> float | None:
        return self.certified / self.due if self.due else None


def privacy(w: Work, since: datetime) -> Privacy:
    """K43 since a moment, of what the actor may know of."""
    refused = select(Entry.data).where(Entry.event == LookupRefused.event_name(), Entry.recorded_at >= since)
    whys = [data["why"] for (data,) in w.session.execute(refused)]
    late = w.now - w.rules.duration(PACK, "glass.review")
    left = select(func.count(Export.id)).where(Export.fetched > 0, Export.decided_at.is_(None))
    waits = select(func.count(Glass.id)).where(Glass.state == "shut", Glass.since <= late)
    return Privacy(
        whys.count("no_purpose"),
        whys.count("not_yours"),
        w.session.scalar(left.where(Export.asked_at >= since)) or 0,
        w.session.scalar(waits) or 0,
    )


def destroyed(w: Work, after: timedelta | None = None) -> Destroyed:
    """K44 now; `after` the close, by default the pack's limit of an approval (30 days)."""
    by = w.now - (after or w.rules.duration(PACK, "destruction.approve"))
    due = select(func.count(Incident.id)).where(Incident.closed_at < by)
    done = due.join(Destruction, Destruction.incident_id == Incident.id)
    certified = w.session.scalar(done.where(Destruction.state == "destroyed")) or 0
    return Destroyed(certified, w.session.scalar(due) or 0)
