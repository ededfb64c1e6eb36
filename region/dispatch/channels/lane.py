"""One lane of a fan-out: hundreds of letters under way at once in one process, never with a transaction open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from uuid import uuid4

import aiohttp

from region.dispatch import wave
from region.dispatch.channels import webhook
from region.dispatch.letters import Letter, Order, Outcome, Terms
from region.spine.errors import Stale
from region.spine.worker import Desk

log = logging.getLogger(__name__)
Found = TypeVar("Found")

SAVE_SECONDS = 0.5
SAVE_AT = 200
RENEWALS = 4
"""How often a lease is renewed in the time that it lasts."""
RECORDINGS = 3
LOOKUPS = 32
"""Threads that look up hosts: the loop's own few would hold up a wave to ten thousand of them."""


class Lane:
    """Claims, sends and records until nothing is due or under way; new letters are claimed while old ones travel."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._terms = Terms.of(desk.office.rules)
        self._token = str(uuid4())
        self._orders: dict[int, Order] = {}
        self._queue: asyncio.Queue[Letter] = asyncio.Queue()
        self._held: set[int] = set()
        self._outcomes: list[Outcome] = []
        self._ripe = asyncio.Event()
        self._claim_at = self._renew_at = 0.0
        self._most = self._terms.at_once

    async def run(self) -> None:
        """Work through what is due; raises Stale when the errand was lost, and whatever the database raises."""
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(LOOKUPS))
        self._renew_at = loop.time() + self._terms.lease.total_seconds() / RENEWALS
        with ThreadPoolExecutor(1) as self._database:
            async with webhook.open_session(self._terms) as http:
                senders = [loop.create_task(self._send_on(http)) for _ in range(self._terms.at_once)]
                try:
                    while await self._turn(loop):
                        pass
                finally:
                    for sender in senders:
                        sender.cancel()
                    await asyncio.gather(*senders, return_exceptions=True)

    async def _turn(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Claim what there is room for, wait for outcomes, record them; False when all is done."""
        if not self._held or (self._queue.qsize() < self._terms.at_once and loop.time() >= self._claim_at):
            # A small first wave, so that the first letters leave at once.
            most, self._most = self._most, self._terms.wave
            letters = await self._apart(lambda: self._claim(most))
            if not letters and not self._held:
                return False
            self._claim_at = loop.time() + (0 if len(letters) == most else SAVE_SECONDS)
            self._take(letters)
        try:
            await asyncio.wait_for(self._ripe.wait(), SAVE_SECONDS)
        except TimeoutError:
            log.debug("nothing ripe yet")
        self._ripe.clear()
        if self._outcomes:
            await self._save()
        if loop.time() >= self._renew_at:
            self._renew_at = loop.time() + self._terms.lease.total_seconds() / RENEWALS
            self._held &= await self._apart(self._renew)
        return True

    def _take(self, letters: list[Letter]) -> None:
        self._held.update(letter.delivery for letter in letters)
        for letter in letters:
            self._queue.put_nowait(letter)

    async def _send_on(self, http: aiohttp.ClientSession) -> None:
        while True:
            letter = await self._queue.get()
            if letter.delivery not in self._held:
                continue  # the order ended, the site signed, or another lane has it
            outcome = await self._send(http, letter)
            self._outcomes.append(outcome)  # not in one line: the list is another one after a save
            if len(self._outcomes) >= min(SAVE_AT, len(self._held)):
                self._ripe.set()

    async def _send(self, http: aiohttp.ClientSession, letter: Letter) -> Outcome:
        office, realm = self._desk.office, self._desk.held.realm
        try:
            return await webhook.send(http, office.installation.seal, letter, realm, office.clock.instant())
        except Exception as error:  # noqa: BLE001 - one letter must not stop ten thousand: tried again, then failed
            log.warning("letter %s: %s", letter.delivery, type(error).__name__)
            return Outcome(letter, "retry", f"broken:{type(error).__name__}")

    async def _save(self) -> None:
        outcomes, self._outcomes = self._outcomes, []
        await self._apart(lambda: self._record(outcomes))
        self._held.difference_update(one.letter.delivery for one in outcomes)

    async def _apart(self, action: Callable[[], Found]) -> Found:
        """Do something with the database while letters travel on; one at a time."""
        return await asyncio.get_running_loop().run_in_executor(self._database, action)

    def _claim(self, most: int) -> list[Letter]:
        with self._desk.work() as w:
            letters = wave.claim(w, self._token, self._terms, self._orders, most)
            if not self._held and len(letters) == most:
                w.queues.add("fanout")  # there is more than this lane takes: wake the next one now
            if not letters and not self._held:
                wave.owe_next_look(w)
        return letters

    def _record(self, outcomes: list[Outcome]) -> None:
        for tried in range(RECORDINGS):
            try:
                with self._desk.work() as w:
                    wave.record(w, self._token, self._terms, outcomes)
                break
            except Stale as stale:  # sites sign while we record: once more, and then we see it
                if stale.code != "crossed" or tried == RECORDINGS - 1:
                    raise

    def _renew(self) -> set[int]:
        with self._desk.work() as w:
            self._desk.alive(w)
            return wave.renew(w, self._token, self._terms)
