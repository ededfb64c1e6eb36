"""What a lane does beyond sending: honouring what receivers ask, leaving failing hosts alone, telling the latest."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from region.dispatch import wave
from region.dispatch.channels.breaker import Breaker
from region.dispatch.channels.kinds import SECRET, Kind, read_config, retry_after
from region.dispatch.events import DirectiveWithdrawn
from region.dispatch.letters import Letter, Order, Outcome, Terms
from region.dispatch.models import Directive
from region.dispatch.recording import record
from region.spine.errors import Invalid
from tests import receivers
from tests.region.dispatch.orders import clinics, deliveries, sent, sent_to, switch_on
from tests.world import World

NOW = datetime(2022, 8, 1, 1, 0, tzinfo=UTC)
HOST = "http://one.example/hook"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("120", timedelta(minutes=2)),
        ("Mon, 01 Aug 2022 01:00:30 GMT", timedelta(seconds=30)),
        ("Mon, 01 Aug 2022 00:00:00 GMT", timedelta()),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("99999999999999", None),
    ],
)
def test_what_retry_after_asks_for(said: str, expected: timedelta | None) -> None:
    assert retry_after(said, NOW) == expected


def test_a_receiver_may_ask_for_a_longer_pause_up_to_that_of_the_pack(sqlite_world: World) -> None:
    terms = Terms.of(sqlite_world.office.rules)
    assert terms.pause(1, None) == timedelta(seconds=2)
    assert terms.pause(1, timedelta(seconds=1)) == timedelta(seconds=2)
    assert terms.pause(1, timedelta(seconds=90)) == timedelta(seconds=90)
    assert terms.pause(1, timedelta(days=2)) == timedelta(minutes=5)


def test_the_pause_that_was_asked_for_is_kept(world: World) -> None:
    directive = sent_to(world, ["http://127.0.0.1:9/x"])
    with world.as_system() as w:
        terms = Terms.of(w.rules)
        [letter] = wave.claim(w, "lane", terms, {}, {"webhook": 9})
        record(w, "lane", terms, [Outcome(letter, "retry", "http:503", timedelta(seconds=77))])
    [row] = deliveries(world, directive, "webhook")
    assert (row.tries, row.due_at) == (1, world.clock.at + timedelta(seconds=77))


def outcome(kind: str, reason: str = "") -> Outcome:
    order = Order(1, 1, 1)
    letter = Letter(delivery=1, uid="u", channel="webhook", order=order, place_code="1", tries=0, url=HOST)
    return Outcome(letter, kind, reason)  # type: ignore[arg-type]


def test_a_host_that_fails_in_a_row_is_left_alone_and_then_tried_again() -> None:
    breaker = Breaker(3, timedelta(seconds=30))
    for reason in ("timeout", "http:503"):
        breaker.learn(outcome("retry", reason), NOW)
    breaker.learn(outcome("made"), NOW)
    for reason in ("refused", "http:500"):
        breaker.learn(outcome("retry", reason), NOW)
    assert breaker.wait(HOST, NOW) is None
    breaker.learn(outcome("retry", "timeout"), NOW)
    assert breaker.wait("http://one.example/other", NOW) == timedelta(seconds=30)
    assert breaker.wait("http://two.example/hook", NOW) is None
    assert breaker.wait(HOST, NOW + timedelta(seconds=30)) is None


def test_refusals_and_throttling_do_not_count_against_a_host() -> None:
    breaker = Breaker(2, timedelta(seconds=30))
    for said in (outcome("failed", "http:410"), outcome("retry", "http:429"), outcome("retry", "timeout")):
        breaker.learn(said, NOW)
    assert breaker.wait(HOST, NOW) is None


def test_letters_to_a_host_that_is_left_alone_wait_and_lose_no_try(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Terms.of
    one_by_one = lambda rules: Terms(**{**vars(real(rules)), "at_once": 1, "wave": 100})  # noqa: E731
    monkeypatch.setattr(Terms, "of", staticmethod(one_by_one))
    monkeypatch.setattr(
        "region.dispatch.channels.post.Breaker.of", lambda rules: Breaker(2, timedelta(seconds=30))
    )
    monkeypatch.setattr("region.dispatch.channels.post._limit", lambda rules, name: 1)
    with receivers.listening() as sites:
        directive = sent_to(world, [sites.url("fail", 1, 503, n) for n in range(5)])
        world.run()
        found = [(row.tries, row.state) for row in deliveries(world, directive, "webhook")]
        assert found == [(1, "owed")] * 2 + [(0, "owed")] * 3
        for _ in range(4):
            world.wait(seconds=31)
            world.run()
    assert {row.state for row in deliveries(world, directive, "webhook")} == {"delivered"}


def test_an_order_that_was_withdrawn_meanwhile_says_so_in_the_next_letter(world: World) -> None:
    directive = sent_to(world, ["http://127.0.0.1:9/x"] * 2)
    known: dict[int, Order] = {}
    with world.as_system() as w:
        [before] = wave.claim(w, "lane", Terms.of(w.rules), known, {"webhook": 1})
        order = w.get(Directive, directive.id)
        order.state, order.version = "withdrawing", order.version + 1
        w.tell(DirectiveWithdrawn(stopping=0, **order.about))
    with world.as_system() as w:
        [after] = wave.claim(w, "lane", Terms.of(w.rules), known, {"webhook": 1})
    assert (before.order.content["withdrawn"], after.order.content["withdrawn"]) == (False, True)


def test_a_letter_carries_its_address_sealed_its_link_and_its_code(world: World) -> None:
    switch_on(world, {"sms": {}}, public_url="https://region.example/")
    city = world.area(level="city")
    sent(world, city, clinics(world, city, 1), urgency="flash")
    with world.as_system() as w:
        [letter] = wave.claim(w, "lane", Terms.of(w.rules), {}, {"sms": 5})
    seal = world.office.installation.seal
    assert letter.closed_address is not None
    assert seal.open(letter.closed_address) == "13900000000"
    assert letter.link.startswith("https://region.example/s/")
    assert letter.reply_code is not None
    shown = repr(letter)
    assert not any(secret in shown for secret in (letter.closed_address, letter.link, letter.reply_code))


@dataclass(frozen=True)
class Fields:
    """A channel's settings."""

    url: str
    key: str = field(repr=False, metadata=SECRET)
    port: int = 25
    safe: bool = True


async def _never(wire: object, config: object, letter: object) -> Outcome:
    raise AssertionError


@pytest.mark.parametrize(
    ("given", "name", "reason"),
    [
        ({"key": "k"}, "url", "missing"),
        ({"url": "u"}, "key", "missing"),
        ({"url": "u", "key": "k", "port": "many"}, "port", "not-int"),
        ({"url": "u", "key": "k", "safe": "perhaps"}, "safe", "not-bool"),
        ({"url": "u", "key": "k", "colour": "red"}, "colour", "unknown"),
    ],
)
def test_settings_that_do_not_hold_are_named_and_never_shown(
    given: dict[str, str], name: str, reason: str
) -> None:
    with pytest.raises(Invalid) as caught:
        read_config(Kind("loop", Fields, _never, personal=False), given)
    assert caught.value.facts == {"channel": "loop", "field": name, "reason": reason}


def test_settings_become_their_own_types_and_hide_secrets() -> None:
    kind = Kind("loop", Fields, _never, personal=False)
    config = read_config(kind, {"url": "u", "key": "geheim", "port": "26", "safe": "no"})
    assert config == Fields("u", "geheim", 26, False)
    assert "geheim" not in repr(config)
