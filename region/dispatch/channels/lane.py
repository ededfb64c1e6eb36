"""One lane of a fan-out: hundreds of letters under way at once in one process, never with a transaction open."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from uuid import uuid4

import aiohttp

from region.dispatch import wave
from region.dispatch.actions.channels import heed
from region.dispatch.channels.kinds import open_session
from region.dispatch.channels.post import Post, open_posts
from region.dispatch.letters import Letter, Order, Outcome, Terms
from region.dispatch.recording import record
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
        self._posts = open_posts(desk, self._terms)
        self._held: set[int] = set()
        self._outcomes: list[Outcome] = []
        self._ripe = asyncio.Event()
        self._claim_at = self._renew_at = 0.0
        self._fresh = True

    async def run(self) -> None:
        """Work through what is due; raises Stale when the errand was lost, and whatever the database raises."""
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(LOOKUPS))
        self._renew_at = loop.time() + self._terms.lease.total_seconds() / RENEWALS
        with ThreadPoolExecutor(1) as self._database:
            async with open_session(self._terms.timeout) as http:
                senders = [
                    loop.create_task(self._send_on(http, post))
                    for post in self._posts.values()
                    for _ in range(post.at_once)
                ]
                try:
                    while await self._turn(loop):
                        pass
                finally:
                    for sender in senders:
                        sender.cancel()
                    await asyncio.gather(*senders, return_exceptions=True)

    async def _turn(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Claim what there is room for, wait for outcomes, record them; False when all is done."""
        hungry = [post for post in self._posts.values() if post.queue.qsize() < post.at_once]
        if not self._held or (hungry and loop.time() >= self._claim_at):
            # A small first wave, so that the first letters leave at once.
            room = {post.name: post.at_once if self._fresh else post.wave for post in hungry}
            self._fresh = False
            letters = await self._apart(lambda: self._claim(room))
            if not letters and not self._held:
                return False
            self._claim_at = loop.time() + (0 if _full(letters, room) else SAVE_SECONDS)
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
        for letter in letters:
            self._held.update(one.delivery for one in letter.every)
            self._posts[letter.channel].queue.put_nowait(letter)

    async def _send_on(self, http: aiohttp.ClientSession, post: Post) -> None:
        while True:
            letter = (await post.queue.get()).without(self._held)
            if letter is None:
                continue  # the order ended, the site signed, the channel rests, or another lane has it
            outcome = await post.send(http, letter)
            self._outcomes.append(outcome)  # not in one line: the list is another one after a save
            if len(self._outcomes) >= min(SAVE_AT, len(self._held)):
                self._ripe.set()

    async def _save(self) -> None:
        outcomes, self._outcomes = self._outcomes, []
        ailing = await self._apart(lambda: self._record(outcomes))
        self._held.difference_update(one.delivery for outcome in outcomes for one in outcome.letter.every)
        unsent = [
            one.delivery
            for name in ailing & self._posts.keys()
            for letter in self._posts[name].empty()
            for one in letter.every
            if one.delivery in self._held
        ]
        if unsent:
            self._held.difference_update(unsent)
            await self._apart(lambda: self._release(unsent))

    async def _apart(self, action: Callable[[], Found]) -> Found:
        """Do something with the database while letters travel on; one at a time."""
        return await asyncio.get_running_loop().run_in_executor(self._database, action)

    def _claim(self, room: dict[str, int]) -> list[Letter]:
        with self._desk.work() as w:
            letters = wave.claim(w, self._token, self._terms, self._orders, room)
            if not self._held and _full(letters, room):
                w.queues.add("fanout")  # there is more than this lane takes: wake the next one now
            if not letters and not self._held:
                wave.owe_next_look(w)
        return letters

    def _record(self, outcomes: list[Outcome]) -> frozenset[str]:
        for tried in range(RECORDINGS):
            try:
                with self._desk.work() as w:
                    ailing = heed(w, self._token, outcomes)
                    record(w, self._token, self._terms, outcomes, ailing)
                return ailing
            except Stale as stale:  # sites sign while we record: once more, and then we see it
                if stale.code != "crossed" or tried == RECORDINGS - 1:
                    raise
        return frozenset()

    def _release(self, ids: list[int]) -> None:
        with self._desk.work() as w:
            wave.release(w, self._token, ids)

    def _renew(self) -> set[int]:
        with self._desk.work() as w:
            self._desk.alive(w)
            return wave.renew(w, self._token, self._terms)


def _full(letters: list[Letter], room: dict[str, int]) -> bool:
    """Whether a channel gave as many as it was asked for, so that there may be more."""
    counts = Counter(one.channel for letter in letters for one in letter.every)
    return any(count >= room[channel] for channel, count in counts.items())
