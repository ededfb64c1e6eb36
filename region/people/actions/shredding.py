"""The rows of a destroyed ground leave the vault, and leave it again when a restored backup has brought them back."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import aliased

from region.people.events import KeyDestroyed
from region.people.models import DataKey, Person, Secret
from region.people.vault import FIELDS, ended_in, list_path, shred
from region.spine.work import Work

MANY = 1000  # rows read at once


def shred_rows(w: Work, key: DataKey, *, again: bool) -> str:
    """Take what a key closed out of the vault; the SHA-256 (hex) of what was taken, in the order of persons.

    Who stands on no other ground keeps his number alone: the mark of his paper goes too.
    """
    w.need("people.destroy")
    digest, rows = _digest(w, key)
    other = aliased(Secret)
    elsewhere = exists().where(other.person_id == Person.id, other.key_id != key.id)
    here = select(Secret.person_id).where(Secret.key_id == key.id)
    only_here = update(Person).where(Person.id.in_(here), ~elsewhere).values(mark=None)
    with w.beyond_scope("a ground is destroyed as a whole, wherever its people live"):
        w.session.execute(only_here, execution_options={"synchronize_session": False})
        gone = delete(Secret).where(Secret.key_id == key.id)
        w.session.execute(gone, execution_options={"synchronize_session": False})
    key.destroyed_at = w.now
    w.tell(KeyDestroyed(key=key.id, ground=key.ground, secrets=rows, again=again))
    return digest


def _digest(w: Work, key: DataKey) -> tuple[str, int]:
    found, rows = sha256(), 0
    columns = [getattr(Secret, name) for name in FIELDS]
    wanted = select(Secret.person_id, *columns).where(Secret.key_id == key.id).order_by(Secret.person_id)
    with w.beyond_scope("a ground is destroyed as a whole, wherever its people live"):
        for person, *fields in w.session.execute(wanted.execution_options(yield_per=MANY)):
            found.update(str(person).encode())
            for one in fields:
                found.update(b"\0" if one is None else bytes(one))
            rows += 1
    return found.hexdigest(), rows


def reapply(w: Work) -> int:
    """Destroy again whatever the list beside the keys names and this database holds; how many grounds.

    A ground of the same name that was made at another time is another one, and stays.
    """
    done = 0
    for ended in ended_in(list_path(w.office.installation.keys_dir)):
        if ended.realm != w.realm:
            continue
        key = w.session.scalars(select(DataKey).where(DataKey.ground == ended.ground)).one_or_none()
        if key is None or key.made_at.isoformat() != ended.made_at:
            continue
        shred(w.office.installation, ended)
        with w.beyond_scope("whether anything of this ground is left, wherever"):
            left = w.session.scalars(select(Secret.person_id).where(Secret.key_id == key.id).limit(1)).first()
        if key.destroyed_at is None or left is not None:
            shred_rows(w, key, again=True)
            done += 1
    return done
