"""The post of one channel in a lane: its queue, how many letters travel at once, and one try to bring one."""

from __future__ import annotations

import asyncio
import logging
import math
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import aiohttp

from region.dispatch.channels.breaker import Breaker
from region.dispatch.channels.kinds import Kind, Wire, read_config
from region.dispatch.channels.registry import KINDS
from region.dispatch.letters import PACK, Letter, Outcome, Terms
from region.dispatch.quiet import waits
from region.dispatch.reach import WEBHOOK
from region.spine.errors import Invalid
from region.spine.rulebook import Rulebook
from region.spine.worker import Desk

log = logging.getLogger(__name__)
AT_ONCE = 50
"""Of a channel that the pack says nothing of."""


@dataclass
class Post:
    """A channel as this lane serves it; `config` is None when its fields do not hold."""

    kind: Kind
    config: Any
    desk: Desk
    terms: Terms
    at_once: int
    breaker: Breaker
    queue: asyncio.Queue[Letter] = field(default_factory=asyncio.Queue)

    @property
    def name(self) -> str:
        """The channel."""
        return self.kind.name

    @property
    def wave(self) -> int:
        """How many letters are taken at a time."""
        return max(1, self.terms.wave * self.at_once // self.terms.at_once)

    def empty(self) -> list[Letter]:
        """Take out what was not begun."""
        return [self.queue.get_nowait() for _ in range(self.queue.qsize())]

    async def send(self, http: aiohttp.ClientSession, letter: Letter) -> Outcome:
        """Try once, unless it must wait; whatever goes wrong is an outcome, and its length is measured."""
        office, loop = self.desk.office, asyncio.get_running_loop()
        at = office.clock.instant()
        wait, reason = self._wait(letter)
        if wait is not None:
            # Whole seconds, so that many letters that wait are put off by one statement.
            return Outcome(letter, "wait", reason, timedelta(seconds=math.ceil(wait.total_seconds())))
        if self.config is None:
            return Outcome(letter, "retry", "channel-config")
        seal, realm, zone = office.installation.seal, self.desk.held.realm, office.clock.zone
        wire = Wire(http, seal, realm, at, self.terms.timeout, zone)
        began = loop.time()
        try:
            outcome = await self.kind.send(wire, self.config, letter)
        except Exception as error:  # noqa: BLE001 - one letter must not stop ten thousand: tried again, then failed
            log.warning("letter %s: %s", letter.delivery, type(error).__name__)
            outcome = Outcome(letter, "retry", f"broken:{type(error).__name__}"[:80])
        if self.name == WEBHOOK:
            self.breaker.learn(outcome, office.clock.instant())
        return replace(outcome, seconds=loop.time() - began)

    def _wait(self, letter: Letter) -> tuple[timedelta | None, str]:
        office = self.desk.office
        at = office.clock.instant()
        if self.name == WEBHOOK:
            return self.breaker.wait(letter.url or "", at), "host-paused"
        if self.kind.personal:
            return waits(office.rules, letter.order.urgency, at, office.clock.zone), "quiet-hours"
        return None, ""


def open_posts(desk: Desk, terms: Terms) -> dict[str, Post]:
    """The channels that are switched on, by name; one whose fields do not hold fails, so that it is demoted."""
    rules, given = desk.office.rules, desk.office.installation.channels
    breaker, posts = Breaker.of(rules), {}
    for name, kind in KINDS.items():
        if name != WEBHOOK and name not in given:
            continue
        try:
            config = read_config(kind, given.get(name, {}))
        except Invalid as fault:
            log.error("%s", fault)
            config = None
        posts[name] = Post(kind, config, desk, terms, _limit(rules, name), breaker)
    return posts


def _limit(rules: Rulebook, channel: str) -> int:
    return int(rules.value(PACK, "channels.at_once").get(channel, AT_ONCE))
