"""Duty changes hands with two signatures; what is open has an owner at every moment, before and after."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import timedelta

import pytest

from region.accounts import actions as accounts
from region.accounts.queries import chain, on_duty
from region.dispatch.actions import answering, handing_over, writing
from region.dispatch.events import ChannelDemoted
from region.dispatch.models import ChannelState, Handover
from region.dispatch.queries.open_items import open_items
from region.dispatch.queries.owners import owners
from region.dispatch.schemas import Saying
from region.places.models import Place
from region.spine.actor import Actor, Grant
from region.spine.errors import Forbidden, Invalid, Missing, Refused, Stale
from region.spine.work import Work
from tests.flows.stage import Stage, stage

__all__ = ["stage"]


def officer(stage: Stage, login: str, role: str = "duty_officer", place: Place | None = None) -> int:
    home = place or stage.district
    with stage.world.as_system() as w:
        return accounts.ensure_account(
            w, login=login, name_zh=login, name_en=login, place_id=home.id, role=role, phone="13800138000"
        ).id


@pytest.fixture
def shift(stage: Stage) -> tuple[int, int]:
    """Who stands the day at the district until ten tonight, and who comes for the night."""
    day, night = officer(stage, "day"), officer(stage, "night")
    with stage.world.as_system() as w:
        where = {"place_id": stage.district.id, "account_id": day}
        accounts.set_shift(w, starts=w.now - timedelta(hours=3), ends=w.now + timedelta(hours=5), **where)
    return day, night


@contextmanager
def as_person(stage: Stage, account: int, place: Place | None = None) -> Iterator[Work]:
    grants = (Grant("duty_officer", (place or stage.district).path),)
    with stage.world.office.work(Actor(f"account:{account}", grants, account_id=account)) as w:
        yield w


def awake(stage: Stage) -> list[int]:
    with stage.world.as_system() as w:
        return [duty.account_id for duty in on_duty(w, stage.district.id)]


def something_open(stage: Stage) -> None:
    """A late order with trouble, a draft, and an ailing channel."""
    order = stage.issued()
    stage.issued(token="form-0002", urgency="routine")
    with stage.world.as_("clinic", stage.clinics[0]) as w:
        said = Saying(uid="trouble-0001", text="no reagent")
        answering.raise_trouble(w, stage.recipient(w, order, stage.clinics[0]), said)
    with stage.world.as_("duty_officer", stage.district, "duty") as w:
        writing.compose(w, stage.draft(token="form-0003"), stage.district.id)
    with stage.world.as_system() as w:
        w.session.add(ChannelState(id="sms", state="demoted", since=w.now, reason="slow"))
        w.tell(ChannelDemoted(channel="sms", reason="slow", tried=9, slow=9, failed=0))
    stage.world.wait(minutes=61)
    stage.world.run()


def test_from_the_second_signature_alarms_go_to_who_came(stage: Stage, shift: tuple[int, int]) -> None:
    day, night = shift
    something_open(stage)
    with as_person(stage, day) as w:
        paper = handing_over.offer(w, stage.district, night, "the third clinic does not answer")
    assert awake(stage) == [day]
    kinds = [(item["kind"], item["count"], item["late"]) for item in paper.items]
    assert kinds == [
        ("trouble", 1, 0),
        ("order", 3, 3),
        ("order", 3, 0),
        ("paper", 1, 0),
        ("channel", 1, 0),
    ]
    stage.world.wait(minutes=10)
    with as_person(stage, night) as w:
        handing_over.accept(w, w.get(Handover, paper.id))
        at = w.now
    assert awake(stage) == [night]
    with stage.world.as_system() as w:
        assert [one.account_id for one in on_duty(w, stage.district.id, at - timedelta(seconds=1))] == [day]
        assert chain(w, stage.clinics[0].id)[-1].account_id == night
    (told,) = stage.world.journal("dispatch.HandoverAccepted")
    assert (told.data["leaving"], told.data["taking"], told.data["items"]) == (day, night, 5)
    (moved,) = stage.world.journal("accounts.DutyTakenOver")
    assert (moved.data["old"], moved.data["new"]) == (day, night)
    stage.world.wait(hours=1)
    stage.world.run()
    called = {one for entry in stage.world.journal("dispatch.PeopleCalled") for one in entry.data["accounts"]}
    assert night in called and day not in called
    assert not stage.world.journal("dispatch.HandoverLapsed")
    assert not stage.world.errands("dead")


def test_every_open_item_has_an_owner_before_and_after_and_with_nobody_on_duty(
    stage: Stage, shift: tuple[int, int]
) -> None:
    day, night = shift
    something_open(stage)

    def owning(place: Place) -> set[int | None]:
        with stage.world.as_system() as w:
            items = open_items(w, place)
            assert items
            found = owners(w, items)
            assert set(found) == {item.ref for item in items}
            return {duty.account_id if duty else None for duty in found.values()}

    assert owning(stage.district) == {day}
    with as_person(stage, day) as w:
        paper = handing_over.offer(w, stage.district, night)
    with as_person(stage, night) as w:
        handing_over.accept(w, w.get(Handover, paper.id))
    assert owning(stage.district) == {night}
    stage.world.wait(minutes=60)
    stage.world.run()  # passed up to the sub-district's office, where nobody is enrolled
    assert owning(stage.subdistrict) == {night}
    street = officer(stage, "street", "subdistrict_officer", stage.office)
    assert owning(stage.subdistrict) == {street}


def test_a_shift_on_the_roster_begins_early_and_a_free_one_lasts_as_the_pack_says(
    stage: Stage, shift: tuple[int, int]
) -> None:
    day, night = shift
    with stage.world.as_system() as w:
        planned = accounts.set_shift(
            w,
            place_id=stage.district.id,
            account_id=night,
            starts=w.now + timedelta(hours=5),
            ends=w.now + timedelta(hours=17),
        )
        ends = planned.ends
    hand_over(stage, day, night)
    with stage.world.as_system() as w:
        (duty,) = on_duty(w, stage.district.id)
        assert (duty.shift_id, duty.starts, duty.ends) == (planned.id, w.now, ends)
    stage.world.wait(hours=1)
    hand_over(stage, night, day)
    with stage.world.as_system() as w:
        (duty,) = on_duty(w, stage.district.id)
        assert (duty.account_id, duty.ends) == (day, w.now + timedelta(hours=12))


def hand_over(stage: Stage, leaving: int, taking: int) -> None:
    with as_person(stage, leaving) as w:
        paper = handing_over.offer(w, stage.district, taking)
    with as_person(stage, taking) as w:
        handing_over.accept(w, w.get(Handover, paper.id))


def test_only_who_is_on_duty_offers_and_only_whom_it_is_offered_to_signs(
    stage: Stage, shift: tuple[int, int]
) -> None:
    day, night = shift
    third, clerk = officer(stage, "third"), officer(stage, "clerk", "clinic", stage.clinics[0])
    with as_person(stage, night) as w, pytest.raises(Refused, match="not-on-duty"):
        handing_over.offer(w, stage.district, third)
    with as_person(stage, day) as w:
        with pytest.raises(Invalid, match="handover-to-self"):
            handing_over.offer(w, stage.district, day)
        with pytest.raises(Refused, match="cannot-relieve"):
            handing_over.offer(w, stage.district, clerk)
        paper = handing_over.offer(w, stage.district, night)
        assert handing_over.offer(w, stage.district, night).id == paper.id
        with pytest.raises(Refused, match="handover-open"):
            handing_over.offer(w, stage.district, third)
    for other in (day, third):
        with as_person(stage, other) as w, pytest.raises(Forbidden, match="handover-not-yours"):
            handing_over.accept(w, w.get(Handover, paper.id))
    with pytest.raises(Missing), as_person(stage, night, stage.subdistrict) as w:
        w.get(Handover, paper.id)
    with as_person(stage, night) as w, pytest.raises(Invalid, match="field-missing"):
        handing_over.refuse(w, w.get(Handover, paper.id), " ")
    with as_person(stage, night) as w:
        handing_over.refuse(w, w.get(Handover, paper.id), "two orders are not explained")
    assert awake(stage) == [day]
    with as_person(stage, night) as w, pytest.raises(Refused, match="not-from-here"):
        handing_over.accept(w, w.get(Handover, paper.id))
    assert len(stage.world.journal("dispatch.HandoverRefused")) == 1


def test_an_offer_that_nobody_signs_lapses_and_duty_stays(stage: Stage, shift: tuple[int, int]) -> None:
    day, night = shift
    with as_person(stage, day) as w:
        paper = handing_over.offer(w, stage.district, night)
    stage.world.wait(minutes=30)
    stage.world.run()
    with as_person(stage, night) as w:
        assert w.get(Handover, paper.id).state == "lapsed"
    assert awake(stage) == [day]
    with as_person(stage, day) as w:
        assert handing_over.offer(w, stage.district, night).id != paper.id
    assert len(stage.world.journal("dispatch.HandoverLapsed")) == 1


def test_of_two_offers_at_once_one_stands(stage: Stage, shift: tuple[int, int]) -> None:
    day, night = shift
    third = officer(stage, "third")

    def second() -> str:
        try:
            with as_person(stage, day) as w:
                handing_over.offer(w, w.get(Place, stage.district.id), third)
        except (Refused, Stale) as fault:
            return fault.code
        return "offered"

    with ThreadPoolExecutor(1) as pool:
        with as_person(stage, day) as w:
            handing_over.offer(w, w.get(Place, stage.district.id), night)
            other = pool.submit(second)
            wait(
                [other], timeout=0.5
            )  # on PostgreSQL it would be through by now, if it did not wait for this one
        assert other.result() == "handover-open"
