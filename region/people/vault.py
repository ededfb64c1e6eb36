"""The vault's locks: a data key for each ground, in a file outside the database, and fields closed with it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from region.spine.errors import Broken
from region.spine.installation import Installation

NONCE = 12
FIELDS = ("name", "number", "phone", "address")


@dataclass(frozen=True)
class Lock:
    """One data key (32 bytes, AES-256-GCM); what it closes is bound to its person and field: none can be swapped."""

    key_id: int
    cipher: AESGCM = field(repr=False)

    def close(self, person: str, name: str, text: str) -> bytes:
        """Encrypt a field of the person with this uid: 12 bytes nonce, then the closed text with its tag."""
        nonce = os.urandom(NONCE)
        return nonce + self.cipher.encrypt(nonce, text.encode(), f"{person}/{name}".encode())

    def open(self, person: str, name: str, closed: bytes) -> str:
        """Decrypt; Broken (``vault-does-not-open``) when it was changed, moved, or closed with another key."""
        try:
            plain = self.cipher.decrypt(closed[:NONCE], closed[NONCE:], f"{person}/{name}".encode())
        except InvalidTag as error:
            raise Broken("vault-does-not-open", field=name) from error
        return plain.decode()


def key_path(installation: Installation, realm: int, ground: str) -> Path:
    """Where the data key of a ground lies; never in a backup of the database."""
    return installation.keys_dir / f"{realm}-{ground.replace(':', '-')}.key"


def unlock(installation: Installation, key_id: int, realm: int, ground: str) -> Lock:
    """The lock of a ground; Broken (``data-key-lost``) when its file is gone, as it is after destruction."""
    try:
        closed = key_path(installation, realm, ground).read_text("ascii")
    except FileNotFoundError as error:
        raise Broken("data-key-lost", ground=ground) from error
    return Lock(key_id, AESGCM(bytes.fromhex(installation.seal.open(closed))))


def make_key(installation: Installation, realm: int, ground: str) -> None:
    """Write a new data key unless one lies there; on return it is on the disk and readable by its owner alone."""
    path = key_path(installation, realm, ground)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    closed = installation.seal.close(os.urandom(32).hex())
    with NamedTemporaryFile("w", dir=path.parent, prefix=".new-", delete=False, encoding="ascii") as file:
        file.write(closed)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(file.name, path)  # whoever comes second finds the key of the first
    except FileExistsError:
        return
    finally:
        Path(file.name).unlink()


def mark_of(installation: Installation, kind: str, number: str) -> bytes:
    """The keyed hash (16 bytes) under which the bearer of a paper is looked up; nothing leads back from it."""
    return installation.seal.mac("person", f"{kind}:{number}".encode())[:16]
