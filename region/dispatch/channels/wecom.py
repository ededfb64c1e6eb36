"""Group robots of WeCom (企业微信群机器人): a POST to the robot's own address, which carries its key.

Source: developer.work.weixin.qq.com, document 91770 (message push of group robots). Plain text (``msgtype`` text, at
most 2,048 bytes of UTF-8), not Markdown: an order's title must not be able to put a link or a colour into the group.
The answer is 200 whatever happened, and ``errcode`` says what: 0 is taken; 45009 is more than 20 messages in a
minute; 93000 and its neighbours are a robot that was removed or a key that is none. WeCom knows no idempotency key:
after a lost answer the same order may appear twice in the group, with the same number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp

from region.dispatch.addressing import permitted
from region.dispatch.channels.asking import open_address, read_json
from region.dispatch.channels.kinds import Kind, Wire, of_error, of_status
from region.dispatch.channels.wording import clip, say
from region.dispatch.letters import THROTTLED, Letter, Outcome
from region.spine.errors import Broken

HOSTS = "https://qyapi.weixin.qq.com"
MOST_BYTES = 2048
TOO_MANY = frozenset({45009})
REVOKED = frozenset({93000, 93004, 93008, 93017})
REST = timedelta(seconds=60)
"""How long a robot that was asked too much is left alone."""


@dataclass(frozen=True)
class Config:
    """Hosts that robots may be at, with spaces between; writing them down switches the channel on."""

    allowed: str = HOSTS


async def send(wire: Wire, config: Config, letter: Letter) -> Outcome:
    """Say it in one group; never raises for what the provider, the robot or the network does."""
    try:
        url = open_address(wire, letter)
        if not permitted(url, config.allowed):
            return Outcome(letter, "failed", "bad-address" if url else "no-address")
        text = "\n\n".join(say("robot", wire, letter, lang) for lang in ("zh", "en"))
        said = {"msgtype": "text", "text": {"content": clip(text, MOST_BYTES)}}
        return await post(wire, url, said, letter, too_many=TOO_MANY, revoked=REVOKED)
    except Broken as fault:
        return Outcome(letter, "failed", fault.code)


async def post(
    wire: Wire,
    url: str,
    said: Mapping[str, Any],
    letter: Letter,
    *,
    too_many: frozenset[int],
    revoked: frozenset[int],
) -> Outcome:
    """One POST to a robot that answers with ``errcode``, and what that number means to this provider."""
    try:
        headers = {"Idempotency-Key": letter.uid}
        async with wire.http.post(url, json=said, headers=headers, allow_redirects=False) as answer:
            found = of_status(letter, answer.status, answer.headers, wire.at)
            if answer.status == 429:
                return Outcome(letter, "retry", THROTTLED, found.after or REST)
            if found.kind != "made":
                return found
            code = (await read_json(answer) or {}).get("errcode")
            asked = answer.headers
    except (aiohttp.ClientError, OSError) as error:
        return of_error(letter, error)
    if code == 0:
        return found
    if not isinstance(code, int):
        return Outcome(letter, "retry", "answer-unreadable")
    if code in too_many:
        return Outcome(letter, "retry", THROTTLED, of_status(letter, 429, asked, wire.at).after or REST)
    return Outcome(letter, "failed" if code in revoked else "retry", f"errcode:{code}")


KIND = Kind("wecom", Config, send, personal=False)
