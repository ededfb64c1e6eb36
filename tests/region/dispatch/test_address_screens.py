"""The screens of addresses: find a site, set, try and end; and a device that wants notices."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from region.dispatch.models import Address
from region.exercise.gateways.server import Gateways
from region.places.models import Place
from tests.region.dispatch.channels.letters import NUMBER
from tests.world import World


@pytest.fixture
def clinic(sqlite_world: World, gateways: Gateways) -> Place:
    world = sqlite_world
    installation = replace(world.office.installation, channels=gateways.fields(), demo=True)
    world.office = replace(world.office, installation=installation)
    gateways.now = world.clock
    return world.clinic(world.area(), name_zh="湖滨社区卫生服务中心", name_en="Hubin health centre")


def only(world: World) -> Address:
    with world.as_system() as w:
        return w.session.scalars(select(Address)).one()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_site_is_found_and_an_address_set_tried_and_ended(
    sqlite_world: World, clinic: Place, lang: str
) -> None:
    browser = sqlite_world.browser_as("administrator", clinic, lang=lang)
    found = browser.get("/addresses", query_string={"q": clinic.code}).text
    assert f"/addresses?place={clinic.id}" in found
    said = {"place": clinic.id, "channel": "sms", "address": NUMBER, "label": "前台"}
    assert browser.post("/addresses", data=said).status_code == 303
    row, shown = only(sqlite_world), browser.get(f"/addresses?place={clinic.id}").text
    assert "138****0001" in shown and NUMBER not in shown
    assert browser.post(f"/addresses/{row.id}/try", data={"place": clinic.id}).status_code == 303
    sqlite_world.run()
    shown = browser.get(f"/addresses?place={clinic.id}").text
    assert {"zh": "已接收", "en": "taken"}[lang] in shown
    browser.post(f"/addresses/{row.id}/end", data={"place": clinic.id})
    assert only(sqlite_world).ended_at is not None


@pytest.mark.parametrize(
    ("channel", "address"),
    [("sms", "12"), ("email", "desk"), ("wecom", "http://127.0.0.1:9/cgi-bin/webhook/send?key=abcd"),
     ("dingtalk", "https://evil.example/robot/send?access_token=abcd"), ("push", "{}"), ("none", "x")],
)  # fmt: skip
def test_a_wrong_address_is_said_beside_its_field(
    sqlite_world: World, clinic: Place, channel: str, address: str
) -> None:
    browser = sqlite_world.browser_as("administrator", clinic)
    answer = browser.post("/addresses", data={"place": clinic.id, "channel": channel, "address": address})
    assert answer.status_code == 422 and 'role="alert"' in answer.text


def test_a_device_is_switched_on_and_off(sqlite_world: World, clinic: Place, gateways: Gateways) -> None:
    browser = sqlite_world.browser_as("clinic", clinic)
    assert 'data-key="B' in browser.get("/device").text
    said = gateways.pushes.subscribe("phone-1")
    assert browser.post("/device/on", json={**said, "label": "phone"}).json["ok"]
    assert only(sqlite_world).ended_at is None and only(sqlite_world).account_id is not None
    assert browser.post("/device/off", json=said).json["ok"]
    assert only(sqlite_world).ended_at is not None
    wrong = browser.post("/device/on", json={**said, "endpoint": "https://evil.example/x"})
    assert wrong.status_code == 422 and browser.post("/device/on", json=[]).status_code == 422


def test_outside_the_demonstration_a_device_is_reached_by_https_alone(
    sqlite_world: World, clinic: Place, gateways: Gateways
) -> None:
    world = sqlite_world
    world.office = replace(world.office, installation=replace(world.office.installation, demo=False))
    browser = world.browser_as("clinic", clinic)
    assert browser.post("/device/on", json=gateways.pushes.subscribe("phone-1")).status_code == 422


def test_where_notices_are_off_the_page_says_so(sqlite_world: World) -> None:
    clinic = sqlite_world.clinic(sqlite_world.area())
    assert "本系统未启用设备提醒" in sqlite_world.browser_as("clinic", clinic).get("/device").text
