"""Web Push: a notice on a phone or PC that somebody switched on, read by nobody on the way.

Sources: RFC 8030 (the push service), RFC 8291 (encryption, aes128gcm), RFC 8292 (VAPID: who is sending). An address is
the subscription that the browser made, and its endpoint must be of a push service that the configuration allows.
The VAPID key is made out of the installation's own sealing key, so that there is nothing to install and nothing else to
lose. 404 and 410 say that the subscription has ended, for good; what is still waiting at the push service when the
same delivery comes again is replaced (Topic).
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import http_ece  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02  # type: ignore[import-untyped]

from region.dispatch.addressing import permitted
from region.dispatch.channels.asking import open_address
from region.dispatch.channels.kinds import Kind, Wire, of_error, of_status
from region.dispatch.channels.wording import clip, say
from region.dispatch.letters import THROTTLED, Letter, Outcome
from region.spine.errors import Broken, Invalid
from region.spine.seal import Seal

HOSTS = (
    "https://fcm.googleapis.com https://updates.push.services.mozilla.com "
    "https://*.notify.windows.com https://*.push.apple.com"
)
GONE = "gone"
"""The reason of a try that found a subscription ended."""
PURPOSE = "vapid"
PROOF_LASTS = timedelta(hours=12)
KEPT_SECONDS = 4 * 3600
"""How long the push service keeps a notice for a phone that is switched off."""
MOST_BYTES = 2000
RANKS = ("made", "retry", "failed")
"""Of several tries the first of these that one came to is the letter's."""
PRESSING = frozenset({"flash", "urgent"})


@dataclass(frozen=True)
class Config:
    """Whom a push service may write to when something is wrong (mailto: or https:), and the services allowed."""

    subject: str
    allowed: str = HOSTS

    def __post_init__(self) -> None:
        if not self.subject.startswith(("mailto:", "https://")):
            raise Invalid("channel-config", channel="push", field="subject", reason="not-mailto")


def vapid_key(seal: Seal) -> ec.EllipticCurvePrivateKey:
    """The installation's own key for push, the same at each start."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (FIPS 186)
    return ec.derive_private_key(
        int.from_bytes(seal.mac(PURPOSE, b"P-256")) % (order - 1) + 1, ec.SECP256R1()
    )


def public_key(seal: Seal) -> str:
    """What a browser needs to subscribe (``applicationServerKey``), in Base64 for addresses."""
    point = vapid_key(seal).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


async def send(wire: Wire, config: Config, letter: Letter) -> Outcome:
    """Bring one notice to each of the subscriptions, which stand one a line; it is made when one of them has it.

    Never raises for what a service, an address or the network does.
    """
    tries = [
        _bring(wire, config, replace(letter, closed_address=one))
        for one in (letter.closed_address or "").split()
    ]
    found = await asyncio.gather(*tries)
    if not found:
        return Outcome(letter, "failed", "no-address")
    ended = tuple(str(one.letter.closed_address) for one in found if one.reason == GONE)
    best = min(found, key=lambda one: RANKS.index(one.kind))
    return replace(best, letter=letter, ended=ended)


async def _bring(wire: Wire, config: Config, letter: Letter) -> Outcome:
    try:
        address = json.loads(open_address(wire, letter))
        url = address["endpoint"]
        if not permitted(url, config.allowed):
            return Outcome(letter, "failed", "bad-address")
        body = encrypt(address["keys"], notice(wire, letter))
        headers = headers_of(wire, config, letter, url)
        async with wire.http.post(url, data=body, headers=headers, allow_redirects=False) as answer:
            return _judge(wire, letter, answer)
    except (aiohttp.ClientError, OSError) as error:
        return of_error(letter, error)
    except (ValueError, KeyError):
        return Outcome(letter, "failed", "bad-address")
    except Broken as fault:
        return Outcome(letter, "failed", fault.code)


def notice(wire: Wire, letter: Letter) -> bytes:
    """What the service worker shows: title and words, a tag by which a later one takes its place, where it leads."""
    title, _, words = say("push", wire, letter, letter.lang).partition("\n")
    said = {
        "title": title,
        "body": clip(words.strip(), MOST_BYTES),
        "tag": letter.order.content["number"] or letter.uid,
        "lang": letter.lang,
        "url": "/inbox",
        "pressing": letter.order.urgency in PRESSING,
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def encrypt(keys: dict[str, str], plain: bytes) -> bytes:
    """`plain` so that only the browser with these keys can read it (RFC 8291); ValueError for keys that are none."""
    sealed: bytes = http_ece.encrypt(
        plain,
        salt=os.urandom(16),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_bytes(keys["p256dh"]),
        auth_secret=_bytes(keys["auth"]),
        version="aes128gcm",
    )
    return sealed


def headers_of(wire: Wire, config: Config, letter: Letter, url: str) -> dict[str, str]:
    """How the push service is told who sends, how long to keep it, and how pressing it is."""
    parts = urlsplit(url)
    expires: datetime = wire.at + PROOF_LASTS
    claims: dict[str, Any] = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(expires.timestamp()),
        "sub": config.subject,
    }
    proof: dict[str, str] = Vapid02(vapid_key(wire.seal), conf={"no-strict": True}).sign(claims)
    return {
        **proof,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_SECONDS),
        "Topic": letter.uid.replace("-", "")[:32],
        "Urgency": "high" if letter.order.urgency in PRESSING else "normal",
    }


def _judge(wire: Wire, letter: Letter, answer: aiohttp.ClientResponse) -> Outcome:
    if answer.status in (404, 410):
        return Outcome(letter, "failed", GONE)
    found = of_status(letter, answer.status, answer.headers, wire.at)
    if answer.status == 429:
        return Outcome(letter, "retry", THROTTLED, found.after)
    return Outcome(letter, "retry", "unauthorised") if answer.status in (401, 403) else found


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


KIND = Kind("push", Config, send, personal=True)
