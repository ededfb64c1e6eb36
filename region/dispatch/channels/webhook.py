"""The webhook: a signed POST to the address that a site's own system listens at.

Redirects are not followed, cookies not kept, proxies of the environment not used; of an answer only the
status is read, and no more than 4 KiB of it is taken in. Which networks a worker may reach (private addresses
among them) is the administrator's decision, made in the network: clinics of a closed one have private addresses.
"""

from __future__ import annotations

from datetime import datetime

import aiohttp

from region.dispatch.channels.signature import sign
from region.dispatch.letters import Letter, Outcome, Terms
from region.spine.errors import Broken
from region.spine.seal import Seal

MOST_ANSWER = 4096
WORTH_RETRYING = frozenset({408, 425, 429})


def open_session(terms: Terms) -> aiohttp.ClientSession:
    """The one session of a lane; must be made inside the running loop."""
    return aiohttp.ClientSession(
        # The lane itself limits how many are under way; a host's connection is not worth keeping for long.
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=5),
        timeout=aiohttp.ClientTimeout(total=terms.timeout.total_seconds()),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        read_bufsize=MOST_ANSWER,
        headers={"Content-Type": "application/json; charset=utf-8", "User-Agent": "winex-region"},
    )


def headers_of(letter: Letter, realm: int, key: str, at: datetime, body: bytes) -> dict[str, str]:
    """What travels beside the body: whose world, which delivery, when, and the proof of origin."""
    timestamp = int(at.timestamp())
    return {
        "Idempotency-Key": letter.uid,
        "Region-Realm": str(realm),
        "Region-Timestamp": str(timestamp),
        "Region-Signature": sign(key, timestamp, body),
    }


async def send(
    session: aiohttp.ClientSession, seal: Seal, letter: Letter, realm: int, at: datetime
) -> Outcome:
    """Try once to bring a letter; never raises for what a site, its address or the network does."""
    if letter.url is None or letter.closed_key is None:
        return Outcome(letter, "failed", "no-address" if letter.url is None else "no-key")
    if not letter.url.startswith(("https://", "http://")):
        return Outcome(letter, "failed", "bad-address")
    try:
        body = letter.body()
        headers = headers_of(letter, realm, seal.open(letter.closed_key), at, body)
        async with session.post(letter.url, data=body, headers=headers, allow_redirects=False) as answer:
            # The body is not read: a short one has come with the status, a long one ends the connection.
            return _judge(letter, answer.status)
    except TimeoutError:
        return Outcome(letter, "retry", "timeout")
    except aiohttp.InvalidURL:
        return Outcome(letter, "failed", "bad-address")
    except aiohttp.ClientConnectorError as error:
        refused = isinstance(error.os_error, ConnectionRefusedError)
        return Outcome(letter, "retry", "refused" if refused else "unreachable")
    except (aiohttp.ClientError, OSError) as error:
        return Outcome(letter, "retry", f"broken-off:{type(error).__name__}")
    except Broken as fault:
        return Outcome(letter, "failed", fault.code)


def _judge(letter: Letter, status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome(letter, "made")
    again = status in WORTH_RETRYING or status >= 500
    return Outcome(letter, "retry" if again else "failed", f"http:{status}")
