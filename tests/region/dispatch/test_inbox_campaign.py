"""What only some orders have in an inbox, on both databases: numbers, stops, nil reports, orders below, asking up."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from region.accounts.events import AccountsEnrolled
from region.accounts.models import Account
from region.dispatch.actions import answering, cascading, ending, progressing, proving, tallying, upward
from region.dispatch.models import Directive, Recipient
from region.dispatch.queries.inbox import Inbox, inbox
from region.dispatch.schemas import Asking, PassOn, TaskReport, Told
from region.places.models import Place
from tests.region.dispatch.inbox_stage import Stage
from tests.world import World

SAMPLED: dict[str, Any] = {
    "name": "sampled",
    "type": "number",
    "label": {"zh": "已采样", "en": "Sampled"},
    "unit": {"zh": "人", "en": "people"},
    "target": 100,
    "limit": {"hours": 2},
}


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


def seen(stage: Stage, role: str = "clinic", place: Place | None = None) -> Inbox:
    with stage.world.as_(role, place or stage.clinic) as w:
        return inbox(w)


def told(stage: Stage, part: int, value: float, uid: str, site: Place | None = None) -> None:
    with stage.world.as_("clinic", site or stage.clinic) as w:
        progressing.report_progress(w, w.get(Recipient, part), Told(uid=uid, task="sampled", value=value))


def subdistrict(stage: Stage) -> Place:
    with stage.world.as_system() as w:
        return w.get(Place, stage.office.parent_id)


def passed(stage: Stage, order: Directive, *sites: Place, **facts: Any) -> Directive:
    choice = {"sites": [site.id for site in sites]}
    said = PassOn.model_validate({"form_token": "pass-0001", "choice": choice if sites else {}, **facts})
    area, mine = subdistrict(stage), stage.part(order, stage.office).id
    with stage.world.as_("subdistrict_officer", area, "officer") as w:
        child = cascading.pass_on(w, w.get(Recipient, mine), said)
    stage.world.run()
    return child


def test_a_task_shows_value_target_and_its_own_deadline_and_is_ready_when_reached(stage: Stage) -> None:
    order = stage.order(evidence=(SAMPLED,))
    part = stage.part(order).id
    (card,) = seen(stage).cards
    (task,) = card.tasks
    assert (task.value, task.target, task.source, task.own_due) == (None, 100, "", True)
    assert (task.due - order.issued_at).total_seconds() == 2 * 3600 and not card.reached
    told(stage, part, 60, "told-0001")
    (card,) = seen(stage).cards
    assert (card.tasks[0].value, card.tasks[0].source, card.reached) == (60, "told", False)
    told(stage, part, 100, "told-0002")
    (card,) = seen(stage).cards
    assert card.reached and card.plain
    page = stage.world.browser_as("clinic", stage.clinic, lang="en").get("/inbox").get_data(as_text=True)
    assert "Report done" in page and "by Mon 1 Aug 11:00" in page and "Sampled 100 people" in page


def test_what_the_site_s_own_system_counts_is_shown_and_not_asked(stage: Stage) -> None:
    order = stage.order(evidence=({**SAMPLED, "measure": "sampled"},))
    part = stage.part(order).id
    with stage.world.as_("clinic", stage.clinic) as w:
        answering.begin(w, w.get(Recipient, part))
    stage.world.wait(minutes=30)
    with stage.world.as_("clinic", stage.clinic) as w:
        count = [{"measure": "sampled", "at": w.now.isoformat(), "value": 80}]
    client = stage.world.browser_as("clinic", stage.clinic, lang="en")
    with stage.world.as_("site_system", stage.clinic) as w:
        assert tallying.keep_tallies(w, stage.clinic.id, count).new == 1
    stage.world.run()
    page = client.get("/inbox").get_data(as_text=True)
    assert "counted by your system" in page and 'data-number="sampled"' not in page
    assert ">80</b>" in page


def test_a_report_in_doubt_comes_back_to_the_work_with_both_numbers(stage: Stage) -> None:
    order = stage.order(evidence=({**SAMPLED, "measure": "sampled"},))
    part = stage.part(order).id
    with stage.world.as_("clinic", stage.clinic) as w:
        said = TaskReport(uid="report-0001", numbers={"sampled": 500})
        answering.report(w, w.get(Recipient, part), said)
    stage.world.wait(minutes=30)
    with stage.world.as_("site_system", stage.clinic) as w:
        count = [{"measure": "sampled", "at": w.now.isoformat(), "value": 80}]
        tallying.keep_tallies(w, stage.clinic.id, count)
    stage.world.run()
    with stage.world.as_system() as w:
        proving.hold_against(w, w.get(Recipient, part))
    found = seen(stage)
    assert found.counts == {"sign": 0, "todo": 1, "done": 0}
    assert (found.cards[0].tasks[0].reported, found.cards[0].tasks[0].value) == (500, 80)
    page = stage.world.browser_as("clinic", stage.clinic, lang="en").get("/inbox").get_data(as_text=True)
    assert "Sampled: you reported 500, counted were 80" in page and "Say why" in page


def test_a_nil_report_is_offered_where_the_template_knows_it(stage: Stage) -> None:
    given = {"day": "2022-08-01", "deadline": "2022-08-02T09:00:00+08:00"}
    order = stage.order(template="nil_report", given=given)
    stage.order("form-0009")
    assert [card.nil for card in seen(stage).cards if card.number == order.number] == [True]
    client = stage.world.browser_as("clinic", stage.clinic, lang="en")
    part = stage.part(order).id
    assert client.get("/inbox").get_data(as_text=True).count("Nothing to tell: all is 0") == 1
    said = {"uid": "nil-00001", "next": "/inbox"}
    assert client.post(f"/recipients/{part}/nil", data=said).status_code == 303
    assert stage.part(order).state == "reported"


def test_a_withdrawn_order_must_be_stopped_and_says_why(stage: Stage) -> None:
    order = stage.order()
    part = stage.part(order).id
    with stage.world.as_("clinic", stage.clinic) as w:
        answering.acknowledge(w, w.get(Recipient, part))
    with stage.world.as_("duty_officer", stage.district) as w:
        ending.withdraw(w, w.get(Directive, order.id), "Wrong day")
    page = stage.world.browser_as("clinic", stage.clinic, lang="en").get("/inbox").get_data(as_text=True)
    assert "is-stopping" in page and "Stop work" in page and "Wrong day" in page
    assert 'data-verb="confirm-stop"' in page
    assert seen(stage).counts == {"sign": 1, "todo": 0, "done": 0}


def test_who_may_pass_on_is_shown_whom_and_telephones_are_masked(stage: Stage) -> None:
    order = stage.order(sites=(stage.office,), evidence=(SAMPLED,))
    (person,) = stage.world.people([stage.clinic], 1)
    part = stage.part(order, stage.office).id
    with stage.world.as_system() as w:
        kept = w.get(type(person), person.id)
        kept.phone = w.office.installation.seal.close("13800138000")
        w.tell(AccountsEnrolled(digest="-", new=0, changed=1, refused=0, place=stage.clinic.id))
    client = stage.world.browser_as("subdistrict_officer", subdistrict(stage), lang="en")
    found = client.get(f"/recipients/{part}/pass-on").get_json()
    sites = [site["id"] for area in found["areas"] for site in area["sites"]]
    assert sorted(sites) == sorted([stage.clinic.id, stage.second.id]), "below it, without itself"
    (named,) = [one for one in found["people"] if one["id"] == person.id]
    assert "13800138000" not in str(found) and named["phone"].startswith("138")
    assert found["latest"] == order.task_due.isoformat() and found["tasks"][0]["name"] == "sampled"
    assert "Count tonight." in found["quoted"]["body_en"]
    for role, place in (("clinic", stage.clinic), ("clinic_lead", stage.second)):
        other = stage.world.browser_as(role, place)
        assert other.get(f"/recipients/{part}/pass-on").status_code in (403, 404)


def test_orders_below_hold_the_report_back_and_their_sum_fills_it_in(stage: Stage) -> None:
    order = stage.order(sites=(stage.office,), evidence=(SAMPLED,))
    child = passed(stage, order, stage.clinic, stage.second)
    found = seen(stage, "subdistrict_officer", subdistrict(stage))
    (card,) = found.cards
    (line,) = card.children
    assert (line.total, line.signed, line.done, card.waits_below) == (2, 0, 0, 1)
    assert [one["en"] for one in line.unsigned] == [stage.clinic.name_en, stage.second.name_en]
    told(stage, stage.part(child).id, 40, "told-0001")
    part = stage.part(child, stage.second).id
    with stage.world.as_("clinic", stage.second) as w:
        said = TaskReport(uid="report-0001", numbers={"sampled": 30})
        answering.report(w, w.get(Recipient, part), said)
    found = seen(stage, "subdistrict_officer", subdistrict(stage))
    assert (found.cards[0].tasks[0].value, found.cards[0].tasks[0].source) == (70, "children")
    (review,) = found.review
    assert (review.from_en, review.numbers[0]["value"]) == (stage.second.name_en, 30)
    assert seen(stage).review == [], "a clinic reviews nothing"
    client = stage.world.browser_as("subdistrict_officer", subdistrict(stage), lang="en")
    page = client.get("/inbox").get_data(as_text=True)
    assert "It can be reported when the orders you passed on have ended; still open: 1." in page
    facts = {"version": review.version, "next": "/inbox"}
    assert client.post(f"/recipients/{review.recipient}/accept", data=facts).status_code == 303
    said = {"note": "done otherwise", "next": "/inbox", "version": line.version}
    assert client.post(f"/directives/{child.id}/withdraw", data=said).status_code == 303
    (card,) = seen(stage, "subdistrict_officer", subdistrict(stage)).cards
    assert card.children[0].state == "withdrawing" and card.waits_below == 1


def test_a_named_person_reads_that_it_is_for_them(stage: Stage) -> None:
    order = stage.order(sites=(stage.office,))
    client = stage.world.browser_as("clinic", stage.clinic, "wang01", lang="en")
    with stage.world.as_system() as w:
        person = w.session.scalars(select(Account).where(Account.login == "wang01")).one().id
    passed(stage, order, people=[person])
    assert "For you, by name" in client.get("/inbox").get_data(as_text=True)
    other = stage.world.browser_as("clinic", stage.clinic, "li02", lang="en").get("/inbox")
    assert "For you, by name" not in other.get_data(as_text=True)


def test_what_is_asked_upward_is_answered_and_taken_in_the_inbox(stage: Stage) -> None:
    client = stage.world.browser_as("clinic", stage.clinic, lang="en")
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "JPEG")
    sent = {"place": stage.clinic.id, "file": (io.BytesIO(picture.getvalue()), "a.jpg")}
    file = client.post("/inbox/files", data=sent).get_json()["id"]
    with stage.world.as_("clinic", stage.clinic) as w:
        said = {"form_token": "ask-00001", "kind": "request", "title": "No oxygen", "text": "Ten bottles."}
        made = upward.ask_above(w, stage.clinic.id, Asking.model_validate({**said, "files": [file]}))
    stage.world.run()
    office = stage.world.browser_as("subdistrict_officer", subdistrict(stage), lang="en")
    page = office.get("/inbox").get_data(as_text=True)
    assert "Ten bottles." in page and "Pass it further up" in page and f"/files/{file}" in page
    assert seen(stage, "subdistrict_officer", subdistrict(stage)).cards == [], "it is not an order"
    (came,) = office.get("/inbox/data").get_json()["came"]
    answer = {"uid": "rule-0001", "agree": "false", "text": "Ask the city", "next": "/inbox"}
    assert office.post(f"/recipients/{came['recipient']}/rule", data=answer).status_code == 303
    assert "Refused" in client.get("/inbox").get_data(as_text=True)
    assert client.post(f"/directives/{made.id}/take-answer", data={"next": "/inbox"}).status_code == 303
    assert "Take the answer" not in client.get("/inbox").get_data(as_text=True)


def test_no_stranger_adds_a_photograph_to_another_s_place(stage: Stage) -> None:
    client = stage.world.browser_as("clinic", stage.second)
    foreign = {"place": stage.clinic.id, "file": (io.BytesIO(b"x"), "a.jpg")}
    assert client.post("/inbox/files", data=foreign).status_code in (403, 404)
