"""Keeps small secrets closed where they lie (AES-256-GCM) and recognises tokens without keeping them (HMAC-SHA-256)."""

from __future__ import annotations

import base64
import hmac
import os
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from region.spine.errors import Broken

NONCE = 12


@dataclass(frozen=True)
class Seal:
    """One installation's key; `key` is 32 bytes and lies outside the database and its backups."""

    key: bytes = field(repr=False)

    def close(self, text: str) -> str:
        """Encrypt; the same text gives another result each time."""
        nonce = os.urandom(NONCE)
        return base64.urlsafe_b64encode(
            nonce + AESGCM(self._sub("seal")).encrypt(nonce, text.encode(), None)
        ).decode()

    def open(self, closed: str) -> str:
        """Decrypt; Broken when it was changed, or closed with another key."""
        raw = base64.urlsafe_b64decode(closed)
        try:
            return AESGCM(self._sub("seal")).decrypt(raw[:NONCE], raw[NONCE:], None).decode()
        except InvalidTag as error:
            raise Broken("seal-does-not-open") from error

    def digest(self, token: str) -> str:
        """The keyed hash under which a token is looked up (hex, 64 characters)."""
        return hmac.new(self._sub("token"), token.encode(), sha256).hexdigest()

    def mac(self, purpose: str, message: bytes) -> bytes:
        """The proof (32 bytes) that this installation wrote `message` for `purpose`; each purpose has its own key."""
        return hmac.new(self._sub(f"mac:{purpose}"), message, sha256).digest()

    def _sub(self, purpose: str) -> bytes:
        return hmac.new(self.key, purpose.encode(), sha256).digest()
