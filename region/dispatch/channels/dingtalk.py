"""Group robots of DingTalk (钉钉自定义机器人): a POST to the robot's own address, signed with its secret.

Source: open.dingtalk.com, custom robots and their security settings. With the setting 加签 the address gets a
``timestamp`` (milliseconds) and ``sign``: HMAC-SHA-256, keyed with the secret, of the timestamp, a line feed and the
secret, in Base64, percent-encoded. Plain text, for the reason that channels/wecom.py gives. The answer is 200 whatever
happened: ``errcode`` 0 is taken; 130101 and 410100 are more than 20 messages in a minute; 300001 and its neighbours a
robot that is no more; 310000 one whose own security settings refuse us. DingTalk knows no idempotency key either.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlencode

from region.dispatch.addressing import permitted
from region.dispatch.channels.asking import open_address
from region.dispatch.channels.kinds import Kind, Wire
from region.dispatch.channels.wecom import post
from region.dispatch.channels.wording import clip, say
from region.dispatch.letters import Letter, Outcome
from region.spine.errors import Broken

HOSTS = "https://oapi.dingtalk.com"
MOST_BYTES = 4000
TOO_MANY = frozenset({130101, 410100})
REVOKED = frozenset({300001, 310000, 400013, 400101, 400102})


@dataclass(frozen=True)
class Config:
    """Hosts that robots may be at, with spaces between; writing them down switches the channel on."""

    allowed: str = HOSTS


def signed(url: str, secret: str, at: datetime) -> str:
    """The address of a robot with the proof that we know its secret; good for an hour around `at`."""
    timestamp = str(int(at.timestamp() * 1000))
    proof = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), sha256).digest()
    return f"{url}&{urlencode({'timestamp': timestamp, 'sign': base64.b64encode(proof).decode()})}"


async def send(wire: Wire, config: Config, letter: Letter) -> Outcome:
    """Say it in one group; never raises for what the provider, the robot or the network does."""
    try:
        url, _, secret = open_address(wire, letter).partition(" ")
        if not permitted(url, config.allowed):
            return Outcome(letter, "failed", "bad-address" if url else "no-address")
        text = "\n\n".join(say("robot", wire, letter, lang) for lang in ("zh", "en"))
        said = {"msgtype": "text", "text": {"content": clip(text, MOST_BYTES)}}
        to = signed(url, secret, wire.at) if secret else url
        return await post(wire, to, said, letter, too_many=TOO_MANY, revoked=REVOKED)
    except Broken as fault:
        return Outcome(letter, "failed", fault.code)


KIND = Kind("dingtalk", Config, send, personal=False)
