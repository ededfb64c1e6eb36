"""What a channel is made of: its name, the fields that switch it on, and how one letter is sent by it."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import MISSING, dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo

import aiohttp

from region.dispatch.letters import Letter, Outcome
from region.spine.clock import CHINA, REAL
from region.spine.errors import Invalid
from region.spine.seal import Seal

SECRET = {"secret": True}
"""Mark a field of a configuration that is never shown: ``key: str = field(repr=False, metadata=SECRET)``."""
WORTH_RETRYING = frozenset({408, 425, 429})
WORDS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


@dataclass(frozen=True)
class Wire:
    """What a channel sends with: the lane's HTTP session, the seal that opens addresses, and the real instant `at`.

    `realm` is the world of the letter (0 is real); `timeout` is the longest that one try may take; `zone` is where
    the region's clocks stand, for the times that a text names.
    """

    http: aiohttp.ClientSession
    seal: Seal
    realm: int
    at: datetime
    timeout: timedelta
    zone: ZoneInfo = CHINA

    @property
    def exercise(self) -> bool:
        """Whether the letter belongs to an exercise; it must say so."""
        return self.realm != REAL


Send = Callable[[Wire, Any, Letter], Awaitable[Outcome]]


@dataclass(frozen=True)
class Kind:
    """A channel that a program sends by.

    `config` is a frozen dataclass of str, int, float and bool fields; those without a default must be set.
    `send` tries once to bring a letter and never raises for what a provider, an address or the network does.
    `personal` channels ring a person's own phone: what is not urgent waits there for the end of the quiet hours.
    """

    name: str
    config: type[Any]
    send: Send
    personal: bool


def read_config(kind: Kind, given: Mapping[str, str]) -> Any:
    """The fields of a channel as its own type; Invalid `channel-config` names what is missing, unknown or ill-typed."""
    types = get_type_hints(kind.config)
    own = {field.name: field for field in dataclasses.fields(kind.config)}
    for name in given:
        if name not in own:
            raise Invalid("channel-config", channel=kind.name, field=name, reason="unknown")
    for name, field in own.items():
        if name not in given and field.default is MISSING and field.default_factory is MISSING:
            raise Invalid("channel-config", channel=kind.name, field=name, reason="missing")
    return kind.config(**{name: _parse(kind, name, types[name], text) for name, text in given.items()})


def _parse(kind: Kind, name: str, type_: type[Any], text: str) -> Any:
    try:
        return WORDS[text.lower()] if type_ is bool else type_(text)
    except (ValueError, KeyError):
        # Not the text itself: it may be a secret.
        raise Invalid(
            "channel-config", channel=kind.name, field=name, reason=f"not-{type_.__name__}"
        ) from None


def open_session(timeout: timedelta) -> aiohttp.ClientSession:
    """The one session of a lane; must be made inside the running loop.

    Cookies are not kept, proxies of the environment not used, and answers not asked for in compressed form.
    """
    return aiohttp.ClientSession(
        # The lane itself limits how many are under way; a host's connection is not worth keeping for long.
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=5),
        timeout=aiohttp.ClientTimeout(total=timeout.total_seconds()),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        read_bufsize=4096,
        headers={"Accept-Encoding": "identity", "User-Agent": "winex-region"},
    )


def of_error(letter: Letter, error: Exception) -> Outcome:
    """What an error of the HTTP client means: a bad address fails, all else is tried again."""
    if isinstance(error, TimeoutError):
        return Outcome(letter, "retry", "timeout")
    if isinstance(error, aiohttp.InvalidURL):
        return Outcome(letter, "failed", "bad-address")
    if isinstance(error, aiohttp.ClientConnectorError):
        refused = isinstance(error.os_error, ConnectionRefusedError)
        return Outcome(letter, "retry", "refused" if refused else "unreachable")
    return Outcome(letter, "retry", f"broken-off:{type(error).__name__}"[:80])


def of_status(letter: Letter, status: int, headers: Mapping[str, str], at: datetime) -> Outcome:
    """What an HTTP status means: 2xx is made; 408, 425, 429, 5xx: tried again, after ``Retry-After``; else failed."""
    if 200 <= status < 300:
        return Outcome(letter, "made")
    again = status in WORTH_RETRYING or status >= 500
    after = retry_after(headers.get("Retry-After", ""), at) if again else None
    return Outcome(letter, "retry" if again else "failed", f"http:{status}", after)


def retry_after(said: str, at: datetime) -> timedelta | None:
    """How long a server asks to wait (RFC 9110: seconds, or an HTTP date); None when it says nothing readable."""
    said = said.strip()
    if said.isascii() and said.isdigit() and len(said) <= 9:
        return timedelta(seconds=int(said))
    try:
        return max(parsedate_to_datetime(said) - at, timedelta())
    except (ValueError, TypeError):  # a date without a zone cannot be told from ours
        return None
