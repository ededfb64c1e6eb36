"""Two rows that are one person: found by keyed hash, joined with everything that refers to them, and undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import aliased

from region.people.events import PeopleMerged
from region.people.models import Merging, Person, Secret
from region.people.queries.closed import closed
from region.people.vault import FIELDS
from region.spine import references
from region.spine.errors import Refused
from region.spine.work import Work

OWN = ("person_secrets", "person_mergings")
"""Tables of this area that are not simply moved: what is closed is bound to its person, history stays as it was."""
SECRETS = "secrets"


@dataclass(frozen=True)
class Candidate:
    """Two persons who may be one: the one to keep (he has a paper, or was first), the other, and why."""

    kept: int
    gone: int
    why: str


def candidates(w: Work, most: int = 100) -> list[Candidate]:
    """Pairs that the actor may know of: the same number, else name and birth date, else name and telephone."""
    one, other = aliased(Secret), aliased(Secret)
    reasons: dict[str, ColumnElement[bool]] = {
        "same_number": one.number_mark == other.number_mark,
        "same_name_and_birth": one.born_mark == other.born_mark,
        "same_name_and_phone": and_(one.phone_mark == other.phone_mark, one.name_mark == other.name_mark),
    }
    first, second = aliased(Person), aliased(Person)
    found: dict[tuple[int, int], str] = {}
    for why, same in reasons.items():
        # Aliases side by side and not joined: the scope is put on each of them only so.
        wanted = select(first.id, second.id, first.mark, second.mark).distinct().where(same)
        wanted = wanted.where(one.person_id == first.id, other.person_id == second.id, first.id < second.id)
        wanted = wanted.where(first.merged_into.is_(None), second.merged_into.is_(None))
        for a, b, a_mark, b_mark in w.session.execute(wanted.order_by(first.id, second.id).limit(most)):
            pair = (b, a) if a_mark is None and b_mark is not None else (a, b)
            found.setdefault(pair, why)
    return [Candidate(kept, gone, why) for (kept, gone), why in found.items()][:most]


def merge(w: Work, kept: int, gone: int, *, why: str = "told") -> Merging:
    """Let everything that refers to `gone` refer to `kept`, in all areas; what was moved is kept for the undo.

    Refused: ``both-stand`` (names the table in which each has a row that only one may have), ``keep-the-paper`` when
    only the other has one, ``merged-already``.
    """
    stays, goes = w.get(Person, kept), w.get(Person, gone)
    w.need("people.merge", stays.place_id)
    w.need("people.merge", goes.place_id)
    if kept == gone or stays.merged_into is not None or goes.merged_into is not None:
        raise Refused("merged-already")
    if goes.mark is not None and stays.mark is None:
        raise Refused("keep-the-paper")
    moved: dict[str, Any] = references.move(w.session, "persons", gone, kept, besides=OWN)
    moved[SECRETS] = _close_anew(w, stays, goes)
    goes.merged_into = kept
    made = Merging(place_id=stays.place_id, kept_id=kept, gone_id=gone, why=why, moved=moved)
    made.made_at, made.made_by = w.now, w.actor.name
    w.add(made)
    w.tell(PeopleMerged(merging=made.id, verb="merge", place=stays.place_id))
    return made


def _close_anew(w: Work, stays: Person, goes: Person) -> list[int]:
    """What the vault has of `goes` on grounds on which it has nothing of `stays`, closed for him; the keys' numbers."""
    there = set(w.session.scalars(select(Secret.key_id).where(Secret.person_id == stays.id)))
    added = []
    for secret, uid, lock in list(closed(w, [goes.id])):
        if secret.key_id in there:
            continue
        clear = {name: getattr(secret, name) for name in FIELDS}
        fields = {
            name: None if one is None else lock.close(stays.uid, name, lock.open(uid, name, bytes(one)))
            for name, one in clear.items()
        }
        marks = {
            name: getattr(secret, name) for name in ("phone_mark", "name_mark", "born_mark", "number_mark")
        }
        new = Secret(person_id=stays.id, key_id=secret.key_id, place_id=stays.place_id, **fields, **marks)
        w.session.add(new)
        added.append(secret.key_id)
    w.session.flush()
    return added


def undo(w: Work, id: int) -> Merging:
    """They are two after all: every row that was moved goes back, as far as it still stands with the one kept.

    One that was undone stays so. Refused (``merging-built-upon``) while the one kept was merged into a third.
    """
    row = w.get(Merging, id)
    w.need("people.merge", row.place_id)
    if row.undone_at is not None:
        return row
    stays, goes = w.get(Person, row.kept_id), w.get(Person, row.gone_id)
    if stays.merged_into is not None:
        raise Refused("merging-built-upon")
    tables = {name: keys for name, keys in row.moved.items() if name != SECRETS}
    references.move_back(w.session, tables, row.gone_id, row.kept_id)
    added = Secret.key_id.in_(row.moved[SECRETS])
    w.session.execute(delete(Secret).where(Secret.person_id == row.kept_id, added))
    goes.merged_into = None
    row.undone_at, row.undone_by = w.now, w.actor.name
    w.tell(PeopleMerged(merging=row.id, verb="undo", place=row.place_id))
    return row
