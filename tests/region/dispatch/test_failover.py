"""Channels that bounce, ail and recover: everybody gets the order by the next one, and gets it once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from region.dispatch.actions.answering import acknowledge
from region.dispatch.actions.channels import divert
from region.dispatch.delivery import REMINDER_ROUND, demote, owe_round
from region.dispatch.models import ChannelMinute, ChannelState, Directive, Recipient
from region.exercise.gateways.server import Gateways, running
from region.places.models import Place
from region.spine import worker
from tests.region.dispatch.orders import clinics, deliveries, recipients, sent, switch_on
from tests.world import World


@pytest.fixture
def gateways(world: World) -> Iterator[Gateways]:
    """Providers of short messages, calls and mail, and a region that uses them."""
    with running(Gateways(now=world.clock)) as made:
        fields = made.fields()
        switch_on(world, {name: fields[name] for name in ("sms", "voice", "email")})
        yield made


def flash(world: World, count: int) -> Directive:
    """An order to so many sites, each with a telephone and a mailbox; nothing is sent yet."""
    city = world.area(level="city")
    return sent(world, city, clinics(world, city, count), urgency="flash")


def told(world: World, event: str) -> list[int]:
    return [id for entry in world.journal(f"dispatch.{event}") for id in entry.data["deliveries"]]


def states(world: World, directive: Directive, channel: str) -> Counter[str]:
    return Counter(row.state for row in deliveries(world, directive, channel))


def state(world: World, channel: str) -> tuple[str, str | None]:
    with world.as_system() as w:
        row = w.get(ChannelState, channel)
        return row.state, row.reason


def reached(world: World, directive: Directive) -> Counter[int]:
    """How often the first bringing of an order arrived, by recipient."""
    rows = deliveries(world, directive)
    return Counter(row.recipient_id for row in rows if row.state == "delivered" and row.round == 1)


def keys(gateways: Gateways, channel: str) -> Counter[int]:
    """How many messages took effect how often."""
    return Counter(count for (name, _key), count in gateways.book.effects.items() if name == channel)


def test_an_address_that_bounces_gets_the_order_by_the_next_channel_and_the_next(
    world: World, gateways: Gateways
) -> None:
    gateways.book.behave("sms", "+8613900000000", gone=True)
    gateways.book.behave("voice", "+8613900000000", gone=True)
    directive = flash(world, 2)
    world.run()
    first, second = recipients(world, directive)
    found = [
        (row.recipient_id, row.channel, row.state, row.round)
        for row in deliveries(world, directive)
        if row.channel != "portal"
    ]
    assert sorted(found) == sorted(
        [
            (first.id, "sms", "failed", 1),
            (second.id, "sms", "delivered", 1),
            (first.id, "voice", "failed", 1),
            (first.id, "email", "delivered", 1),
        ]
    )
    with world.as_system() as w:
        assert w.session.get(ChannelState, "sms") is None  # one bad number says nothing of the provider


def test_a_gateway_that_turns_ill_is_demoted_and_all_it_owes_is_diverted_exactly_once(
    world: World, gateways: Gateways, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("region.dispatch.channels.post._limit", lambda rules, channel: 10)
    gateways.book.behave("sms", fail_share=1.0, delay_ms=(300, 310))  # most still wait when it is noticed
    directive = flash(world, 110)
    world.run()
    assert state(world, "sms") == ("demoted", "failing")
    assert len(world.journal("dispatch.ChannelDemoted")) == 1
    diverted, failed = told(world, "DeliveriesDiverted"), told(world, "DeliveriesFailed")
    every = [row.id for row in deliveries(world, directive, "sms")]
    assert sorted(diverted + failed) == every
    assert diverted
    assert states(world, directive, "sms") == {"dropped": len(diverted), "failed": len(failed)}
    with world.as_system() as w:  # the steps run twice: nothing more is owed
        assert demote(w, directive.id, every) == divert(w, "sms") == 0
    voice = deliveries(world, directive, "voice")
    assert len(voice) == len({row.recipient_id for row in voice}) == 110
    assert {row.state for row in voice} == {"delivered"}
    assert keys(gateways, "voice") == {1: 110}
    assert {row.state for row in recipients(world, directive)} == {"delivered"}


def test_a_gateway_that_is_slow_is_demoted_too(
    world: World, gateways: Gateways, monkeypatch: pytest.MonkeyPatch
) -> None:
    from region.dispatch.actions.channels import Measure

    real = Measure.of
    quick = lambda rules: Measure(**{**vars(real(rules)), "slow_after": timedelta(milliseconds=100)})  # noqa: E731
    monkeypatch.setattr(Measure, "of", staticmethod(quick))
    gateways.book.behave("sms", delay_ms=(150, 160))
    directive = flash(world, 120)
    world.run()
    assert state(world, "sms") == ("demoted", "slow")
    assert len(reached(world, directive)) == 120
    arrived = states(world, directive, "sms")["delivered"] + states(world, directive, "voice")["delivered"]
    assert arrived == 120  # nobody was written to twice


def test_a_demoted_channel_is_not_used_and_one_letter_restores_it(world: World, gateways: Gateways) -> None:
    gateways.book.behave("sms", fail_share=1.0)
    flash(world, 30)
    world.run()
    assert state(world, "sms") == ("demoted", "failing")
    gateways.book.behave("sms")
    resting = flash(world, 2)
    assert states(world, resting, "sms") == {}
    world.wait(minutes=11)
    again = flash(world, 30)
    world.run()
    assert state(world, "sms") == ("well", None)
    assert states(world, again, "sms") == {"delivered": 30}
    assert len(world.journal("dispatch.ChannelRestored")) == 1


def test_a_probe_that_fails_demotes_it_again_with_one_letter(world: World, gateways: Gateways) -> None:
    gateways.book.behave("sms", fail_share=1.0)
    flash(world, 30)
    world.run()
    before = sum(count for (name, _), count in gateways.book.arrivals.items() if name == "sms")
    world.wait(minutes=11)
    again = flash(world, 30)
    world.run()
    after = sum(count for (name, _), count in gateways.book.arrivals.items() if name == "sms")
    assert after == before + 1
    assert len(world.journal("dispatch.ChannelDemoted")) == 2
    assert states(world, again, "voice") == {"delivered": 30}
    with world.as_system() as w:
        row = w.get(ChannelState, "sms")
        assert row.until is not None
        assert row.until > w.real_now


def work_at_once(world: World, directive: Directive, count: int) -> None:
    """Two lanes and two workers of the urgent queue, until so many are reached, or half a minute is over."""
    stop = threading.Event()

    def work(queue: str) -> None:
        while not stop.is_set():
            if not worker.run_due(world.office, queue, 1):
                stop.wait(0.02)

    threads = [
        threading.Thread(target=work, args=(name,)) for name in ("fanout", "fanout", "urgent", "urgent")
    ]
    for thread in threads:
        thread.start()
    for _ in range(300):
        stop.wait(0.1)
        world.wait(seconds=0.1)
        if len(reached(world, directive)) == count:
            break
    stop.set()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)


def test_two_lanes_and_the_step_that_diverts_at_once_lose_nothing_and_double_nothing(
    world: World, gateways: Gateways
) -> None:
    gateways.book.behave("sms", fail_share=1.0)
    gateways.book.behave("voice", fail_first=1)
    directive = flash(world, 160)
    work_at_once(world, directive, 160)
    world.run()
    demoted = [entry.data["channel"] for entry in world.journal("dispatch.ChannelDemoted")]
    assert "sms" in demoted and len(demoted) == len(set(demoted))  # of two lanes one says so, once
    for _ in range(12):  # on a busy machine the mail may have seemed slow too, and what it owes waits for it
        if len(reached(world, directive)) == 160:
            break
        world.wait(minutes=11)
        world.run()
    assert reached(world, directive) == Counter({row.id: 1 for row in recipients(world, directive)})
    diverted, failed = told(world, "DeliveriesDiverted"), told(world, "DeliveriesFailed")
    sms = [row.id for row in deliveries(world, directive, "sms")]
    assert sorted(one for one in diverted + failed if one in set(sms)) == sms
    assert set(keys(gateways, "voice")) <= {1}
    with world.as_system() as w:
        lanes = {row.lane for row in w.session.query(ChannelMinute)}
    assert len(lanes) >= 2


def test_another_realm_is_diverted_by_its_own_lanes(world: World, gateways: Gateways) -> None:
    gateways.book.behave("sms", fail_share=1.0)
    world.realm = 7
    drill = flash(world, 3)
    world.realm = 0
    flash(world, 30)
    world.run()
    assert state(world, "sms") == ("demoted", "failing")
    world.realm = 7
    world.wait(seconds=3)  # until they are due again
    world.run()
    assert states(world, drill, "sms")["owed"] == 0
    assert states(world, drill, "voice") == {"delivered": 3}
    said = [one.said for one in gateways.book.said_on("voice")]
    assert len(said) == 33
    assert sum("【演练】" in one for one in said) == 3  # its own three are marked, and of the real ones none


def test_what_a_switched_off_channel_owes_is_diverted(world: World, gateways: Gateways) -> None:
    directive = flash(world, 2)
    switch_on(world, {name: gateways.fields()[name] for name in ("voice", "email")})
    with world.as_system() as w:
        w.owe("dispatch.redeliver", key="every:1")
    world.run()
    assert states(world, directive, "sms") == {"dropped": 2}
    assert states(world, directive, "voice") == {"delivered": 2}


def test_a_channel_whose_settings_do_not_hold_is_demoted_and_nobody_waits(
    world: World, gateways: Gateways
) -> None:
    fields = gateways.fields()
    switch_on(world, {"sms": {"url": fields["sms"]["url"]}, "voice": fields["voice"]})
    directive = flash(world, 30)
    world.run()
    assert state(world, "sms") == ("demoted", "failing")
    assert states(world, directive, "voice") == {"delivered": 30}


def test_diverting_a_channel_that_is_well_does_nothing(world: World, gateways: Gateways) -> None:
    directive = flash(world, 2)
    with world.as_system() as w:
        assert divert(w, "sms") == divert(w, "portal") == divert(w, "webhook") == 0
    assert states(world, directive, "sms") == {"owed": 2}


def test_a_reminder_that_bounces_goes_by_the_next_channel_to_whoever_has_signed(
    world: World, gateways: Gateways
) -> None:
    directive = flash(world, 1)
    world.run()
    [recipient] = recipients(world, directive)
    with world.as_system() as w:
        site = w.get(Place, recipient.place_id)
    with world.as_("clinic", site) as w:
        acknowledge(w, w.get(Recipient, recipient.id))
    for channel in ("sms", "voice"):
        gateways.book.behave(channel, gone=True)
    with world.as_system() as w:
        owe_round(w, w.get(Directive, directive.id), REMINDER_ROUND, states=("acknowledged",))
    world.run()
    reminders = [row for row in deliveries(world, directive) if row.round == REMINDER_ROUND]
    assert [row.channel for row in reminders if row.state == "delivered"] == ["email"]
