"""Silence is pressed, passed up, and begins anew for a site that comes back; nobody presses the dark."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from region.dispatch.actions import reviewing, writing
from region.dispatch.models import Directive, Escalation, Recipient
from region.dispatch.queries.progress import progress, site_states
from region.dispatch.schemas import Choice
from region.incidents.models import Incident
from region.places.events import SiteWentDark
from region.places.models import Site
from region.spine.errors import Missing
from tests.flows.stage import Stage, stage

__all__ = ["stage"]


def test_silence_is_pressed_then_passed_up_to_the_office_above(stage: Stage) -> None:
    directive = stage.issued()
    stage.sign(directive, stage.clinics[0])
    stage.world.wait(minutes=61)
    stage.world.run()
    assert len(stage.world.journal("dispatch.RecipientsReminded")) == 1
    assert not stage.world.journal("dispatch.LatenessPassedUp")
    stage.world.wait(minutes=60)
    stage.world.run()
    stage.world.run()
    assert len(stage.world.journal("dispatch.LatenessPassedUp")) == 1
    with stage.world.as_("subdistrict_officer", stage.office) as w:
        told = w.session.scalars(select(Escalation)).one()
        assert told.place_id == stage.office.id
        assert len(told.recipients) == 2
        reviewing.see_escalation(w, told)
    with stage.world.as_("duty_officer", stage.district) as w:
        pressures = {r.place_id: r.pressure for r in w.session.scalars(select(Recipient))}
    assert pressures == {stage.clinics[0].id: 0, stage.clinics[1].id: 2, stage.clinics[2].id: 2}


def test_a_dark_site_is_dark_and_not_late(stage: Stage) -> None:
    directive = stage.issued()
    with stage.world.as_system() as w:
        w.get(Site, stage.clinics[2].id).dark_since = w.now
        w.tell(SiteWentDark(site=stage.clinics[2].id, reason="power", place=stage.clinics[2].id))
    stage.world.wait(minutes=61)
    stage.world.run()
    with stage.world.as_("duty_officer", stage.district) as w:
        states = site_states(w, [directive.id])
        counts = progress(w, [w.get(Directive, directive.id)])[directive.id]
    assert [states[clinic.id] for clinic in stage.clinics] == ["late", "late", "dark"]
    assert (counts.late, counts.dark) == (2, 1)


def test_a_site_that_comes_back_is_pressed_from_the_beginning(stage: Stage) -> None:
    stage.issued()
    site = stage.clinics[2].id

    def set_dark(dark: bool) -> None:
        with stage.world.as_system() as w:
            w.get(Site, site).dark_since = w.now if dark else None
            w.tell(SiteWentDark(site=site, reason="power", place=site))

    def counts() -> dict[int, int]:
        with stage.world.as_system() as w:
            return {row.place_id: row.pressed for row in w.session.scalars(select(Recipient))}

    set_dark(True)
    for _ in range(5):
        stage.world.wait(minutes=61)
        stage.world.run()
    assert counts() == {stage.clinics[0].id: 3, stage.clinics[1].id: 3, site: 0}
    set_dark(False)
    stage.world.wait(minutes=61)
    stage.world.run()
    assert counts()[site] == 1


def test_nobody_ends_another_district_s_order(stage: Stage) -> None:
    order = stage.issued()
    other = stage.world.area(level="district")
    stage.world.clinic(other)
    with stage.world.as_system() as w:
        incident = w.get(Incident, stage.incident)
        assert incident.place_id == stage.district.id
    mine = stage.world.incident(other).id
    with stage.world.as_("duty_officer", other) as w, pytest.raises(Missing):
        choice = Choice(types=("community_health_centre",))
        draft = stage.draft(token="form-0009", supersedes_id=order.id, incident_id=mine, choice=choice)
        writing.compose(w, draft, other.id)
