"""Group robots of WeCom and DingTalk: their own forms, a number in the answer, and robots that were revoked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from region.dispatch.letters import THROTTLED
from region.exercise.gateways.server import Gateways
from region.spine.clock import wall_clock
from tests.region.dispatch.channels.letters import BODY_EN, BODY_ZH, letter, order, send

BOTH = pytest.mark.parametrize("channel", ["wecom", "dingtalk"])


@BOTH
def test_a_group_reads_it_in_both_languages(gateways: Gateways, channel: str) -> None:
    one = letter(channel, gateways.robot(channel, "robot-1"), link="https://r.example/s/abc")
    assert send(gateways, one, realm=1).kind == "made"
    (got,) = gateways.book.said_on(channel)
    assert got.to == "robot-1" and got.facts["msgtype"] == "text" and got.said.startswith("【演练】")
    for words in ("[EXERCISE]", BODY_ZH, BODY_EN, "LJ-0801-001", "https://r.example/s/abc", "17:45前签收"):
        assert words in got.said


@BOTH
def test_too_many_is_put_off_and_a_revoked_robot_fails(gateways: Gateways, channel: str) -> None:
    gateways.book.behave(channel, fail_first=1)
    gateways.book.behave(channel, "robot-2", gone=True)
    one = letter(channel, gateways.robot(channel, "robot-1"))
    first = send(gateways, one)
    assert (first.kind, first.reason, first.after) == ("retry", THROTTLED, timedelta(seconds=60))
    assert send(gateways, one).kind == "made"
    revoked = send(gateways, letter(channel, gateways.robot(channel, "robot-2")))
    assert (revoked.kind, revoked.reason) == (
        "failed",
        {"wecom": "errcode:93000", "dingtalk": "errcode:300001"}[channel],
    )
    assert "robot-2" not in repr(revoked)


@BOTH
def test_silence_is_tried_again(gateways: Gateways, channel: str) -> None:
    gateways.book.behave(channel, hang_first=1)
    one = letter(channel, gateways.robot(channel, "robot-1"))
    silent = send(gateways, one, seconds=0.1)
    assert (silent.kind, silent.reason) == ("retry", "timeout")
    assert send(gateways, one).kind == "made"
    # These providers know no key again: the group sees it twice, and we know how often.
    assert gateways.book.effects[channel, one.uid] == 2


@BOTH
def test_no_other_host_is_ever_asked(gateways: Gateways, channel: str) -> None:
    for url in ("http://127.0.0.1:9/x", "https://evil.example/cgi-bin/webhook/send?key=abcd"):
        outcome = send(gateways, letter(channel, url))
        assert (outcome.kind, outcome.reason) == ("failed", "bad-address")
    own = gateways.robot(channel, "robot-1")
    assert send(gateways, letter(channel, own), {"allowed": "https://other.example"}).reason == "bad-address"
    assert send(gateways, letter(channel, None)).reason == "no-address"
    assert not gateways.book.arrivals


@BOTH
def test_a_long_order_is_cut_to_what_the_provider_takes(gateways: Gateways, channel: str) -> None:
    long = order(title={"zh": "长" * 200, "en": "long " * 60}, body={"zh": "文" * 4000, "en": "word " * 900})
    also = tuple(letter(channel, gateways.robot(channel, "robot-1"), order=long) for _ in range(9))
    assert (
        send(gateways, letter(channel, gateways.robot(channel, "robot-1"), order=long, also=also)).kind
        == "made"
    )
    assert gateways.book.said_on(channel)[0].said.endswith("…") and not gateways.book.refused


def test_dingtalk_is_signed_where_the_robot_wants_it(gateways: Gateways) -> None:
    gateways.dingtalk.secrets["robot-1"] = "SEC0123456789abcdef"
    url = gateways.robot("dingtalk", "robot-1")
    assert send(gateways, letter("dingtalk", f"{url} SEC0123456789abcdef")).kind == "made"
    unsigned = send(gateways, letter("dingtalk", url))
    wrong = send(gateways, letter("dingtalk", f"{url} SECanother00000000"))
    old = send(
        gateways, letter("dingtalk", f"{url} SEC0123456789abcdef"), at=wall_clock() - timedelta(hours=2)
    )
    assert {one.reason for one in (unsigned, wrong, old)} == {"errcode:310000"}
    assert gateways.book.refused == {"dingtalk:sign": 3} and unsigned.kind == "failed"
