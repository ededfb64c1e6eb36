"""What the vault holds of persons, still closed, with the lock that opens it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from region.people.models import DataKey, Person, Secret
from region.people.vault import Lock, unlock
from region.spine.work import Work


def closed(w: Work, persons: Sequence[int]) -> Iterator[tuple[Secret, str, Lock]]:
    """Each secret of persons whom the actor may know of, with the person's uid and the lock, the newest ground last.

    What was collected under a key that is destroyed is left out.
    """
    wanted = select(Secret, Person.uid, DataKey.ground).join(Person, Person.id == Secret.person_id)
    wanted = wanted.join(DataKey, DataKey.id == Secret.key_id).where(DataKey.destroyed_at.is_(None))
    wanted = wanted.where(Secret.person_id.in_(list(persons))).order_by(Secret.key_id)
    locks: dict[int, Lock] = {}
    for secret, uid, ground in w.session.execute(wanted):
        if secret.key_id not in locks:
            locks[secret.key_id] = unlock(w.office.installation, secret.key_id, w.realm, ground)
        yield secret, uid, locks[secret.key_id]
