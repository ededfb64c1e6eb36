"""A file of a key group: read and checked row by row, and what is certain taken; taken twice it adds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from region.care import groups
from region.care.actions import listing
from region.care.list_reading import GroupList, ListRow, read_list
from region.care.states import PACK
from region.formats.tables import read_table
from region.people.actions.registering import Given, register
from region.places.models import Place
from region.places.reading import read_file
from region.spine.errors import Invalid
from region.spine.work import Work

AT_ONCE = 2000
SOURCE = "key_group_list"


@dataclass(frozen=True)
class Sent:
    """A file and what it is: the group, who keeps the list, and the paper that it rests on (else the file's digest)."""

    data: bytes
    name: str
    group: str
    source: str
    evidence: str = ""

    @property
    def rests_on(self) -> str:
        """What a membership names as its evidence."""
        return self.evidence.strip() or f"list:{sha256(self.data).hexdigest()[:16]}"


@dataclass(frozen=True)
class Taken:
    """What came of a list: rows that are good, rows refused by number and why, how many people are new in the group."""

    good: int
    refused: Sequence[dict[str, Any]]
    joined: int | None


def check(w: Work, sent: Sent) -> Taken:
    """What a list would do, with nothing done; Invalid (``no-such-group``, ``no-such-source``, ``columns-unclear``)."""
    found = _read(w, sent)
    return Taken(len(found.rows), found.refused, None)


def take(w: Work, sent: Sent) -> Taken:
    """Register who is not known yet and put all good rows into the group; who is in it already stays as he is."""
    found = _read(w, sent)
    joined = 0
    for first in range(0, len(found.rows), AT_ONCE):
        joined += _join(w, found.rows[first : first + AT_ONCE], sent)
    return Taken(len(found.rows), found.refused, joined)


def _read(w: Work, sent: Sent) -> GroupList:
    w.need("care.list")
    if sent.group not in groups.named(w, "group"):
        raise Invalid("no-such-group", field="group", group=sent.group)
    if sent.source not in w.rules.value(PACK, "sources"):
        raise Invalid("no-such-source", field="source", source=sent.source)
    table = read_file(lambda: read_table(sent.data, sent.name))
    wanted = select(Place.code, Place.id).where(Place.kind == "area")
    homes: dict[str, int] = dict(w.session.execute(wanted).all())
    return read_list(table, homes, w.office.clock.day(w.now))


def _join(w: Work, rows: Sequence[ListRow], sent: Sent) -> int:
    given = [
        Given(str(uuid4()), row.place, row.who.kind, row.who.paper, row.who.name, row.who.phone)
        for row in rows
    ]
    known = register(w, given, incident=None, source=SOURCE)
    joins = [
        listing.Join(known[one.uid], row.place, sent.group, sent.source, sent.rests_on, row.since)
        for one, row in zip(given, rows, strict=True)
    ]
    return listing.join(w, joins)
