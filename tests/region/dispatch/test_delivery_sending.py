"""Letters on their way to real receivers, good and bad ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from region.dispatch import wave
from region.dispatch.channels.signature import verify
from region.dispatch.delivery import drop_owed
from region.dispatch.events import DirectiveCancelled
from region.dispatch.letters import Outcome, Terms
from region.dispatch.models import Directive, Hold
from region.dispatch.packing import letters_of
from region.dispatch.recording import record
from region.places.models import Site
from tests import receivers
from tests.receivers import Receivers
from tests.region.dispatch.orders import KEY, deliveries, recipients, sent_to
from tests.world import World


@pytest.fixture
def sites() -> Iterator[Receivers]:
    """Listening sites."""
    with receivers.listening() as made:
        yield made


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Receivers that hang are given up after a moment, so that the test need not wait for the real limit."""
    real = Terms.of

    def hasty(rules: object) -> Terms:
        terms = real(rules)  # type: ignore[arg-type]
        return Terms(**{**vars(terms), "timeout": timedelta(seconds=0.5)})

    monkeypatch.setattr(Terms, "of", staticmethod(hasty))


def states(world: World, directive: Directive) -> list[tuple[str, int, str | None]]:
    return [(row.state, row.tries, row.last_error) for row in deliveries(world, directive, "webhook")]


def reasons(world: World, event: str) -> list[str]:
    return [reason for entry in world.journal(f"dispatch.{event}") for reason in entry.data["reasons"]]


def run_long(world: World, times: int = 9) -> None:
    """Do what is due, and go on as often as a retry falls due."""
    for _ in range(times):
        world.run()
        world.wait(seconds=61)
    world.run()


def test_a_letter_arrives_signed_and_complete(world: World, sites: Receivers) -> None:
    directive = sent_to(world, [sites.url("ok", 1)])
    world.run()
    assert states(world, directive) == [("delivered", 1, None)]
    [recipient] = recipients(world, directive)
    assert (recipient.state, recipient.delivered_at) == ("delivered", world.clock.at)
    [letter] = sites.letters
    [delivery] = deliveries(world, directive, "webhook")
    said = json.loads(letter.body)
    assert letter.key == said["delivery"] == delivery.uid
    assert said["acknowledge_url"] == f"/api/v1/deliveries/{delivery.uid}/acknowledge"
    assert said["title"] == {"zh": directive.title_zh, "en": directive.title_en}
    assert (said["number"], said["exercise"], said["urgency"]) == (directive.number, False, "urgent")
    assert letter.headers["Region-Realm"] == "0"
    stamp, signature = letter.headers["Region-Timestamp"], letter.headers["Region-Signature"]
    assert verify(KEY, stamp, letter.body, signature, world.clock.at) is None
    [made] = world.journal("dispatch.DeliveriesMade")
    assert made.data["deliveries"] == [delivery.id]
    assert made.incident_id == directive.incident_id


def test_who_fails_is_tried_again_with_the_same_key_and_takes_effect_once(
    world: World, sites: Receivers, patience: None
) -> None:
    manners = [
        ("ok", 1),
        ("fail", 2, 503, 2),
        ("hang", 1, 3),
        ("deaf", 1, 4),
        ("fail", 1, 429, 5),
        ("slow", "1-20", 6),
    ]
    directive = sent_to(world, [sites.url(*manner) for manner in manners])
    run_long(world)
    assert {state for state, _, _ in states(world, directive)} == {"delivered"}
    assert {site: len(keys) for site, keys in sites.effects.items()} == dict.fromkeys("123456", 1)
    assert sites.arrivals == {"1": 1, "2": 3, "3": 2, "4": 2, "5": 2, "6": 1}
    assert sorted(reasons(world, "DeliveriesRetried")) == sorted(
        ["http:503", "http:503", "timeout", "timeout", "http:429"]
    )
    assert {row.state for row in recipients(world, directive)} == {"delivered"}


def test_a_retry_waits_its_pause_and_one_errand_wakes_it(world: World, sites: Receivers) -> None:
    directive = sent_to(world, [sites.url("fail", 1, 500, 1), sites.url("fail", 1, 500, 2)])
    world.run()
    assert [row.due_at for row in deliveries(world, directive, "webhook")] == [
        world.clock.at + timedelta(seconds=2)
    ] * 2
    waiting = [one for one in world.errands("due") if one.runner == "dispatch.deliver"]
    assert [one.due_at for one in waiting] == [world.clock.at + timedelta(seconds=2)]
    world.wait(seconds=1)
    assert world.run() == 0
    world.wait(seconds=1)
    world.run()
    assert {state for state, _, _ in states(world, directive)} == {"delivered"}


def test_who_refuses_is_not_asked_again_and_gets_it_on_the_screen(world: World, sites: Receivers) -> None:
    directive = sent_to(world, [sites.url("refuse", 410, 1), sites.url("forward", 2), "ftp://127.0.0.1/3"])
    run_long(world, 2)
    hooks = deliveries(world, directive, "webhook")
    assert [(row.state, row.last_error) for row in hooks] == [
        ("failed", "http:410"),
        ("failed", "http:302"),
        ("failed", "bad-address"),
    ]
    assert sites.arrivals == {"1": 1, "2": 1}
    assert sorted(reasons(world, "DeliveriesFailed")) == ["bad-address", "http:302", "http:410"]
    assert {row.state for row in recipients(world, directive)} == {"pending"}


