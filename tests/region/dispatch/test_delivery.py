"""What is owed after an order is issued, by which channel, and once."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import update

from region.dispatch.delivery import demote, drop_owed, owe_round
from region.dispatch.events import DeliveriesFailed, DirectiveCancelled
from region.dispatch.models import Delivery, Directive, Recipient
from tests.region.dispatch.orders import deliveries, issue, recipients, sent, sent_to
from tests.world import World

HOOK = "http://127.0.0.1:9/ok/1"


def test_a_site_with_a_webhook_gets_it_there_and_every_one_on_its_screen(world: World) -> None:
    directive = sent_to(world, [HOOK, None, HOOK])
    assert [row.channel for row in deliveries(world, directive)] == [
        "portal",
        "webhook",
        "portal",
        "portal",
        "webhook",
    ]
    assert {row.state for row in deliveries(world, directive)} == {"owed"}
    assert len({row.uid for row in deliveries(world, directive)}) == 5
    told = [
        (entry.data["channel"], entry.data["count"]) for entry in world.journal("dispatch.DeliveriesOwed")
    ]
    assert told == [("portal", 3), ("webhook", 2)]


def test_lanes_are_promised_only_for_what_a_program_must_send(world: World) -> None:
    sent_to(world, [None, None])
    assert [one for one in world.errands() if one.runner == "dispatch.deliver"] == []
    sent_to(world, [HOOK])
    assert len([one for one in world.errands() if one.runner == "dispatch.deliver"]) == 1


def test_the_same_round_is_owed_once(world: World) -> None:
    directive = sent_to(world, [HOOK, None])
    with world.as_system() as w:
        assert owe_round(w, w.get(Directive, directive.id), 1) == {}
    assert len(deliveries(world, directive)) == 3
    assert len(world.journal("dispatch.DeliveriesOwed")) == 2


def test_a_reminder_takes_the_other_channel_where_there_is_one(world: World) -> None:
    directive = sent_to(world, [HOOK, None])
    with world.as_system() as w:
        assert owe_round(w, w.get(Directive, directive.id), 2) == {"portal": 2}
        assert owe_round(w, w.get(Directive, directive.id), 3) == {"webhook": 1, "portal": 1}


def test_only_those_named_and_only_those_that_have_not_signed(world: World) -> None:
    directive = sent_to(world, [HOOK, HOOK, HOOK])
    first, second, third = recipients(world, directive)
    with world.as_system() as w:
        w.session.execute(update(Recipient).where(Recipient.id == first.id).values(state="acknowledged"))
        owe_round(w, w.get(Directive, directive.id), 2, [first.id, second.id])
    second_round = [row.recipient_id for row in deliveries(world, directive) if row.round == 2]
    assert second_round == [second.id]
    assert third.id not in second_round


def test_who_cannot_be_reached_by_one_channel_gets_it_by_the_next_in_the_same_round(world: World) -> None:
    directive = sent_to(world, [HOOK, HOOK], round=2)
    with world.as_system() as w:
        owe_round(w, w.get(Directive, directive.id), 3, channel="webhook")
    failed = next(row for row in deliveries(world, directive, "webhook") if row.round == 3)
    with world.as_system() as w:
        w.session.execute(update(Delivery).where(Delivery.id == failed.id).values(state="failed"))
        told = DeliveriesFailed(
            directive=directive.id, channel="webhook", deliveries=(failed.id,), reasons=("http:410",)
        )
        w.tell(told)
        assert demote(w, directive.id, [row.id for row in deliveries_of(w.session, directive)]) == 1
        assert demote(w, directive.id, [failed.id]) == 0
    last = deliveries(world, directive)[-1]
    assert (last.channel, last.round, last.recipient_id) == ("portal", 3, failed.recipient_id)


def deliveries_of(session: object, directive: Directive) -> list[Delivery]:
    return list(session.query(Delivery).where(Delivery.directive_id == directive.id))  # type: ignore[attr-defined]


def test_what_is_owed_of_a_cancelled_order_is_dropped(world: World) -> None:
    directive, other = sent_to(world, [HOOK, None]), sent_to(world, [HOOK])
    with world.as_system() as w:
        drop_owed(w, directive.id)
        w.tell(DirectiveCancelled(directive=directive.id))
    assert {row.state for row in deliveries(world, directive)} == {"dropped"}
    assert {row.state for row in deliveries(world, other)} == {"owed"}


def test_ten_thousand_are_owed_in_few_statements(sqlite_world: World) -> None:
    world = sqlite_world
    city = world.area(level="city")
    clinic = world.clinic(city, webhook_url=HOOK, webhook_key="k")
    statements = Counter[str]()
    from sqlalchemy import event

    directive = sent(world, city, [clinic])
    incident = world.incident(city)
    with world.as_system() as w:
        event.listen(
            world.office.engine,
            "before_cursor_execute",
            lambda *args: statements.update([args[2].split()[0]]),
        )
        second = issue(w, incident, [clinic.id])
        before = statements.total()
        owe_round(w, second, 1)
        small = statements.total() - before
    assert directive.id != second.id
    assert small < 15
