"""Join codes: one a person, kept as a hash, used once, and the site counts as connected."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from region.accounts import actions
from region.accounts.models import Account, JoinCode
from region.accounts.queries import account
from region.places.models import Place, Site
from region.spine.errors import Forbidden, Invalid, Missing, Refused
from tests.region.accounts.test_entering import PASSWORD, VISITOR, sign_in
from tests.world import World


def invited(world: World, area: Place, clinic: Place, login: str = "nanping01") -> int:
    with world.as_("administrator", area) as w:
        return actions.make_account(
            w, login=login, name_zh="王雨桐", name_en="", place_id=clinic.id, role="clinic"
        ).id


def codes(world: World, area: Place, ids: list[int] | None = None) -> list[str]:
    with world.as_("administrator", area) as w:
        return [one.code for one in actions.make_join_codes(w, area.id, ids)]


def join(world: World, code: str, password: str = PASSWORD) -> None:
    with world.office.work(VISITOR) as w:
        actions.join(w, code, password)


def test_a_code_connects_its_person_and_the_site_once(world: World) -> None:
    area = world.area()
    clinic = world.clinic(area)
    who = invited(world, area, clinic)
    with world.as_system() as w:
        assert account(w, who).state == "invited"
    (code,) = codes(world, area)
    with world.as_system() as w:
        kept = w.session.scalars(select(JoinCode)).one()
        assert code != kept.code and len(kept.code) == 64 and len(code) >= 22
    join(world, code)
    with world.as_system() as w:
        joined = w.get(Account, who)
        assert joined.state == "active" and joined.joined_at == world.clock.at
        assert w.get(Site, clinic.id).connected_at == world.clock.at
    assert [entry.actor for entry in world.journal("accounts.AccountJoined")] == [f"account:{who}"]
    assert len(world.journal("places.SiteConnected")) == 1
    assert sign_in(world).step == "in"
    with pytest.raises(Refused, match="join-code-used"):
        join(world, code, "another password")
    assert sign_in(world).step == "in"


def test_a_new_code_ends_the_old_one_and_all_codes_end_in_two_weeks(world: World) -> None:
    area = world.area()
    invited(world, area, world.clinic(area))
    (old,) = codes(world, area)
    (new,) = codes(world, area)
    with pytest.raises(Missing):
        join(world, old)
    world.wait(days=14)
    with pytest.raises(Refused, match="join-code-over"):
        join(world, new)


def test_a_password_is_ten_characters_and_not_the_login(world: World) -> None:
    area = world.area()
    invited(world, area, world.clinic(area), login="nanping.clinic")
    (code,) = codes(world, area)
    for poor in ("short", "Nanping.Clinic", "nanping.clinic1", "x" * 201):
        with pytest.raises(Invalid):
            join(world, code, poor)
    join(world, code, "ten charac")


def test_people_who_are_connected_get_a_code_by_name_only_and_it_ends_their_sessions(world: World) -> None:
    area = world.area()
    who = invited(world, area, world.clinic(area))
    join(world, codes(world, area)[0])
    assert codes(world, area) == []
    sign_in(world)
    (code,) = codes(world, area, [who])
    join(world, code, "a different one")
    assert sign_in(world).step == "refused"
    assert len(world.journal("accounts.SignedOut")) == 1
    assert len(world.journal("places.SiteConnected")) == 1


def test_codes_are_made_for_own_people_only_and_not_for_closed_accounts(world: World) -> None:
    area, other = world.area(), world.area()
    who = invited(world, area, world.clinic(area))
    with pytest.raises(Missing):
        codes(world, other, [who])
    with pytest.raises(Forbidden), world.as_("clinic_lead", area) as w:
        actions.make_join_codes(w, area.id)
    (code,) = codes(world, area)
    with world.as_("administrator", area) as w:
        actions.close_account(w, who)
    with pytest.raises(Refused):
        join(world, code)
    assert codes(world, area) == []


def test_codes_are_not_made_for_whoever_holds_a_role_beyond_the_own_places(world: World) -> None:
    city = world.area(level="city")
    east = world.area(city)
    clinic = world.clinic(east)
    here, beyond = invited(world, city, clinic, "np01"), invited(world, city, clinic, "np02")
    with world.as_("administrator", city) as w:
        actions.grant_role(w, beyond, "commander", city.id)
    with world.as_("administrator", east) as w:
        assert [one.account.id for one in actions.make_join_codes(w, east.id)] == [here]
        for named in ([beyond], [here, beyond]):
            with pytest.raises(Forbidden, match="account-elsewhere"):
                actions.make_join_codes(w, east.id, named)
    assert len(codes(world, city)) == 2
