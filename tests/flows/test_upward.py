"""Upward traffic: a clinic asks, the office above signs and rules, the asker takes the answer; silence is passed up."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from region.dispatch.actions import answering, upward
from region.dispatch.models import Directive, Escalation, Recipient
from region.dispatch.queries.upward import came_up, desks, sent_up
from region.dispatch.schemas import Asking, Further, Ruling, Saying, TaskReport
from region.files.actions import keep
from region.incidents.models import Incident
from region.places.models import Place
from region.spine.errors import Forbidden, Invalid, Missing, Refused
from region.spine.work import Work
from tests.flows.stage import Stage, stage

__all__ = ["stage"]
OFFICER = "subdistrict_officer"


def asked(stage: Stage, site: Place | None = None, token: str = "form-0001", **facts: object) -> Directive:
    said = {
        "form_token": token,
        "kind": "request",
        "urgency": "urgent",
        "title": "缺氧气瓶",
        "text": "请求调拨。",
    }
    site = site or stage.clinics[0]
    with stage.world.as_("clinic", site) as w:
        made = upward.ask_above(w, site.id, Asking.model_validate({**said, **facts}))
    stage.world.run()
    return made


def part(stage: Stage, directive: Directive) -> Recipient:
    with stage.world.as_system() as w:
        return w.session.scalars(select(Recipient).where(Recipient.directive_id == directive.id)).one()


def here(w: Work, directive: Directive) -> Recipient:
    return w.session.scalars(select(Recipient).where(Recipient.directive_id == directive.id)).one()


def ruled(stage: Stage, directive: Directive, uid: str, agree: bool = True, text: str = "同意") -> None:
    with stage.world.as_(OFFICER, stage.office) as w:
        upward.rule(w, here(w, directive), Ruling(uid=uid, agree=agree, text=text))
    stage.world.run()


def state(stage: Stage, directive: Directive) -> str:
    with stage.world.as_system() as w:
        return w.get(Directive, directive.id).state


def test_a_request_goes_to_the_office_above_and_is_closed_by_the_asker(stage: Stage) -> None:
    request = asked(stage)
    assert asked(stage).id == request.id
    assert request.number == f"{stage.clinics[0].code}-0801-001"
    assert (request.place_id, request.incident_id) == (stage.clinics[0].id, stage.incident)
    assert part(stage, request).place_id == stage.office.id
    with stage.world.as_(OFFICER, stage.office) as w:
        (card,) = came_up(w)
        assert (card.title, card.from_zh, card.state, card.asks) == (
            *("缺氧气瓶", stage.clinics[0].name_zh, "pending", True),
        )
        upward.sign_above(w, w.get(Recipient, card.recipient))
    ruled(stage, request, "uid-00001")
    ruled(stage, request, "uid-00001")
    with stage.world.as_("clinic", stage.clinics[0]) as w:
        (mine,) = sent_up(w)
        assert mine.answer and (mine.answer.agree, mine.answer.text, mine.to_zh) == (
            *(True, "同意", stage.office.name_zh),
        )
        upward.accept_answer(w, w.get(Directive, request.id))
        upward.accept_answer(w, w.get(Directive, request.id))
    stage.world.run()
    assert state(stage, request) == "closed"
    for name in ("DirectiveAcknowledged", "TaskReported", "ReportAccepted", "DirectiveClosed"):
        assert len(stage.world.journal(f"dispatch.{name}")) == 1


def test_a_refusal_needs_words_and_an_answer_may_be_sent_back(stage: Stage) -> None:
    request = asked(stage)
    with pytest.raises(Invalid, match="field-missing"):
        ruled(stage, request, "uid-00001", agree=False, text="")
    ruled(stage, request, "uid-00002", agree=False, text="等明天")
    with stage.world.as_("clinic", stage.clinics[0]) as w:
        why = Saying(uid="uid-00003", text="等不到明天")
        upward.return_answer(w, w.get(Directive, request.id), why)
        upward.return_answer(w, w.get(Directive, request.id), why)
    with stage.world.as_(OFFICER, stage.office) as w:
        (card,) = came_up(w)
        assert (card.state, card.returned) == ("returned", "等不到明天")
    ruled(stage, request, "uid-00004")
    with stage.world.as_("clinic", stage.clinics[0]) as w:
        assert [one.answer and one.answer.agree for one in sent_up(w)] == [True]


def test_a_commission_s_duty_officer_answers_and_any_inbox_can(stage: Stage) -> None:
    world = stage.world
    commission = world.site(stage.district, "commission")
    with world.as_(OFFICER, stage.office) as w:
        said = Asking(form_token="form-0009", kind="request", title="增援", text="请增派。")
        request = upward.ask_above(w, stage.office.id, said)
    world.run()
    with world.as_("duty_officer", stage.district) as w:
        assert list(desks(w)) == [commission.id]
        (card,) = came_up(w)
        upward.rule(w, w.get(Recipient, card.recipient), Ruling(uid="uid-00001", agree=True))
    assert part(stage, request).state == "reported"
    below = asked(stage)
    with world.as_(OFFICER, stage.office) as w:
        found = here(w, below)
        answering.report(w, found, TaskReport(uid="uid-00002", text="同意", numbers={"agree": 1}))
    with world.as_("clinic", stage.clinics[0]) as w:
        assert [one.answer and one.answer.agree for one in sent_up(w)] == [True]


def test_silence_is_passed_up_to_the_office_above_the_office(stage: Stage) -> None:
    commission = stage.world.site(stage.district, "commission")
    asked(stage)
    for _ in range(3):
        stage.world.wait(minutes=16)
        stage.world.run()
    stage.world.wait(hours=6)
    stage.world.run()
    with stage.world.as_system() as w:
        told = w.session.scalars(select(Escalation)).all()
    assert commission.id in {one.place_id for one in told}
    assert not stage.world.journal("dispatch.SupervisionIssued")


def test_what_the_office_cannot_decide_goes_further_up_and_comes_back_down(stage: Stage) -> None:
    commission = stage.world.site(stage.district, "commission")
    request = asked(stage)
    mine = part(stage, request)
    with stage.world.as_(OFFICER, stage.office) as w:
        form = Further(form_token="form-0002")
        further = upward.ask_further(w, w.get(Recipient, mine.id), form)
        assert upward.ask_further(w, w.get(Recipient, mine.id), form).id == further.id
    stage.world.run()
    assert (further.parent_id, further.passed_by_id) == (request.id, mine.id)
    assert part(stage, further).place_id == commission.id
    with pytest.raises(Refused, match="children-open"):
        ruled(stage, request, "uid-00001")
    with stage.world.as_("duty_officer", stage.district) as w:
        upward.rule(w, here(w, further), Ruling(uid="uid-00002", agree=True))
    with stage.world.as_(OFFICER, stage.office) as w:
        assert [one.further for one in came_up(w)] == [further.number]
        upward.accept_answer(w, w.get(Directive, further.id))
    stage.world.run()
    assert state(stage, further) == "closed"
    ruled(stage, request, "uid-00003")
    assert part(stage, request).state == "reported"


def test_an_incident_report_settles_by_signature_and_opens_nothing(stage: Stage) -> None:
    world = stage.world
    site = stage.clinics[0]
    with world.as_("clinic", site) as w:
        photo = keep(w, site.id, b"%PDF-1.4\n%%EOF\n", "scene.pdf")
    with world.as_("clinic", stage.clinics[1]) as w:
        foreign = keep(w, stage.clinics[1].id, b"%PDF-1.4\n%%EOF\n\n", "other.pdf")
    with pytest.raises(Invalid, match="no-such-file"):
        asked(stage, kind="incident_report", files=(foreign.id,))
    told = asked(stage, kind="incident_report", files=(photo.id,), title="停电")
    with world.as_(OFFICER, stage.office) as w:
        (card,) = came_up(w)
        assert (card.files, card.asks, card.may_open) == ([photo.id], False, False)
        upward.sign_above(w, w.get(Recipient, card.recipient))
        upward.sign_above(w, w.get(Recipient, card.recipient))
    world.run()
    assert state(stage, told) == "closed"
    waits = asked(stage, kind="incident_report", asks=True, token="form-0002")
    with world.as_(OFFICER, stage.office) as w:
        upward.sign_above(w, here(w, waits))
    assert part(stage, waits).state == "acknowledged"
    with world.as_system() as w:
        assert len(w.session.scalars(select(Incident)).all()) == 1


def test_the_first_report_needs_no_response_to_be_open(stage: Stage) -> None:
    world = stage.world
    city = world.area(level="city")
    office = world.site(city, "commission")
    clinic = world.clinic(city)
    told = asked(stage, clinic, kind="incident_report")
    assert told.incident_id is None
    with world.as_("duty_officer", city) as w:
        (card,) = came_up(w)
        assert card.may_open
    page = world.browser_as("duty_officer", city).get(f"/desk/directives/{told.id}")
    assert page.status_code == 200
    with world.as_("duty_officer", city) as w:
        upward.sign_above(w, w.get(Recipient, card.recipient))
    world.run()
    assert state(stage, told) == "closed" and office.id == part(stage, told).place_id
    with pytest.raises(Refused, match="nobody-above"):
        asked(stage, world.clinic(world.area(level="city")), token="form-0003")


def test_strangers_see_and_answer_nothing(stage: Stage) -> None:
    request = asked(stage)
    recipient = part(stage, request).id
    for role, place in (("clinic", stage.clinics[1]), ("clinic", stage.elsewhere)):
        with stage.world.as_(role, place) as w:
            assert came_up(w) == sent_up(w) == []
            with pytest.raises(Missing):
                w.get(Directive, request.id)
            with pytest.raises(Missing):
                w.get(Recipient, recipient)
    ruled(stage, request, "uid-00001")
    with stage.world.as_(OFFICER, stage.subdistrict) as w, pytest.raises(Forbidden):
        upward.accept_answer(w, w.get(Directive, request.id))
    with stage.world.as_("auditor", stage.office) as w, pytest.raises(Forbidden):
        upward.rule(w, w.get(Recipient, recipient), Ruling(uid="uid-00002", agree=True))
    order = stage.issued(form_token="form-0007")
    with stage.world.as_("clinic_lead", stage.clinics[0]) as w:
        mine = stage.recipient(w, order, stage.clinics[0])
        with pytest.raises(Refused, match="not-upward"):
            upward.rule(w, mine, Ruling(uid="uid-00003", agree=True))


def test_over_the_web(stage: Stage) -> None:
    clinic = stage.world.browser_as("clinic", stage.clinics[0])
    said = {"form_token": "form-0001", "kind": "request", "title": "缺管", "text": "请调拨。"}
    made = clinic.post("/upward", json=said).get_json()
    assert made["state"] == "issued"
    assert clinic.post("/upward", json={**said, "place": stage.elsewhere.id}).status_code == 404
    office = stage.world.browser_as(OFFICER, stage.office)
    (card,) = office.get("/upward/data").get_json()["came"]
    assert office.post(f"/recipients/{card['recipient']}/sign-upward", json={}).status_code == 200
    ruling = {"uid": "uid-00001", "agree": True, "text": "同意"}
    assert office.post(f"/recipients/{card['recipient']}/rule", json=ruling).get_json()["state"] == "reported"
    why = {"uid": "uid-00002", "text": "何时"}
    assert clinic.post(f"/directives/{made['id']}/return-answer", json=why).status_code == 200
    again = {**ruling, "uid": "uid-00003"}
    assert office.post(f"/recipients/{card['recipient']}/rule", json=again).status_code == 200
    assert clinic.post(f"/directives/{made['id']}/take-answer", json={}).status_code == 200
    (sent,) = clinic.get("/upward/data").get_json()["sent"]
    assert (sent["state"], sent["answer"]["verdict"]) == ("accepted", "accepted")
    further = office.post(f"/recipients/{card['recipient']}/ask-further", json={"form_token": "form-0002"})
    assert further.status_code == 409
