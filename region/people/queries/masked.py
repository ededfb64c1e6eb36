"""Persons as screens may show them without a purpose: names and numbers masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from region.formats.codes.masks import mask_id, mask_name, mask_phone
from region.people.models import Person, Secret
from region.people.queries.closed import closed
from region.people.vault import Lock
from region.spine.work import Work

MASKS = (("name", mask_name), ("number", mask_id), ("phone", mask_phone))


@dataclass(frozen=True)
class Masked:
    """One person, masked: ``张*三``, ``990106********0014``, ``138****0000``; empty where nothing is known."""

    person: int
    uid: str
    place: int
    kind: str
    name: str
    number: str
    phone: str


def masked(w: Work, persons: Sequence[int]) -> dict[int, Masked]:
    """Persons whom the actor may know of, by id."""
    wanted = select(Person).where(Person.id.in_(list(persons)))
    people = {one.id: one for one in w.session.scalars(wanted)}
    clear = {secret.person_id: _mask(lock, uid, secret) for secret, uid, lock in closed(w, list(people))}
    return {
        id: Masked(id, one.uid, one.place_id, one.kind, *clear.get(id, ("", "", "")))
        for id, one in people.items()
    }


def _mask(lock: Lock, uid: str, secret: Secret) -> tuple[str, str, str]:
    values = [(name, mask, getattr(secret, name)) for name, mask in MASKS]
    name, number, phone = (
        mask(lock.open(uid, name, bytes(value))) if value is not None else "" for name, mask, value in values
    )
    return name, number, phone
