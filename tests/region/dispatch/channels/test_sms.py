"""Short messages and calls by way of a gateway: taken, put off, refused, and never a number where one may read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from region.dispatch.channels import sms
from region.dispatch.channels.kinds import read_config
from region.dispatch.channels.wording import clip
from region.exercise.gateways.server import Gateways
from region.spine.clock import wall_clock
from region.spine.errors import Invalid
from tests.region.dispatch.channels.letters import NUMBER, SEAL, letter, order, send


def test_a_message_is_taken_once_and_says_what_to_do(gateways: Gateways) -> None:
    one = letter("sms", NUMBER, link="https://r.example/s/abc", reply_code="482913")
    assert send(gateways, one).kind == "made"
    assert send(gateways, one).kind == "made"
    (message,) = gateways.book.said_on("sms")
    assert message.to == "+8613800000001" and message.key == one.uid and message.facts["code"] == "482913"
    assert message.said == (
        "[特急]LJ-0801-001《清点口罩》，请于08-01 周一 17:45前签收。https://r.example/s/abc 回复482913即签收。"
    )
    assert gateways.book.arrivals["sms", one.uid] == 2 and gateways.book.effects["sms", one.uid] == 1


def test_the_same_in_english(gateways: Gateways) -> None:
    send(gateways, letter("sms", NUMBER, lang="en", reply_code="482913"))
    (message,) = gateways.book.said_on("sms")
    assert message.said == (
        "[Urgent] LJ-0801-001 Count masks. Sign for it by Mon 1 Aug 17:45. Reply 482913 to sign."
    )


@pytest.mark.parametrize(("lang", "mark"), [("zh", "【演练】"), ("en", "[EXERCISE]")])
@pytest.mark.parametrize("channel", ["sms", "voice"])
def test_an_exercise_says_so_first(gateways: Gateways, channel: str, lang: str, mark: str) -> None:
    send(gateways, letter(channel, NUMBER, lang=lang), realm=1)
    assert gateways.book.said_on(channel)[0].said.startswith(mark)


def test_several_orders_travel_in_one_message(gateways: Gateways) -> None:
    other = letter("sms", NUMBER, order=order(number="LJ-0801-002"), reply_code="100200")
    send(gateways, letter("sms", NUMBER, reply_code="100100", also=(other,)))
    (message,) = gateways.book.said_on("sms")
    assert message.said.startswith("2份待签收：1.[特急]LJ-0801-001《清点口罩》")
    assert "回复100100；2." in message.said and message.said.endswith("回复100200")


def test_a_withdrawn_order_says_stop(gateways: Gateways) -> None:
    for lang in ("zh", "en"):
        send(gateways, letter("sms", NUMBER, order=order(withdrawn=True), lang=lang))
    zh, en = gateways.book.said_on("sms")
    assert "请立即停止执行并确认" in zh.said and "Stop work on it now and confirm" in en.said


def test_a_call_reads_the_title_and_how_to_sign(gateways: Gateways) -> None:
    send(gateways, letter("voice", "021-60000000", reply_code="482913"))
    send(gateways, letter("voice", NUMBER, reply_code="482913", lang="en"))
    zh, en = gateways.book.said_on("voice")
    assert zh.to == "+862160000000" and "清点口罩" in zh.said and "按4 8 2 9 1 3" in zh.said
    assert "Count masks" in en.said and "Press 4 8 2 9 1 3, then the hash key" in en.said


def test_what_passes_is_tried_again_and_what_does_not_is_not(gateways: Gateways) -> None:
    gateways.book.behave("sms", fail_first=1)
    one = letter("sms", NUMBER)
    assert (send(gateways, one).kind, send(gateways, one).kind) == ("retry", "made")
    gateways.book.behave("sms", "+8613800000002", gone=True)
    refused = send(gateways, letter("sms", "13800000002"))
    assert (refused.kind, refused.reason) == ("failed", "rejected:number")
    assert send(gateways, letter("sms", None)).reason == "no-address"
    assert send(gateways, letter("sms", "12")).reason == "bad-number"


def test_a_gateway_that_keeps_silent_is_tried_again_and_sends_once(gateways: Gateways) -> None:
    gateways.book.behave("sms", hang_first=1)
    one = letter("sms", NUMBER)
    outcome = send(gateways, one, seconds=0.1)
    assert (outcome.kind, outcome.reason) == ("retry", "timeout")
    assert send(gateways, one).kind == "made"
    assert gateways.book.effects["sms", one.uid] == 1


def test_a_wrong_key_or_clock_is_our_own_fault(gateways: Gateways) -> None:
    wrong = send(gateways, letter("sms", NUMBER), {"key": "another"})
    old = send(gateways, letter("sms", NUMBER), at=wall_clock() - timedelta(hours=1))
    assert (wrong.kind, wrong.reason) == ("retry", "unauthorised") == (old.kind, old.reason)
    assert gateways.book.refused == {"sms:forged": 1, "sms:stale": 1}


def test_an_answer_that_is_no_gateway_s_is_not_believed(gateways: Gateways) -> None:
    """A network's own sign-in page answers 200 to everything."""
    page = send(gateways, letter("sms", NUMBER), {"url": f"{gateways.origin}/-/manner"})
    assert page.kind == "retry"
    assert send(gateways, letter("sms", NUMBER), {"url": f"{gateways.origin}/none"}).reason == "http:404"
    assert send(gateways, letter("sms", NUMBER), {"url": "http://127.0.0.1:9/sms"}).reason == "refused"


def test_neither_number_nor_key_shows(gateways: Gateways) -> None:
    one = letter("sms", NUMBER, link="https://r.example/s/token", reply_code="482913")
    config = read_config(sms.KIND, {"url": "https://gateway.example", "key": "very-secret"})
    gateways.book.behave("sms", gone=True)
    shown = repr(one) + repr(config) + repr(send(gateways, one)) + repr(SEAL)
    for secret in (NUMBER, NUMBER[1:], "very-secret", "token", "482913"):
        assert secret not in shown
    assert repr(replace(one, also=(one,))).count(NUMBER) == 0


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [({"url": "https://x"}, "key", "missing"), ({"url": "x", "key": "k"}, "url", "not-url"),
     ({"url": "https://x", "key": "k", "ley": "k"}, "ley", "unknown")],
)  # fmt: skip
def test_a_wrong_setting_is_named(fields: dict[str, str], field: str, reason: str) -> None:
    with pytest.raises(Invalid) as told:
        read_config(sms.KIND, fields)
    assert told.value.facts == {"channel": "sms", "field": field, "reason": reason}


def test_a_clipped_text_stays_whole_letters() -> None:
    assert clip("清点口罩", 12) == "清点口罩"
    assert clip("清点口罩!", 12) == "清点口…" and len(clip("清点口罩!", 11).encode()) <= 11
