"""What strangers try on signed links: all refused, clearly, in both languages, and none of it signs."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from sqlalchemy import select
from uuid6 import uuid7

import region.app
from region.accounts.events import AccountClosed
from region.accounts.models import Account
from region.dispatch.actions import ending
from region.dispatch.events import DeliveriesOwed
from region.dispatch.links import link_token
from region.dispatch.models import Delivery, Directive
from region.spine.clock import Realm
from tests.flows.stage import Stage, stage  # noqa: F401 - the fixture
from tests.region.dispatch.link_stage import Links, links, prepare, refused, signed  # noqa: F401 - fixtures
from tests.world import World

NAMED = {"name": "甲"}
INBOUND, RECEIPTS = "/api/v1/channels/sms/inbound", "/api/v1/channels/sms/receipts"


@pytest.fixture
def world(sqlite_world: World) -> World:
    """On SQLite alone: what is refused before a row is touched has no SQL of its own."""
    return sqlite_world


def spoilt(token: str, place: int, value: bytes) -> str:
    raw = bytearray(base64.urlsafe_b64decode(token))
    raw[place : place + len(value)] = value
    return base64.urlsafe_b64encode(bytes(raw)).decode()


def test_a_link_played_again(links: Links) -> None:  # noqa: F811
    links.world.browser().post(f"/s/{links.token()}", data=NAMED)
    refused(links, f"/s/{links.token()}", "link-used", 409, data=NAMED)
    page = links.world.browser().post(f"/s/{links.token()}", data=NAMED)
    assert page.status_code == 409 and "已于 09:00 签收" in page.get_data(as_text=True)
    assert links.refusals() == [(links.delivery().id, "used")]


def test_another_link_of_a_recipient_that_has_signed(links: Links) -> None:  # noqa: F811
    links.stage.sign(links.order, links.stage.clinics[0])
    refused(links, f"/s/{links.token()}", "link-used", 409, data=NAMED)
    assert links.refusals() == [(links.delivery().id, "used")]


def test_a_link_with_one_bit_turned(links: Links) -> None:  # noqa: F811
    token = links.token()
    for place in (0, 3, 4, 12, 20, 23, 24, 41):
        raw = base64.urlsafe_b64decode(token)
        turned = spoilt(token, place, bytes([raw[place] ^ 1]))
        refused(links, f"/s/{turned}", "link-forged", 409, "GET" if place % 2 else "POST", data=NAMED)
    assert links.refusals() == [(0, "forged")]


def test_a_link_made_up(links: Links) -> None:  # noqa: F811
    for token in ("A" * 56, "x", "A" * 4000, "..%2f..%2fetc%2fpasswd", "AAAA%00", "'or'1'='1", "%E2%80%AE"):
        said = links.client.post(f"/s/{token}", data=NAMED, headers={"Accept": "application/json"})
        assert said.status_code in (404, 409) and links.signatures() == []


def test_a_link_cut_short_or_drawn_out(links: Links) -> None:  # noqa: F811
    for token in (links.token()[:-1], links.token()[:-4], links.token() + "A", links.token() + "===="):
        refused(links, f"/s/{token}", "link-forged", 409, data=NAMED)
    assert links.refusals() == [(0, "forged")]


def test_a_link_past_its_end(links: Links) -> None:  # noqa: F811
    token = links.token(hours=1)
    links.world.wait(hours=1)
    refused(links, f"/s/{token}", "link-expired", 409, data=NAMED)
    refused(links, f"/s/{token}", "link-expired", 409, "GET")
    assert links.refusals() == [(links.delivery().id, "expired")]


def test_the_end_of_a_link_put_off_by_hand(links: Links) -> None:  # noqa: F811
    later = int((links.world.clock.at + timedelta(days=900)).timestamp())
    refused(
        links,
        f"/s/{spoilt(links.token(hours=-1), 20, later.to_bytes(4, 'big'))}",
        "link-forged",
        409,
        data=NAMED,
    )
    assert links.refusals() == [(0, "forged")]


def test_another_s_delivery_under_my_own_proof(links: Links) -> None:  # noqa: F811
    mine, theirs = links.token(0), base64.urlsafe_b64decode(links.token(1))
    refused(links, f"/s/{spoilt(mine, 4, theirs[4:20])}", "link-forged", 409, data=NAMED)
    assert links.refusals() == [(0, "forged")]


def test_my_proof_moved_into_another_world(links: Links) -> None:  # noqa: F811
    refused(links, f"/s/{spoilt(links.token(), 0, (4).to_bytes(4, 'big'))}", "link-forged", 409, data=NAMED)
    assert links.refusals() == [(0, "forged")]


def test_a_genuine_link_of_one_world_finds_nothing_in_another(stage: Stage) -> None:  # noqa: F811
    world = stage.world
    with world.as_system() as w:
        w.session.add(Realm(id=4, name_zh="演练", name_en="Exercise", rate=1.0))
    real = prepare(stage)
    refused(real, f"/s/{real.token(realm=4)}", "link-forged", 409, data=NAMED)
    world.realm = 4
    stage.incident = world.incident(stage.district).id
    played = prepare(stage, token="form-0002")
    refused(played, f"/s/{played.token(realm=0)}", "link-forged", 409, data=NAMED)
    assert played.recipient().acknowledged_at is None and played.signers() == []
    world.realm = 0
    assert real.recipient().acknowledged_at is None and real.signers() == []


def test_a_link_of_an_exercise_that_is_over(stage: Stage) -> None:  # noqa: F811
    world = stage.world
    with world.as_system() as w:
        w.session.add(Realm(id=4, name_zh="演练", name_en="Exercise", rate=1.0))
    world.realm = 4
    stage.incident = world.incident(stage.district).id
    played = prepare(stage)
    with world.as_system() as w:
        w.get(Realm, 4).closed_at = w.real_now
    refused(played, f"/s/{played.token()}", "link-expired", 409, data=NAMED)
    assert played.signers() == []


def test_a_genuine_link_for_a_delivery_that_never_was(links: Links) -> None:  # noqa: F811
    ends = links.world.clock.at + timedelta(hours=1)
    token = link_token(links.world.office.installation.seal, 0, str(uuid7()), ends)
    refused(links, f"/s/{token}", "link-forged", 409, data=NAMED)
    assert links.refusals() == [(0, "forged")]


def test_a_link_of_an_order_taken_back_before_it_was_signed(links: Links) -> None:  # noqa: F811
    with links.world.as_("duty_officer", links.stage.district) as w:
        recipient = links.stage.recipient(w, links.order, links.stage.clinics[0])
        recipient.state = "pending"
        ending.withdraw(w, w.get(Directive, links.order.id), "Enough masks.")
    refused(links, f"/s/{links.token()}", "link-ended", 409, data=NAMED)
    page = links.world.browser().get(f"/s/{links.token()}").get_data(as_text=True)
    assert "本指令已失效" in page and "<form" not in page


def test_a_link_of_somebody_who_has_left_or_who_is_not_the_one(links: Links) -> None:  # noqa: F811
    world, clinic = links.world, links.stage.clinics[0]
    world.signed_in("clinic", clinic, "leaver")
    with world.as_system() as w:
        account = w.session.scalars(select(Account).where(Account.login == "leaver")).one()
        account.state = "closed"
        delivery = w.session.scalars(select(Delivery).where(Delivery.uid == links.uids[0])).one()
        delivery.account_id = account.id
        w.tell(AccountClosed(account=account.id, place=clinic.id))
        w.tell(DeliveriesOwed(channel="sms", round=9, count=1, **links.order.about))
    refused(links, f"/s/{links.token()}", "link-not-yours", 409, data=NAMED)
    assert links.recipient().state == "pending" and links.signers() == []


def test_who_is_signed_in_beside_a_link_signs_as_the_link_alone(links: Links) -> None:  # noqa: F811
    boss = links.world.browser_as("duty_officer", links.stage.district)
    assert boss.post(f"/s/{links.token()}", data=NAMED).status_code == 303
    [entry] = links.world.journal("dispatch.DirectiveAcknowledged")
    assert entry.actor == f"link:{links.delivery().id}" and entry.role == "link"


def test_a_link_opens_nothing_else(links: Links) -> None:  # noqa: F811
    browser = links.world.browser()
    browser.get(f"/s/{links.token()}")
    assert browser.get("/inbox").status_code == 302
    path = f"/recipients/{links.recipient().id}/acknowledge"
    assert browser.post(path, json={}).status_code == 401
    assert (
        browser.post(path, json={}, headers={"Authorization": f"Bearer {links.token()}"}).status_code == 401
    )


def test_a_name_that_is_a_script_stays_text(links: Links) -> None:  # noqa: F811
    browser = links.world.browser()
    browser.set_cookie("device", "<script>", path="/s/")
    wrong = browser.post(f"/s/{links.token()}", data={"name": "<script>" * 20}).get_data(as_text=True)
    assert "<script>&" not in wrong and "&lt;script&gt;" in wrong
    assert browser.post(f"/s/{links.token()}", data={"name": "<b>甲</b>"}).status_code == 303
    assert links.signers() == ["<b>甲</b>"] and "<" not in links.signatures()[0]["device"]


def test_fields_sent_twice(links: Links) -> None:  # noqa: F811
    refused(links, f"/s/{links.token()}", "field-twice", 422, data={"name": ["甲", "乙"]})
    refused(links, f"/s/{links.token()}?v=qr&v=link", "field-twice", 422, data=NAMED)
    assert links.signers() == [] and links.signatures() == []


def test_a_wrong_method(links: Links) -> None:  # noqa: F811
    for method in ("PUT", "DELETE", "PATCH"):
        refused(links, f"/s/{links.token()}", "wrong-method", 405, method, data=NAMED)
        refused(links, INBOUND, "wrong-method", 405, method)
    assert links.signatures() == [] and links.robots() == []


def test_a_huge_body(links: Links) -> None:  # noqa: F811
    refused(links, f"/s/{links.token()}", "too-large", 413, data={"name": "x" * 9000})
    refused(links, INBOUND, "too-large", 413, **signed(links.world, b"[" * 20_000))
    assert links.signatures() == [] and links.robots() == []


def test_a_stranger_cannot_fill_the_journal(links: Links, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setitem(region.app.REFUSALS, "links.show", "40 per minute")
    browser = links.world.browser()
    seen = [browser.get(f"/s/{'B' * 56}", headers={"Accept": "application/json"}) for _ in range(41)]
    assert [one.status_code for one in seen] == [409] * 40 + [429] and seen[-1].json["error"] == "too-often"
    assert browser.get(f"/s/{links.token()}").status_code == 429
    assert links.refusals() == [(0, "forged")]
    links.world.wait(minutes=2)
    links.world.browser().get(f"/s/{'B' * 56}")
    assert links.refusals() == [(0, "forged")] * 2
