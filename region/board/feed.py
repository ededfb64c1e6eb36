"""One computation for all screens: the wall's snapshot kept by scope, and one watcher that tells what changed."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from redis.client import PubSub
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from region.board.queries.snapshot import difference, head_of_journal, snapshot
from region.spine.actor import Actor, system_actor
from region.spine.bell import TICKS, RedisBell
from region.spine.errors import Fault
from region.spine.work import Office, Work

log = logging.getLogger(__name__)

POLL = 0.5
"""Seconds between two looks at the journal's head; the bell shortens them, its silence costs nothing else."""
GAP = 1.0
"""Seconds between two computations for one scope, however fast the journal grows."""
OLDEST = 15.0
"""Seconds after which a snapshot is made anew though nothing was told: lateness is a matter of the clock."""
KEPT_PATCHES = 60
IDLE = 60.0

Key = tuple[tuple[str, ...], int, str]


def key_of(actor: Actor, lang: str) -> Key:
    """All that a snapshot depends on besides the rows: the places, the realm, the language."""
    return actor.paths, actor.realm, lang


@dataclass(frozen=True)
class Kept:
    """A snapshot with its JSON, and when it was made (monotonic seconds)."""

    shown: dict[str, Any]
    text: bytes
    made: float

    @property
    def id(self) -> str:
        """The event id of this state: the journal's head, and the digest of what is shown."""
        return f"{self.shown['seq']}-{self.shown['version']}"

    @property
    def version(self) -> str:
        """The digest of what is shown."""
        return str(self.shown["version"])


@dataclass
class View:
    """What one scope, realm and language sees: the newest snapshot, and the patches that led to it."""

    actor: Actor
    lang: str
    kept: Kept | None = None
    patches: deque[tuple[str, str, str]] = field(default_factory=lambda: deque(maxlen=KEPT_PATCHES))
    """(version before, id after, JSON of what changed), the oldest first."""
    readers: int = 0
    used: float = 0.0
    making: threading.Lock = field(default_factory=threading.Lock)

    def news(self, version: str) -> list[tuple[str, str]] | None:
        """The patches since a version, as (id, JSON); None when it is not known here and all must be sent."""
        if self.kept is None or self.kept.version == version:
            return []
        patches = list(self.patches)
        for at in range(len(patches) - 1, -1, -1):
            if patches[at][0] == version:
                return [(id, text) for _before, id, text in patches[at:]]
        return None


