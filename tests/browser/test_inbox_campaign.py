"""What only some orders ask of an inbox, in a real Chromium: stops, numbers, nil reports, passing on, asking upward."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from region.dispatch.actions import answering, ending
from region.dispatch.models import Directive, Progress, Recipient, Report
from region.places.models import Place
from tests.browser.inbox_device import Clinic, Phone
from tests.browsing import eventually
from tests.region.dispatch.test_inbox_campaign import SAMPLED
from tests.world import World

pytestmark = pytest.mark.browser


@pytest.fixture
def clinic(sqlite_world: World, chromium: Any) -> Iterator[Clinic]:
    made = Clinic(sqlite_world, chromium)
    yield made
    made.close()


def begun(clinic: Clinic, **facts: Any) -> Directive:
    order = clinic.stage.order(**facts)
    part = clinic.stage.part(order).id
    with clinic.stage.world.as_("clinic", clinic.stage.clinic) as w:
        answering.begin(w, w.get(Recipient, part))
    return order


def save(phone: Phone, order: Directive, value: str) -> None:
    card = phone.card(order)
    card.get_by_label("So far").fill(value)
    card.get_by_role("button", name="Save progress").click()


def officer(clinic: Clinic, **size: int) -> Phone:
    with clinic.stage.world.as_system() as w:
        area = w.get(Place, clinic.stage.office.parent_id)
    return clinic.phone(**size).enter(role="subdistrict_officer", place=area)


def test_the_stop_is_signed_without_a_network(clinic: Clinic) -> None:
    order = begun(clinic)
    with clinic.stage.world.as_("duty_officer", clinic.stage.district) as w:
        ending.withdraw(w, w.get(Directive, order.id), "Wrong day")
    phone = clinic.phone().enter().open()
    card = phone.card(order)
    assert "Stop work" in card.inner_text() and "Wrong day" in card.inner_text()
    phone.offline()
    card.get_by_role("button", name="Sign: work has stopped").click()
    card.get_by_role("button", name="Confirm: stopped").click()
    phone.page.wait_for_selector("#foot-text:has-text('1 kept here')")
    assert phone.page.locator("#done .order-word").text_content() == "Stopped"
    assert clinic.stage.part(order).state == "stopping"
    phone.online()
    eventually(phone.page, lambda: clinic.stage.part(order).state == "stopped")


def test_progress_without_a_network_then_one_tap_reports(clinic: Clinic) -> None:
    order = begun(clinic, evidence=(SAMPLED,))
    phone = clinic.phone().enter().open()
    card = phone.card(order)
    assert not card.get_by_role("button", name="Report done").is_visible()
    phone.offline()
    save(phone, order, "60")
    phone.page.wait_for_selector("#foot-text:has-text('1 kept here')")
    card.get_by_role("button", name="One more").click()
    assert card.get_by_label("So far").input_value() == "61"
    save(phone, order, "100")
    card.get_by_role("button", name="Report done").wait_for()
    assert "Sampled 100 people" in card.inner_text()
    phone.online()
    eventually(phone.page, lambda: [row.value for row in clinic.rows(Progress)] == [60, 100])
    phone.page.wait_for_selector("#foot-text:has-text('Fresh')")
    card.get_by_role("button", name="Report done").click()
    eventually(phone.page, lambda: [row.numbers for row in clinic.rows(Report)] == [{"sampled": 100}])


def test_a_nil_report_is_one_tap(clinic: Clinic) -> None:
    given = {"day": "2022-08-01", "deadline": "2022-08-02T09:00:00+08:00"}
    order = begun(clinic, template="nil_report", given=given)
    phone = clinic.phone().enter().open()
    phone.offline()
    phone.card(order).get_by_role("button", name="Nothing to tell").click()
    phone.online()
    eventually(phone.page, lambda: clinic.rows(Report))
    assert [row.text for row in clinic.rows(Report)] == ["nil"]


def test_an_office_passes_on_to_two_sites_and_a_person_and_sees_how_far_they_are(clinic: Clinic) -> None:
    stage = clinic.stage
    order = stage.order(sites=(stage.office,), evidence=(SAMPLED,))
    (person,) = stage.world.people([stage.second], 1)
    phone = officer(clinic).open()
    mine = phone.page.locator(f"[data-recipient='{stage.part(order, stage.office).id}']")
    mine.get_by_role("button", name="Pass on").click()
    mine.get_by_label("Lakeside Community Health Centre").check()
    mine.get_by_label("Nanping Community Health Station", exact=True).check()
    mine.get_by_label("Wang Yutong").check()
    mine.get_by_label("Set how much each is to do").check()
    mine.get_by_label("Sampled (people)").locator("visible=true").first.fill("40")
    mine.get_by_label("Words of your own").fill("Tonight, please.")
    mine.get_by_text("Chosen: 3").wait_for()
    mine.locator("[data-pass-send]").click()
    mine.get_by_text("signed 0 of 3").wait_for()
    with stage.world.as_system() as w:
        child = w.session.scalars(select(Directive).where(Directive.parent_id == order.id)).one()
        parts = w.session.scalars(select(Recipient).where(Recipient.directive_id == child.id)).all()
    assert "Tonight, please." in child.body_en and "Count tonight." in child.body_en
    assert {one.account_id for one in parts} == {None, person.id}
    assert sorted(one.targets.get("sampled", 0) for one in parts) == [0, 0, 40]
    stage.world.run()
    part = stage.part(child).id
    with stage.world.as_("clinic", stage.clinic) as w:
        answering.acknowledge(w, w.get(Recipient, part))
    phone.page.evaluate("dispatchEvent(new Event('focus'))")
    mine.get_by_text("signed 1 of 3").wait_for()
    assert "Nanping" in mine.locator(".order-below").inner_text()
    assert mine.get_by_role("button", name="Report", exact=True).is_disabled()
    assert phone.complaints == []


def test_an_incident_is_reported_upward_without_a_network_and_answered(clinic: Clinic) -> None:
    phone = clinic.phone().enter().open()
    phone.offline()
    phone.page.locator(".ask-link a").click()
    form = phone.page.locator("#ask-form")
    form.get_by_label("In one line").fill("Water main broken")
    form.get_by_label("What, where").fill("No water since six.")
    form.get_by_label("We need an answer").check()
    form.get_by_role("button", name="Send it up").click()
    phone.page.wait_for_selector("#up-waiting:has-text('Water main broken')")
    phone.online()
    eventually(phone.page, lambda: len(clinic.rows(Directive)) == 1)
    (sent,) = clinic.rows(Directive)
    assert sent.kind == "incident_report" and "when there was no network" in sent.body_zh
    desk = officer(clinic, width=1280, height=800).open()
    came = desk.page.locator("[data-came]")
    came.get_by_label("Words of the reply").fill("A tanker is on its way")
    came.get_by_role("button", name="Agree").click()
    desk.page.wait_for_selector("[data-came]", state="detached")
    phone.page.evaluate("dispatchEvent(new Event('focus'))")
    phone.page.get_by_text("A tanker is on its way").first.wait_for()
    phone.page.get_by_role("button", name="Take the answer").click()
    eventually(phone.page, lambda: clinic.rows(Recipient)[0].state == "accepted")
