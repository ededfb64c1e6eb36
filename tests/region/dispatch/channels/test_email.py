"""E-mail: both languages, plain and HTML, bounces told from passing trouble, with and without TLS."""

from __future__ import annotations

from pathlib import Path

import pytest

from region.dispatch.channels import email
from region.dispatch.channels.kinds import read_config
from region.exercise.gateways.server import Gateways, running
from region.spine.errors import Invalid
from tests.certificates import certified
from tests.region.dispatch.channels.letters import BODY_EN, BODY_ZH, letter, order, send

BOX = "desk@clinic.example"


def test_a_letter_says_all_in_both_languages_as_text_and_html(gateways: Gateways) -> None:
    one = letter("email", BOX, link="https://r.example/s/abc")
    assert send(gateways, one).kind == "made"
    (got,) = gateways.book.said_on("email")
    assert got.facts["subject"] == "[特急]LJ-0801-001《清点口罩》 / [Urgent] LJ-0801-001 Count masks"
    for words in (
        BODY_ZH,
        BODY_EN,
        "请于08-01 周一 17:45前签收",
        "by Mon 1 Aug 17:45",
        "https://r.example/s/abc",
    ):
        assert words in got.said and words in got.facts["html"]
    assert got.key == f"<{one.uid}@exercise.invalid>" and got.headers["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in got.headers and got.facts["recipients"] == [BOX]


def test_what_an_order_says_is_text_in_html_too(gateways: Gateways) -> None:
    sly = order(title={"zh": "<b>x</b>", "en": "<script>"}, body={"zh": "a & b", "en": "<img>"})
    send(gateways, letter("email", BOX, order=sly))
    html = gateways.book.said_on("email")[0].facts["html"]
    assert "<script>" not in html and "<img>" not in html and "a &amp; b" in html


def test_a_title_cannot_write_headers(gateways: Gateways) -> None:
    sly = order(title={"zh": "x\nBcc: all@x.example", "en": "y\r\nTo: z@x.example"})
    assert send(gateways, letter("email", BOX, order=sly)).kind == "made"
    (got,) = gateways.book.said_on("email")
    assert "Bcc" not in got.headers and got.headers["To"] == BOX


def test_a_digest_lists_its_orders(gateways: Gateways) -> None:
    other = letter("email", BOX, order=order(number="LJ-0801-002"))
    send(gateways, letter("email", BOX, also=(other,)), realm=1)
    (got,) = gateways.book.said_on("email")
    assert got.facts["subject"] == "【演练】2份待签收 / [EXERCISE] 2 orders to sign"
    assert got.said.startswith("【演练】") and "[EXERCISE]" in got.said and "【演练】" in got.facts["html"]
    assert got.said.count("LJ-0801-002") == 2


def test_a_bounce_fails_and_passing_trouble_is_tried_again(gateways: Gateways) -> None:
    gateways.book.behave("email", fail_first=1)
    gateways.book.behave("email", "gone@clinic.example", gone=True)
    one = letter("email", BOX)
    first = send(gateways, one)
    assert (first.kind, first.reason) == ("retry", "smtp:451") and send(gateways, one).kind == "made"
    bounced = send(gateways, letter("email", "gone@clinic.example"))
    assert (bounced.kind, bounced.reason) == ("failed", "smtp:550")
    assert "gone@" not in bounced.reason + repr(bounced)


def test_a_server_that_keeps_silent_or_is_away(gateways: Gateways) -> None:
    gateways.book.behave("email", hang_first=1)
    one = letter("email", BOX)
    silent = send(gateways, one, seconds=0.2)
    assert (silent.kind, silent.reason) == ("retry", "timeout")
    assert (
        send(gateways, one).kind == "made"
        and gateways.book.effects["email", f"<{one.uid}@exercise.invalid>"] == 1
    )
    away = send(gateways, one, {"port": "9"})
    assert away.kind == "retry" and away.reason.startswith("smtp:")


def test_without_tls_on_offer_nothing_is_sent(gateways: Gateways) -> None:
    outcome = send(gateways, letter("email", BOX), {"security": "starttls"})
    assert outcome.kind == "retry" and not gateways.book.said_on("email")


def test_starttls_is_used_and_a_stranger_s_certificate_refused(tmp_path: Path) -> None:
    context, own = certified(tmp_path)
    with running(Gateways(mail_tls=context)) as gateways:
        secure = {"security": "starttls", "ca": str(own)}
        assert send(gateways, letter("email", BOX), secure).kind == "made"
        assert send(gateways, letter("email", BOX), {"security": "starttls"}).kind == "retry"
        assert len(gateways.book.said_on("email")) == 1


@pytest.mark.parametrize(
    ("more", "field", "reason"),
    [({"security": "ssl"}, "security", "not-one-of"), ({"sender": "x"}, "sender", "not-mailbox"),
     ({"port": "0"}, "port", "not-port"), ({"port": "a"}, "port", "not-int")],
)  # fmt: skip
def test_a_wrong_setting_is_named(more: dict[str, str], field: str, reason: str) -> None:
    with pytest.raises(Invalid) as told:
        read_config(email.KIND, {"host": "h", "sender": "a@b.example", **more})
    assert told.value.facts == {"channel": "email", "field": field, "reason": reason}


def test_the_password_does_not_show() -> None:
    given = {"host": "h", "sender": "a@b.example", "user": "u", "password": "very-secret"}
    assert "very-secret" not in repr(read_config(email.KIND, given))
