"""Passing an order on: what it takes over, what it may not exceed, and who may not do it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from region.dispatch.actions import answering, cascading, reviewing
from region.dispatch.events import DirectiveClosed, ReportAccepted
from region.dispatch.models import Directive, Recipient
from region.dispatch.queries.inbox import inbox
from region.dispatch.schemas import Choice, Saying, TaskReport
from region.spine.actor import Actor, Grant
from region.spine.errors import Forbidden, Invalid, Missing, Refused
from tests.flows.cascade_stage import CLINICS, OFFICE, part, passed_on, passing, person
from tests.flows.stage import Stage, stage

__all__ = ["stage"]


def test_what_is_left_out_is_as_in_the_order_from_above(stage: Stage) -> None:
    above = stage.issued(choice=OFFICE)
    child = passed_on(stage, above)
    assert (child.state, child.kind, child.urgency, child.title_zh) == (
        "issued",
        "directive",
        "priority",
        "清点口罩",
    )
    for body, words in ((child.body_zh, "今晚清点。"), (child.body_en, "Count tonight.")):
        assert above.number in body and words in body
    assert (child.parent_id, child.place_id) == (above.id, stage.subdistrict.id)
    assert child.number.startswith(stage.subdistrict.code)
    with stage.world.as_("subdistrict_officer", stage.subdistrict) as w:
        mine = part(w, above.id, stage.office)
        assert (mine.state, mine.acknowledged_by) == ("in_progress", "officer")
        theirs = w.session.scalars(select(Recipient).where(Recipient.directive_id == child.id)).all()
    assert {one.place_id for one in theirs} == {clinic.id for clinic in stage.clinics}
    told = [entry.event for entry in stage.world.journal()]
    assert told.index("dispatch.DirectivePassedOn") > told.index("dispatch.DirectiveAcknowledged")
    assert len(stage.world.journal("dispatch.DeliveriesOwed")) == 2, "the clinics were owed their letters"


def test_own_words_own_limits_and_own_targets(stage: Stage) -> None:
    number = {"name": "masks", "type": "number", "label": {"zh": "口罩", "en": "Masks"}, "required": False}
    above = stage.issued(choice=OFFICE)
    with stage.world.as_system() as w:
        order = w.get(Directive, above.id)
        order.evidence = [number]
        w.tell(DirectiveClosed(**order.about))
    first, second = stage.clinics[0].id, stage.clinics[1].id
    words = {"title_zh": "连夜清点", "title_en": "Count now", "body_zh": "现在。", "body_en": "Now."}
    facts = {
        "task_minutes": 30,
        "urgency": "routine",
        "targets": {first: {"masks": 300}, second: {"masks": 200}},
    }
    child = passed_on(stage, above, **words, **facts)
    assert (child.title_en, child.body_zh, child.urgency) == ("Count now", "现在。", "routine")
    assert child.task_due == child.issued_at + timedelta(minutes=30)
    assert child.acknowledge_due == above.task_due, "a day to sign would outlast the order from above"
    with stage.world.as_system() as w:
        targets = [part(w, child.id, clinic).targets for clinic in stage.clinics]
    assert targets == [{"masks": 300}, {"masks": 200}, {}]
    for wrong, code in (({"masks": 1}, "target-of-nobody"), ({"tubes": 1}, "evidence-unknown")):
        key = stage.elsewhere.id if code == "target-of-nobody" else first
        with pytest.raises(Invalid) as caught:
            passed_on(stage, above, "pass-0002", targets={key: wrong})
        assert caught.value.code == code


def test_no_limit_outlasts_the_order_from_above(stage: Stage) -> None:
    above = stage.issued(choice=OFFICE)
    stage.world.wait(minutes=200)
    with pytest.raises(Invalid) as caught:
        passed_on(stage, above, task_minutes=41)
    assert caught.value.code == "outlasts-parent"
    assert caught.value.facts["latest"] == above.task_due.isoformat()
    child = passed_on(stage, above)
    assert (child.task_due, child.acknowledge_due) == (above.task_due, above.task_due)
    stage.world.wait(minutes=60)
    late = passed_on(stage, above, "pass-0002", choice=Choice(sites=(stage.clinics[0].id,)))
    assert late.task_due == above.task_due, "late already, and said so"


def test_a_double_click_passes_on_once(stage: Stage) -> None:
    above = stage.issued(choice=OFFICE)
    assert passed_on(stage, above).id == passed_on(stage, above).id
    assert len(stage.world.journal("dispatch.DirectivePassedOn")) == 1
    other = stage.issued(token="form-0002", choice=OFFICE)
    with pytest.raises(Invalid) as caught:
        passed_on(stage, other)
    assert caught.value.code == "form-used"


def test_nobody_passes_on_beyond_the_own_area(stage: Stage) -> None:
    above = stage.issued(choice=OFFICE)
    beyond = Choice(sites=(stage.elsewhere.id,))
    with pytest.raises(Invalid) as caught:
        passed_on(stage, above, choice=beyond)
    assert caught.value.code == "no-such-site", "what lies outside the grant does not exist"
    wide = Actor("wide", (Grant("subdistrict_officer", stage.district.path),))
    stranger = stage.world.people([stage.elsewhere], 1)[0]
    for facts, field in (({"choice": beyond}, "choice"), ({"people": [stranger.id]}, "people")):
        with stage.world.office.work(wide) as w, pytest.raises(Invalid) as caught:
            cascading.pass_on(w, part(w, above.id, stage.office), passing(**facts))
        assert (caught.value.code, caught.value.facts["field"]) == ("outside-jurisdiction", field)
    with pytest.raises(Invalid) as caught:
        passed_on(stage, above, choice=Choice(), people=[stranger.id])
    assert caught.value.code == "no-such-person"
    with pytest.raises(Invalid) as caught:
        passed_on(stage, above, choice=Choice(sites=(stage.office.id,)))
    assert caught.value.code == "nobody-chosen", "an office does not pass on to itself"
    assert len(stage.world.journal("dispatch.DirectiveIssued")) == 1


def test_nobody_passes_on_what_another_received(stage: Stage) -> None:
    above = stage.issued(choice=OFFICE)
    with stage.world.as_system() as w:
        mine = part(w, above.id, stage.office).id
    with stage.world.as_("clinic_lead", stage.clinics[0]) as w, pytest.raises(Missing):
        cascading.pass_on(w, w.get(Recipient, mine), passing(choice=CLINICS))
    with stage.world.as_("clinic", stage.office) as w, pytest.raises(Forbidden):
        cascading.pass_on(w, w.get(Recipient, mine), passing(choice=CLINICS))
    with stage.world.as_("duty_officer", stage.district) as w, pytest.raises(Forbidden):
        cascading.pass_on(w, w.get(Recipient, mine), passing(choice=CLINICS))


def test_who_may_act_for_the_office_alone_speaks_for_the_office_alone(stage: Stage) -> None:
    above = stage.issued(choice=OFFICE)
    own = stage.world.people([stage.office], 1)
    with stage.world.as_("subdistrict_officer", stage.office) as w, pytest.raises(Invalid):
        cascading.pass_on(w, part(w, above.id, stage.office), passing(choice=CLINICS))
    with stage.world.as_("subdistrict_officer", stage.office) as w:
        child = cascading.pass_on(w, part(w, above.id, stage.office), passing(people=[own[0].id]))
        assert child.place_id == stage.office.id


def test_named_people_sign_for_themselves_alone(stage: Stage) -> None:
    above = stage.issued(choice=Choice(sites=(stage.clinics[0].id,)))
    clinic = stage.clinics[0]
    first, second = stage.world.people([clinic], 2)
    with stage.world.as_("clinic_lead", clinic, "lead") as w:
        child = cascading.pass_on(w, part(w, above.id, clinic), passing(people=[first.id, second.id])).id
    stage.world.run()
    with person(stage.world, first, clinic) as w:
        assert [card.number for card in inbox(w).cards] == [w.get(Directive, child).number, above.number]
        theirs = part(w, child, clinic, second.id)
        for act in (answering.acknowledge, answering.receive, answering.begin):
            with pytest.raises(Missing):
                act(w, theirs)
        with pytest.raises(Missing):
            answering.raise_trouble(w, theirs, Saying(uid="trouble-01", text="x"))
        with pytest.raises(Missing):
            answering.report(w, theirs, TaskReport(uid="report-001", text="x"))
        answering.acknowledge(w, part(w, child, clinic, first.id))
    with stage.world.as_("clinic", clinic) as w:
        assert [card.number for card in inbox(w).cards] == [above.number], "the site's own post"
        states = {row.account_id: row.state for row in w.session.scalars(select(Recipient)) if row.account_id}
    assert states == {first.id: "acknowledged", second.id: "pending"}


def test_the_desk_cannot_accept_over_an_open_child(stage: Stage) -> None:
    above = stage.issued(choice=OFFICE)
    with stage.world.as_("subdistrict_officer", stage.subdistrict) as w:
        answering.report(w, part(w, above.id, stage.office), TaskReport(uid="report-001", text="done"))
    with pytest.raises(Refused) as caught:
        passed_on(stage, above)
    assert caught.value.code == "not-from-here"
    with stage.world.as_("duty_officer", stage.district) as w:
        reviewing.send_back(w, part(w, above.id, stage.office), Saying(uid="return-001", text="who did it?"))
    passed_on(stage, above)
    with stage.world.as_system() as w:
        mine = part(w, above.id, stage.office)
        mine.state = "reported"
        w.tell(ReportAccepted(report=0, **mine.about))
    with stage.world.as_("duty_officer", stage.district) as w, pytest.raises(Refused) as caught:
        reviewing.accept(w, part(w, above.id, stage.office))
    assert caught.value.code == "children-open"


def test_a_notice_that_all_have_signed_may_still_be_passed_on(stage: Stage) -> None:
    above = stage.issued(choice=OFFICE, kind="notice")
    with stage.world.as_("subdistrict_officer", stage.subdistrict) as w:
        answering.acknowledge(w, part(w, above.id, stage.office))
    stage.world.run()
    with stage.world.as_system() as w:
        assert w.get(Directive, above.id).state == "closed"
    child = passed_on(stage, above)
    assert (child.kind, child.state) == ("notice", "issued")


def test_an_order_that_ended_is_not_passed_on(stage: Stage) -> None:
    above = stage.issued(choice=OFFICE)
    with stage.world.as_("duty_officer", stage.district) as w:
        reviewing.waive(w, part(w, above.id, stage.office), Saying(uid="waiver-001", text="not needed"))
    stage.world.run()
    with pytest.raises(Refused) as caught:
        passed_on(stage, above)
    assert caught.value.code == "directive-ended"
