"""Opening what identifies persons: only who may, only for a stated purpose, and each opening is an event."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from region.people.events import PersonOpened
from region.people.queries.closed import closed
from region.spine.errors import Invalid
from region.spine.work import Work

PURPOSE = re.compile(r"[a-z][a-z_]{2,39}")


@dataclass(frozen=True)
class Identity:
    """What identifies one person, in clear: for the eyes it was opened for, never for a log."""

    person: int
    name: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    address: str = field(default="", repr=False)


def open_people(
    w: Work,
    persons: Sequence[int],
    *,
    purpose: str,
    fields: Sequence[str] = ("name", "phone"),
    place: int | None = None,
) -> dict[int, Identity]:
    """Open some fields of persons whom the actor may know of; told in the journal with the purpose.

    Those not found, or whose key was destroyed, are left out. Invalid (``no-purpose``) without a purpose in one word.
    """
    w.need("people.open", place)
    if not PURPOSE.fullmatch(purpose):
        raise Invalid("no-purpose", field="purpose")
    found: dict[int, Identity] = {}
    for secret, uid, lock in closed(w, persons):
        held = {name: getattr(secret, name) for name in fields}
        clear = {name: lock.open(uid, name, bytes(one)) for name, one in held.items() if one is not None}
        found[secret.person_id] = Identity(secret.person_id, **clear)
    if found:
        w.tell(PersonOpened(purpose=purpose, persons=tuple(sorted(found)), fields=tuple(fields), place=place))
    return found
