"""Signing from anywhere: the token, the page behind a link, a code answered by telephone, receipts, the API."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from region.accounts.identify import signature
from region.dispatch.actions import ending
from region.dispatch.links import expires_at, link_token, open_token, read_token
from region.dispatch.models import Delivery, Directive, Recipient
from region.dispatch.replies import code_in, lang_of
from region.places.models import Place
from region.spine.clock import Realm
from region.spine.errors import Refused
from region.spine.seal import Seal
from tests.flows.stage import Stage, stage  # noqa: F401 - the fixture
from tests.region.dispatch.link_stage import Links, answer, links, prepare, signed  # noqa: F401 - fixtures
from tests.world import World

SEAL = Seal(b"k" * 32)
UID = "0198c5d2-7b1a-7c3e-8a55-0123456789ab"
THEN = datetime(2022, 8, 1, 9, tzinfo=UTC)


# --- the token ----------------------------------------------------------------------------------


def test_a_token_says_its_world_its_delivery_and_its_end() -> None:
    read = read_token(SEAL, link_token(SEAL, 7, UID, THEN), THEN - timedelta(seconds=1))
    assert (read.realm, read.uid, read.expires_at) == (7, UID, THEN)


def test_a_token_is_short_and_has_one_spelling() -> None:
    token = link_token(SEAL, 0, UID, THEN)
    assert len(token) == 56
    assert base64.urlsafe_b64encode(base64.urlsafe_b64decode(token)).decode() == token


def test_a_token_ends_at_its_end() -> None:
    with pytest.raises(Refused) as refused:
        read_token(SEAL, link_token(SEAL, 0, UID, THEN), THEN)
    assert refused.value.code == "link-expired"


def test_every_changed_bit_of_a_token_is_noticed() -> None:
    token = link_token(SEAL, 1, UID, THEN)
    raw = base64.urlsafe_b64decode(token)
    for bit in range(8 * len(raw)):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Refused) as refused:
            open_token(SEAL, base64.urlsafe_b64encode(bytes(changed)).decode())
        assert refused.value.code == "link-forged"


@pytest.mark.parametrize("spoilt", ["", "x", "=" * 56, "é" * 56, "A" * 56, "A" * 5000, "A" * 55 + "\n"])
def test_what_is_no_token_is_refused(spoilt: str) -> None:
    with pytest.raises(Refused):
        open_token(SEAL, spoilt)


def test_another_installation_s_token_is_refused() -> None:
    with pytest.raises(Refused):
        open_token(SEAL, link_token(Seal(b"o" * 32), 0, UID, THEN))


def test_a_link_never_outlasts_the_task_and_its_grace(sqlite_world: World) -> None:
    rules = sqlite_world.office.rules
    order = Directive(urgency="flash", task_due=None)
    assert expires_at(rules, order, THEN) == THEN + timedelta(hours=12)
    order.task_due = THEN + timedelta(hours=1)
    assert expires_at(rules, order, THEN) == THEN + timedelta(hours=3)


# --- the page -----------------------------------------------------------------------------------


def test_looking_never_signs(links: Links) -> None:  # noqa: F811
    browser = links.world.browser()
    before = len(links.world.journal())
    for _ in range(3):
        page = browser.get(f"/s/{links.token()}")
        assert page.status_code == 200 and "清点口罩" in page.get_data(as_text=True)
    assert browser.head(f"/s/{links.token()}").status_code == 200
    assert links.recipient().acknowledged_at is None and len(links.world.journal()) == before


def test_one_post_signs_and_says_who_where_how_and_on_which_device(links: Links) -> None:  # noqa: F811
    browser = links.world.browser()
    browser.get(f"/s/{links.token()}?v=qr")
    device = browser.get_cookie("device", path="/s/").value
    there = browser.post(f"/s/{links.token()}?v=qr", data={"name": " 值班  护士 "})
    assert there.status_code == 303 and there.headers["Location"].endswith(f"{links.token()}?v=qr")
    assert "已签收" in browser.get(there.headers["Location"]).get_data(as_text=True)
    [told] = links.signatures()
    assert told["way"] == "qr" and told["in_time"] and len(told["device"]) == 12
    assert device not in json.dumps(told)
    [entry] = links.world.journal("dispatch.DirectiveAcknowledged")
    assert (entry.actor, entry.role) == (f"link:{links.delivery().id}", "link")
    assert entry.place_id == links.stage.clinics[0].id
    assert links.signers() == ["值班 护士"] and "护士" not in json.dumps(
        [e.data for e in links.world.journal()]
    )
    assert links.delivery().link_used_at is not None
    assert links.recipient().acknowledged_way == "qr"


def test_it_works_with_cookies_blocked_and_without_a_form_token(links: Links) -> None:  # noqa: F811
    client = links.world.browser()
    client._cookies.clear()
    answered = client.post(f"/s/{links.token()}", data={"name": "x"}, headers={"Accept": "application/json"})
    assert answered.status_code == 200 and answered.json["ok"]


def test_a_name_is_asked_for_and_nothing_is_lost(links: Links) -> None:  # noqa: F811
    browser = links.world.browser()
    for name in ("", "   ", "x" * 61, "a\u202eb", None):
        page = browser.post(f"/s/{links.token()}", data={} if name is None else {"name": name})
        assert page.status_code == 422 and 'aria-invalid="true"' in page.get_data(as_text=True)
    assert links.recipient().acknowledged_at is None


def test_a_known_person_gives_no_name_and_signs_as_that_account(links: Links) -> None:  # noqa: F811
    world, clinic = links.world, links.stage.clinics[0]
    world.signed_in("clinic", clinic, "doctor")
    with world.as_system() as w:
        from region.accounts.models import Account

        account = w.session.scalars(select(Account).where(Account.login == "doctor")).one().id
        delivery = w.session.scalars(select(Delivery).where(Delivery.uid == links.uids[0])).one()
        delivery.account_id = account
        w.get(Recipient, delivery.recipient_id).account_id = account
        from region.dispatch.events import DeliveriesOwed

        w.tell(DeliveriesOwed(channel="sms", round=9, count=1, **links.order.about))
    browser = world.browser()
    assert 'name="name"' not in browser.get(f"/s/{links.token()}").get_data(as_text=True)
    assert browser.post(f"/s/{links.token()}").status_code == 303
    assert len(links.signatures()) == 1 and links.signers() == []


def test_a_withdrawn_order_asks_that_work_has_stopped(links: Links) -> None:  # noqa: F811
    browser = links.world.browser()
    browser.post(f"/s/{links.token()}", data={"name": "甲"})
    with links.world.as_("duty_officer", links.stage.district) as w:
        ending.withdraw(w, w.get(Directive, links.order.id), "Enough masks.")
    assert "停止办理" in browser.get(f"/s/{links.token()}").get_data(as_text=True)
    assert browser.post(f"/s/{links.token()}", data={"name": "甲"}).status_code == 303
    [stopped] = links.world.journal("dispatch.WorkStopped")
    assert stopped.data["way"] == "link" and links.recipient().state == "stopped"
    again = browser.post(f"/s/{links.token()}", data={"name": "甲"}, headers={"Accept": "application/json"})
    assert again.json["error"] == "link-used"


def test_the_page_has_no_name_of_a_person_and_says_the_exercise(stage: Stage) -> None:  # noqa: F811
    world = stage.world
    with world.as_system() as w:
        w.session.add(Realm(id=4, name_zh="演练", name_en="Exercise", rate=1.0))
    world.realm = 4
    stage.incident = world.incident(stage.district).id
    links = prepare(stage)  # noqa: F811
    page = world.browser().get(f"/s/{links.token()}?lang=en").get_data(as_text=True)
    assert 'class="exercise"' in page and "exercise-word" in page
    assert (
        links.order.issued_by
        and links.order.issued_by not in page.split("<article")[1].split("</article>")[0]
    )
    assert world.browser().post(f"/s/{links.token()}", data={"name": "x"}).status_code == 303
    assert [entry.realm for entry in world.journal("dispatch.DirectiveAcknowledged")] == [4]


# --- codes by telephone -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("签收 482913", "482913"),
        ("签收482913", "482913"),
        ("OK 482913", "482913"),
        ("ok482913.", "482913"),
        ("1 482913", "482913"),
        ("482913", "482913"),
        (" 482913# ", "482913"),
        ("签收　４８２９１３。", "482913"),
        ("签收：482913", "482913"),
        ("1482913", None),
        ("482913 482914", None),
        ("48291", None),
        ("4829130", None),
        ("收到，谢谢", None),
        ("٤٨٢٩١٣", None),
        ("४८२९१३", None),
        ("48²913", None),
        ("④⑧②⑨①③", None),
        ("482\u200b913", None),
        ("482913; drop table", None),
        ("", None),
    ],
)
def test_answers_are_read_strictly(text: str, code: str | None) -> None:
    assert code_in(text) == code


def test_the_answer_s_language_is_the_reader_s() -> None:
    assert [lang_of(text) for text in ("OK 1", "ｏｋ 1", "签收 1", "123456")] == ["en", "en", "zh", "zh"]


def test_a_code_signs_by_short_message_once_however_often_it_is_handed_on(links: Links) -> None:  # noqa: F811
    client, world = links.world.browser(), links.world
    post = signed(world, answer(0, "OK 482913", at=world.clock.at.isoformat()))
    first, again = (client.post("/api/v1/channels/sms/inbound", **post) for _ in range(2))
    assert first.json["outcome"] == "signed" and first.json["reply"].startswith("Signed at 09:00")
    assert again.json == first.json
    [told] = links.signatures()
    assert told["way"] == "sms" and links.signers() == ["100****0011"]
    other = client.post("/api/v1/channels/sms/inbound", **signed(world, answer(0, "签收 482913", "m-2")))
    assert other.json["outcome"] == "code-used" and "09:00" in other.json["reply"]
    assert len(links.signatures()) == 1 and links.refusals() == [(links.delivery().id, "code-used")]


def test_keys_pressed_on_the_telephone_sign(links: Links) -> None:  # noqa: F811
    post = signed(links.world, answer(1, "482914#"), "voice")
    assert links.world.browser().post("/api/v1/channels/voice/inbound", **post).json["outcome"] == "signed"
    assert [told["way"] for told in links.signatures()] == ["voice"]


def test_a_code_ends_as_a_link_does(links: Links) -> None:  # noqa: F811
    links.world.wait(hours=7)
    post = signed(links.world, answer(0, "482913"))
    said = links.world.browser().post("/api/v1/channels/sms/inbound", **post)
    assert said.json["outcome"] == "code-expired" and links.signatures() == []


def test_a_code_of_an_ended_order_says_so(links: Links) -> None:  # noqa: F811
    with links.world.as_("duty_officer", links.stage.district) as w:
        ending.withdraw(w, w.get(Directive, links.order.id), "Enough masks.")
    post = signed(links.world, answer(0, "482913"))
    said = links.world.browser().post("/api/v1/channels/sms/inbound", **post)
    assert said.json["outcome"] in ("code-ended", "stopped")


# --- receipts and the API -----------------------------------------------------------------------


def test_a_receipt_says_that_it_never_arrived_and_the_next_channel_is_owed(links: Links) -> None:  # noqa: F811
    world, client = links.world, links.world.browser()
    post = signed(world, {"id": links.uids[0], "status": "failed", "code": "No Such Number"})
    for _ in range(2):
        assert client.post("/api/v1/channels/sms/receipts", **post).json["state"] == "delivered"
    [told] = world.journal("dispatch.DeliveriesFailed")
    assert told.data["reasons"] == ["receipt:no-such-number"]
    world.run(rounds=5)
    with world.as_system() as w:
        owed = list(w.session.scalars(select(Delivery.channel).where(Delivery.round == 9)))
    assert len(owed) == 7


def test_a_receipt_of_arrival_counts_once(links: Links) -> None:  # noqa: F811
    world, client = links.world, links.world.browser()
    with world.as_system() as w:
        delivery = w.session.scalars(select(Delivery).where(Delivery.uid == links.uids[0])).one()
        delivery.state = "owed"
        from region.dispatch.events import DeliveriesOwed

        w.tell(DeliveriesOwed(channel="sms", round=9, count=1, **links.order.about))
    post = signed(world, {"id": links.uids[0], "status": "delivered"})
    for _ in range(2):
        assert client.post("/api/v1/channels/sms/receipts", **post).json["state"] == "delivered"
    made = [e for e in world.journal("dispatch.DeliveriesMade") if e.data["channel"] == "sms"]
    assert [e.data["deliveries"] for e in made] == [[delivery.id]]
    strange = signed(world, {"id": UID, "status": "delivered"})
    assert client.post("/api/v1/channels/sms/receipts", **strange).status_code == 404


def test_a_site_s_system_signs_by_api(stage: Stage) -> None:  # noqa: F811
    world, clinic = stage.world, stage.clinics[0]
    with world.as_system() as w:
        w.get(Place, clinic.id).site.webhook_key = world.office.installation.seal.close("site key")  # type: ignore[union-attr]
        from region.places.events import SitesLoaded

        w.tell(SitesLoaded(load=0, digest="-", new=0, changed=1, refused=0, place=clinic.id))
    links = prepare(stage)  # noqa: F811
    path, stamp = f"/api/v1/deliveries/{links.uids[0]}/acknowledge", str(int(world.clock.at.timestamp()))
    proof = signature("site key", stamp, "0", "POST", path, b"{}")
    header = f'Region-Signature site="{clinic.id}",realm="0",timestamp="{stamp}",signature="{proof}"'
    said = world.browser().post(
        path, data=b"{}", headers={"Authorization": header, "Content-Type": "application/json"}
    )
    assert said.status_code == 200 and [told["way"] for told in links.signatures()] == ["api"]
