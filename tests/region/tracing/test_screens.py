"""Tracing on screen: by the clocks, masked, opened for a purpose, and nothing of another community."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from region.tracing.actions import contacts
from region.tracing.models import Case, Contact
from tests.region.tracing.ground import Ground, ground_of
from tests.world import World


@pytest.fixture
def ground(sqlite_world: World) -> Ground:
    return ground_of(sqlite_world)


def desk(ground: Ground, lang: str = "en") -> Any:
    return ground.world.browser_as("epidemiologist", ground.district, lang=lang)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_all_pages_speak_both_languages_and_mask_everybody(ground: Ground, lang: str) -> None:
    with ground.desk() as w:
        case = ground.case(w).id
        ground.contacts(w, 2, case=w.get(Case, case))
    browser = desk(ground, lang)
    pages = ("/tracing", f"/tracing/cases/{case}", "/tracing/contacts", "/tracing/funnel", "/tracing/letters")
    for page in (
        *pages,
        "/tracing?clock=care",
        "/tracing/contacts?waits=awaiting",
        "/tracing/letters?ended=1",
    ):
        shown = browser.get(page)
        assert shown.status_code == 200 and "trace-" not in shown.text.replace("trace-1", ""), page
        assert "测试1" not in shown.text and "测试路" not in shown.text and "1390000" not in shown.text
    assert "测*" in browser.get("/tracing").text


def test_an_investigation_is_carried_out_on_its_page(ground: Ground) -> None:
    with ground.desk() as w:
        case = ground.case(w).id
    browser = desk(ground)
    for form in (
        {"verb": "assign", "to": "li.an"},
        {"verb": "save_core", "occupation": "courier"},
        {"verb": "report"},
        {"verb": "card"},
        {"verb": "care"},
        {"verb": "correct", "kind": "asymptomatic", "community": "no", "day": "2022-07-31"},
        {"verb": "close"},
    ):
        assert browser.post(f"/tracing/cases/{case}/do", data=form).status_code == 303, form
    with ground.desk() as w:
        row = w.get(Case, case)
        assert (row.state, row.kind, row.community, row.facts) == (
            "closed",
            "asymptomatic",
            False,
            {"occupation": "courier"},
        )
    assert browser.post(f"/tracing/cases/{case}/do", data={"verb": "void"}).status_code == 409
    assert browser.post(f"/tracing/cases/{case}/do", data={"verb": "burn"}).status_code == 422
    stale = {"verb": "correct", "kind": "confirmed", "version": 1}
    assert browser.post(f"/tracing/cases/{case}/do", data=stale).status_code == 409
    assert "without symptoms" in browser.get(f"/tracing/cases/{case}").text


def test_a_name_is_opened_for_a_purpose_of_the_pack_and_told(ground: Ground) -> None:
    with ground.desk() as w:
        case = ground.case(w).id
        contact = ground.contacts(w, 1)[0].id
    browser = desk(ground)
    assert "测试1" in browser.post(f"/tracing/cases/{case}/open", data={"purpose": "investigate"}).text
    assert "测试2" in browser.post(f"/tracing/contacts/{contact}/open", data={"purpose": "trace"}).text
    assert browser.post(f"/tracing/cases/{case}/open", data={"purpose": "curiosity"}).status_code == 422
    told = [entry.data["purpose"] for entry in ground.world.journal("people.PersonOpened")]
    assert told == ["investigate", "trace"]


def test_another_community_finds_nothing_on_any_page(ground: Ground) -> None:
    with ground.desk() as w:
        case = ground.case(w).id
        contact = ground.contacts(w, 1)[0].id
    stranger = ground.world.browser_as("community_officer", ground.there)
    assert stranger.get(f"/tracing/cases/{case}").status_code == 404
    assert stranger.post(f"/tracing/cases/{case}/open", data={"purpose": "trace"}).status_code == 404
    assert stranger.post(f"/tracing/contacts/{contact}/do", data={"verb": "land"}).status_code == 404
    assert stranger.post(f"/tracing/contacts/{contact}/open", data={"purpose": "trace"}).status_code == 404
    for page in ("/tracing", "/tracing/contacts"):
        assert "测*" not in stranger.get(page).text
    assert not ground.world.journal("people.PersonOpened")


def test_contacts_are_found_and_excluded_from_the_work_list(ground: Ground) -> None:
    with ground.desk() as w:
        first, second = (one.id for one in ground.contacts(w, 2))
    browser = desk(ground)
    assert browser.post(f"/tracing/contacts/{first}/do", data={"verb": "land"}).status_code == 303
    given = {"verb": "exclude", "reason": "duplicate"}
    assert browser.post(f"/tracing/contacts/{second}/do", data=given).status_code == 303
    assert f"Contact {first}" in browser.get("/tracing/contacts?waits=awaiting").text
    assert "It adds up: 1 to manage = 1 landed + 0 looked for." in browser.get("/tracing/funnel").text


def test_a_list_goes_on_by_its_clock_fifty_at_once(ground: Ground) -> None:
    with ground.desk() as w:
        ground.contacts(w, 51)
    browser = desk(ground)
    first = browser.get("/tracing/contacts").text
    assert first.count('value="land"') == 50 and "after=" in first
    after = first.split("after=")[1].split('"')[0].replace("&amp;", "&")
    assert browser.get(f"/tracing/contacts?after={after}").text.count('value="land"') == 1
    for nonsense in ("x", "2022~y", "nonsense~3"):
        assert browser.get("/tracing/contacts", query_string={"after": nonsense}).status_code == 200


def test_the_funnel_shows_a_past_hour(ground: Ground) -> None:
    with ground.desk() as w:
        rows = ground.contacts(w, 3)
    ground.world.wait(hours=3)
    with ground.desk() as w:
        contacts.control(w, [w.get(Contact, one.id) for one in rows], "central")
    browser = desk(ground)
    assert "3 to manage = 3 landed + 0 looked for" in browser.get("/tracing/funnel").text
    assert "3 to manage = 0 landed + 3 looked for" in browser.get("/tracing/funnel?at=2022-08-01T10:00").text
    assert browser.get("/tracing/funnel?at=soon").status_code == 422
    assert browser.get("/tracing/funnel?category=friend").status_code == 422


def test_a_letter_is_written_answered_and_shown(ground: Ground) -> None:
    with ground.desk() as w:
        ground.contacts(w, 2)
        ids = sorted(w.session.scalars(select(Contact.id)))
    browser = desk(ground)
    form = {"contacts": f"{ids[0]}, {ids[1]}", "level": "city", "to_name": "邻市", "question": "请协查"}
    assert browser.post("/tracing/letters", data=form).status_code == 303
    assert "邻市" in browser.get("/tracing/letters").text and "测*" in browser.get("/tracing/letters/1").text
    assert browser.post("/tracing/letters/1/do", data={"verb": "take"}).status_code == 303
    answer = {"verb": "answer", "found": "2", "text": "已找到"}
    assert browser.post("/tracing/letters/1/do", data=answer).status_code == 303
    assert "2 of 2 found" in browser.get("/tracing/letters/1").text
    assert "100.0" in browser.get("/tracing/letters?ended=1").text
    assert browser.post("/tracing/letters/1/do", data={"verb": "withdraw"}).status_code == 409
    assert browser.post("/tracing/letters", data=form | {"contacts": "99"}).status_code == 404