class Feed:
    """The snapshots of one process. Computing is done once for all that look at the same places."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.views: dict[Key, View] = {}
        self.changed = threading.Condition()
        self.watcher: threading.Thread | None = None
        self.ending = False

    def view(self, actor: Actor, lang: str) -> View:
        """The view of an actor, with the newest rights that it was asked for with."""
        key = key_of(actor, lang)
        with self.changed:
            found = self.views.setdefault(key, View(actor, lang))
            found.used = time.monotonic()
            return found

    def now(self, w: Work, lang: str) -> Kept:
        """The snapshot as of this work: a kept one, unless the journal went on or it has grown old."""
        view = self.view(w.actor, lang)
        kept = view.kept
        if kept is not None and self._holds(kept, head_of_journal(w)):
            return kept
        with view.making:
            if view.kept is not None and view.kept is not kept and self._holds(view.kept, head_of_journal(w)):
                return view.kept
            return self._put(view, snapshot(w, lang))

    def fresh(self, view: View) -> Kept:
        """The same, in a work of its own."""
        with self.office.work(view.actor, reading=True) as w:
            return self.now(w, view.lang)

    @staticmethod
    def _holds(kept: Kept, head: int) -> bool:
        return bool(kept.shown["seq"] >= head) and time.monotonic() - kept.made < OLDEST

    def _put(self, view: View, shown: dict[str, Any]) -> Kept:
        """Keep a new snapshot; if it shows something else than the last one, tell those who wait."""
        text = json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()
        kept, last = Kept(shown, text, time.monotonic()), view.kept
        with self.changed:
            if last is not None and last.version != kept.version:
                patch = json.dumps(difference(last.shown, shown), ensure_ascii=False, separators=(",", ":"))
                view.patches.append((last.version, kept.id, patch))
            view.kept = kept
            self.changed.notify_all()
        return kept

    def wait(self, view: View, version: str, seconds: float) -> None:
        """Return when the view shows something else than `version`, or after so many seconds."""

        def other() -> bool:
            return view.kept is not None and view.kept.version != version

        with self.changed:
            self.changed.wait_for(other, seconds)

    def join(self, view: View) -> None:
        """A screen begins to listen; the first one starts the watcher."""
        with self.changed:
            view.readers += 1
            if self.watcher is None or not self.watcher.is_alive():
                self.watcher = threading.Thread(target=Watcher(self).run, name="board-watcher", daemon=True)
                self.watcher.start()

    def leave(self, view: View) -> None:
        """A screen has gone."""
        with self.changed:
            view.readers -= 1
            view.used = time.monotonic()

    def close(self) -> None:
        """End the watcher in order; screens that still listen hear no more."""
        with self.changed:
            self.ending = True
            watcher = self.watcher
        if watcher is not None:
            watcher.join()

    def watched(self) -> list[View]:
        """The views that somebody listens to; those long forgotten are let go."""
        with self.changed:
            before = time.monotonic() - IDLE
            self.views = {key: one for key, one in self.views.items() if one.readers or one.used > before}
            return [one for one in self.views.values() if one.readers]


class Watcher:
    """The one thread of a process that looks at the journal for all its screens."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.ticks: PubSub | None = None
        self.pause: Callable[[float], None] = time.sleep

    def run(self) -> None:
        """Look, compute where something is new or old, wait for the bell or half a second; end with the last screen."""
        quiet_since = time.monotonic()
        while not self.feed.ending and time.monotonic() - quiet_since < IDLE:
            began = time.monotonic()
            views = self.feed.watched()
            if views:
                quiet_since = began
                self._look(views)
            self._wait(POLL, began)
        with self.feed.changed:
            self._hang_up()
            if self.feed.watcher is threading.current_thread():
                self.feed.watcher = None

    def _look(self, views: list[View]) -> None:
        heads: dict[int, int] = {}
        for view in views:
            try:
                realm = view.actor.realm
                if realm not in heads:
                    with self.feed.office.work(system_actor(realm), reading=True) as w:
                        heads[realm] = head_of_journal(w)
                kept = view.kept
                age = OLDEST if kept is None else time.monotonic() - kept.made
                if age >= OLDEST or (kept is not None and kept.shown["seq"] < heads[realm] and age >= GAP):
                    self.feed.fresh(view)
            except (SQLAlchemyError, Fault):
                # The database is away: the screens see that the beats' snapshots grow old; the next look tries again.
                log.exception("the board was not computed")

    def _wait(self, seconds: float, began: float) -> None:
        """Until the bell rings, or `seconds` after `began`; a bell that is away is only a longer wait."""
        left = max(0.05, seconds - (time.monotonic() - began))
        bell = self.feed.office.bell
        if not isinstance(bell, RedisBell):
            self.pause(left)
            return
        try:
            if self.ticks is None:
                self.ticks = bell.redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
                self.ticks.subscribe(TICKS)
            if self.ticks.get_message(timeout=left) is not None:
                while self.ticks.get_message(timeout=0.0) is not None:
                    pass
        except (RedisError, OSError):
            self._hang_up()
            self.pause(left)

    def _hang_up(self) -> None:
        if self.ticks is not None:
            self.ticks.close()
            self.ticks = None


_FEEDS: WeakKeyDictionary[Any, Feed] = WeakKeyDictionary()
_FEEDS_LOCK = threading.Lock()


def feed_of(office: Office) -> Feed:
    """The feed of this process for an office (known by its engine, which an office keeps for life)."""
    with _FEEDS_LOCK:
        found = _FEEDS.get(office.engine)
        if found is None:
            found = _FEEDS[office.engine] = Feed(office)
        return found
