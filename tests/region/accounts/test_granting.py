"""Roles, tokens, telephones: nobody gives what they do not hold, or looks without a purpose."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from region.accounts import actions
from region.accounts.models import Account, ApiToken
from region.accounts.queries import account, people
from region.spine.actor import Grant
from region.spine.errors import Forbidden, Invalid, Missing, Refused
from region.spine.rulebook import Rulebook
from tests.region.accounts.test_entering import person
from tests.world import World


def test_nobody_grants_beyond_their_own_places(world: World) -> None:
    city = world.area(level="city")
    east, west = world.area(city), world.area(city)
    mine = person(world, world.clinic(east))
    with world.as_("administrator", east) as w:
        for beyond in (city, west):
            with pytest.raises(Missing):
                actions.grant_role(w, mine, "clinic", beyond.id)
        actions.grant_role(w, mine, "clinic_lead", east.id)
    theirs = person(world, world.clinic(west), login="west01")
    with pytest.raises(Missing), world.as_("administrator", east) as w:
        actions.grant_role(w, theirs, "clinic", east.id)
    with pytest.raises(Missing), world.as_("administrator", east) as w:
        account(w, theirs)


def test_nobody_grants_what_they_do_not_hold_unless_they_operate_the_system(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    area = world.area()
    who = person(world, world.clinic(area))
    lead = dict(world.office.rules.roles["clinic_lead"])
    lead["capabilities"] = [*lead["capabilities"], "accounts.grant"]
    rules = Rulebook.shipped()
    monkeypatch.setitem(rules.roles, "clinic_lead", lead)
    world.office = replace(world.office, rules=rules)
    with world.as_("clinic_lead", area) as w:
        actions.grant_role(w, who, "sampler", area.id)
        with pytest.raises(Forbidden, match="grants-more"):
            actions.grant_role(w, who, "commander", area.id)
    with world.as_("administrator", area) as w:
        actions.grant_role(w, who, "commander", area.id)


def test_nobody_grants_to_themselves_nor_a_program_s_role(world: World) -> None:
    area = world.area()
    me = person(world, area, login="admin", role="administrator")
    actor = replace(world.actor("administrator", area), account_id=me)
    with world.office.work(actor) as w:
        with pytest.raises(Forbidden, match="grants-self"):
            actions.grant_role(w, me, "commander", area.id)
        with pytest.raises(Forbidden, match="closes-self"):
            actions.close_account(w, me)
        for role in ("system", "site_system", "wizard"):
            with pytest.raises(Invalid):
                actions.may_grant(w, role, area.id)
    with pytest.raises(Forbidden), world.as_("duty_officer", area) as w:
        actions.grant_role(w, me, "clinic", area.id)


def test_a_grant_ends_after_it_begins_and_is_revoked_once(world: World) -> None:
    area = world.area()
    who = person(world, area)
    with world.as_("administrator", area) as w:
        with pytest.raises(Invalid, match="ends-before"):
            actions.grant_role(w, who, "sampler", area.id, ends=w.real_now)
        made = actions.grant_role(w, who, "sampler", area.id)
    with world.as_("administrator", area) as w:
        actions.revoke_role(w, made.id)
        with pytest.raises(Refused, match="grant-over"):
            actions.revoke_role(w, made.id)
    with world.as_("administrator", area) as w, pytest.raises(Refused, match="account-closed"):
        actions.close_account(w, who)
        actions.grant_role(w, who, "sampler", area.id)


def test_a_token_s_secret_is_not_kept_and_its_scopes_are_the_role_s(world: World) -> None:
    area = world.area()

    def make(scopes: list[str], days: int = 30) -> str:
        with world.as_("administrator", area) as w:
            return actions.make_token(w, name="x", place_id=area.id, role="clinic", scopes=scopes, days=days)[
                1
            ]

    secret = make(["dispatch.read"])
    with world.as_system() as w:
        kept = w.session.scalars(select(ApiToken)).one()
        assert secret not in (kept.token, kept.name) and len(kept.token) == 64
    for scopes, days in (
        ([], 30),
        (["accounts.grant"], 30),
        (["dispatch.read"], 0),
        (["dispatch.read"], 400),
    ):
        with pytest.raises(Invalid):
            make(scopes, days)


def test_a_telephone_is_masked_and_each_showing_is_told(world: World) -> None:
    area = world.area()
    clinic = world.clinic(area)
    with world.as_system() as w:
        who = actions.make_account(
            w, login="np01", name_zh="王", name_en="", place_id=clinic.id, role="clinic", phone="13800138000"
        ).id
    with world.as_("duty_officer", area) as w:
        assert account(w, who).phone == "138****8000"
        assert actions.reveal_phone(w, who, "escalation") == "13800138000"
        with pytest.raises(Invalid, match="purpose-unknown"):
            actions.reveal_phone(w, who, "curiosity")
    told = world.journal("accounts.PhoneShown")
    assert [(entry.data["account"], entry.data["purpose"], entry.actor) for entry in told] == [
        (who, "escalation", "duty_officer")
    ]
    with pytest.raises(Forbidden), world.as_("clinic", clinic) as w:
        actions.reveal_phone(w, who, "escalation")
    with pytest.raises(Missing), world.as_("duty_officer", world.area()) as w:
        actions.reveal_phone(w, who, "escalation")


def test_people_come_by_place_fifty_at_a_time_and_none_of_a_stranger_s(world: World) -> None:
    city = world.area(level="city")
    east, west = world.area(city), world.area(city)
    first, second = world.clinic(east), world.clinic(east)
    with world.as_system() as w:
        for n in range(60):
            place = (second, first)[n % 2]
            actions.make_account(
                w, login=f"e{n:02}", name_zh="王", name_en="", place_id=place.id, role="clinic"
            )
        actions.make_account(w, login="w01", name_zh="王", name_en="", place_id=west.id, role="clinic")
    with world.as_("duty_officer", east) as w:
        one = people(w)
        two = people(w, after=one.after)
        seen = [line.account.login for line in (*one.lines, *two.lines)]
        assert (len(one.lines), len(two.lines), two.after) == (50, 10, None)
        assert len(set(seen)) == 60 and "w01" not in seen
        assert [line.place.id for line in one.lines[:30]] == [first.id] * 30
        assert len(people(w, state="active").lines) == 0
        assert [line.account.login for line in people(w, login="E5").lines] == [
            "e51", "e53", "e55", "e57", "e59", "e50", "e52", "e54", "e56", "e58",
        ]  # fmt: skip
        with pytest.raises(Missing):
            stranger = w.session.scalar(select(Account.id).where(Account.login == "w01"))
            assert stranger is None
            account(w, 61)


def test_no_token_carries_what_demands_a_second_factor_of_a_person(world: World) -> None:
    area = world.area()
    for role, scope in (
        ("approver", "dispatch.approve"),
        ("duty_officer", "dispatch.issue"),
        ("administrator", "accounts.grant"),
        ("administrator", "system.operate"),
        ("auditor", "audit.read"),
    ):
        with pytest.raises(Invalid, match="scopes-for-persons"), world.as_("administrator", area) as w:
            scopes = [scope, world.office.rules.roles[role]["capabilities"][-1]]
            actions.make_token(w, name="x", place_id=area.id, role=role, scopes=scopes, days=30)


def test_nobody_acts_on_an_account_that_holds_a_role_beyond_their_places(world: World) -> None:
    city = world.area(level="city")
    east = world.area(city)
    who = person(world, world.clinic(east))
    with world.as_("administrator", city) as w:
        granted = actions.grant_role(w, who, "commander", city.id)
    for act in (actions.close_account, actions.clear_second_factor):
        with pytest.raises(Forbidden, match="account-elsewhere"), world.as_("administrator", east) as w:
            act(w, who)
    with world.as_("administrator", city) as w:
        actions.clear_second_factor(w, who)
        actions.revoke_role(w, granted.id)
    with world.as_("administrator", east) as w:
        actions.clear_second_factor(w, who)
        actions.close_account(w, who)


def test_people_are_read_where_the_role_that_reads_them_holds(world: World) -> None:
    city = world.area(level="city")
    east, west = world.area(city), world.area(city)
    mine = person(world, world.clinic(east), login="e01")
    theirs = person(world, world.clinic(west), login="w01")
    actor = world.actor("clinic_lead", east)
    actor = replace(actor, grants=(*actor.grants, Grant("sampler", west.path)))
    with world.office.work(actor) as w:
        assert [line.account.id for line in people(w).lines] == [mine]
        assert [line.account.id for line in people(w, place=east).lines] == [mine]
        assert account(w, mine).account.id == mine
        for asked in (lambda: people(w, place=west), lambda: account(w, theirs)):
            with pytest.raises(Forbidden):
                asked()
