"""One issued order, its links and codes, and who tries them: for the tests of signing from anywhere."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

import pytest
from sqlalchemy import select
from uuid6 import uuid7

from region.dispatch.channels.signature import sign
from region.dispatch.events import DeliveriesOwed
from region.dispatch.links import link_token
from region.dispatch.models import Delivery, Directive, Recipient, Remark
from region.places.models import Place
from tests.flows.stage import Stage, stage  # noqa: F401 - the fixture
from tests.world import World

KEYS = {"sms": "sms-key-for-tests", "voice": "voice-key-for-tests"}
NUMBERS = ("10000000011", "10000000012", "10000000013")


@dataclass
class Links:
    """A stage with one order of three clinics, each with a telephone, a link and a code."""

    stage: Stage
    order: Directive
    uids: list[str]
    codes: list[str]

    @property
    def world(self) -> World:
        return self.stage.world

    @cached_property
    def client(self) -> Any:
        """One browser of a stranger, for many attempts."""
        return self.world.browser()

    def token(self, n: int = 0, *, realm: int | None = None, hours: float = 10) -> str:
        """The token of the nth clinic's link."""
        world = self.world
        ends = world.clock.at + timedelta(hours=hours)
        at = world.realm if realm is None else realm
        return link_token(world.office.installation.seal, at, self.uids[n], ends)

    def recipient(self, n: int = 0) -> Recipient:
        with self.world.as_system() as w:
            found = w.session.scalars(select(Delivery).where(Delivery.uid == self.uids[n])).one()
            return w.get(Recipient, found.recipient_id)

    def delivery(self, n: int = 0) -> Delivery:
        with self.world.as_system() as w:
            return w.session.scalars(select(Delivery).where(Delivery.uid == self.uids[n])).one()

    def signers(self, n: int = 0) -> list[str]:
        recipient = self.recipient(n).id
        with self.world.as_system() as w:
            wanted = select(Remark.text).where(Remark.recipient_id == recipient, Remark.kind == "signer")
            return list(w.session.scalars(wanted))

    def signatures(self) -> list[dict[str, Any]]:
        return [entry.data for entry in self.world.journal("dispatch.DirectiveAcknowledged")]

    def refusals(self) -> list[tuple[int, str]]:
        return [(e.data["delivery"], e.data["reason"]) for e in self.world.journal("dispatch.LinkRefused")]

    def robots(self) -> list[tuple[str, str]]:
        return [(e.data["channel"], e.data["reason"]) for e in self.world.journal("dispatch.RobotRefused")]


def answer(n: int = 0, text: str = "", id: str = "m-1", **facts: Any) -> dict[str, Any]:
    """What a provider hands on for the nth clinic's telephone."""
    return {"from": f"+86{NUMBERS[n]}", "text": text, "id": id, **facts}


def signed(
    world: World, said: Any, channel: str = "sms", *, seconds: float = 0, key: str | None = None
) -> dict[str, Any]:
    """Headers and body of a provider's request, by its clock that is `seconds` off; arguments for a client's post."""
    body = said if isinstance(said, bytes) else json.dumps(said, ensure_ascii=False).encode()
    stamp = int(world.clock.at.timestamp() + seconds)
    proof = sign(KEYS[channel] if key is None else key, stamp, body)
    headers = {"Region-Timestamp": str(stamp), "Region-Signature": proof, "Content-Type": "application/json"}
    return {"data": body, "headers": headers}


def refused(links: Links, path: str, code: str, status: int, method: str = "POST", **how: Any) -> None:
    """The same attempt in each language: its code, its status, a sentence; and nothing was signed."""
    assert tried(links, path, method, **how) == (status, code)


def tried(links: Links, path: str, method: str = "POST", **how: Any) -> tuple[int, str]:
    """Status and code of an attempt that is refused alike in each language, in sentences; and nothing was signed."""
    before, texts, codes = len(links.signatures()), set(), set()
    for lang in ("zh", "en"):
        asked = {"Accept": "application/json", **how.get("headers", {})}
        links.client.set_cookie("lang", lang)
        said = links.client.open(path, method=method, **{**how, "headers": asked})
        assert said.status_code >= 400, said.get_data(as_text=True)
        codes.add((said.status_code, said.json["error"]))
        texts.add(said.json["text"])
    ((status, code),) = codes
    assert len(texts) == 2 and code not in texts
    assert len(links.signatures()) == before
    return status, code


def with_channels(world: World) -> None:
    """Switch on the two channels by which people answer."""
    fields = {name: {"url": "http://127.0.0.1:9/", "key": key} for name, key in KEYS.items()}
    installation = dataclasses.replace(world.office.installation, channels=fields, duty_phone="021-60000000")
    world.office = dataclasses.replace(world.office, installation=installation)


def prepare(stage: Stage, **facts: Any) -> Links:  # noqa: F811
    """Issue the order, and hand out links and codes as the channels would; nothing is sent."""
    order = stage.issued(**facts)
    with_channels(stage.world)
    made = Links(stage, order, [], [])
    with stage.world.as_system() as w:
        for n, clinic in enumerate(stage.clinics):
            w.get(Place, clinic.id).site.phone = NUMBERS[n]  # type: ignore[union-attr]
            recipient = stage.recipient(w, order, clinic)
            for channel in ("sms", "voice"):
                made.uids.insert(n, str(uuid7())) if channel == "sms" else None
                uid = made.uids[n] if channel == "sms" else str(uuid7())
                w.session.add(_delivery(w, recipient, uid, channel, str(482913 + n)))
            made.codes.append(str(482913 + n))
        w.tell(DeliveriesOwed(channel="sms", round=9, count=3, **order.about))
        from region.places.events import SitesLoaded

        w.tell(SitesLoaded(load=0, digest="-", new=0, changed=3, refused=0, place=stage.district.id))
    return made


def _delivery(w: Any, recipient: Recipient, uid: str, channel: str, code: str) -> Delivery:
    return Delivery(
        uid=uid,
        recipient_id=recipient.id,
        directive_id=recipient.directive_id,
        place_id=recipient.place_id,
        channel=channel,
        round=9,
        state="delivered",
        since=w.now,
        due_at=w.real_now,
        delivered_at=w.now,
        reply_code=code,
    )


@pytest.fixture
def links(stage: Stage) -> Links:  # noqa: F811
    return prepare(stage)
