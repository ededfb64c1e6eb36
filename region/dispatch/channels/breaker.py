"""A host that fails many times in a row is left alone for a while; its letters wait, and lose no try."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from region.dispatch.letters import PACK, Outcome
from region.spine.rulebook import Rulebook


@dataclass
class Breaker:
    """What one lane knows of hosts; values ``webhook.*`` of the pack of directives."""

    most: int
    pause: timedelta
    _in_row: dict[str, int] = field(default_factory=dict)
    _until: dict[str, datetime] = field(default_factory=dict)

    @classmethod
    def of(cls, rules: Rulebook) -> Breaker:
        """With the values in force, knowing nothing yet."""
        most = int(rules.value(PACK, "webhook.failures_in_row"))
        return cls(most, rules.duration(PACK, "webhook.pause"))

    def wait(self, url: str, at: datetime) -> timedelta | None:
        """How long this host is still left alone; None when it may be tried."""
        until = self._until.get(_host(url))
        return until - at if until is not None and until > at else None

    def learn(self, outcome: Outcome, at: datetime) -> None:
        """Count what a host did; whatever it answered in earnest, a refusal too, begins the count anew."""
        host = _host(outcome.letter.url or "")
        if outcome.kind != "retry" or outcome.reason.startswith("http:4"):
            self._in_row.pop(host, None)
            return
        self._in_row[host] = self._in_row.get(host, 0) + 1
        if self._in_row[host] >= self.most:
            self._until[host] = at + self.pause


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""  # no address at all: the channel says so
