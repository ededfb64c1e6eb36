"""Lists of people that leave the system: asked for with a purpose, approved by another, watermarked, expiring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from region.formats.tables.writing import write_csv
from region.people.actions import clocks
from region.people.actions.looking import purposes
from region.people.actions.opening import Identity, open_people
from region.people.models import Export
from region.people.questions import ExportRows, ListRow
from region.people.states import EXPORT, PACK
from region.people.vault import FIELDS
from region.spine.errors import Invalid, Missing, Refused
from region.spine.machine import same_version
from region.spine.work import Work


@dataclass(frozen=True)
class File:
    """What was fetched: the bytes (CSV, UTF-8), how many rows, and their SHA-256 (hex)."""

    name: str
    content: bytes
    rows: int
    digest: str


def lists(w: Work) -> dict[str, list[str]]:
    """Which lists may leave, with the facts that each has besides what identifies people."""
    facts: dict[str, list[str]] = w.rules.value(PACK, "export.facts")
    return {what: facts[what] for what in w.rules.value(PACK, "export.lists")}


def ask(
    w: Work,
    *,
    what: str,
    place: int,
    incident: int | None,
    fields: Sequence[str],
    purpose: str,
    reason: str = "",
) -> Export:
    """Ask for a list; Invalid (``no-purpose``, ``export-what``, ``export-fields``) where it cannot be judged."""
    w.need("people.export", place)
    if purpose not in purposes(w):
        raise Invalid("no-purpose", field="purpose")
    known = lists(w)
    if what not in known:
        raise Invalid("export-what", field="what")
    if not fields or set(fields) - {*FIELDS, *known[what]}:
        raise Invalid("export-fields", field="fields")
    row = Export(place_id=place, incident_id=incident, what=what, purpose=purpose, reason=reason.strip())
    row.fields = [one for one in (*FIELDS, *known[what]) if one in fields]
    row.asked_at, row.asked_by, row.state, row.since = w.now, w.actor.name, EXPORT.start, w.now
    w.add(row)
    clocks.tell_export(w, row, "ask")
    clocks.start(w, row)
    return row


def approve(w: Work, row: Export, *, version: int | None = None) -> None:
    """Another person lets it go; it can be fetched until it expires."""
    _decide(w, row, "approve", version)
    row.expires_at = w.now + clocks.limit(w, EXPORT, "approved")


def refuse(w: Work, row: Export, *, version: int | None = None) -> None:
    """Another person does not let it go."""
    _decide(w, row, "refuse", version)


def _decide(w: Work, row: Export, verb: str, version: int | None) -> None:
    w.need("people.approve_export", row.place_id)
    same_version(row, version)
    if row.asked_by == w.actor.name:
        raise Refused("own-request")
    EXPORT.move(w, row, verb, place=row.place_id)
    row.decided_at, row.decided_by = w.now, w.actor.name
    clocks.tell_export(w, row, verb)
    clocks.start(w, row)


def fetch(w: Work, row: Export) -> File:
    """The list as it is now, for whoever asked for it; what identifies people is opened for the purpose, and told.

    Refused (``export-expired``) when its time is over, (``not-from-here``) before it was approved.
    """
    w.need("people.export", row.place_id)
    if row.asked_by != w.actor.name:
        raise Missing("no-such", what="export", id=row.id)
    if row.state == "expired" or (row.expires_at is not None and row.expires_at <= w.now):
        raise Refused("export-expired")
    since = row.since
    EXPORT.move(w, row, "fetch", place=row.place_id)
    row.since = since  # it goes on waiting from the approval: fetching it does not make it last
    facts = tuple(one for one in row.fields if one not in FIELDS)
    asked = ExportRows(what=row.what, place=row.place_id, incident=row.incident_id, fields=facts)
    file = _written(w, row, w.ask(asked))
    row.rows, row.digest, row.fetched = file.rows, file.digest, row.fetched + 1
    clocks.tell_export(w, row, "fetch")
    return file


def _written(w: Work, row: Export, rows: Sequence[ListRow]) -> File:
    wanted = [one for one in row.fields if one in FIELDS]
    people: dict[int, Identity] = {}
    if wanted and rows:
        numbers = sorted({one.person for one in rows})
        people = open_people(w, numbers, purpose=row.purpose, fields=wanted, place=row.place_id)
    mark = f"export:{row.id}/{w.actor.name}"
    header = ["person", *row.fields, "watermark"]
    lines = [[str(one.person), *_cells(one, people, row.fields), mark] for one in rows]
    content = write_csv([watermark(w, row, len(rows))], [header, *lines])
    name = f"{row.what}-{row.id}.csv"
    return File(name, content, len(rows), sha256(content).hexdigest())


def watermark(w: Work, row: Export, rows: int) -> str:
    """The first line of the file: its number, who fetched it, when, for what, how many rows, and whether it is real."""
    world = "real" if w.realm == 0 else f"EXERCISE {w.realm}"
    at = w.now.astimezone(w.office.clock.zone).isoformat(timespec="seconds")
    return (
        f"export {row.id} | {w.actor.name} | {at} | purpose {row.purpose} | approved by {row.decided_by} | "
        f"{rows} rows | {world}"
    )


def _cells(one: ListRow, people: dict[int, Identity], fields: Sequence[Any]) -> list[str]:
    known = people.get(one.person, Identity(one.person))
    return [getattr(known, name) if name in FIELDS else one.facts.get(name, "") for name in fields]
