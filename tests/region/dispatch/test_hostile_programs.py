"""What strangers try on the addresses for programs: providers' answers and receipts, and sites' own systems."""

from __future__ import annotations

import json
from typing import Any

import pytest

from region.accounts.identify import signature
from region.places.events import SitesLoaded
from region.places.models import Place
from tests.flows.stage import Stage, stage  # noqa: F401 - the fixture
from tests.region.dispatch.link_stage import KEYS, Links, answer, links, signed, tried  # noqa: F401 - fixtures
from tests.world import World

NAMED = {"name": "甲"}
INBOUND, RECEIPTS = "/api/v1/channels/sms/inbound", "/api/v1/channels/sms/receipts"


@pytest.fixture
def world(sqlite_world: World) -> World:
    """On SQLite alone: what is refused before a row is touched has no SQL of its own."""
    return sqlite_world


def test_fields_in_another_order_under_the_old_proof(links: Links) -> None:  # noqa: F811
    said = answer(0, "482913")
    post = signed(links.world, said)
    post["data"] = json.dumps(dict(reversed(said.items()))).encode()
    assert tried(links, INBOUND, **post) == (401, "signature-refused")
    assert links.robots() == [("sms", "signature-refused")]


def test_a_changed_body(links: Links) -> None:  # noqa: F811
    post = signed(links.world, answer(0, "482913"))
    other = post["data"].replace(b"482913", b"482914")
    assert tried(links, INBOUND, **{**post, "data": other}) == (401, "signature-refused")
    assert tried(links, INBOUND, **{**post, "data": post["data"] + b" "}) == (401, "signature-refused")
    assert links.robots() == [("sms", "signature-refused")]


def test_a_clock_that_is_off(links: Links) -> None:  # noqa: F811
    for seconds in (-301, 301, -86400, 86400):
        post = signed(links.world, answer(0, "482913"), seconds=seconds)
        assert tried(links, INBOUND, **post) == (401, "signature-stale")
    assert links.robots() == [("sms", "signature-stale")]


def test_a_missing_header_and_a_time_that_is_no_number(links: Links) -> None:  # noqa: F811
    for missing in ("Region-Timestamp", "Region-Signature"):
        post = signed(links.world, answer(0, "482913"))
        del post["headers"][missing]
        assert tried(links, INBOUND, **post) == (401, "signature-form")
    for stamp in ("-1", "1e9", "٣", "9" * 13, "0x10", "1659315600.0"):
        post = signed(links.world, answer(0, "482913"))
        post["headers"]["Region-Timestamp"] = stamp.encode().decode("latin-1")
        assert tried(links, INBOUND, **post) == (401, "signature-form")
    assert links.robots() == [("sms", "signature-form")]


def test_another_channel_s_key(links: Links) -> None:  # noqa: F811
    for key in (KEYS["voice"], "", "sms-key-for-test"):
        assert tried(links, INBOUND, **signed(links.world, answer(0, "482913"), key=key)) == (
            401,
            "signature-refused",
        )


def test_a_channel_that_is_not_there(links: Links) -> None:  # noqa: F811
    for channel in ("email", "nothing", "sms%20", "SMS"):
        path = f"/api/v1/channels/{channel}/inbound"
        assert tried(links, path, **signed(links.world, answer(0, "482913"))) == (404, "no-such-page")


def test_an_answer_is_no_receipt_and_a_receipt_no_answer(links: Links) -> None:  # noqa: F811
    assert tried(links, RECEIPTS, **signed(links.world, answer(0, "482913"))) == (422, "fields-wrong")
    receipt = {"id": links.uids[0], "status": "delivered"}
    assert tried(links, INBOUND, **signed(links.world, receipt)) == (422, "fields-wrong")


FROM = b'{"from": "+8610000000011", "text": '
BODIES = (
    (b'{"from": "+8610000000012", "from": "+8610000000011", "text": "482913", "id": "1"}', "bad-request"),
    (b"\xff\xfe", "bad-request"),
    (b"", "bad-request"),
    (b"[" * 5000, "bad-request"),
    (b'{"from": "1", "text": "482913", "id": "1"}', "fields-wrong"),
    (FROM + b'482913, "id": "1"}', "fields-wrong"),
    (FROM + b'"482913", "id": "1", "admin": true}', "fields-wrong"),
    (FROM + b'"482913", "id": "1", "at": "2022-08-01T09:00"}', "fields-wrong"),
)


