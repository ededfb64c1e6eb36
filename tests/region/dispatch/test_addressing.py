"""Addresses as people type them: one form, the providers' own hosts alone, and nothing shown in full."""

from __future__ import annotations

import pytest

from region.dispatch import addressing
from region.dispatch.channels import dingtalk, push, wecom
from region.spine.errors import Invalid

ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0f8fad5b-d9cb"
DING = "https://oapi.dingtalk.com/robot/send?access_token=abcdef0123"
KEYS = {"p256dh": "B" + "a" * 86, "auth": "c" * 22}


@pytest.mark.parametrize(
    ("typed", "kept", "dialled"),
    [
        ("138 0000-0001", "13800000001", "+8613800000001"),
        ("+86 13800000001", "13800000001", "+8613800000001"),
        ("021-60000000", "021-60000000", "+862160000000"),
        ("021-60000000转12", "021-60000000-12", "+862160000000"),
        ("+44 20 7946 0000", "+442079460000", "+442079460000"),
    ],
)
def test_a_number_has_one_form_and_is_dialled_as_e164(typed: str, kept: str, dialled: str) -> None:
    assert addressing.telephone(typed) == kept and addressing.dialled(kept) == dialled


@pytest.mark.parametrize("typed", ["", "12", "60000000", "13800000001/13800000002", "javascript:1"])
def test_what_cannot_be_dialled_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as told:
        addressing.telephone(typed)
    assert typed == "" or typed not in str(told.value)


def test_invented_numbers_pass_only_in_an_exercise() -> None:
    assert addressing.telephone("10000000001", invented=True) == "10000000001"
    with pytest.raises(Invalid):
        addressing.telephone("10000000001")


def test_a_mailbox() -> None:
    assert addressing.mailbox(" Desk.One@Clinic.EXAMPLE ") == "Desk.One@clinic.example"
    for wrong in ("desk", "a@b", "a b@c.example", "a@b.example\nBcc: x@y.example", "<a@b.example>"):
        with pytest.raises(Invalid):
            addressing.mailbox(wrong)


def test_a_robot_s_own_address_passes_with_its_secret() -> None:
    assert addressing.robot("wecom", f" {ROBOT} ", wecom.HOSTS) == ROBOT
    assert addressing.robot("dingtalk", f"{DING}  SEC01234567", dingtalk.HOSTS) == f"{DING} SEC01234567"


@pytest.mark.parametrize(
    "typed",
    [
        ROBOT.replace("https", "http"),
        ROBOT.replace("qyapi.weixin.qq.com", "qyapi.weixin.qq.com.evil.example"),
        ROBOT.replace("qyapi.weixin.qq.com", "qyapi.weixin.qq.com@evil.example"),
        ROBOT.replace("qyapi.weixin.qq.com", "qyapi.weixin.qq.com:8443"),
        ROBOT.replace("qyapi.weixin.qq.com", "127.0.0.1"),
        ROBOT.replace("/cgi-bin/webhook/send", "/cgi-bin/gettoken"),
        ROBOT + "&debug=1",
        ROBOT + "#x",
        ROBOT.replace("https://", "https:\\\\"),
        ROBOT + " SECRETSECRET",
        DING,
        "https://qyapi.weixin.qq.com:x/cgi-bin/webhook/send?key=abcd",
        "",
    ],
)
def test_no_other_address_passes_for_a_robot(typed: str) -> None:
    with pytest.raises(Invalid):
        addressing.robot("wecom", typed, wecom.HOSTS)


def test_a_subscription_of_an_allowed_service_alone() -> None:
    for host in ("fcm.googleapis.com", "wns2-by3p.notify.windows.com", "web.push.apple.com"):
        kept = addressing.subscription({"endpoint": f"https://{host}/x", "keys": KEYS, "more": 1}, push.HOSTS)
        assert host in kept and "more" not in kept
    wrong = [
        {"endpoint": "https://evil.example/x", "keys": KEYS},
        {"endpoint": "https://notify.windows.com.evil.example/x", "keys": KEYS},
        {"endpoint": "https://evilnotify.windows.com/x", "keys": KEYS},
        {"endpoint": "https://fcm.googleapis.com/x", "keys": {**KEYS, "auth": "short"}},
        {"endpoint": "https://fcm.googleapis.com/" + "x" * 700, "keys": KEYS},
        {"endpoint": "http://127.0.0.1/x", "keys": KEYS},
        {"endpoint": 7, "keys": KEYS},
        {"endpoint": "https://fcm.googleapis.com/x"},
        [],
    ]
    for one in wrong:
        with pytest.raises(Invalid):
            addressing.subscription(one, push.HOSTS)


def test_only_a_little_of_an_address_is_shown() -> None:
    shown = {
        "sms": ("13800000001", "138****0001"),
        "email": ("desk@clinic.example", "d***@clinic.example"),
        "wecom": (ROBOT, "https://qyapi.weixin.qq.com/…d9cb"),
        "dingtalk": (f"{DING} SEC01234567", "https://oapi.dingtalk.com/…0123"),
    }
    for channel, (address, mask) in shown.items():
        assert addressing.masked(channel, address) == mask
    kept = addressing.subscription({"endpoint": "https://fcm.googleapis.com/abc", "keys": KEYS}, push.HOSTS)
    assert addressing.masked("push", kept) == "fcm.googleapis.com"
