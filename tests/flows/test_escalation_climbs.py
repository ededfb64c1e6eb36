"""At night people answer, not organisations: escalation climbs from the site to whoever is on duty, and above."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from region.accounts import actions as accounts
from region.accounts.events import AccountMade
from region.accounts.models import Account
from region.dispatch.actions import calling
from region.dispatch.models import Delivery, Directive, Recipient
from region.dispatch.queries.supervisions import supervisions
from region.places.events import SiteWentDark
from region.places.models import Place, Site
from tests.flows.stage import Stage, stage
from tests.promises.test_errands import again, everything

__all__ = ["stage"]


def person(stage: Stage, place: Place, login: str, role: str = "clinic", deputy_of: int | None = None) -> int:
    with stage.world.as_system() as w:
        made = accounts.ensure_account(
            w, login=login, name_zh=login, name_en=login, place_id=place.id, role=role, phone="13800138000"
        )
        w.get(Account, made.id).deputy_of_id = deputy_of
        w.tell(AccountMade(account=made.id))
        return made.id


@pytest.fixture
def people(stage: Stage) -> dict[str, int]:
    """The second clinic has a person and a deputy, the third nobody; the sub-district has an officer."""
    holder = person(stage, stage.clinics[1], "np01")
    return {
        "holder": holder,
        "deputy": person(stage, stage.clinics[1], "np02", deputy_of=holder),
        "leader": person(stage, stage.office, "street01", "subdistrict_officer"),
        "district": person(stage, stage.district, "district01", "duty_officer"),
    }


def calls(stage: Stage) -> list[tuple[str, list[int], list[int]]]:
    told = stage.world.journal("dispatch.PeopleCalled")
    return [(one.data["rung"], one.data["recipients"], one.data["accounts"]) for one in told]


def pass_time(stage: Stage, minutes: int, step: int = 5) -> None:
    for _ in range(minutes // step):
        stage.world.wait(minutes=step)
        stage.world.run()


def test_it_climbs_from_the_holder_to_the_deputy_to_the_leader_each_once(
    stage: Stage, people: dict[str, int]
) -> None:
    order = stage.issued()  # priority: an hour to sign
    stage.sign(order, stage.clinics[0])
    with stage.world.as_system() as w:
        second, third = (stage.recipient(w, order, clinic).id for clinic in stage.clinics[1:])
    pass_time(stage, 60)
    assert calls(stage) == []
    pass_time(stage, 15)
    # Nobody answers at the third clinic: the leader on duty above is called at once, not half an hour later.
    leader = people["leader"]
    assert calls(stage) == [("holder", [second], [people["holder"]]), ("leader", [third], [leader])]
    pass_time(stage, 15)
    assert calls(stage)[2:] == [("deputy", [second], [people["deputy"]])]
    pass_time(stage, 15)
    assert calls(stage)[3:] == [("leader", [second], [leader])]
    assert not stage.world.journal("dispatch.LatenessPassedUp")
    pass_time(stage, 15)
    assert [one.data["recipients"] for one in stage.world.journal("dispatch.LatenessPassedUp")] == [
        [second, third]
    ]
    pass_time(stage, 180, 15)
    assert len(calls(stage)) == 4
    assert not stage.world.errands("dead")


def test_a_call_goes_to_that_person_s_own_telephone(stage: Stage, people: dict[str, int]) -> None:
    order = stage.issued()
    gateway = {"sms": {"url": "http://127.0.0.1:9/"}}  # nothing is sent here
    installation = replace(stage.world.office.installation, channels=gateway)
    stage.world.office = replace(stage.world.office, installation=installation)
    with stage.world.as_system() as w:
        second = stage.recipient(w, order, stage.clinics[1])
        for _ in range(2):
            calling.call(w, w.get(Directive, order.id), "holder", [second])
        wanted = select(Delivery).where(Delivery.recipient_id == second.id, Delivery.rung != "site")
        found = w.session.scalars(wanted).one()
        assert (found.rung, found.account_id, found.channel) == ("holder", people["holder"], "sms")


def test_a_signature_stops_the_climb(stage: Stage, people: dict[str, int]) -> None:
    order = stage.issued()
    pass_time(stage, 75, 15)
    assert [rung for rung, _, _ in calls(stage)] == ["holder", "leader"]
    for clinic in stage.clinics:
        stage.sign(order, clinic)
    pass_time(stage, 120, 15)
    assert len(calls(stage)) == 2
    assert not stage.world.journal("dispatch.LatenessPassedUp")
    with stage.world.as_system() as w:
        assert {(r.pressed, r.pressure) for r in w.session.scalars(select(Recipient))} == {(0, 0)}


def test_nobody_is_called_for_a_dark_site(stage: Stage, people: dict[str, int]) -> None:
    stage.issued()
    with stage.world.as_system() as w:
        w.get(Site, stage.clinics[1].id).dark_since = w.now
        w.tell(SiteWentDark(site=stage.clinics[1].id, reason="power", place=stage.clinics[1].id))
    pass_time(stage, 180, 15)
    assert people["holder"] not in {one for _, _, accounts in calls(stage) for one in accounts}


def test_whoever_stands_the_shift_is_called_and_not_who_was_enrolled_first(
    stage: Stage, people: dict[str, int]
) -> None:
    night = person(stage, stage.clinics[1], "np03")
    with stage.world.as_("clinic_lead", stage.clinics[1]) as w:
        starts = w.now + timedelta(minutes=30)
        ends = starts + timedelta(hours=12)
        where: dict[str, Any] = {"place_id": stage.clinics[1].id, "starts": starts, "ends": ends}
        accounts.set_shift(w, account_id=night, deputy_id=people["holder"], **where)
    stage.issued()
    pass_time(stage, 90, 15)
    by_rung = {(rung, one) for rung, _, found in calls(stage) for one in found}
    assert {("holder", night), ("deputy", people["holder"])} <= by_rung
    assert ("deputy", people["deputy"]) not in by_rung


def test_the_errands_run_twice_press_call_and_supervise_nobody_twice(
    stage: Stage, people: dict[str, int]
) -> None:
    stage.issued()
    for minutes in (61, 14, 15, 15, 16, 120, 5):
        stage.world.wait(minutes=minutes)
        stage.world.run()
        before = everything(stage.world)
        again(stage.world)
        stage.world.run()
        assert everything(stage.world) == before


def test_those_who_have_not_reported_are_reminded_before_the_limit_and_the_others_are_not(
    stage: Stage,
) -> None:
    order = stage.issued()  # four hours for the task
    for clinic in stage.clinics:
        stage.sign(order, clinic)
    stage.finish(order, stage.clinics[0], "report-0001")
    pass_time(stage, 175)
    assert not stage.world.journal("dispatch.RecipientsReminded")
    pass_time(stage, 5)
    (told,) = stage.world.journal("dispatch.RecipientsReminded")
    with stage.world.as_system() as w:
        late = [stage.recipient(w, order, clinic).id for clinic in stage.clinics[1:]]
        rounds = w.session.scalars(select(Delivery.recipient_id).where(Delivery.round == 5))
        assert sorted(set(rounds)) == late
    assert (told.data["step"], told.data["recipients"]) == ("report_soon", late)


def test_an_overdue_task_is_supervised_by_an_order_of_its_own_twice_then_the_leading_group(
    stage: Stage,
) -> None:
    order = stage.issued()
    for clinic in stage.clinics:
        stage.sign(order, clinic)
    stage.finish(order, stage.clinics[0], "report-0001")
    pass_time(stage, 240, 60)
    with stage.world.as_("duty_officer", stage.district) as w:
        (first,) = supervisions(w, order)
        found = w.get(Directive, first.id)
        assert (found.kind, found.urgency, found.parent_id, found.place_id) == (
            "supervision",
            "priority",
            order.id,
            stage.district.id,
        )
        assert order.number in found.title_zh and "第1次" in found.body_zh and "no. 1" in found.body_en
        assert (first.times, first.recipients, first.state) == (1, 2, "issued")
        theirs = w.session.scalars(select(Recipient).where(Recipient.directive_id == first.id))
        assert {one.place_id for one in theirs} == {clinic.id for clinic in stage.clinics[1:]}
        late = w.session.scalars(select(Recipient.pressure).where(Recipient.directive_id == order.id))
        assert sorted(late) == [0, 3, 3]
    pass_time(stage, 480, 60)  # supervise.priority: eight hours
    with stage.world.as_("duty_officer", stage.district) as w:
        assert [(one.times, one.state) for one in supervisions(w, order)] == [(1, "closed"), (2, "issued")]
    pass_time(stage, 480, 60)
    with stage.world.as_("duty_officer", stage.district) as w:
        assert len(supervisions(w, order)) == 2
        grave = w.session.scalars(select(Recipient.pressure).where(Recipient.directive_id == order.id))
        assert sorted(grave) == [0, 4, 4]
    assert [one.data["times"] for one in stage.world.journal("dispatch.SupervisionIssued")] == [1, 2]
    assert not stage.world.errands("dead")


def test_whoever_finishes_is_not_asked_by_the_supervision_any_more(stage: Stage) -> None:
    order = stage.issued()
    for clinic in stage.clinics:
        stage.sign(order, clinic)
    pass_time(stage, 240, 60)
    stage.finish(order, stage.clinics[0], "report-0001")
    stage.world.run()
    with stage.world.as_("duty_officer", stage.district) as w:
        (found,) = supervisions(w, order)
        states = w.session.scalars(
            select(Recipient.state).where(Recipient.directive_id == found.id).order_by(Recipient.id)
        )
        assert next(iter(states)) == "waived" and found.state == "issued"
    for number, clinic in enumerate(stage.clinics[1:]):
        stage.finish(order, clinic, f"report-100{number}")
    stage.world.run()
    with stage.world.as_("duty_officer", stage.district) as w:
        (found,) = supervisions(w, order)
        assert (found.state, w.get(Directive, order.id).state) == ("closed", "closed")
    assert not stage.world.errands("dead")
