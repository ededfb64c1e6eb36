"""The duty roster: who is awake, who stands in, and whom it climbs to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from region.accounts import actions
from region.accounts.queries import chain, on_duty, shifts_of
from region.places.models import Place
from region.spine.errors import Forbidden, Invalid, Missing, Refused
from tests.world import World


def one(world: World, place: Place, login: str, role: str = "clinic", home: Place | None = None) -> int:
    with world.as_system() as w:
        return actions.ensure_account(
            w, login=login, name_zh=login, name_en="", place_id=place.id, role=role, phone="13800138000"
        ).id


def shift(
    world: World, place: Place, who: int, deputy: int | None = None, *, start: int = 0, hours: int = 12
) -> int:
    with world.as_("clinic_lead", place) as w:
        starts = w.now + timedelta(hours=start)
        ends = starts + timedelta(hours=hours)
        return actions.set_shift(
            w, place_id=place.id, account_id=who, deputy_id=deputy, starts=starts, ends=ends
        ).id


def test_a_shift_says_who_is_awake_from_when_to_when(world: World) -> None:
    clinic = world.clinic(world.area())
    first, second = one(world, clinic, "np01"), one(world, clinic, "np02")
    shift(world, clinic, first, second)
    shift(world, clinic, second, first, start=12)
    found = []
    for hours in (0, 11.99, 12):
        with world.as_system() as w:
            found += on_duty(w, clinic.id, world.clock.at + timedelta(hours=hours))
    assert [(duty.account_id, duty.deputy_id) for duty in found] == [
        (first, second), (first, second), (second, first),
    ]  # fmt: skip
    with world.as_("clinic", clinic) as w:
        week = shifts_of(w, clinic.id, w.now, w.now + timedelta(days=7))
        assert [duty.account_id for duty in week] == [first, second]


def test_with_no_shift_the_first_person_enrolled_answers_with_their_deputy(world: World) -> None:
    clinic = world.clinic(world.area())
    assert_nobody = []
    with world.as_system() as w:
        assert on_duty(w, clinic.id) == assert_nobody
    second, first = one(world, clinic, "np02"), one(world, clinic, "np01")
    with world.as_system() as w:
        from region.accounts.events import AccountMade
        from region.accounts.models import Account

        w.get(Account, second).deputy_of_id = first
        w.tell(AccountMade(account=second))
    with world.as_system() as w:
        (duty,) = on_duty(w, clinic.id)
        assert (duty.account_id, duty.deputy_id, duty.shift_id, duty.joined) == (first, second, None, False)


def test_the_chain_climbs_the_tree_and_telephones_are_whole_only_for_who_escalates(world: World) -> None:
    city = world.area(level="city")
    district = world.area(city)
    street = world.area(district, level="subdistrict")
    office = world.site(street, "subdistrict_office")
    clinic = world.clinic(street)
    nurse = one(world, clinic, "np01")
    officer = one(world, office, "street01", "subdistrict_officer")
    duty = one(world, district, "district01", "duty_officer")
    with world.as_system() as w:
        climbed = chain(w, clinic.id)
    assert [(step.place_id, step.account_id) for step in climbed] == [
        (clinic.id, nurse), (street.id, officer), (district.id, duty),
    ]  # fmt: skip
    assert {step.phone for step in climbed} == {"13800138000"}
    with world.as_("clinic", clinic) as w:
        assert {step.phone for step in chain(w, clinic.id)} == {"138****8000"}
    with world.as_("duty_officer", street) as w:
        assert [step.phone for step in chain(w, clinic.id)] == ["13800138000", "13800138000", "138****8000"]
    with pytest.raises(Missing), world.as_("clinic", world.clinic(city)) as w:
        chain(w, clinic.id)


def test_a_shift_is_swapped_and_told(world: World) -> None:
    clinic = world.clinic(world.area())
    first, second, third = (one(world, clinic, f"np0{n}") for n in (1, 2, 3))
    made = shift(world, clinic, first, second)
    for new in (third, second):
        with world.as_("clinic_lead", clinic) as w:
            actions.swap_shift(w, made, new)
    with world.as_system() as w:
        (duty,) = on_duty(w, clinic.id)
        assert (duty.account_id, duty.deputy_id) == (second, third)
    told = world.journal("accounts.DutySwapped")
    assert [(entry.data["old"], entry.data["new"]) for entry in told] == [(first, third), (third, second)]
    world.wait(hours=12)
    with pytest.raises(Refused, match="shift-over"), world.as_("clinic_lead", clinic) as w:
        actions.swap_shift(w, made, first)


def test_shifts_that_cannot_be(world: World) -> None:
    area = world.area()
    clinic = world.clinic(area)
    first, stranger = one(world, clinic, "np01"), one(world, world.clinic(area), "np02")
    made = shift(world, clinic, first)
    assert shift(world, clinic, first) == made, "the same again changes nothing"
    assert len(world.journal("accounts.DutySet")) == 1
    with pytest.raises(Refused, match="shift-overlaps"):
        shift(world, clinic, first, start=6)
    with pytest.raises(Invalid, match="shift-times"):
        shift(world, clinic, first, start=24, hours=0)
    with pytest.raises(Invalid, match="shift-times"):
        shift(world, clinic, first, start=24, hours=24 * 7 + 1)
    with pytest.raises(Invalid, match="deputy-is-self"):
        shift(world, clinic, first, first, start=24)
    with pytest.raises(Missing):
        shift(world, clinic, stranger, start=24)
    with pytest.raises(Forbidden), world.as_("clinic", clinic) as w:
        actions.set_shift(
            w, place_id=clinic.id, account_id=first, starts=w.now, ends=w.now + timedelta(hours=1)
        )


def test_an_exercise_s_roster_is_its_own(world: World) -> None:
    clinic = world.clinic(world.area())
    first, second = one(world, clinic, "np01"), one(world, clinic, "np02")
    shift(world, clinic, first)
    drill = replace(world.actor("clinic_lead", clinic), realm=7)
    with world.office.work(drill) as w:
        actions.set_shift(
            w, place_id=clinic.id, account_id=second, starts=w.now, ends=w.now + timedelta(hours=1)
        )
        assert [duty.account_id for duty in on_duty(w, clinic.id)] == [second]
    with world.as_system() as w:
        assert [duty.account_id for duty in on_duty(w, clinic.id)] == [first]
