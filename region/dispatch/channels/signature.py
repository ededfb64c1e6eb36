"""How a site knows that an order comes from this region, is whole, and is not an old one played again."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

SCHEME = "sha256="
WINDOW = timedelta(minutes=5)
"""How far the sender's and the receiver's clocks may differ; inside it the idempotency key stops a replay."""


def sign(key: str, timestamp: int, body: bytes) -> str:
    """The value of ``Region-Signature``: HMAC-SHA-256, in hex, of the timestamp (Unix seconds), a dot and the body."""
    return SCHEME + hmac.new(key.encode(), b"%d." % timestamp + body, sha256).hexdigest()


def verify(key: str, timestamp: str, body: bytes, signature: str, now: datetime) -> str | None:
    """None when a letter is genuine and fresh, else why it must be refused: `timestamp`, `stale` or `forged`.

    `timestamp` and `signature` are the headers as they came; `now` is the receiver's clock. Takes the same
    time for every wrong signature.
    """
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return "timestamp"
    if not hmac.compare_digest(sign(key, int(timestamp), body).encode(), signature.encode()):
        return "forged"
    if abs(now.timestamp() - int(timestamp)) > WINDOW.total_seconds():
        return "stale"
    return None
