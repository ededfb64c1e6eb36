"""Calls, by the gateway that reads a text aloud and takes keys pressed on the telephone.

The protocol is that of short messages (channels/sms.py): ``text`` is what is read, twice; keys pressed come back to
``/api/v1/channels/voice/inbound`` as the ``text`` of an answer. A gateway says `accepted` when it takes the call on:
that somebody picked up shows only in what is pressed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from region.dispatch.channels.kinds import SECRET, Kind, Wire
from region.dispatch.channels.sms import check_url, hand_in
from region.dispatch.channels.wording import clip, say
from region.dispatch.letters import Letter, Outcome

MOST_BYTES = 900
"""About a minute of speech in Chinese."""


@dataclass(frozen=True)
class Config:
    """The gateway's address and the key that is shared with it."""

    url: str
    key: str = field(repr=False, metadata=SECRET)

    def __post_init__(self) -> None:
        check_url(self.url, "voice")


async def send(wire: Wire, config: Config, letter: Letter) -> Outcome:
    """Ask the gateway for one call; never raises for what it, the number or the network does."""
    text = clip(say("voice", wire, letter, letter.lang), MOST_BYTES)
    return await hand_in(wire, config.url, config.key, letter, text)


KIND = Kind("voice", Config, send, personal=True)
