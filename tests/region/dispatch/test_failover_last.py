"""What no other channel can bring waits for its own to recover: a letter is not dropped with nothing in its place."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from region.dispatch import wave
from region.dispatch.actions import channels
from region.dispatch.events import ChannelDemoted, ChannelRestored
from region.dispatch.models import ChannelState
from region.exercise.gateways.server import Gateways
from tests.region.dispatch.orders import deliveries, switch_on
from tests.region.dispatch.test_failover import (  # noqa: F401 - the fixture
    flash,
    gateways,
    keys,
    reached,
    state,
    states,
    told,
)
from tests.world import World


def rest(world: World, *names: str) -> datetime:
    """These channels seemed slow, and rest for ten minutes."""
    until = world.clock.at + timedelta(minutes=10)
    with world.as_system() as w:
        for name in names:
            w.add(ChannelState(id=name, state="demoted", since=w.real_now, until=until, reason="slow"))
            w.tell(ChannelDemoted(channel=name, reason="slow", tried=20, slow=9, failed=0))
    return until


def test_the_only_channel_fails_and_recovers_and_everybody_gets_the_order_by_it_once(
    world: World,
    gateways: Gateways,  # noqa: F811
) -> None:
    switch_on(world, {"sms": gateways.fields()["sms"]})
    gateways.book.behave("sms", fail_share=1.0)
    directive = flash(world, 30)
    world.run()
    assert state(world, "sms") == ("demoted", "failing")
    world.wait(seconds=5)  # the tried ones are due again, and nothing else can bring them
    world.run()
    assert states(world, directive, "sms") == {"owed": 30}
    assert told(world, "DeliveriesDiverted") == told(world, "DeliveriesFailed") == []
    with world.as_system() as w:
        assert not wave.anything_due(w)  # no lane comes for them before the rest is over
    gateways.book.behave("sms")
    world.wait(minutes=11)
    world.run()
    assert state(world, "sms") == ("well", None)
    assert set(reached(world, directive).values()) == {1} and len(reached(world, directive)) == 30
    assert keys(gateways, "sms")[1] >= 30 and set(keys(gateways, "sms")) == {1}


def test_the_last_channel_rests_while_letters_wait_for_it(
    world: World,
    gateways: Gateways,  # noqa: F811
) -> None:
    for channel in ("sms", "voice"):
        gateways.book.behave(channel, gone=True)
    directive = flash(world, 3)
    rest(world, "email")
    world.run()
    found = Counter(
        (row.channel, row.state) for row in deliveries(world, directive) if row.channel != "portal"
    )
    assert found == {("sms", "failed"): 3, ("voice", "failed"): 3, ("email", "owed"): 3}
    world.wait(minutes=11)
    world.run()
    assert len(reached(world, directive)) == 3
    assert state(world, "email") == ("well", None)


def test_what_is_stranded_is_put_off_piece_by_piece_and_the_rest_diverted(
    world: World,
    gateways: Gateways,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(channels, "PIECE", 10)
    directive = flash(world, 25)
    until = rest(world, "sms", "voice", "email")
    world.run()
    assert {row.due_at for row in deliveries(world, directive, "sms")} == {until}
    assert states(world, directive, "sms") == {"owed": 25}
    world.wait(seconds=1)
    with world.as_system() as w:
        row = w.get(ChannelState, "voice")
        row.state, row.until, row.reason, row.version = "well", None, None, row.version + 1
        w.tell(ChannelRestored(channel="voice"))
        w.owe("dispatch.divert", key="again", channel="sms")
    world.run()
    assert states(world, directive, "sms") == {"dropped": 25}
    assert states(world, directive, "voice") == {"delivered": 25}
