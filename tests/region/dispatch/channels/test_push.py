"""Web Push: only the browser reads it, the service knows who sends, and an ended subscription is said to be ended."""

from __future__ import annotations

import json

import pytest
from http_ece import ECEException

from region.dispatch.channels import push
from region.dispatch.channels.kinds import read_config
from region.dispatch.letters import THROTTLED
from region.exercise.gateways.pushes import Browser
from region.exercise.gateways.server import Gateways
from region.spine.errors import Invalid
from region.spine.seal import Seal
from tests.region.dispatch.channels.letters import SEAL, letter, send


def phone(gateways: Gateways, name: str = "phone-1") -> str:
    return json.dumps(gateways.pushes.subscribe(name))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_phone_shows_what_was_sent(gateways: Gateways, lang: str) -> None:
    one = letter("push", phone(gateways), lang=lang)
    assert send(gateways, one, realm=1).kind == "made"
    (got,) = gateways.book.said_on("push")
    zh = {"title": "【演练】[特急]LJ-0801-001《清点口罩》", "body": "请于08-01 周一 17:45前签收。"}
    en = {"title": "[EXERCISE] [Urgent] LJ-0801-001 Count masks", "body": "Sign for it by Mon 1 Aug 17:45."}
    shown = {"tag": "LJ-0801-001", "lang": lang, "url": "/inbox", "pressing": True}
    assert got.facts == {**(zh if lang == "zh" else en), **shown}
    assert got.headers["Urgency"] == "high" and got.key == one.uid.replace("-", "") + "/phone-1"


def test_several_orders_are_one_notice(gateways: Gateways) -> None:
    send(gateways, letter("push", phone(gateways), also=(letter("push", None),)))
    (got,) = gateways.book.said_on("push")
    assert got.facts["title"] == "2份待签收" and got.facts["body"].count("LJ-0801-001") == 2


def test_an_ended_subscription_is_gone_and_the_rest_passes(gateways: Gateways) -> None:
    gateways.book.behave("push", fail_first=1)
    one = letter("push", phone(gateways))
    first = send(gateways, one)
    assert (first.kind, first.reason) == ("retry", THROTTLED) and first.after is not None
    assert send(gateways, one).kind == "made"
    gateways.book.behave("push", gone=True)
    ended = send(gateways, one)
    assert (ended.kind, ended.reason) == ("failed", push.GONE)
    gateways.book.behave("push", hang_first=9)
    assert send(gateways, one, seconds=0.1).reason == "timeout"


def test_one_of_several_phones_is_enough_and_the_ended_ones_are_named(gateways: Gateways) -> None:
    gateways.book.behave("push", "phone-1", gone=True)
    closed = [SEAL.close(phone(gateways, name)) for name in ("phone-1", "phone-2", "phone-3")]
    outcome = send(gateways, letter("push", None, closed_address="\n".join(closed)))
    assert outcome.kind == "made" and outcome.ended == (closed[0],)
    assert {one.to for one in gateways.book.said_on("push")} == {"phone-2", "phone-3"}
    gateways.book.behave("push", gone=True)
    outcome = send(gateways, letter("push", None, closed_address="\n".join(closed)))
    assert (outcome.kind, outcome.reason, len(outcome.ended)) == ("failed", push.GONE, 3)


def test_another_installation_s_proof_is_not_ours(gateways: Gateways) -> None:
    assert push.public_key(SEAL) == push.public_key(Seal(b"k" * 32)) != push.public_key(Seal(b"l" * 32))
    send(gateways, letter("push", phone(gateways)))
    (got,) = gateways.book.said_on("push")
    assert got.headers["Authorization"].endswith(f"k={push.public_key(SEAL)}")


def test_no_other_host_is_ever_asked(gateways: Gateways) -> None:
    mine = phone(gateways)
    for address in (mine.replace("127.0.0.1", "127.0.0.2"), mine.replace("http:", "https:"), "{}", "no json"):
        assert send(gateways, letter("push", address)).kind == "failed"
    assert not gateways.book.arrivals


def test_keys_that_are_none_fail_and_nothing_shows(gateways: Gateways) -> None:
    sub = gateways.pushes.subscribe("phone-1")
    for keys in ({}, {"p256dh": "AAAA", "auth": "AAAA"}, {**sub["keys"], "p256dh": "B" + "A" * 86}):
        outcome = send(gateways, letter("push", json.dumps({**sub, "keys": keys})))
        assert (outcome.kind, outcome.reason) == ("failed", "bad-address")
        assert "phone-1" not in repr(outcome)


def test_only_the_right_browser_reads_it() -> None:
    one, other = Browser.fresh(), Browser.fresh()
    sealed = push.encrypt(one.keys(), "口罩".encode())
    assert one.read(sealed) == "口罩"
    with pytest.raises(ECEException):
        other.read(sealed)


def test_a_wrong_setting_is_named() -> None:
    with pytest.raises(Invalid) as told:
        read_config(push.KIND, {"subject": "me"})
    assert told.value.facts == {"channel": "push", "field": "subject", "reason": "not-mailto"}