def test_a_body_that_is_not_of_the_protocol(links: Links) -> None:  # noqa: F811
    for body, code in BODIES:
        assert tried(links, INBOUND, **signed(links.world, body)) == (422, code)


def asked(links: Links, n: int, text: str, **facts: Any) -> tuple[str, str]:  # noqa: F811
    said = links.client.post(INBOUND, **signed(links.world, answer(n, text, **facts)))
    assert said.status_code == 200 and said.json["reply"]
    return said.json["outcome"], said.json["lang"]


def test_a_code_guessed_from_another_number(links: Links) -> None:  # noqa: F811
    assert asked(links, 1, "482913") == ("code-unknown", "zh")
    assert asked(links, 1, "OK 482913", id="m-2") == ("code-unknown", "en")
    stranger = answer(0, "482913", "m-3") | {"from": "+8613800000000"}
    assert (
        links.world.browser().post(INBOUND, **signed(links.world, stranger)).json["outcome"] == "code-unknown"
    )
    assert links.signatures() == [] and links.refusals() == [(0, "code-unknown")]


def test_a_code_of_the_voice_sent_as_a_text_of_another(links: Links) -> None:  # noqa: F811
    assert asked(links, 0, "482914") == ("code-unknown", "zh")


def test_digits_that_only_look_like_digits(links: Links) -> None:  # noqa: F811
    for text in ("٤٨٢٩١٣", "48²913", "④⑧②⑨①③", "4829\u200b13", "482913\u0000", "482913 482914"):
        assert asked(links, 0, text) == ("code-unreadable", "zh")
    assert links.signatures() == []


def test_a_number_that_only_looks_like_one(links: Links) -> None:  # noqa: F811
    for number in ("+861000000001¹", "+86１0000000011", "+86 10000000011;", "alice", "+" + "9" * 20):
        said = answer(0, "482913") | {"from": number}
        found = links.client.post(INBOUND, **signed(links.world, said)).json
        assert found.get("outcome") in ("code-unreadable", "code-unknown") and links.signatures() == []


# --- the API of a site's own system -------------------------------------------------------------


def with_key(links: Links, n: int) -> int:  # noqa: F811
    clinic = links.stage.clinics[n]
    with links.world.as_system() as w:
        site = w.get(Place, clinic.id).site
        assert site is not None
        site.webhook_key = links.world.office.installation.seal.close(f"key {n}")
        w.tell(SitesLoaded(load=0, digest="-", new=0, changed=1, refused=0, place=clinic.id))
    return clinic.id


def api(links: Links, site: int, key: str, at: str, body: bytes = b"{}", **off: Any) -> dict[str, Any]:  # noqa: F811
    stamp = str(int(links.world.clock.at.timestamp()) + int(off.get("seconds", 0)))
    proof = signature(
        key, stamp, "0", off.get("method", "POST"), off.get("path", at), off.get("signed", body)
    )
    given = f'Region-Signature site="{site}",realm="{off.get("realm", 0)}",timestamp="{stamp}",signature="{proof}"'
    return {"data": body, "headers": {"Authorization": given, "Content-Type": "application/json"}}


def test_a_site_s_system_that_lies(links: Links) -> None:  # noqa: F811
    site, path = with_key(links, 0), f"/api/v1/deliveries/{links.uids[0]}/acknowledge"
    lies = [
        (api(links, site, "key 1", path), "signature-refused"),
        (api(links, site, "key 0", path, signed=b'{"a":1}'), "signature-refused"),
        (api(links, site, "key 0", path, path=path + "x"), "signature-refused"),
        (api(links, site, "key 0", path, method="GET"), "signature-refused"),
        (api(links, site, "key 0", path, realm=4), "signature-refused"),
        (api(links, site, "key 0", path, seconds=-400), "signature-stale"),
        (api(links, site, "key 0", path, seconds=400), "signature-stale"),
        (api(links, 999_999, "key 0", path), "signature-refused"),
    ]
    for how, code in lies:
        assert tried(links, path, **how) == (401, code)


def test_a_site_s_system_that_signs_for_another(links: Links) -> None:  # noqa: F811
    site, path = with_key(links, 0), f"/api/v1/deliveries/{links.uids[1]}/acknowledge"
    assert tried(links, path, **api(links, site, "key 0", path)) == (404, "no-such")
