"""What waits at the desk beside running orders: stops, the roll call, a handover, ailing channels; and their page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from region.accounts import actions as accounts
from region.board.queries import desk
from region.dispatch.actions import ending, handing_over, roll_call
from region.dispatch.events import ChannelDemoted
from region.dispatch.models import ChannelMinute, ChannelState, Directive
from region.spine.actor import Actor, Grant
from tests.flows.stage import Stage, stage

__all__ = ["stage"]


def kinds(stage: Stage, role: str = "duty_officer") -> list[str]:
    with stage.world.as_(role, stage.district) as w:
        return [one.kind for one in desk.decisions(w)]


def shown(stage: Stage, path: str = "/desk", role: str = "duty_officer") -> str:
    answer = stage.world.browser_as(role, stage.district, lang="en").get(path)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def ails(stage: Stage) -> None:
    with stage.world.as_system() as w:
        until = w.real_now + timedelta(minutes=4)
        w.add(ChannelState(id="sms", state="demoted", since=w.real_now, until=until, reason="failing"))
        w.session.add(ChannelMinute(channel="sms", minute=w.real_now, lane="a", tried=24, slow=2, failed=17))
        w.tell(ChannelDemoted(channel="sms", reason="failing", tried=24, slow=2, failed=17))


def test_a_withdrawn_order_waits_until_all_have_signed_the_stop(stage: Stage) -> None:
    order = stage.issued()
    for clinic in stage.clinics[:2]:
        stage.sign(order, clinic)
    with stage.world.as_("duty_officer", stage.district) as w:
        ending.withdraw(w, w.get(Directive, order.id), "an error")
    with stage.world.as_("duty_officer", stage.district) as w:
        (found,) = desk.decisions(w)
        assert (found.kind, found.count, found.place, found.tone(w.now)) == ("stopping", 2, None, "watch")
    stage.world.wait(minutes=61)
    with stage.world.as_("clinic", stage.clinics[0]) as w:
        ending.confirm_stop(w, stage.recipient(w, order, stage.clinics[0]))
    with stage.world.as_("duty_officer", stage.district) as w:
        (found,) = desk.decisions(w)
        assert found.place is not None and found.place.id == stage.clinics[1].id
        assert found.tone(w.now) == "bad"
    assert f"{found.place.name_en} has not signed that it stopped" in shown(stage)
    with stage.world.as_("clinic", stage.clinics[1]) as w:
        ending.confirm_stop(w, stage.recipient(w, order, stage.clinics[1]))
    assert kinds(stage) == []


def person(stage: Stage, login: str, role: str, at: int | None = None) -> int:
    place = stage.district if at is None else stage.clinics[at]
    facts = {"login": login, "name_zh": login, "name_en": login, "place_id": place.id, "role": role}
    with stage.world.as_system() as w:
        made = accounts.ensure_account(w, phone="13800138000", **facts).id
        times = {"starts": w.now + timedelta(hours=1), "ends": w.now + timedelta(hours=15)}
        accounts.set_shift(w, place_id=place.id, account_id=made, **times)
    return int(made)


def test_whoever_does_not_answer_the_roll_call_stands_there_with_the_time_left(stage: Stage) -> None:
    stage.world.wait(hours=8)  # the duty of the night begins in an hour
    for number in range(2):
        person(stage, f"night{number}", "clinic", number)
    with stage.world.as_("duty_officer", stage.district) as w:
        roll_call.call_roll(w, w.get(type(stage.district), stage.district.id), "roll-call-0001")
    stage.world.run()
    assert kinds(stage) == [], "there is still time to answer: nobody need be telephoned"
    stage.world.wait(minutes=20)
    with stage.world.as_("duty_officer", stage.district) as w:
        (found,) = [one for one in desk.decisions(w) if one.kind == "unreached"]
        assert (found.count, found.tone(w.now)) == (2, "bad")
        assert found.due - w.now == timedelta(minutes=40)
        assert "late_sign" not in {one.kind for one in desk.decisions(w)}
    text = shown(stage)
    assert "Roll call: 2 people of the night have not answered" in text and "40 min left" in text
    assert kinds(stage, "planner") == []


def test_a_handover_waits_for_the_one_it_is_offered_to(stage: Stage) -> None:
    day, night = person(stage, "day", "duty_officer"), person(stage, "night", "approver")
    stage.world.wait(hours=3)
    grants = {day: "duty_officer", night: "approver"}
    actors = {
        one: Actor(f"account:{one}", (Grant(role, stage.district.path),), account_id=one)
        for one, role in grants.items()
    }
    with stage.world.office.work(actors[day]) as w:
        handing_over.offer(w, w.get(type(stage.district), stage.district.id), night)
    with stage.world.office.work(actors[night]) as w:
        (found,) = desk.decisions(w)
        assert (found.kind, found.due - w.now) == ("handover", timedelta(minutes=30))
        assert found.person is not None and found.person.name_en == "day"
    with stage.world.office.work(actors[day]) as w:
        assert desk.decisions(w) == []


def test_an_ailing_channel_says_why_and_when_it_is_tried_again(stage: Stage) -> None:
    ails(stage)
    stage.world.wait(minutes=1)
    with stage.world.as_("duty_officer", stage.district) as w:
        (found,) = desk.decisions(w)
        assert (found.kind, found.channel, found.reason) == ("channel", "sms", "failing")
        assert found.again is not None and found.again - w.now == timedelta(minutes=3)
    text = shown(stage)
    assert "Channel at rest: Short message, too many failures" in text and "tried again" in text
    assert kinds(stage, "planner") == []


@pytest.mark.parametrize(
    ("role", "path"), [("duty_officer", "/desk/channels"), ("administrator", "/channels")]
)
def test_the_page_of_channels_shows_each(stage: Stage, role: str, path: str) -> None:
    ails(stage)
    stage.world.office.installation.channels["sms"] = {"url": "http://127.0.0.1:9/sms"}  # type: ignore[index]
    text = shown(stage, path, role)
    row = next(part for part in text.split("<tr") if ">sms<" in part)
    for said in ("at rest", "too many failures", "4 min left", ">24<", ">2<", ">17<"):
        assert said in row, said
    assert "not configured" in next(part for part in text.split("<tr") if ">voice<" in part)
    browser = stage.world.browser_as("clinic", stage.clinics[0], lang="en")
    assert browser.get(path).status_code == 403
