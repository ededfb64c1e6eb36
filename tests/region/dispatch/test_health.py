"""When a channel is called ailing, and when well again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from region.dispatch.actions.channels import Measure, Seen, heed
from region.dispatch.letters import THROTTLED, Letter, Order, Outcome
from region.dispatch.models import ChannelMinute, ChannelState
from region.dispatch.queries.channels import channels
from tests.region.dispatch.orders import clinics, sent, switch_on
from tests.world import World

SLOW = 5.0


def tries(
    made: int, slow: int = 0, failed: int = 0, reason: str = "http:503", by: str = "sms"
) -> list[Outcome]:
    """Outcomes of so many tries: `made` counts the quick ones alone."""
    letter = Letter(delivery=1, uid="u", channel=by, order=Order(1, 1, 1), place_code="1", tries=0)
    return [
        *([Outcome(letter, "made", seconds=0.1)] * made),
        *([Outcome(letter, "made", seconds=SLOW)] * slow),
        *([Outcome(letter, "retry", reason)] * failed),
    ]


def see(world: World, outcomes: list[Outcome], lane: str = "lane") -> frozenset[str]:
    with world.as_system() as w:
        return heed(w, lane, outcomes)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (Seen(19, 19, 0), None),
        (Seen(20, 3, 0), "slow"),
        (Seen(100, 14, 0), None),
        (Seen(100, 15, 0), "slow"),
        (Seen(100, 0, 24), None),
        (Seen(100, 0, 25), "failing"),
        (Seen(100, 50, 50), "failing"),
        (Seen(0, 0, 0), None),
    ],
)
def test_the_shares_of_the_pack(sqlite_world: World, seen: Seen, expected: str | None) -> None:
    assert seen.ails(Measure.of(sqlite_world.office.rules)) == expected


def test_figures_of_all_lanes_in_the_window_decide_together(world: World) -> None:
    assert see(world, tries(8, slow=2), "one") == frozenset()
    world.wait(minutes=1)
    assert see(world, tries(8, slow=1), "two") == frozenset()
    assert see(world, tries(0, slow=1), "one") == {"sms"}
    [told] = world.journal("dispatch.ChannelDemoted")
    assert told.data == {"channel": "sms", "reason": "slow", "tried": 20, "slow": 4, "failed": 0}
    with world.as_system() as w:
        rows = w.session.scalars(select(ChannelMinute).order_by(ChannelMinute.id)).all()
    assert [(row.lane, row.tried, row.slow) for row in rows] == [("one", 10, 2), ("two", 9, 1), ("one", 1, 1)]


def test_what_was_seen_long_ago_does_not_count(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    see(world, tries(10, slow=9))
    world.wait(minutes=5)
    assert see(world, tries(19, slow=1)) == frozenset()


def test_a_sudden_end_shows_in_one_batch_however_well_it_went_before(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    see(world, tries(5000))
    assert see(world, tries(0, failed=20)) == {"sms"}


def test_throttling_bad_addresses_and_sites_own_addresses_do_not_count(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    letter = tries(1)[0].letter
    assert see(world, tries(10, failed=30, reason=THROTTLED)) == frozenset()
    assert see(world, [Outcome(letter, "failed", "bad-number")] * 50) == frozenset()
    assert see(world, [Outcome(letter, "wait", "quiet-hours")] * 50) == frozenset()
    assert see(world, tries(0, failed=50, by="webhook")) == frozenset()


def test_one_good_letter_after_the_rest_restores_it_and_its_past_is_forgotten(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    see(world, tries(0, failed=30))
    assert see(world, tries(1)) == {"sms"}  # a straggler, while it rests
    world.wait(minutes=10)
    assert see(world, tries(1)) == frozenset()
    assert [entry.data for entry in world.journal("dispatch.ChannelRestored")] == [{"channel": "sms"}]
    assert see(world, tries(18, failed=1)) == frozenset()


def test_a_bad_or_slow_probe_lets_it_rest_again_and_a_bad_address_decides_nothing(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    see(world, tries(0, failed=30))
    for bad in (tries(0, failed=1), tries(0, slow=1)):
        world.wait(minutes=10)
        assert see(world, [Outcome(bad[0].letter, "failed", "bad-number")]) == frozenset()
        assert see(world, bad) == {"sms"}
    with world.as_system() as w:
        row = w.get(ChannelState, "sms")
        assert (row.state, row.reason, row.until) == ("demoted", "slow", w.real_now + timedelta(minutes=10))
        assert row.since == w.real_now - timedelta(minutes=20)


def test_the_desk_sees_each_channel_with_its_figures(world: World) -> None:
    switch_on(world, {"sms": {"url": "http://127.0.0.1:9", "key": "k"}})
    city = world.area(level="city")
    sent(world, city, clinics(world, city, 3), urgency="flash")
    see(world, tries(5, failed=25))
    with world.as_("duty_officer", city) as w:
        found = {one.name: one for one in channels(w)}
    sms = found["sms"]
    assert (sms.configured, sms.state, sms.reason, sms.owed) == (True, "demoted", "failing", 3)
    assert (sms.tried, sms.slow, sms.failed) == (30, 0, 25)
    assert sms.again_at == world.clock.at + timedelta(minutes=10)
    assert (found["voice"].configured, found["voice"].state) == (False, "off")
    assert (found["portal"].state, found["portal"].owed) == ("well", 3)
