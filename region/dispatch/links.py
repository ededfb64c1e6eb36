"""Signed links: who holds one may sign for one delivery, until a moment; nothing of them is kept in the database."""

from __future__ import annotations

import base64
import hmac
import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from region.dispatch.models import Directive
from region.spine.errors import Refused
from region.spine.rulebook import Rulebook
from region.spine.seal import Seal

PACK = "directives"
PURPOSE = "signed-link"
PROOF = 18
"""Bytes of the proof kept, 144 bits: 42 bytes in all make 56 letters with no bit to spare, so that a token has
exactly one spelling."""
FORM = struct.Struct(">I16sI")
SPELLING = re.compile(r"[A-Za-z0-9_-]{56}", re.ASCII)


@dataclass(frozen=True)
class Token:
    """What a link says: in which world, for which delivery, until when on that world's clock."""

    realm: int
    uid: str
    expires_at: datetime


def link_token(seal: Seal, realm: int, uid: str, expires_at: datetime) -> str:
    """The 56 letters, safe in an address, that stand for a delivery; `expires_at` is on the realm's clock."""
    said = FORM.pack(realm, UUID(uid).bytes, int(expires_at.timestamp()))
    return base64.urlsafe_b64encode(said + seal.mac(PURPOSE, said)[:PROOF]).decode("ascii")


def open_token(seal: Seal, token: str) -> Token:
    """What a token says, however old; Refused `link-forged` when this installation did not write it."""
    if not SPELLING.fullmatch(token):
        raise Refused("link-forged")
    raw = base64.urlsafe_b64decode(token)
    said, proof = raw[: FORM.size], raw[FORM.size :]
    if not hmac.compare_digest(seal.mac(PURPOSE, said)[:PROOF], proof):
        raise Refused("link-forged")
    realm, uid, expires = FORM.unpack(said)
    return Token(realm, str(UUID(bytes=uid)), datetime.fromtimestamp(expires, UTC))


def read_token(seal: Seal, token: str, now: datetime) -> Token:
    """What a token says; Refused `link-forged`, or `link-expired` when `now`, on its realm's clock, is past its end."""
    read = open_token(seal, token)
    if now >= read.expires_at:
        raise Refused("link-expired")
    return read


def expires_at(rules: Rulebook, directive: Directive, now: datetime) -> datetime:
    """Until when a link or code sent `now` may sign: by urgency, and never past the end of the task and its grace.

    Values ``link.valid.*`` and ``link.grace`` of the pack of directives; all on the realm's clock.
    """
    end = now + rules.duration(PACK, f"link.valid.{directive.urgency}")
    last = directive.task_due
    return end if last is None else min(end, last + rules.duration(PACK, "link.grace"))
