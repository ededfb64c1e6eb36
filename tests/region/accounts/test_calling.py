"""Whom to call for many places at once, and duty that changes hands in one second."""

from __future__ import annotations

from datetime import timedelta

import pytest

from region.accounts import actions
from region.accounts.queries import leaders_above, on_duty, on_duty_at, shifts_at, who_may
from region.places.models import Place
from region.spine.errors import Forbidden, Refused
from tests.region.accounts.test_duty import one, shift
from tests.world import World


@pytest.fixture
def town(world: World) -> dict[str, Place]:
    district = world.area(level="district")
    street = world.area(district, level="subdistrict")
    office = world.site(street, "subdistrict_office")
    clinics = {f"clinic{n}": world.clinic(street) for n in range(3)}
    return {"district": district, "street": street, "office": office, **clinics}


def test_many_places_at_once_say_the_same_as_each_by_itself(world: World, town: dict[str, Place]) -> None:
    for number in range(2):
        one(world, town[f"clinic{number}"], f"np0{number}")
    night = one(world, town["clinic0"], "np09")
    shift(world, town["clinic0"], night)
    one(world, town["office"], "street01", "subdistrict_officer")
    places = [place.id for place in town.values()]
    with world.as_system() as w:
        found = on_duty_at(w, places)
        for place in places:
            alone = on_duty(w, place)
            assert [(duty.account_id, duty.deputy_id) for duty in alone[:1]] == (
                [(found[place].holder, found[place].deputy)] if place in found else []
            )
    assert found[town["clinic0"].id].holder == night
    assert town["clinic2"].id not in found


def test_the_leader_may_approve_or_press_and_is_somebody_else(world: World, town: dict[str, Place]) -> None:
    street = one(world, town["office"], "street01", "subdistrict_officer")
    officer = one(world, town["district"], "duty01", "duty_officer")
    leader = one(world, town["district"], "leader01", "approver")
    clinic, office = town["clinic0"].id, town["office"].id
    with world.as_("commander", town["district"]) as w:
        where = {"place_id": town["district"].id, "starts": w.now, "ends": w.now + timedelta(hours=8)}
        actions.set_shift(w, account_id=officer, deputy_id=leader, **where)
    with world.as_system() as w:
        assert leaders_above(w, {clinic: (), office: (street,)}) == {clinic: street, office: leader}
        assert leaders_above(w, {clinic: (street, leader)}) == {clinic: officer}
        assert leaders_above(w, {clinic: (street, leader, officer)}) == {}
        assert [found.account_id for found in shifts_at(w, town["district"].path, w.now)] == [officer]
        assert {found.id for found in who_may(w, town["street"], "dispatch.relieve")} == {officer, leader}


def test_duty_changes_hands_in_one_second(world: World, town: dict[str, Place]) -> None:
    district = town["district"]
    day, night = (one(world, district, login, "duty_officer") for login in ("day", "night"))
    with world.as_("commander", district) as w:
        where = {"place_id": district.id, "account_id": day}
        actions.set_shift(w, starts=w.now, ends=w.now + timedelta(hours=12), **where)
        until = w.now + timedelta(hours=12)
        change = {"place_id": district.id, "leaving_id": day, "taking_id": night, "until": until}
        with pytest.raises(Refused, match="shift-just-begun"):
            actions.take_over(w, **change)
    world.wait(hours=1)
    with pytest.raises(Forbidden), world.as_("clinic", town["clinic0"]) as w:
        actions.take_over(w, **change | {"place_id": town["clinic0"].id})
    with world.as_("commander", district) as w:
        taken = actions.take_over(w, **change)
        assert (taken.account_id, taken.starts, taken.ends) == (night, w.now, until)
        assert [duty.account_id for duty in on_duty(w, district.id)] == [night]
        (first,) = shifts_at(w, district.path, w.now - timedelta(minutes=1))
        assert (first.account_id, first.ends) == (day, w.now)
