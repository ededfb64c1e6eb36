"""The webhook: a signed POST to the address that a site's own system listens at.

Redirects are not followed; of an answer only the status and ``Retry-After`` are read, and no more than 4 KiB of it
is taken in. Which networks a worker may reach (private addresses among them) is the administrator's decision, made
in the network: clinics of a closed one have private addresses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import aiohttp

from region.dispatch.channels.kinds import Kind, Wire, of_error, of_status
from region.dispatch.channels.signature import sign
from region.dispatch.letters import Letter, Outcome
from region.spine.errors import Broken


@dataclass(frozen=True)
class Config:
    """Nothing to set: each site has its own address and key."""


def headers_of(letter: Letter, realm: int, key: str, at: datetime, body: bytes) -> dict[str, str]:
    """What travels beside the body: whose world, which delivery, when, and the proof of origin."""
    timestamp = int(at.timestamp())
    return {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": letter.uid,
        "Region-Realm": str(realm),
        "Region-Timestamp": str(timestamp),
        "Region-Signature": sign(key, timestamp, body),
    }


async def send(wire: Wire, config: Config, letter: Letter) -> Outcome:
    """Try once to bring a letter; never raises for what a site, its address or the network does."""
    if letter.url is None or letter.closed_key is None:
        return Outcome(letter, "failed", "no-address" if letter.url is None else "no-key")
    if not letter.url.startswith(("https://", "http://")):
        return Outcome(letter, "failed", "bad-address")
    try:
        body = letter.body()
        headers = headers_of(letter, wire.realm, wire.seal.open(letter.closed_key), wire.at, body)
        async with wire.http.post(letter.url, data=body, headers=headers, allow_redirects=False) as answer:
            # The body is not read: a short one has come with the status, a long one ends the connection.
            return of_status(letter, answer.status, answer.headers, wire.at)
    except (aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError
        return of_error(letter, error)
    except Broken as fault:
        return Outcome(letter, "failed", fault.code)


KIND = Kind("webhook", Config, send, personal=False)
