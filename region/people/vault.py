"""The vault's locks: a data key for each ground, in a file outside the database, and fields closed with it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from hashlib import sha256
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


@dataclass(frozen=True)
class Ended:
    """A ground that was destroyed, as the list beside the keys says it; `made_at` tells it from another of its name."""

    realm: int
    ground: str
    made_at: str
    destroyed_at: str
    key_sha256: str


def list_path(keys_dir: Path) -> Path:
    """Where the list of destroyed grounds lies: beside the keys, so that no backup of the database takes it back."""
    return keys_dir / "destroyed.jsonl"


def ended_in(path: Path) -> list[Ended]:
    """The grounds that a list names; none where there is no list."""
    if not path.exists():
        return []
    return [Ended(**json.loads(line)) for line in path.read_text("utf-8").splitlines() if line.strip()]


def note_ended(keys_dir: Path, fresh: Iterable[Ended]) -> None:
    """Put grounds on the list beside the keys, each once; on return it is on the disk."""
    path = list_path(keys_dir)
    known = {(one.realm, one.ground, one.made_at) for one in ended_in(path)}
    lines = [json.dumps(asdict(one)) for one in fresh if (one.realm, one.ground, one.made_at) not in known]
    if not lines:
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())


def key_digest(installation: Installation, realm: int, ground: str) -> str:
    """SHA-256 (hex) of the key's file as it lies there, closed; empty when it is gone."""
    path = key_path(installation, realm, ground)
    return sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def shred(installation: Installation, ended: Ended) -> None:
    """Destroy the key of a ground for ever: first it is listed, then its file is overwritten and removed."""
    note_ended(installation.keys_dir, [ended])
    path = key_path(installation, ended.realm, ended.ground)
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
