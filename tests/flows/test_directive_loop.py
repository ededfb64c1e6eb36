"""One order through the whole loop: issued, received, signed, done and proved; or pressed and passed up; closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from region.dispatch.actions import answering, ending, reviewing, writing
from region.dispatch.models import Directive, Recipient, Report
from region.dispatch.queries.progress import progress
from region.dispatch.schemas import Choice, Saying, TaskReport
from region.spine.errors import Forbidden, Invalid, Missing, Refused, Stale
from tests.flows.stage import Stage, stage

__all__ = ["stage"]


def test_an_order_reaches_all_is_signed_done_and_closes(stage: Stage) -> None:
    directive = stage.issued()
    for number, clinic in enumerate(stage.clinics):
        with stage.world.as_("clinic", clinic) as w:
            answering.receive(w, stage.recipient(w, directive, clinic))
        stage.sign(directive, clinic)
        stage.finish(directive, clinic, f"report-{number:04}")
    stage.world.run()
    with stage.world.as_("duty_officer", stage.district) as w:
        found = w.get(Directive, directive.id)
        assert found.state == "closed"
        counts = progress(w, [found])[found.id]
        assert (counts.total, counts.signed_in_time, counts.done, counts.late) == (3, 3, 3, 0)
    told = [entry.event for entry in stage.world.journal()]
    for name in (
        "DirectiveIssued",
        "DeliveriesOwed",
        "DirectiveReceived",
        "DirectiveAcknowledged",
        "DirectiveClosed",
    ):
        assert f"dispatch.{name}" in told
    assert not stage.world.errands("dead")


def test_a_double_click_issues_once_and_signs_once(stage: Stage) -> None:
    first = stage.issued()
    again = stage.issued()
    assert first.id == again.id
    stage.sign(first, stage.clinics[0])
    stage.sign(first, stage.clinics[0])
    assert len(stage.world.journal("dispatch.DirectiveIssued")) == 1
    assert len(stage.world.journal("dispatch.DirectiveAcknowledged")) == 1


def test_the_two_highest_urgencies_need_a_second_person(stage: Stage) -> None:
    with stage.world.as_("approver", stage.district, "leader") as w:
        directive = writing.compose(w, stage.draft(urgency="flash"), stage.district.id)
        writing.submit(w, directive)
        assert directive.state == "awaiting_approval"
        with pytest.raises(Refused):
            writing.issue(w, directive)
    with stage.world.as_("approver", stage.district, "leader") as w, pytest.raises(Forbidden):
        writing.approve(w, w.get(Directive, directive.id))
    with stage.world.as_("approver", stage.district, "second") as w:
        writing.approve(w, w.get(Directive, directive.id))
        writing.issue(w, w.get(Directive, directive.id))
        assert w.get(Directive, directive.id).state == "issued"


def test_waiving_the_last_open_site_closes_the_order(stage: Stage) -> None:
    directive = stage.issued()
    for number, clinic in enumerate(stage.clinics):
        with stage.world.as_("duty_officer", stage.district) as w:
            said = Saying(uid=f"waiver-{number:04}", text="merged with the next clinic")
            reviewing.waive(w, stage.recipient(w, directive, clinic), said)
    stage.world.run()
    with stage.world.as_("duty_officer", stage.district) as w:
        assert w.get(Directive, directive.id).state == "closed"


def test_a_returned_report_must_be_given_again(stage: Stage) -> None:
    directive = stage.issued()
    clinic = stage.clinics[0]
    stage.sign(directive, clinic)
    with stage.world.as_("clinic", clinic) as w:
        answering.report(w, stage.recipient(w, directive, clinic), TaskReport(uid="report-0001", text="half"))
    with stage.world.as_("duty_officer", stage.district) as w:
        said = Saying(uid="return-0001", text="which half?")
        reviewing.send_back(w, stage.recipient(w, directive, clinic), said)
    with stage.world.as_("clinic", clinic) as w:
        recipient = stage.recipient(w, directive, clinic)
        assert recipient.state == "returned"
        answering.report(w, recipient, TaskReport(uid="report-0002", text="all"))
        verdicts = [report.verdict for report in w.session.scalars(select(Report).order_by(Report.id))]
    assert verdicts == ["returned", None]


def test_required_evidence_is_required(stage: Stage) -> None:
    directive = stage.issued(
        template="stock_count",
        kind=None,
        urgency=None,
        title_zh=None,
        title_en=None,
        body_zh=None,
        body_en=None,
        given={"as_of": "2022-08-01T20:00:00+08:00", "deadline": "2022-08-01T22:00"},
    )
    with stage.world.as_("clinic", stage.clinics[0]) as w:
        recipient = stage.recipient(w, directive, stage.clinics[0])
        with pytest.raises(Invalid) as caught:
            answering.report(w, recipient, TaskReport(uid="report-0001", text="counted"))
    assert caught.value.code == "evidence-missing"


def test_a_signature_made_offline_counts_from_its_own_moment(stage: Stage) -> None:
    directive = stage.issued()
    signed = stage.world.clock.at + timedelta(minutes=10)
    stage.world.wait(minutes=90)
    with stage.world.as_("clinic", stage.clinics[0]) as w:
        answering.acknowledge(w, stage.recipient(w, directive, stage.clinics[0]), signed)
    with stage.world.as_("clinic", stage.clinics[1]) as w:
        before = directive.issued_at - timedelta(days=1)
        answering.acknowledge(w, stage.recipient(w, directive, stage.clinics[1]), before)
    facts = [entry.data["in_time"] for entry in stage.world.journal("dispatch.DirectiveAcknowledged")]
    assert facts == [True, False]


def test_another_clinic_s_part_is_missing(stage: Stage) -> None:
    directive = stage.issued()
    with stage.world.as_("duty_officer", stage.district) as w:
        foreign = stage.recipient(w, directive, stage.clinics[0]).id
    with stage.world.as_("clinic", stage.clinics[1]) as w, pytest.raises(Missing):
        w.get(Recipient, foreign)
    with stage.world.as_("clinic", stage.elsewhere) as w, pytest.raises(Missing):
        w.get(Directive, directive.id)


def test_a_superseding_order_ends_the_old_one(stage: Stage) -> None:
    old = stage.issued()
    new = stage.issued(token="form-0002", supersedes_id=old.id)
    with stage.world.as_("duty_officer", stage.district) as w:
        assert w.get(Directive, old.id).state == "superseded"
        assert w.get(Directive, new.id).state == "issued"
        theirs = w.session.scalars(select(Recipient).where(Recipient.directive_id == old.id))
        assert {recipient.state for recipient in theirs} == {"void"}


def test_a_stale_page_cannot_withdraw(stage: Stage) -> None:
    directive = stage.issued()
    with stage.world.as_("duty_officer", stage.district) as w, pytest.raises(Stale):
        ending.withdraw(w, w.get(Directive, directive.id), "a mistake", version=1)


def test_a_polygon_chooses_the_sites_inside_it(stage: Stage) -> None:
    lon, lat = stage.elsewhere.lon, stage.elsewhere.lat
    east, west = lon + 0.001, lon - 0.001
    square = ((west, lat - 0.01), (east, lat - 0.01), (east, lat + 0.01), (west, lat + 0.01))
    directive = stage.issued(choice=Choice(polygon=square))
    assert directive.chosen == [stage.elsewhere.id]
    with pytest.raises(Invalid):
        stage.issued(token="form-0003", choice=Choice(polygon=((0, 0), (1, 1), (0, 1), (1, 0))))
