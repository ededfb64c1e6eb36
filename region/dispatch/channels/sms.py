"""Short messages, by the gateway that sends them for the installation.

The protocol is our own (docs/channels.md), small enough to be put in front of any provider's. Out: POST to `url`,
JSON ``{"to", "text", "id", "code"}``: the number as E.164, the words, the delivery's uid (a gateway sends one id
once), the code that an answer names (left out where there is none); signed like a webhook (channels/signature.py).
Back: ``{"id", "status"}``; `accepted`, `queued`, `sent` or `delivered` has it made, `rejected` with a ``code`` is the
number's fault, 401 and 403 are ours. In: what somebody answers is posted to ``/api/v1/channels/sms/inbound`` as
``{"from", "text", "id", "at"}``, signed with the same key by the same two headers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from region.dispatch.addressing import dialled
from region.dispatch.channels.asking import code_of, open_address, read_json
from region.dispatch.channels.kinds import SECRET, Kind, Wire, of_error, of_status
from region.dispatch.channels.signature import sign
from region.dispatch.channels.wording import clip, say
from region.dispatch.letters import THROTTLED, Letter, Outcome
from region.spine.errors import Broken, Invalid

TAKEN = frozenset({"accepted", "queued", "sent", "delivered"})
MOST_BYTES = 1000
"""About five parts of a long short message in Chinese."""


@dataclass(frozen=True)
class Config:
    """The gateway's address and the key that is shared with it."""

    url: str
    key: str = field(repr=False, metadata=SECRET)

    def __post_init__(self) -> None:
        check_url(self.url, "sms")


def check_url(url: str, channel: str) -> None:
    """Invalid `channel-config` unless `url` is an address of the web."""
    if not url.startswith(("https://", "http://")):
        raise Invalid("channel-config", channel=channel, field="url", reason="not-url")


async def send(wire: Wire, config: Config, letter: Letter) -> Outcome:
    """Hand one message to the gateway; never raises for what it, the number or the network does."""
    return await hand_in(
        wire, config.url, config.key, letter, clip(say("sms", wire, letter, letter.lang), MOST_BYTES)
    )


async def hand_in(wire: Wire, url: str, key: str, letter: Letter, text: str) -> Outcome:
    """One signed POST of a message to a gateway of messages or calls, and what its answer means."""
    try:
        to = dialled(open_address(wire, letter))
        if to is None:
            return Outcome(letter, "failed", "bad-number" if letter.closed_address else "no-address")
        said: dict[str, Any] = {"to": to, "text": text, "id": letter.uid}
        if letter.reply_code:
            said["code"] = letter.reply_code
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        timestamp = int(wire.at.timestamp())
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": letter.uid,
            "Region-Timestamp": str(timestamp),
            "Region-Signature": sign(key, timestamp, body),
        }
        async with wire.http.post(url, data=body, headers=headers, allow_redirects=False) as answer:
            return _judge(wire, letter, answer, await read_json(answer))
    except (aiohttp.ClientError, OSError) as error:
        return of_error(letter, error)
    except Broken as fault:
        return Outcome(letter, "failed", fault.code)


def _judge(
    wire: Wire, letter: Letter, answer: aiohttp.ClientResponse, said: dict[str, Any] | None
) -> Outcome:
    status = str((said or {}).get("status", ""))
    if status == "rejected":
        return Outcome(letter, "failed", f"rejected:{code_of((said or {}).get('code'))}")
    if answer.status in (401, 403):
        return Outcome(letter, "retry", "unauthorised")
    found = of_status(letter, answer.status, answer.headers, wire.at)
    if answer.status == 429:
        return Outcome(letter, "retry", THROTTLED, found.after)
    if found.kind == "made" and status not in TAKEN:
        return Outcome(letter, "retry", "answer-unreadable" if said is None else f"status:{code_of(status)}")
    # Any other refusal is of the gateway's address or ours, not of the number.
    return Outcome(letter, "retry", found.reason, found.after) if found.kind == "failed" else found


KIND = Kind("sms", Config, send, personal=True)
