"""Addresses of sites: set, masked, tried, ended, and a person's own device; each by who may, and none in the open."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from region.accounts.models import Account
from region.dispatch.actions import addresses
from region.dispatch.addressing import mark, subscription
from region.dispatch.delivery import owe_round
from region.dispatch.models import Address, Delivery
from region.dispatch.queries.addresses import addresses_of, counts
from region.exercise.gateways.server import Gateways
from region.places.models import Place
from region.spine.actor import Actor, Grant
from region.spine.errors import Forbidden, Missing, Refused
from tests.region.dispatch.channels.letters import NUMBER
from tests.region.dispatch.orders import issue
from tests.world import World


@pytest.fixture
def clinic(world: World) -> Place:
    return world.clinic(world.area())


def with_gateways(world: World, gateways: Gateways) -> None:
    """The region's channels are the stand-ins, and their clock is this world's."""
    gateways.now = world.clock
    installation = replace(world.office.installation, channels=gateways.fields(), demo=True)
    world.office = replace(world.office, installation=installation)


def rows(world: World) -> list[Address]:
    with world.as_system() as w:
        return list(w.session.scalars(select(Address).order_by(Address.id)))


def administrator(world: World, place: Place) -> Any:
    return world.as_("administrator", place)


def test_an_address_is_sealed_and_found_again_by_its_mark(world: World, clinic: Place) -> None:
    with administrator(world, clinic) as w:
        made = addresses.set_address(w, clinic.id, "sms", NUMBER, "前台")
        assert addresses.set_address(w, clinic.id, "sms", NUMBER, "前台").id == made.id
    (row,) = rows(world)
    seal = world.office.installation.seal
    assert NUMBER not in row.address and seal.open(row.address) == NUMBER
    assert row.digest == mark(seal, "sms", NUMBER) != mark(seal, "voice", NUMBER)
    (entry,) = world.journal("dispatch.AddressSet")
    assert entry.data == {"line": row.id, "channel": "sms"}


def test_what_was_ended_can_begin_anew(world: World, clinic: Place) -> None:
    with administrator(world, clinic) as w:
        made = addresses.set_address(w, clinic.id, "sms", NUMBER)
        addresses.end_address(w, made.id)
        addresses.end_address(w, made.id)
        assert not addresses_of(w, clinic.id) and not counts(w, [clinic.id])
        with pytest.raises(Refused):
            addresses.ask_trial(w, made.id)
    assert len(world.journal("dispatch.AddressEnded")) == 1
    with administrator(world, clinic) as w:
        assert addresses.set_address(w, clinic.id, "sms", NUMBER).id == made.id
        assert counts(w, [clinic.id]) == {clinic.id: {"sms": 1}}


def test_only_an_administrator_of_the_place_may(world: World, clinic: Place) -> None:
    with world.as_("clinic", clinic) as w, pytest.raises(Forbidden):
        addresses.set_address(w, clinic.id, "sms", NUMBER)
    with administrator(world, clinic) as w:
        made = addresses.set_address(w, clinic.id, "sms", NUMBER)
    with world.as_("clinic", clinic) as w, pytest.raises(Forbidden):
        addresses.end_address(w, made.id)
    with administrator(world, world.area()) as w, pytest.raises(Missing):
        addresses.ask_trial(w, made.id)


def test_a_screen_shows_little_of_it_and_what_became_of_the_trial(
    world: World, clinic: Place, gateways: Gateways
) -> None:
    with_gateways(world, gateways)
    with administrator(world, clinic) as w:
        good = addresses.set_address(w, clinic.id, "sms", NUMBER)
        robot = addresses.set_address(w, clinic.id, "wecom", gateways.robot("wecom", "robot-1"))
        gateways.book.behave("wecom", gone=True)
        for one in (good, robot):
            addresses.ask_trial(w, one.id)
    world.run()
    with administrator(world, clinic) as w:
        lines = {line.channel: line for line in addresses_of(w, clinic.id)}
    assert lines["sms"].shown == "138****0001" and lines["sms"].outcome == "made"
    assert lines["wecom"].outcome == "failed" and lines["wecom"].reason == "errcode:93000"
    (message,) = gateways.book.said_on("sms")
    assert message.said == "测试消息，此地址可用，无需处理。"
    assert NUMBER not in str([entry.data for entry in world.journal()])


def test_a_trial_that_is_run_twice_is_made_once(world: World, clinic: Place, gateways: Gateways) -> None:
    with_gateways(world, gateways)
    with administrator(world, clinic) as w:
        addresses.ask_trial(w, addresses.set_address(w, clinic.id, "sms", NUMBER).id)
    world.run()
    line, asked = rows(world)[0].id, world.journal("dispatch.AddressTrialAsked")[0].id
    with world.as_system() as w:
        w.owe("dispatch.try_address", key="again", line=line, asked=asked)
    world.run()
    assert len(world.journal("dispatch.AddressTried")) == len(gateways.book.said_on("sms")) == 1


def test_a_channel_that_is_off_or_ill_set_is_named(world: World, clinic: Place) -> None:
    broken = {"email": {"host": "h"}}
    world.office = replace(world.office, installation=replace(world.office.installation, channels=broken))
    with administrator(world, clinic) as w:
        for channel, address in (("sms", NUMBER), ("email", "a@b.example")):
            addresses.ask_trial(w, addresses.set_address(w, clinic.id, channel, address).id)
    world.run()
    reasons = {one.data["channel"]: one.data["reason"] for one in world.journal("dispatch.AddressTried")}
    assert reasons == {"sms": "switched-off", "email": "channel-config:sender"}


def person(world: World, clinic: Place, login: str) -> Actor:
    """A real account of the clinic, as an actor."""
    world.signed_in("clinic", clinic, login)
    with world.as_system() as w:
        account = w.session.scalars(select(Account).where(Account.login == login)).one()
    return Actor(login, (Grant("clinic", clinic.path),), account_id=account.id, site_id=clinic.id)


def test_a_person_s_device_is_switched_on_and_off_by_the_person(
    world: World, clinic: Place, gateways: Gateways
) -> None:
    mine, other = person(world, clinic, "one"), person(world, clinic, "two")
    kept = subscription(gateways.pushes.subscribe("phone-1"), gateways.origin)
    with world.office.work(mine) as w:
        row = addresses.switch_on(w, kept, "phone")
        assert (row.place_id, row.account_id, row.channel) == (clinic.id, mine.account_id, "push")
    with world.office.work(other) as w:
        addresses.switch_off(w, kept)
    assert rows(world)[0].ended_at is None
    with world.office.work(mine) as w:
        addresses.switch_off(w, kept)
    assert rows(world)[0].ended_at is not None
    with world.as_("clinic", clinic) as w, pytest.raises(Forbidden):
        addresses.switch_on(w, kept)


def test_a_subscription_that_is_gone_is_ended(world: World, clinic: Place, gateways: Gateways) -> None:
    with_gateways(world, gateways)
    kept = subscription(gateways.pushes.subscribe("phone-1"), gateways.origin)
    with world.office.work(person(world, clinic, "one")) as w:
        row = addresses.switch_on(w, kept)
    gateways.book.behave("push", gone=True)
    with administrator(world, clinic) as w:
        addresses.ask_trial(w, row.id)
    world.run()
    assert rows(world)[0].ended_at is not None
    assert [one.data["reason"] for one in world.journal("dispatch.AddressTried")] == ["gone"]


def test_an_order_rings_on_every_device_of_a_site_and_ends_the_one_that_is_gone(
    world: World, clinic: Place, gateways: Gateways
) -> None:
    with_gateways(world, gateways)
    for name in ("phone-1", "phone-2", "phone-3"):
        with world.office.work(person(world, clinic, name)) as w:
            addresses.switch_on(w, subscription(gateways.pushes.subscribe(name), gateways.origin))
    gateways.book.behave("push", "phone-1", gone=True)
    with world.as_system() as w:
        area = w.get(Place, clinic.parent_id)
    incident = world.incident(area)
    with world.as_system() as w:
        owe_round(w, issue(w, incident, [clinic.id]), 1, channel="push")
    world.run()
    assert {one.to for one in gateways.book.said_on("push")} == {"phone-2", "phone-3"}
    assert [row.ended_at is not None for row in rows(world)] == [True, False, False]
    with world.as_system() as w:
        assert w.session.scalars(select(Delivery.state)).all() == ["delivered"]


def test_only_the_system_says_that_an_address_is_gone(world: World, clinic: Place) -> None:
    with administrator(world, clinic) as w:
        closed = addresses.set_address(w, clinic.id, "sms", NUMBER).address
    with world.as_("clinic", clinic) as w, pytest.raises(Forbidden):
        addresses.end_gone(w, [closed])
    with world.as_system() as w:
        addresses.end_gone(w, [closed])
        addresses.end_gone(w, [closed])
    assert len(world.journal("dispatch.AddressEnded")) == 1
