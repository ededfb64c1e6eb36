"""Letters for the tests of channels, and one way to send them: over a real session to the stand-ins."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from region.dispatch.channels.kinds import Wire, open_session, read_config
from region.dispatch.channels.registry import KINDS
from region.dispatch.letters import Letter, Order, Outcome
from region.exercise.gateways.server import Gateways
from region.spine.clock import wall_clock
from region.spine.seal import Seal

SEAL = Seal(b"k" * 32)
NUMBER = "13800000001"
BODY_ZH, BODY_EN = "今晚清点库存口罩。", "Count the masks in stock tonight."


def order(**facts: Any) -> Order:
    """An order as letters share it."""
    content = {
        "number": "LJ-0801-001",
        "kind": "directive",
        "urgency": "urgent",
        "withdrawn": False,
        "title": {"zh": "清点口罩", "en": "Count masks"},
        "body": {"zh": BODY_ZH, "en": BODY_EN},
        "acknowledge_due": "2022-08-01T09:45:00+00:00",
        **facts,
    }
    return Order(1, 1, 1, content=content)


def letter(channel: str, address: str | None, **facts: Any) -> Letter:
    """A letter to an address as it is typed, sealed here."""
    said: dict[str, Any] = {
        "delivery": 7,
        "uid": str(uuid4()),
        "order": order(),
        "place_code": "9901",
        "tries": 0,
        "closed_address": address and SEAL.close(address),
        **facts,
    }
    return Letter(channel=channel, **said)


def send(
    gateways: Gateways,
    letter: Letter,
    fields: Mapping[str, str] | None = None,
    *,
    realm: int = 0,
    seconds: float = 5,
    at: datetime | None = None,
) -> Outcome:
    """One try, as a lane makes it; `fields` change the channel's settings."""
    kind = KINDS[letter.channel]
    config = read_config(kind, {**gateways.fields()[letter.channel], **(fields or {})})

    async def once() -> Outcome:
        timeout = timedelta(seconds=seconds)
        async with open_session(timeout) as http:
            wire = Wire(http, SEAL, realm, at or wall_clock(), timeout)
            return await kind.send(wire, config, letter)

    return asyncio.run(once())