def test_a_channel_is_given_up_after_the_tries_of_the_pack(world: World, sites: Receivers) -> None:
    tries = Terms.of(world.office.rules).tries
    directive = sent_to(world, [sites.url("fail", 99, 500, 1), "http://127.0.0.1:9/closed"])
    run_long(world, tries + 1)
    assert [row for row in states(world, directive) if row[0] == "failed"] == [
        ("failed", tries, "http:500"),
        ("failed", tries, "refused"),
    ]
    assert sites.arrivals["1"] == tries
    assert len(reasons(world, "DeliveriesRetried")) == 2 * (tries - 1)


def test_a_site_without_a_key_or_with_a_foreign_one_is_not_sent_unsigned(
    world: World, sites: Receivers
) -> None:
    directive = sent_to(world, [sites.url("ok", 1), sites.url("ok", 2)])
    first, second = recipients(world, directive)
    with world.as_system() as w:
        for recipient, key in ((first, None), (second, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")):
            w.session.execute(update(Site).where(Site.place_id == recipient.place_id).values(webhook_key=key))
        w.touched.clear()
    world.run()
    failed = [row.last_error for row in deliveries(world, directive, "webhook")]
    assert failed == ["no-key", "seal-does-not-open"]
    assert sites.letters == []


def test_nothing_is_sent_of_an_order_that_ended(world: World, sites: Receivers) -> None:
    directive = sent_to(world, [sites.url("ok", 1)])
    with world.as_system() as w:
        drop_owed(w, directive.id)
        w.tell(DirectiveCancelled(directive=directive.id))
    run_long(world, 2)
    assert sites.letters == []
    assert states(world, directive) == [("dropped", 0, None)]


def test_an_exercise_says_so_in_every_letter_and_stays_apart(world: World, sites: Receivers) -> None:
    world.realm = 7
    directive = sent_to(world, [sites.url("ok", 1)])
    world.run()
    [letter] = sites.letters
    assert letter.headers["Region-Realm"] == "7"
    assert json.loads(letter.body)["exercise"] is True
    assert states(world, directive) == [("delivered", 1, None)]


def claim(world: World, token: str, most: int = 100) -> list[int]:
    with world.as_system() as w:
        return [one.delivery for one in wave.claim(w, token, Terms.of(w.rules), {}, {"webhook": most})]


def test_two_lanes_never_hold_the_same_letter(world: World) -> None:
    directive = sent_to(world, ["http://127.0.0.1:9/x"] * 5)
    ids = [row.id for row in deliveries(world, directive, "webhook")]
    assert claim(world, "first", most=2) == ids[:2]
    assert claim(world, "second", most=2) == ids[2:4]
    assert claim(world, "third", most=2) == ids[4:]
    assert claim(world, "fourth") == []


def test_what_a_dead_lane_held_is_taken_back_and_told(world: World) -> None:
    directive = sent_to(world, ["http://127.0.0.1:9/x"] * 2)
    ids = claim(world, "dead")
    world.wait(seconds=19)
    assert claim(world, "alive") == []
    world.wait(seconds=1)
    assert claim(world, "alive") == ids
    [told] = world.journal("dispatch.DeliveriesReclaimed")
    assert (told.data["directive"], told.data["deliveries"]) == (directive.id, ids)


def test_a_renewed_lease_holds_and_what_ended_meanwhile_is_let_go(world: World) -> None:
    directive = sent_to(world, ["http://127.0.0.1:9/x"] * 2)
    ids = claim(world, "mine")
    world.wait(seconds=15)
    with world.as_system() as w:
        w.session.execute(update(Hold).where(Hold.id == ids[0]).values(state="dropped"))
        assert wave.renew(w, "mine", Terms.of(w.rules)) == {ids[1]}
    world.wait(seconds=15)
    assert claim(world, "other") == []
    assert directive.id


def outcome(world: World, token: str, kind: str, reason: str = "") -> None:
    """Record what became of the one letter that there is, as the lane `token`."""
    with world.as_system() as w:
        terms = Terms.of(w.rules)
        [letter] = wave.claim(w, token, terms, {}, {"webhook": 100}) or letters_of(
            w, list(w.session.scalars(_all())), {}
        )
        record(w, token, terms, [Outcome(letter, kind, reason)])  # type: ignore[arg-type]


def _all() -> object:
    from sqlalchemy import select

    return select(Hold.id).where(Hold.channel == "webhook")


def test_an_arrival_counts_whoever_holds_the_lease_and_a_failure_does_not(world: World) -> None:
    directive = sent_to(world, ["http://127.0.0.1:9/x"])
    claim(world, "slow")
    world.wait(seconds=21)
    claim(world, "quick")
    outcome(world, "slow", "retry", "timeout")
    assert states(world, directive) == [("owed", 0, None)]
    outcome(world, "slow", "made")
    assert states(world, directive) == [("delivered", 1, None)]
    outcome(world, "quick", "made")
    assert states(world, directive) == [("delivered", 1, None)]
    assert len(world.journal("dispatch.DeliveriesMade")) == 1


def test_the_safety_net_promises_lanes_when_a_letter_was_forgotten(world: World, sites: Receivers) -> None:
    directive = sent_to(world, [sites.url("ok", 1)])
    with world.as_system() as w:
        from region.spine.errands import ROWS

        w.session.execute(ROWS.delete())  # the promise is lost, as no crash can do it
        w.owe("dispatch.redeliver", key="every:1")
    world.run()
    assert states(world, directive) == [("delivered", 1, None)]
    with world.as_system() as w:
        w.owe("dispatch.redeliver", key="every:2")
    world.wait(minutes=2)
    before = len(world.errands())
    world.run()
    assert len(world.errands()) == before
