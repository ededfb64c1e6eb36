"""The work-list of people under observation, changes of many, releases, corrections and appeals, by the web."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from region.quarantine.actions import appealing, linking
from region.quarantine.events import StaysReplanned
from region.quarantine.models import Appeal, Stay, StayBatch
from region.quarantine.queries import attention
from region.quarantine.queries.worklist import Filters
from region.spine.errors import Refused
from tests.region.quarantine.ground import Ground, ground
from tests.world import World


@pytest.fixture
def place(world: World) -> Ground:
    return ground(world)


def epi(here: Ground, lang: str = "en") -> Any:
    return here.world.browser_as("epidemiologist", here.district, lang=lang)


def stay(here: Ground, id: int) -> Stay:
    with here.world.as_system() as w:
        found = w.get(Stay, id)
        w.session.expunge(found)
        return found


def listed(here: Ground, after: attention.After | None = None) -> attention.Page:
    with here.world.as_("epidemiologist", here.district) as w:
        return attention.page(w, Filters(), after)


def quietly(here: Ground, ids: list[int], **facts: Any) -> None:
    """Facts that a check or a clock would write."""
    with here.world.as_system() as w:
        w.session.execute(update(Stay).where(Stay.id.in_(ids)).values(**facts))
        w.tell(StaysReplanned(stays=tuple(ids), why="found", place=here.home.id, incident=here.incident))


def test_symptoms_first_then_late_clocks_then_missed_checks(place: Ground) -> None:
    calm, missed, late, ill = place.inside(4)
    place.world.wait(days=2)
    now = place.world.clock.at
    quietly(place, [calm, late, ill], checked_at=now)
    quietly(place, [late], late_at=now - timedelta(hours=1))
    quietly(place, [ill], symptoms_at=now)
    assert [(row.id, group) for row, group in listed(place).rows] == [
        (ill, "symptoms"),
        (late, "late"),
        (missed, "missing"),
        (calm, "rest"),
    ]
    page = epi(place).get("/quarantine/stays").get_data(as_text=True)
    order = [page.index(f'data-stay="{id}"') for id in (ill, late, missed, calm)]
    assert order == sorted(order) and "check missed" in page and "王小明" not in page


def test_pages_of_fifty_go_on_where_the_last_ended(place: Ground) -> None:
    ids = place.stays(53)
    now = place.world.clock.at
    for n, id in enumerate(ids[:2]):
        quietly(place, [id], late_at=now - timedelta(hours=n))
    first = listed(place)
    assert len(first.rows) == 50 and first.after is not None and first.rows[0][0].id == ids[1]
    again = attention.of_text(first.after.as_text())
    assert again == first.after
    second = listed(place, again)
    shown = [row.id for row, _ in (*first.rows, *second.rows)]
    assert second.after is None and sorted(shown) == sorted(ids) and len(set(shown)) == 53
    assert attention.of_text("9~x~1") is None and attention.of_text("0~2022-13-01~1") is None


def test_a_page_ends_between_two_groups_and_inside_one(
    place: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attention, "PAGE", 2)
    ids = place.stays(5)
    now = place.world.clock.at
    quietly(place, ids[:3], late_at=now)
    shown, after = [], None
    for _ in range(3):
        page = listed(place, after)
        shown += [row.id for row, _ in page.rows]
        after = page.after
    assert after is None and shown == ids


def test_a_change_of_many_is_shown_made_and_undone(place: Ground) -> None:
    ids = place.stays(3)
    browser = epi(place)
    asked = {"verb": "cancel", "reason-cancel": "entered_wrongly", "note": "list 7"}
    page = browser.post("/quarantine/stays/preview", data={**asked, "stay": ids[:2]}).get_data(as_text=True)
    assert "Nothing is changed yet." in page and "Change 2 people" in page
    assert {stay(place, id).state for id in ids} == {"identified"}
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
    sent = {name: fields[name] for name in ("ids", "verb", "token", "reason", "note")}
    for _ in range(2):
        assert browser.post("/quarantine/stays/change", data=sent).status_code == 303
    assert [stay(place, id).state for id in ids] == ["cancelled", "cancelled", "identified"]
    with place.world.as_system() as w:
        (batch,) = w.session.query(StayBatch).all()
    assert browser.post(f"/quarantine/batches/{batch.id}/undo").status_code == 303
    assert {stay(place, id).state for id in ids} == {"identified"}
    assert "undone" in browser.get("/quarantine/stays").get_data(as_text=True)


def test_all_that_the_filters_leave_and_nobody_else(place: Ground) -> None:
    place.stays(2)
    place.stays(1, category="secondary_contact")
    sent = {"verb": "cancel", "reason-cancel": "duplicate", "all": "1", "category": "close_contact"}
    page = epi(place).post("/quarantine/stays/preview", data=sent).get_data(as_text=True)
    assert "Change 2 people" in page


def test_release_early_only_with_a_reason_and_the_page_says_why(place: Ground) -> None:
    (id,) = place.inside()
    browser = epi(place)
    page = browser.get(f"/quarantine/stays/{id}").get_data(as_text=True)
    assert "the days of this stage are not over" in page
    assert browser.post(f"/quarantine/stays/{id}/release", data={}).status_code == 409
    assert stay(place, id).state == "in_site"
    sent = {"reason": "early_by_expert", "note": "panel of 2 August"}
    assert browser.post(f"/quarantine/stays/{id}/release", data=sent).status_code == 303
    assert stay(place, id).state == "returning"


def test_an_extension_stands_to_the_end_of_its_day(place: Ground) -> None:
    (id,) = place.inside()
    sent = {"until": "2022-08-20", "reason": "late_no_result"}
    assert epi(place).post(f"/quarantine/stays/{id}/extend", data=sent).status_code == 303
    assert stay(place, id).expires_at == datetime(2022, 8, 20, 16, tzinfo=UTC)


def test_a_wrong_day_0_is_corrected_on_evidence(place: Ground) -> None:
    (id,) = place.stays()
    address = f"/quarantine/stays/{id}/correct"
    browser = epi(place)
    assert (
        browser.post(address, data={"counts_from": "2022-07-30", "evidence": "hear say"}).status_code == 409
    )
    assert (
        browser.post(address, data={"counts_from": "2022-07-30", "evidence": "contact:7"}).status_code == 303
    )
    found = stay(place, id)
    assert (found.counts_from, found.ends_on) == (date(2022, 7, 30), date(2022, 8, 9))
    assert found.evidence == "contact:7"


def test_a_resident_appeals_once_and_is_heard_by_another(place: Ground) -> None:
    (id,) = place.inside()
    with place.nurse() as w:
        word = linking.give(w, w.get(Stay, id))
    phone = place.world.browser()
    assert f"/q/{word}/appeal" in phone.get(f"/q/{word}?lang=en").get_data(as_text=True)
    for _ in range(2):
        assert phone.post(f"/q/{word}/appeal", data={"said": "I was in another city."}).status_code == 303
    with place.world.as_system() as w:
        (row,) = w.session.query(Appeal).all()
        assert row.due_at - row.made_at == timedelta(hours=24)
    browser = epi(place)
    assert "I was in another city." in browser.get("/quarantine/appeals").get_data(as_text=True)
    address = f"/quarantine/appeals/{row.id}"
    assert browser.post(address, data={"verb": "uphold", "answer": " "}).status_code == 422
    assert browser.post(address, data={"verb": "uphold", "answer": "Tickets were seen."}).status_code == 303
    found = stay(place, id)
    assert (found.state, found.end_reason) == ("cancelled", "appeal_upheld")


def test_whoever_appeals_for_somebody_does_not_answer(place: Ground) -> None:
    (id,) = place.stays()
    browser = epi(place)
    assert browser.post(f"/quarantine/stays/{id}/appeal", data={"said": "He was away."}).status_code == 303
    with place.world.as_system() as w:
        row = w.session.query(Appeal).one().id
    with place.world.as_("epidemiologist", place.district, "other") as w:
        appealing.answer(w, w.get(Appeal, row), "dismiss", "The camera shows him.")
    assert stay(place, id).state == "identified"
    with place.epidemiologist() as w:
        again = appealing.make(w, w.get(Stay, id), "Once more.")
        assert again.id != row
        with pytest.raises(Refused) as refused:
            appealing.answer(w, again, "dismiss", "No.")
        assert refused.value.code == "appeal-own"
