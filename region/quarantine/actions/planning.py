"""The plan of a stay as rows: its regimen from the pack, the day it expires, the tests that it asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from region.quarantine.models import ScheduledTest, Stay
from region.quarantine.regimen import CENTRAL as CENTRAL
from region.quarantine.regimen import Regimen, reckon
from region.quarantine.states import PACK
from region.spine import bulk
from region.spine.errors import Invalid
from region.spine.work import Work


def schedule_of(w: Work, pack: str, category: str, digest: str = "") -> Mapping[str, Any]:
    """The schedule of a category by a pack (of that `digest`, where it is still known).

    Invalid (``no-schedule``) when the pack knows no category of that name.
    """
    found = _began(w, pack, digest).values_under("schedule").get(category)
    if found is None:
        raise Invalid("no-schedule", field="category", pack=pack, category=category[:24])
    said: Mapping[str, Any] = found.value
    return said


def rule_of(w: Work, pack: str, name: str, digest: str) -> Mapping[str, Any]:
    """A rule of the pack that a stay began under; empty where that pack has none of this name."""
    began = _began(w, pack, digest)
    said: Mapping[str, Any] = began.value(name).value if name in began.document.values else {}
    return said


def _began(w: Work, pack: str, digest: str) -> Any:
    """The pack of that `digest` where it is still known, else the one of its name now."""
    return next((one for one in w.rules.packs if one.digest == digest), None) or w.rules.pack(pack)


def in_mode(plan: Regimen, schedule: Mapping[str, Any], mode: str | None, needs: Sequence[str]) -> Regimen:
    """The plan served in the mode that was chosen; Invalid (``mode-not-allowed``) where the schedule has no such way.

    Whoever has special needs may always be watched at home.
    """
    if mode is None or mode == plan.stages[0].mode:
        return plan
    allowed = {*schedule.get("alternative_modes", ()), *(["home_quarantine"] if needs else [])}
    if mode not in allowed:
        raise Invalid("mode-not-allowed", field="mode", mode=mode[:24])
    return plan.in_mode(mode)


def expiry(w: Work, ends_on: date) -> datetime:
    """When a restriction that ends on a day expires by itself: the pack's time after that day is over."""
    midnight = datetime.combine(ends_on + timedelta(days=1), time(), w.office.clock.zone)
    return midnight.astimezone(UTC) + w.rules.duration(PACK, "restriction.extra")


def plan_for(
    w: Work, pack: str, category: str, counts_from: date, found_on: date | None, digest: str = ""
) -> tuple[Regimen, Mapping[str, Any]]:
    """The regimen by a pack, and the schedule it was read from; Invalid (``no-schedule``)."""
    schedule = schedule_of(w, pack, category, digest)
    return reckon(schedule, counts_from, found_on), schedule


def write_tests(w: Work, plans: Sequence[tuple[Stay, Regimen]], *, after: date | None = None) -> int:
    """The tests that plans ask for (from the day `after` on), as rows; those that stand stay as they are. How many."""
    rows = [
        {
            "stay_id": stay.id,
            "due_on": test.on,
            "realm": w.realm,
            "place_id": stay.place_id,
            "site_id": stay.site_id,
            "stage": number,
            "kind": test.kind,
            "double": test.double,
            "specimen": test.specimen,
            "state": "due",
        }
        for stay, plan in plans
        for number, stage in enumerate(plan.stages)
        for test in stage.tests
        if after is None or test.on >= after
    ]
    bulk.add_missing(w.session, ScheduledTest, rows)
    return len(rows)
