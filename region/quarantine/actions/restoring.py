"""Stays are put back as they were before a change of many: their rows, their tests, their clocks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update

from region.quarantine.actions import clocks
from region.quarantine.models import ScheduledTest, Stay
from region.spine import bulk
from region.spine.work import Work

MOMENTS = ("since", "expires_at", "transfer_due_at", "released_at", "closed_at", "met_at", "late_at")
PLAIN = ("state", "site_id", "floor", "mode", "plan", "end_reason", "end_note", "met_stage")
KEPT = (*MOMENTS, *PLAIN)
"""What is kept of a stay. Its room is not: it is being cleaned, and whoever comes back is given one anew."""


def restore(w: Work, given: Sequence[tuple[Stay, Mapping[str, Any]]]) -> None:
    """Put each stay back as its document says."""
    for stay, before in given:
        for name in PLAIN:
            setattr(stay, name, before[name])
        for name in MOMENTS:
            setattr(stay, name, _moment(before[name]))
        stay.version += 1
    w.session.flush()
    stays = [stay for stay, _ in given]
    _tests(w, stays)
    clocks.start_stays(w, [stay for stay in stays if stay.late_at is None])


def _tests(w: Work, stays: Sequence[Stay]) -> None:
    """Tests that the end of a stay waived are due again, at the site it has again."""
    these = bulk.among(w.session, ScheduledTest.stay_id, [stay.id for stay in stays])
    waived = update(ScheduledTest).where(these, ScheduledTest.reason == "stay_ended")
    quiet = {"synchronize_session": False}
    w.session.execute(waived.values(state="due", reason=None), execution_options=quiet)
    sites: dict[int | None, list[int]] = defaultdict(list)
    for stay in stays:
        sites[stay.site_id].append(stay.id)
    for site, ids in sites.items():
        due = update(ScheduledTest).where(bulk.among(w.session, ScheduledTest.stay_id, ids))
        due = due.where(ScheduledTest.state == "due").values(site_id=site)
        w.session.execute(due, execution_options=quiet)


def _moment(said: str | None) -> datetime | None:
    """A moment as the database wrote it into a document; SQLite leaves the zone out, which is UTC."""
    if said is None:
        return None
    found = datetime.fromisoformat(said)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
