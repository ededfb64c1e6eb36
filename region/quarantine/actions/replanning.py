"""Reckoning a running stay anew: another category (his contact turned positive), another day 0, a restart."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from region.quarantine.actions import clocks, planning
from region.quarantine.actions.moving import move
from region.quarantine.events import StaysReplanned
from region.quarantine.models import ScheduledTest, Stay
from region.quarantine.regimen import Regimen
from region.quarantine.states import STAY
from region.spine.errors import Refused
from region.spine.work import Work

BEFORE_SITE = ("identified", "notified", "at_home")


def replan(
    w: Work,
    stay: Stay,
    *,
    category: str | None = None,
    counts_from: date | None = None,
    evidence: str | None = None,
    why: str,
) -> None:
    """Reckon the plan anew by the pack that the stay began under, from its own day 0 or the one given.

    Whoever changes category is found today: the days before are served or flagged, and a test is due at once. Whoever
    must go to a site from now on is to be fetched, within the clock of contacts counted from now. Refused:
    ``stay-ended``, ``period-over`` (the new plan has no day left).
    """
    w.need("quarantine.begin", stay.place_id)
    if stay.state in STAY.ends:
        raise Refused("stay-ended", stay=stay.id)
    today = w.office.clock.day(w.now)
    into, since = category or stay.category, counts_from or stay.counts_from
    if (into, since) == (stay.category, stay.counts_from):
        return
    found_on = today if into != stay.category else w.office.clock.day(stay.determined_at)
    plan, _ = planning.plan_for(w, stay.pack, into, since, found_on, stay.pack_digest)
    if not plan.stages:
        raise Refused("period-over", stay=stay.id)
    _keep(w, stay, plan, today)
    stay.category, stay.counts_from, stay.evidence = into, since, evidence or stay.evidence
    rewrite_tests(w, stay, plan, today)
    w.tell(StaysReplanned(stays=(stay.id,), why=why, place=stay.place_id, incident=stay.incident_id))
    _fetch(w, stay)


def _keep(w: Work, stay: Stay, plan: Regimen, today: date) -> None:
    stay.plan, stay.ends_on, stay.stage = plan.as_doc(), plan.ends_on, plan.stage_on(today)
    stay.mode, stay.met_at = plan.stages[stay.stage].mode, None
    stay.expires_at = planning.expiry(w, plan.ends_on)
    stay.version += 1


def rewrite_tests(w: Work, stay: Stay, plan: Regimen, today: date) -> None:
    """The tests of the new plan from today on; what is due no more is waived, what was taken stands."""
    wanted = {test.on: (n, test) for n, stage in enumerate(plan.stages) for test in stage.tests}
    rows = select(ScheduledTest).where(ScheduledTest.stay_id == stay.id, ScheduledTest.due_on >= today)
    for row in w.session.scalars(rows.where(ScheduledTest.state.in_(("due", "waived")))):
        if row.due_on not in wanted:
            row.state, row.reason = "waived", "replanned"
            continue
        row.stage, test = wanted[row.due_on]
        row.kind, row.double, row.specimen = test.kind, test.double, test.specimen
        row.state, row.reason = "due", None
    w.session.flush()
    planning.write_tests(w, [(stay, plan)], after=today)


def _fetch(w: Work, stay: Stay) -> None:
    """Whoever is not in a site and must be: his transfer has its clock from now on."""
    if stay.mode != planning.CENTRAL or stay.state not in BEFORE_SITE:
        return
    stay.transfer_due_at = w.now + clocks.limit(w, "clock.contact_transfer", stay.pack)
    if stay.state == "at_home":
        move(w, [stay], "fetch_from_home")
    else:
        clocks.start_stays(w, [stay])
