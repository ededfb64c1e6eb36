"""A positive inside a quarantine site: who shares the floor, or what the rules name, begins his days anew."""

from __future__ import annotations

from sqlalchemy import select

from region.quarantine.actions import planning, replanning
from region.quarantine.models import Stay
from region.quarantine.regimen import restarted
from region.spine.flow import when
from region.spine.work import Work
from region.tracing.events import CaseOpened

RULE = "site_positive_restart"


@when(CaseOpened)
def begin_again(w: Work, e: CaseOpened) -> None:
    """Where the pack of a stay says so, its days count from this one; the case is the evidence for it."""
    his = select(Stay).where(Stay.person_id == e.person, Stay.incident_id == e.incident)
    found = w.session.scalars(his.where(Stay.arrived_at.is_not(None)).order_by(Stay.id.desc())).first()
    if found is None or found.site_id is None:
        return
    others = select(Stay).where(Stay.site_id == found.site_id, Stay.state == "in_site", Stay.id != found.id)
    for stay in w.session.scalars(others.order_by(Stay.id)).all():
        rule = planning.rule_of(w, stay.pack, RULE, stay.pack_digest)
        if stay.counts_from < e.day and restarted(rule, "person", found.floor, stay.floor):
            why = {"evidence": f"case:{e.case}", "why": "site_positive"}
            replanning.replan(w, stay, counts_from=e.day, **why)
