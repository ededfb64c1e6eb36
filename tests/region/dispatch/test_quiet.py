"""What is not urgent rings nobody's phone at night, and routine mail to one address travels as one letter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from region.dispatch.models import Directive
from region.dispatch.quiet import waits
from region.exercise.gateways.server import Gateways, running
from region.places.models import Place
from region.spine.clock import CHINA
from tests.region.dispatch.orders import clinics, deliveries, sent, switch_on
from tests.world import World

EVENING, NIGHT = datetime(2022, 8, 1, 13, 59, tzinfo=UTC), datetime(2022, 8, 1, 15, 0, tzinfo=UTC)
MORNING = datetime(2022, 8, 1, 23, 0, tzinfo=UTC)


@pytest.fixture
def gateways(world: World) -> Iterator[Gateways]:
    """Providers, and a region that uses them."""
    with running(Gateways(now=world.clock)) as made:
        fields = made.fields()
        switch_on(world, {name: fields[name] for name in ("sms", "email")})
        yield made


@pytest.fixture
def city(world: World) -> Place:
    """Where it all happens."""
    return world.area(level="city")


def channel_states(world: World, directive: Directive, channel: str) -> list[tuple[str, int]]:
    return [(row.state, row.tries) for row in deliveries(world, directive, channel)]


@pytest.mark.parametrize(
    ("urgency", "at", "expected"),
    [
        ("routine", EVENING, None),
        ("routine", EVENING + timedelta(minutes=1), timedelta(hours=9)),
        ("priority", NIGHT, timedelta(hours=8)),
        ("priority", MORNING - timedelta(seconds=1), timedelta(seconds=1)),
        ("priority", MORNING, None),
        ("routine", MORNING + timedelta(hours=5), None),
        ("urgent", NIGHT, None),
        ("flash", NIGHT, None),
    ],
)
def test_how_long_an_order_waits(
    sqlite_world: World, urgency: str, at: datetime, expected: timedelta | None
) -> None:
    assert waits(sqlite_world.office.rules, urgency, at, CHINA) == expected


def test_a_message_of_the_night_rings_in_the_morning_and_loses_no_try(
    world: World, gateways: Gateways, city: Place
) -> None:
    world.clock.at = NIGHT
    sites = clinics(world, city, 2)
    calm, urgent = sent(world, city, sites, urgency="priority"), sent(world, city, sites, urgency="flash")
    with world.as_system() as w:
        from region.dispatch.delivery import owe_round

        owe_round(w, w.get(Directive, calm.id), 2, channel="sms")
    world.run()
    assert channel_states(world, calm, "sms") == [("owed", 0), ("owed", 0)]
    assert {row.due_at for row in deliveries(world, calm, "sms")} == {MORNING}
    assert channel_states(world, urgent, "sms") == [("delivered", 1), ("delivered", 1)]
    world.clock.at = MORNING
    world.run()
    assert channel_states(world, calm, "sms") == [("delivered", 1), ("delivered", 1)]


def test_routine_mail_that_is_due_together_for_one_address_is_one_letter(
    world: World, gateways: Gateways, city: Place
) -> None:
    world.wait(minutes=1)
    sites = clinics(world, city, 2)
    orders = [sent(world, city, sites, urgency="routine") for _ in range(3)]
    with world.as_system() as w:
        from region.dispatch.delivery import owe_round

        for order in orders:
            owe_round(w, w.get(Directive, order.id), 2)
    world.run()
    assert gateways.book.said_on("email") == []
    world.wait(minutes=30)
    world.run()
    assert {one for order in orders for one in channel_states(world, order, "email")} == {("delivered", 1)}
    letters = gateways.book.said_on("email")
    assert sorted(letter.to for letter in letters) == ["duty0@clinic.example", "duty1@clinic.example"]
    assert all((order.number or "") in letter.said for order in orders for letter in letters)
    made = [id for entry in world.journal("dispatch.DeliveriesMade") for id in entry.data["deliveries"]]
    assert sorted(made) == sorted(row.id for order in orders for row in deliveries(world, order, "email"))


def test_one_that_ended_before_the_letter_leaves_is_not_in_it(
    world: World, gateways: Gateways, city: Place
) -> None:
    from region.dispatch.delivery import drop_owed, owe_round
    from region.dispatch.events import DirectiveCancelled

    [site] = clinics(world, city, 1)
    kept, ended = (sent(world, city, [site], urgency="routine") for _ in range(2))
    with world.as_system() as w:
        for order in (kept, ended):
            owe_round(w, w.get(Directive, order.id), 2)
    with world.as_system() as w:
        drop_owed(w, ended.id)
        w.tell(DirectiveCancelled(directive=ended.id))
    world.wait(minutes=30)
    world.run()
    [letter] = gateways.book.said_on("email")
    assert (kept.number or "") in letter.said
    assert (ended.number or "") not in letter.said
