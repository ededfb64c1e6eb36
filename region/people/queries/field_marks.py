"""Marks by which a phone without a network recognises a person's paper, under a key of the realm's phones."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import select

from region.people.models import Person
from region.people.queries.closed import closed
from region.spine.work import Work

LENGTH = 16


def field_key(w: Work) -> bytes:
    """The key of this realm's phones (32 bytes). Not the registry's own: what leaks from a phone opens nothing here."""
    return w.office.installation.seal.mac("field-key", str(w.realm).encode())


def mark_in_field(key: bytes, kind: str, number: str) -> bytes:
    """HMAC-SHA-256 of kind and number in its one form, the first 16 bytes; the phone reckons the same."""
    return hmac.new(key, f"{kind}:{number}".encode(), sha256).digest()[:LENGTH]


def field_marks(w: Work, persons: Sequence[int]) -> dict[int, bytes]:
    """The marks of those of these persons who have a paper, wherever they live; nothing of them is shown to anybody."""
    key = field_key(w)
    with w.beyond_scope("marks lead back to nobody"):
        wanted = select(Person.id, Person.kind).where(Person.id.in_(list(persons)), Person.mark.is_not(None))
        kinds = {row.id: row.kind for row in w.session.execute(wanted)}
        held = [one for one in closed(w, list(kinds)) if one[0].number is not None]
        return {
            secret.person_id: mark_in_field(
                key, kinds[secret.person_id], lock.open(uid, "number", bytes(secret.number or b""))
            )
            for secret, uid, lock in held
        }
