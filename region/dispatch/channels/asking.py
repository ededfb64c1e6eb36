"""Asking a provider: the address opened at the last moment, and the little that is read of the answer."""

from __future__ import annotations

import json
import re
from typing import Any

import aiohttp

from region.dispatch.channels.kinds import Wire
from region.dispatch.letters import Letter

MOST = 4096
"""Bytes of an answer that are taken in; a longer one is not of the protocol."""


def open_address(wire: Wire, letter: Letter) -> str:
    """Where a letter goes, in the form that is kept, or "" where it has no address; Broken when the seal holds."""
    return wire.seal.open(letter.closed_address) if letter.closed_address else ""


async def read_json(answer: aiohttp.ClientResponse) -> dict[str, Any] | None:
    """The object in an answer's body; None for anything else, such as the page of a network's own sign-in."""
    raw = b""
    async for chunk in answer.content.iter_any():
        raw += chunk
        if len(raw) > MOST:
            return None
    try:
        found = json.loads(raw)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def code_of(said: object) -> str:
    """A provider's word for what was wrong, fit for a reason: small letters, digits and dashes, at most 20."""
    return re.sub(r"[^a-z0-9-]+", "-", str(said).lower()).strip("-")[:20] or "unnamed"
