"""Registering persons, many at once: who is known already is found again, what identifies them is closed away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import delete, select, update

from region.people.events import KeyMade, PeopleRegistered
from region.people.marks import marks_of
from region.people.models import DataKey, Person, Secret
from region.people.vault import FIELDS, Lock, make_key, mark_of, unlock
from region.spine import bulk
from region.spine.errors import Refused
from region.spine.work import Work

STANDING = "standing"
AT_ONCE = 5000
"""So many values in one question: PostgreSQL takes 65,535."""


@dataclass(frozen=True)
class Given:
    """A person as a phone, a list or a system gives him; `number` is checked and written in its one form already.

    `uid` is the giver's own (UUIDv7); `place` is where he lives. `number` is empty where there is no paper; `unread`
    is what stood on one that could not be read: kept for whoever mends it, and nobody is found by it.
    """

    uid: str
    place: int
    kind: str
    number: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    unread: str = field(default="", repr=False)
    born: dt.date | None = field(default=None, repr=False)
    """Known without a paper that says it."""

    @property
    def closed(self) -> dict[str, str]:
        """What is put into the vault, by field."""
        return {
            "name": self.name,
            "number": self.number or self.unread,
            "phone": self.phone,
            "address": self.address,
        }


@dataclass(frozen=True)
class Known:
    """A person who stands in the registry: his number, the uid that his secrets are bound to, where he lives."""

    id: int
    uid: str
    home: int
    mark: bytes | None


def ground_of(incident: int | None) -> str:
    """On which ground data about people is held: an incident, or standing care."""
    return STANDING if incident is None else f"incident:{incident}"


def lock_of(w: Work, incident: int | None) -> Lock:
    """The lock of an incident's data (None: standing care); its key is made when first needed.

    Refused (``ground-destroyed``) when what was collected on this ground was destroyed: nothing is collected again.
    """
    ground = ground_of(incident)
    row = w.session.scalars(select(DataKey).where(DataKey.ground == ground)).one_or_none()
    if row is None:
        make_key(w.office.installation, w.realm, ground)
        row = w.add(DataKey(ground=ground, made_at=w.now))
        w.tell(KeyMade(key=row.id, ground=ground, incident=incident))
    if row.destroyed_at is not None:
        raise Refused("ground-destroyed", ground=ground)
    return unlock(w.office.installation, row.id, w.realm, ground)


def register(w: Work, given: Sequence[Given], *, incident: int | None, source: str) -> dict[str, int]:
    """Register persons, those known already found again by the mark of their paper; ids by the uid that was given.

    The same uid or the same paper twice is one person. Who was given without a paper is marked when the same uid comes
    with one. What identifies them is kept once on each ground. Told once, and only when something was written.
    """
    w.need("people.register")
    if not given:
        return {}
    lock = lock_of(w, incident)
    marks = _marks(w, given)
    found = _known(w, given, marks)
    new = [one for one in given if one.uid not in found]
    found |= _add(w, lock, new, marks)
    closed = _close_away(w, lock, given, found)
    if new or closed:
        fresh = len({found[one.uid].id for one in new})
        w.tell(PeopleRegistered(source=source, persons=fresh, known=len(given) - len(new), incident=incident))
    return {uid: one.id for uid, one in found.items()}


def find(w: Work, given: Sequence[Given]) -> dict[str, int]:
    """Those of them who are registered, by the uid that was given; changes nothing."""
    return {uid: one.id for uid, one in _known(w, given, _marks(w, given)).items()}


def _marks(w: Work, given: Iterable[Given]) -> dict[str, bytes]:
    """The mark of each who has a paper, by the uid that was given."""
    return {one.uid: mark_of(w.office.installation, one.kind, one.number) for one in given if one.number}


def _add(w: Work, lock: Lock, new: Sequence[Given], marks: Mapping[str, bytes]) -> dict[str, Known]:
    """Add those who are new, in the order of their keys: two works that add the same ones do not cross."""
    if not new:
        return {}
    with_paper = {one.uid: one for one in new if one.uid in marks}
    standing = _people(w, Person.uid, with_paper, lambda row: str(row.uid))
    _marked_late(
        w, lock, {uid: with_paper[uid] for uid in standing if standing[uid].mark is None}, standing, marks
    )
    once = {marks.get(one.uid, one.uid): one for one in reversed(new)}
    rows = [_row(w, one, marks.get(one.uid), one.uid in standing) for one in once.values()]
    rows.sort(key=lambda row: (row["mark"] or b"", row["uid"]))
    columns = (Person.id, Person.uid, Person.place_id, Person.mark)
    made = [_as_known(row) for row in bulk.add_telling(w.session, Person, rows, *columns)]
    by_key = {one.mark or one.uid: one for one in made}
    keys = {one.uid: marks.get(one.uid, one.uid) for one in new}
    found = {uid: by_key[key] for uid, key in keys.items() if key in by_key}
    return found | _known(w, [one for one in new if one.uid not in found], marks)


def _row(w: Work, one: Given, mark: bytes | None, taken: bool) -> dict[str, Any]:
    """The row of a person; `taken` when his uid stands for another: a wrong paper was put right on the phone."""
    return {
        "realm": w.realm,
        "uid": str(uuid5(UUID(one.uid), mark.hex())) if taken and mark else one.uid,
        "place_id": one.place,
        "kind": one.kind,
        "mark": mark,
        "made_at": w.now,
    }


def _as_known(row: Any) -> Known:
    return Known(row.id, row.uid, row.place_id, None if row.mark is None else bytes(row.mark))


def _known(w: Work, given: Sequence[Given], marks: Mapping[str, bytes]) -> dict[str, Known]:
    """Who stands already, by the uid that was given: by the mark of a paper, else by the uid itself."""
    wanted = {one.uid: marks[one.uid] for one in given if one.uid in marks}
    by_mark = _people(w, Person.mark, wanted.values(), lambda row: bytes(row.mark))
    bare = [one.uid for one in given if one.uid not in marks]
    by_uid = _people(w, Person.uid, bare, lambda row: str(row.uid))
    found = {uid: by_mark[mark] for uid, mark in wanted.items() if mark in by_mark}
    return found | {uid: by_uid[uid] for uid in bare if uid in by_uid}


def _people(w: Work, column: Any, values: Iterable[Any], key: Any) -> dict[Any, Known]:
    wanted = select(Person.id, Person.uid, Person.place_id, Person.mark, Person.merged_into)
    found: dict[Any, Known] = {}
    merged: dict[Any, int] = {}
    with w.beyond_scope("a person is one row, wherever he lives and is met"):
        for page in _pages(sorted(set(values))):
            for row in w.session.execute(wanted.where(bulk.among(w.session, column, page))):
                found[key(row)] = _as_known(row)
                if row.merged_into is not None:
                    merged[key(row)] = row.merged_into
        if merged:
            found |= _kept_instead(w, found, merged)
    return found


def _kept_instead(w: Work, found: Mapping[Any, Known], merged: Mapping[Any, int]) -> dict[Any, Known]:
    """Whoever turned out to be another person is that person; his own paper still leads to him."""
    wanted = select(Person.id, Person.uid, Person.place_id, Person.mark)
    rows = w.session.execute(wanted.where(Person.id.in_(set(merged.values()))))
    kept = {row.id: _as_known(row) for row in rows}
    return {one: replace(kept[into], mark=found[one].mark or kept[into].mark) for one, into in merged.items()}


def _pages(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[at : at + AT_ONCE] for at in range(0, len(values), AT_ONCE))


def _marked_late(
    w: Work, lock: Lock, late: Mapping[str, Given], standing: Mapping[str, Known], marks: Mapping[str, bytes]
) -> None:
    """Who stood without a paper and comes with one now is marked; what the vault had of him is closed anew."""
    if not late:
        return
    ids = {standing[uid].id: one for uid, one in late.items()}
    with w.beyond_scope("a person is one row, wherever he lives and is met"):
        for id, one in sorted(ids.items()):
            values = {"mark": marks[one.uid], "kind": one.kind}
            w.session.execute(update(Person).where(Person.id == id).values(**values))
        old = delete(Secret).where(Secret.key_id == lock.key_id, Secret.person_id.in_(ids))
        w.session.execute(old)


def _close_away(w: Work, lock: Lock, given: Sequence[Given], found: Mapping[str, Known]) -> int:
    """Close what identifies those of whom the vault has nothing on this ground; how many."""
    ids = sorted({one.id for one in found.values()})
    there: set[int] = set()
    with w.beyond_scope("whether the vault has them on this ground already"):
        for page in _pages(ids):
            these = bulk.among(w.session, Secret.person_id, page)
            wanted = select(Secret.person_id).where(Secret.key_id == lock.key_id, these)
            there.update(w.session.scalars(wanted))
    rows: dict[int, dict[str, Any]] = {}
    for one in given:
        person = found[one.uid]
        if person.id not in there and any(one.closed.values()):
            rows.setdefault(person.id, _secret(w, lock, person, one))
    bulk.add_telling(w.session, Secret, [rows[id] for id in sorted(rows)], Secret.person_id)
    return len(rows)


def _secret(w: Work, lock: Lock, person: Known, one: Given) -> dict[str, Any]:
    held = one.closed
    return {
        "person_id": person.id,
        "key_id": lock.key_id,
        "realm": w.realm,
        "place_id": person.home,
        **{name: lock.close(person.uid, name, held[name]) if held[name] else None for name in FIELDS},
        **marks_of(w.office.installation, one.kind, one.number, one.name, one.phone, one.born),
    }
