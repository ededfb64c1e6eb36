"""Where contents lie: one encrypted file for each, named by its digest, written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from region.spine.errors import Broken
from region.spine.installation import Installation

NONCE = 12


def path_of(installation: Installation, digest: str) -> Path:
    """Where the content with this digest lies."""
    return installation.files_dir / digest[:2] / digest[2:]


def store(installation: Installation, digest: str, content: bytes) -> None:
    """Write a content unless it is there; on return it is on the disk, or OSError was raised."""
    path = path_of(installation, digest)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    nonce = os.urandom(NONCE)
    closed = nonce + AESGCM(_key(installation, digest)).encrypt(nonce, content, digest.encode())
    with NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
        try:
            file.write(closed)
            file.flush()
            os.fsync(file.fileno())
            os.rename(file.name, path)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the name of the file, too, must survive a loss of power
    finally:
        os.close(folder)


def fetch(installation: Installation, digest: str) -> bytes:
    """The content with this digest; Broken when it is not there or was changed."""
    try:
        closed = path_of(installation, digest).read_bytes()
    except FileNotFoundError as error:
        raise Broken("file-content-lost", digest=digest[:12]) from error
    try:
        return AESGCM(_key(installation, digest)).decrypt(closed[:NONCE], closed[NONCE:], digest.encode())
    except InvalidTag as error:
        raise Broken("file-content-changed", digest=digest[:12]) from error


def _key(installation: Installation, digest: str) -> bytes:
    """The key of one content: the keyed hash of its digest under the installation's seal, 32 bytes."""
    return bytes.fromhex(installation.seal.digest(f"file-content:{digest}"))
