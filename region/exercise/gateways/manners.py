"""How a stand-in behaves towards its callers, and what it has seen: every try, and every message that took effect."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Fate = Literal["accept", "fail", "gone", "hang"]
FOR_EVER = 3600.0
ANYBODY = ""


@dataclass(frozen=True)
class Manner:
    """What a caller meets: a wait, then acceptance, a passing failure, a refusal for good, or silence.

    `fail_first` and `hang_first` count the tries of each message; `fail_share` is of all others, from 0 to 1.
    A message that a silent provider took in has taken effect: its sender cannot know.
    """

    delay_ms: tuple[int, int] = (0, 0)
    fail_first: int = 0
    fail_share: float = 0.0
    hang_first: int = 0
    gone: bool = False
    """The address is no more: a number that nobody has, a mailbox that bounces, a revoked robot, an ended phone."""

    def changed(self, **facts: Any) -> Manner:
        """This manner with some of it different; ValueError for what is no manner."""
        unknown = facts.keys() - Manner.__dataclass_fields__.keys()
        if unknown:
            raise ValueError(f"no such manner: {', '.join(sorted(unknown))}")
        if "delay_ms" in facts:
            low, high = facts["delay_ms"]
            facts = {**facts, "delay_ms": (int(low), int(high))}
        return replace(self, **facts)


@dataclass(frozen=True)
class Message:
    """One message that took effect, as the provider understood it; `said` is what it would show to people."""

    channel: str
    to: str
    key: str
    said: str
    headers: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Book:
    """The manners in force, by channel and address, and the counts. `keep` remembers the messages themselves."""

    keep: bool = True
    manners: dict[tuple[str, str], Manner] = field(default_factory=dict)
    arrivals: Counter[tuple[str, str]] = field(default_factory=Counter)
    effects: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    """Calls that a provider would not take: not signed as it wants, or not in its form; by ``channel:reason``."""
    messages: list[Message] = field(default_factory=list)

    def behave(self, channel: str, to: str = ANYBODY, **facts: Any) -> None:
        """From now on meet the callers of a channel, or those who write to one address of it, so."""
        self.manners[channel, to] = Manner().changed(**facts)

    async def fate(self, channel: str, to: str, key: str) -> Fate:
        """What happens to this try of a message, after the wait that the manner asks for."""
        manner = self.manners.get((channel, to)) or self.manners.get((channel, ANYBODY)) or Manner()
        self.arrivals[channel, key] += 1
        tried = self.arrivals[channel, key]
        low, high = manner.delay_ms
        if high:
            await asyncio.sleep(random.uniform(low, high) / 1000)
        if manner.gone:
            return "gone"
        if tried <= manner.fail_first or random.random() < manner.fail_share:
            return "fail"
        return "hang" if tried <= manner.hang_first else "accept"

    def took(self, message: Message, *, once: bool) -> None:
        """A message takes effect; `once` for a provider that knows a key again and does not send it twice."""
        known = self.effects[message.channel, message.key]
        if known and once:
            return
        self.effects[message.channel, message.key] += 1
        if self.keep:
            self.messages.append(message)

    def said_on(self, channel: str) -> list[Message]:
        """The messages of one channel, oldest first."""
        return [one for one in self.messages if one.channel == channel]

    def forget(self) -> None:
        """Begin anew: no counts, no messages, good manners."""
        for counts in (self.manners, self.arrivals, self.effects, self.refused):
            counts.clear()
        self.messages.clear()

    def summary(self) -> dict[str, Any]:
        """Counts by channel and key, as another process asks for them at ``/-/summary``."""
        found: dict[str, Any] = {"arrivals": {}, "effects": {}, "refused": dict(self.refused)}
        for name, counts in (("arrivals", self.arrivals), ("effects", self.effects)):
            for (channel, key), count in counts.items():
                found[name].setdefault(channel, {})[key] = count
        return found


async def silence() -> None:
    """Take it in, and never answer."""
    await asyncio.sleep(FOR_EVER)
