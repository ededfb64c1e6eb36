"""The Merkle root of a list of entries, built as in RFC 6962 (certificate transparency), section 2.1."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any


def leaf(entry: dict[str, Any]) -> bytes:
    """The hash of one entry, written in one canonical way."""
    text = json.dumps(entry, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(b"\x00" + text.encode()).digest()


def root(leaves: Sequence[bytes]) -> str:
    """The root over leaf hashes, in hex; of nothing, the hash of nothing."""
    if not leaves:
        return sha256(b"").hexdigest()
    return _node(leaves).hex()


def _node(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return sha256(b"\x01" + _node(leaves[:split]) + _node(leaves[split:])).digest()
