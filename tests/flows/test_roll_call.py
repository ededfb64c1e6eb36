"""Every evening everybody on tonight's roster is asked by name; who does not answer is known while there is time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from region.accounts import actions as accounts
from region.dispatch.actions import answering, roll_call
from region.dispatch.models import Delivery, Directive, Recipient
from region.dispatch.queries import roll_calls
from region.places.models import Place
from region.spine.actor import Actor, Grant
from region.spine.errors import Refused
from region.spine.schedule import Every, owe_scheduled
from tests.flows.stage import Stage, stage

__all__ = ["stage"]

EVENING = timedelta(hours=8)
"""From nine in the morning, when the test world begins, to five in the afternoon."""
PLAN = [Every("dispatch.roll_call", timedelta(minutes=1))]


def person(stage: Stage, place: Place, login: str, role: str = "clinic") -> int:
    with stage.world.as_system() as w:
        return accounts.ensure_account(
            w, login=login, name_zh=login, name_en=login, place_id=place.id, role=role, phone="13800138000"
        ).id


def roster(stage: Stage, place: Place, holder: int, deputy: int | None = None) -> None:
    """The night of the first day at a place: from 18:00 to 08:00."""
    with stage.world.as_system() as w:
        zone = stage.world.office.clock.zone
        starts = datetime(2022, 8, 1, 18, tzinfo=zone)
        accounts.set_shift(
            w,
            place_id=place.id,
            account_id=holder,
            deputy_id=deputy,
            starts=starts,
            ends=starts + timedelta(hours=14),
        )


@pytest.fixture
def night(stage: Stage) -> dict[int, Place]:
    """Nine people stand duty tonight: two at the district, one at the office, two at each of three clinics."""
    found: dict[int, Place] = {}
    places = [stage.district, stage.office, *stage.clinics]
    for number, place in enumerate(places):
        role = "duty_officer" if place is stage.district else "clinic"
        holder = person(stage, place, f"holder{number}", role)
        deputy = None if place is stage.office else person(stage, place, f"deputy{number}", role)
        roster(stage, place, holder, deputy)
        found |= {one: place for one in (holder, deputy) if one is not None}
    return found


def sweep(stage: Stage) -> None:
    owe_scheduled(stage.world.office, PLAN, {})
    stage.world.run()


def answer(stage: Stage, account: int, place: Place) -> None:
    grants = (Grant("clinic", place.path),)
    site = place.id if place.kind == "site" else None
    with stage.world.office.work(Actor(f"account:{account}", grants, account_id=account, site_id=site)) as w:
        wanted = select(Recipient).where(Recipient.account_id == account)
        answering.acknowledge(w, w.session.scalars(wanted).one())


def test_the_roll_call_finds_exactly_the_four_who_cannot_be_reached(
    stage: Stage, night: dict[int, Place]
) -> None:
    stage.world.clock.at += EVENING
    sweep(stage)
    assert len(night) == 9
    silent = sorted(night)[1:8:2]
    for account, place in night.items():
        if account not in silent:
            answer(stage, account, place)
    stage.world.wait(minutes=14)
    stage.world.run()
    assert not stage.world.journal("dispatch.RollCallEnded")
    stage.world.wait(minutes=1)
    stage.world.run()
    (ended,) = stage.world.journal("dispatch.RollCallEnded")
    assert (ended.data["asked"], sorted(ended.data["unreached"])) == (9, silent)
    with stage.world.as_("duty_officer", stage.district) as w:
        found = roll_calls.latest(w, stage.district)
        assert found is not None and found.over(w.now) and len(found.asked) == 9
        assert sorted(one.account for one in found.silent) == silent
        assert {one.phone for one in found.silent} == {"138****8000"}
        assert {one.left(w.now) for one in found.silent} == {timedelta(minutes=45)}
    stage.world.wait(hours=2)
    stage.world.run()
    assert not stage.world.journal("dispatch.PeopleCalled"), "a roll call climbs to nobody"
    assert len(stage.world.journal("dispatch.RollCallEnded")) == 1
    for account in silent:
        answer(stage, account, night[account])
    stage.world.run()
    with stage.world.as_system() as w:
        (order,) = w.session.scalars(select(Directive))
        assert (order.kind, order.state, order.place_id) == ("roll_call", "closed", stage.district.id)
    assert not stage.world.errands("dead")


def test_it_is_called_once_an_evening_in_the_evening_and_by_name(
    stage: Stage, night: dict[int, Place]
) -> None:
    for minutes in (479, 1, 1, 60, 180, 60, 120):  # 16:59, 17:00, 17:01, 18:01, 21:01, 22:01, 00:01
        stage.world.wait(minutes=minutes)
        sweep(stage)
        made = len(stage.world.journal("dispatch.DirectiveIssued"))
        assert made == (minutes != 479)
    with stage.world.as_system() as w:
        order = w.session.scalars(select(Directive)).one()
        assert order.acknowledge_due - order.issued_at == timedelta(minutes=15)
        assert "8" in order.number and "【点名】2022-08-01" in order.title_zh
        accounts_ = w.session.scalars(select(Delivery.account_id).distinct())
        assert set(accounts_) == set(night), "each letter is for a person"


def test_without_a_roster_nobody_is_called(stage: Stage) -> None:
    person(stage, stage.clinics[0], "np01")
    stage.world.clock.at += EVENING
    sweep(stage)
    assert not stage.world.journal("dispatch.DirectiveIssued")
    with (
        pytest.raises(Refused, match="roll-call-no-roster"),
        stage.world.as_("duty_officer", stage.district) as w,
    ):
        roll_call.call_roll(w, stage.district, "form-roll-0001")


def test_an_exercise_calls_its_own_roster(stage: Stage, night: dict[int, Place]) -> None:
    stage.world.clock.at += EVENING
    stage.world.realm = 7
    try:
        with stage.world.as_system() as w:
            assert roll_call.call_every_body(w) == 0
    finally:
        stage.world.realm = 0


def test_the_duty_officer_calls_by_hand_and_calls_again(stage: Stage, night: dict[int, Place]) -> None:
    stage.world.clock.at += timedelta(hours=10)  # 19:00: they stand duty now
    for _ in range(2):
        with stage.world.as_("duty_officer", stage.district) as w:
            order = roll_call.call_roll(w, stage.district, "form-roll-0001")
        stage.world.run()
    for account in sorted(night)[:7]:
        answer(stage, account, night[account])
    stage.world.wait(minutes=20)
    stage.world.run()
    for _ in range(2):
        with stage.world.as_("duty_officer", stage.district) as w:
            assert roll_call.ask_again(w, w.get(Directive, order.id)) == 2
        stage.world.run()
    with stage.world.as_system() as w:
        later = w.session.execute(
            select(Delivery.account_id, Delivery.round, Delivery.channel).where(Delivery.round > 1)
        ).all()
    assert {row.account_id for row in later} == set(sorted(night)[7:])
    assert len(later) == len(set(later)) == 2 * len({row.channel for row in later})
    other = stage.issued().id
    with stage.world.as_system() as w, pytest.raises(Refused, match="roll-call-over"):
        roll_call.ask_again(w, w.get(Directive, other))


def test_tomorrow_s_roll_call_takes_the_place_of_today_s(stage: Stage, night: dict[int, Place]) -> None:
    stage.world.clock.at += EVENING
    sweep(stage)
    with stage.world.as_system() as w:
        for shift_place in {place.id for place in night.values()}:
            who = next(account for account, place in night.items() if place.id == shift_place)
            starts = datetime(2022, 8, 2, 18, tzinfo=stage.world.office.clock.zone)
            ends = starts + timedelta(hours=14)
            accounts.set_shift(w, place_id=shift_place, account_id=who, starts=starts, ends=ends)
    stage.world.wait(hours=24)
    sweep(stage)
    with stage.world.as_system() as w:
        states = list(w.session.scalars(select(Directive.state).order_by(Directive.id)))
    assert states == ["superseded", "issued"]
    assert not stage.world.errands("dead")
