"""The handover and the roll call on screen: offered, signed, refused; who was not reached; in both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from region.accounts import actions as accounts
from region.accounts.models import Account
from region.dispatch.models import Recipient
from tests.flows.stage import Stage, stage

__all__ = ["stage"]


@pytest.fixture
def browsers(stage: Stage) -> tuple:
    """The day's officer, on duty, and the night's; one reads Chinese, the other English."""
    day = stage.world.browser_as("duty_officer", stage.district, "day")
    night = stage.world.browser_as("duty_officer", stage.district, "night", lang="en")
    with stage.world.as_system() as w:
        starts, ends = w.now - timedelta(hours=1), w.now + timedelta(hours=12)
        where = {"place_id": stage.district.id, "starts": starts, "ends": ends}
        accounts.set_shift(w, account_id=number(w, "day"), **where)
    return day, night


def number(w, login: str) -> int:
    from region.accounts.queries import account_by_login

    found = account_by_login(w, login)
    assert isinstance(found, Account)
    return found.id


def test_a_desk_is_offered_read_and_taken_over(stage: Stage, browsers: tuple) -> None:
    day, night = browsers
    order = stage.issued()
    stage.world.wait(minutes=61)
    stage.world.run()
    with stage.world.as_system() as w:
        taking = number(w, "night")
    page = day.get("/desk/handover").get_data(as_text=True)
    assert "我交班：未办事项 1 项" in page and order.number in page
    assert day.post("/desk/handover", data={"taking": taking, "note": "三诊所不通"}).status_code == 303
    read = night.get("/desk/handover?lang=en").get_data(as_text=True)
    assert "I take it over: 1 open items" in read and "三诊所不通" in read and order.title_en in read
    assert "我接班" not in day.get("/desk/handover").get_data(as_text=True)
    assert day.post("/handovers/1/accept").status_code == 403
    assert night.post("/handovers/1/accept").status_code == 303
    assert "我交班" not in day.get("/desk/handover").get_data(as_text=True)
    after = night.get("/desk/handover?lang=en").get_data(as_text=True)
    assert "taken over" in after and "I hand it over" in after


def test_a_refusal_says_why(stage: Stage, browsers: tuple) -> None:
    day, night = browsers
    with stage.world.as_system() as w:
        taking = number(w, "night")
    day.post("/desk/handover", data={"taking": taking})
    assert night.post("/handovers/1/refuse", data={"answer": ""}).status_code == 422
    assert night.post("/handovers/1/refuse", data={"answer": "清单不全"}).status_code == 303
    page = day.get("/desk/handover").get_data(as_text=True)
    assert "拒绝接班" in page and "清单不全" in page and "我交班" in page


def test_the_desk_sees_who_was_not_reached_with_a_masked_telephone_and_the_time_left(
    stage: Stage, browsers: tuple
) -> None:
    day, _night = browsers
    assert "还没有点名" in day.get("/desk/roll-call").get_data(as_text=True)
    with stage.world.as_system() as w:
        nurse = accounts.ensure_account(
            w,
            login="np01",
            name_zh="赵敏",
            name_en="Zhao Min",
            place_id=stage.clinics[0].id,
            role="clinic",
            phone="13800138000",
        ).id
        starts = w.now + timedelta(hours=9)  # 18:00
        ends = starts + timedelta(hours=14)
        accounts.set_shift(w, place_id=stage.clinics[0].id, account_id=nurse, starts=starts, ends=ends)
        accounts.set_shift(
            w, place_id=stage.district.id, account_id=number(w, "night"), starts=starts, ends=ends
        )
    stage.world.clock.at += timedelta(hours=8)
    day = stage.world.browser_as("duty_officer", stage.district, "day")
    token = {"form_token": "form-roll-0001"}
    assert day.post("/desk/roll-call", data=token).status_code == 303
    stage.world.run()
    stage.world.wait(minutes=15)
    stage.world.run()
    page = day.get("/desk/roll-call").get_data(as_text=True)
    assert "赵敏" in page and "138****8000" in page and "13800138000" not in page
    assert "2 人中 2 人未应答" in page and "45 分" in page and "未应答" in page
    assert day.post("/directives/1/call-again").status_code == 303
    stage.world.run()
    english = stage.world.browser_as("duty_officer", stage.district, "night", lang="en")
    assert "telephone them while there is still time" in english.get("/desk/roll-call?lang=en").get_data(
        as_text=True
    )
    clerk = stage.world.browser_as("clinic", stage.clinics[0], "clerk")
    assert clerk.get("/desk/roll-call").status_code == 403


def test_whoever_stands_duty_at_a_desk_answers_for_himself_and_for_nobody_else(
    stage: Stage, browsers: tuple
) -> None:
    day, night = browsers
    with stage.world.as_system() as w:
        starts = w.now + timedelta(hours=9)
        where = {"place_id": stage.district.id, "account_id": number(w, "night")}
        accounts.set_shift(w, starts=starts, ends=starts + timedelta(hours=14), **where)
    order = stage.issued()
    stage.world.clock.at += timedelta(hours=8)
    day = stage.world.browser_as("duty_officer", stage.district, "day")
    night = stage.world.browser_as("duty_officer", stage.district, "night")
    day.post("/desk/roll-call", data={"form_token": "form-roll-0001"})
    stage.world.run()
    with stage.world.as_system() as w:
        asked = w.session.scalars(select(Recipient.id).where(Recipient.account_id.is_not(None))).one()
        site = stage.recipient(w, order, stage.clinics[0]).id
    assert "I answer the roll call" in night.get("/desk/roll-call").get_data(as_text=True)
    assert "我应答" not in day.get("/desk/roll-call").get_data(as_text=True)
    there = {"next": "/desk/roll-call"}
    assert day.post(f"/recipients/{asked}/acknowledge", data=there).status_code == 404
    assert night.post(f"/recipients/{site}/acknowledge", data=there).status_code == 403
    assert night.post(f"/recipients/{asked}/acknowledge", data=there).status_code == 303
    page = night.get("/desk/roll-call").get_data(as_text=True)
    assert "I answer the roll call" not in page and ">asked<" not in page
