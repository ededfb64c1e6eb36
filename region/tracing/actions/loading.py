"""Line lists and contact lists: a file is read and checked, its plan shown, then applied once, or dropped."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select

from region.formats.tables import read_table
from region.formats.text import match_key
from region.incidents.models import Incident
from region.people.actions.registering import Given, find, lock_of, register
from region.people.vault import mark_of
from region.places.models import Place
from region.places.reading import read_file
from region.spine.errors import Invalid, Refused
from region.spine.work import Work
from region.tracing.actions import cases, determining, sourcing
from region.tracing.actions.determining import GivenContact, Link
from region.tracing.actions.sourcing import Source
from region.tracing.events import LinesLoaded
from region.tracing.line_reading import Ground, Line, Lines, read_lines
from region.tracing.models import Case, LineLoad
from region.tracing.queries.codes import beyond, cases_named
from region.tracing.states import PACK

NEEDS, FILE, KEPT = "tracing.load", "line-load", 1000
UNDER_CONTROL = ("tracing", "quarantine", "entry")
"""Who was found so was under a measure already, and is no case of the community (K03)."""
AT_ONCE = 2000


@dataclass(frozen=True)
class Options:
    """What a file does not say of itself: where those live for whom it names no area (None: the incident's place),
    and the day that its numbered days count from."""

    home: int | None = None
    day_one: date | None = None


def plan_lines(w: Work, incident: int, kind: str, data: bytes, file_name: str, options: Options) -> LineLoad:
    """Read and check a file of ``cases`` or ``contacts``; nothing of it stands yet. The same file is the same load."""
    if kind not in ("cases", "contacts"):
        raise Invalid("line-kind-unknown", field="kind")
    w.need(NEEDS)
    home = options.home or _home(w, incident)
    w.need(NEEDS, home)
    said = {"home": home, "day_one": options.day_one.isoformat() if options.day_one else None}
    digest = sha256(repr((kind, sorted(said.items()))).encode() + data).hexdigest()
    wanted = select(LineLoad).where(LineLoad.incident_id == incident, LineLoad.digest == digest)
    row = w.session.scalars(wanted).first()
    if row is not None and row.state != "dropped":
        return row
    found = _read(w, incident, kind, said, data, file_name)
    lock = lock_of(w, incident)
    row = row or LineLoad(incident_id=incident, digest=digest, kind=kind, version=0)
    row.place_id, row.file_name, row.plan = home, file_name[:200], _plan(w, incident, kind, said, found)
    row.key_id, row.closed = lock.key_id, lock.close(digest, FILE, b64encode(data).decode())
    row.state, row.made_by, row.made_at, row.version = "planned", w.actor.name, w.now, row.version + 1
    w.add(row)
    _tell(w, row, "plan")
    return row


def _home(w: Work, incident: int) -> int:
    """Where the incident is; for a district of a city's incident, the district."""
    with w.beyond_scope("an incident that covers a place is an incident of that place"):
        place = w.session.scalar(select(Incident.place_id).where(Incident.id == incident))
    if place is not None and w.may(NEEDS, place):
        return place
    paths = w.actor.paths_for(w.rules.roles_that(NEEDS))
    return int(paths[0].rstrip("/").split("/")[-1])


def _read(w: Work, incident: int, kind: str, said: Mapping[str, Any], data: bytes, file_name: str) -> Lines:
    table = read_file(lambda: read_table(data, file_name))
    areas = w.session.execute(select(Place.code, Place.id).where(Place.kind == "area"))
    settings = {match_key(one): one for one in w.rules.value(PACK, "settings")}
    day_one = date.fromisoformat(said["day_one"]) if said["day_one"] else None
    today = w.office.clock.day(w.now)
    ground = Ground({row.code: row.id for row in areas}, said["home"], settings, today, day_one)
    return read_lines(table, kind, ground)


def _plan(w: Work, incident: int, kind: str, said: Mapping[str, Any], found: Lines) -> dict[str, Any]:
    """What the file would do: counts, rows that are refused, and rows that are taken without what they name."""
    if kind == "cases":
        _refuse_elsewhere(w, incident, found)
    named = _named(w, incident, kind, found.rows)
    strange = [row for row in found.rows if any(one not in named for one in row.sources)]
    if kind == "contacts":
        alone = {row.number for row in strange if not any(one in named for one in row.sources)}
        found.refused += [_noted(row, named) for row in strange if row.number in alone]
        found.rows = [row for row in found.rows if row.number not in alone]
        strange = [row for row in strange if row.number not in alone]
        found.refused.sort(key=lambda one: int(one["number"]))
    counts = {"rows": len(found.rows) + len(found.refused), "good": len(found.rows)}
    counts |= {"refused": len(found.refused), "noticed": len(strange)}
    noticed = [_noted(row, named) for row in strange[:KEPT]]
    return {"counts": counts, "refused": found.refused[:KEPT], "noticed": noticed, "options": dict(said)}


def _refuse_elsewhere(w: Work, incident: int, found: Lines) -> None:
    """Who is a case already where the actor may not look is refused by row: the rest of the list is taken."""
    given = {row.number: _given(w, incident, "cases", row) for row in found.rows}
    persons = find(w, list(given.values()))
    hidden = beyond(w, incident, persons.values())
    for number in [number for number, one in given.items() if persons.get(one.uid) in hidden]:
        found.refused.append({"number": number, "code": "line_elsewhere", "facts": {}})
    found.rows = [row for row in found.rows if persons.get(given[row.number].uid) not in hidden]
    found.refused.sort(key=lambda one: int(one["number"]))


def _noted(row: Line, named: Mapping[str, Any]) -> dict[str, Any]:
    unknown = ", ".join(one[:20] for one in row.sources if one not in named)
    return {"number": row.number, "code": "line_source_unknown", "facts": {"given": unknown}}


def _named(w: Work, incident: int, kind: str, rows: Sequence[Line]) -> dict[str, int]:
    """The cases that a list's sources name, by that word; 0 for one of the list's own rows, which has no number yet."""
    wanted = {one for row in rows for one in row.sources}
    own = {row.id: 0 for row in rows if kind == "cases"}
    return {word: 0 for word in own if word in wanted} | cases_named(w, incident, wanted - own.keys())


def apply_lines(w: Work, load: LineLoad) -> None:
    """Do what the plan says: persons into the registry, then cases with their sources, or contacts with their links.

    Once: applied again it changes nothing, and the file goes. Who is a case or a contact already stays as he is.
    """
    w.need(NEEDS, load.place_id)
    if load.state == "applied":
        return
    if load.state != "planned" or load.closed is None:
        raise Refused("line-load-dropped", load=load.id)
    lock = lock_of(w, load.incident_id)
    data = b64decode(lock.open(load.digest, FILE, bytes(load.closed)))
    found = _read(w, load.incident_id, load.kind, load.plan["options"], data, load.file_name)
    plan = _plan(w, load.incident_id, load.kind, load.plan["options"], found)
    (_take_cases if load.kind == "cases" else _take_contacts)(w, load.incident_id, found.rows)
    load.plan, load.state, load.applied_at = plan, "applied", w.now
    load.closed, load.version = None, load.version + 1
    _tell(w, load, "apply")


def drop_lines(w: Work, load: LineLoad) -> None:
    """Put a file away that nobody wants; its content goes."""
    w.need(NEEDS, load.place_id)
    if load.state == "applied":
        raise Refused("line-load-applied", load=load.id)
    if load.state == "planned":
        load.state, load.closed, load.version = "dropped", None, load.version + 1
        _tell(w, load, "drop")


def _persons(w: Work, incident: int, kind: str, rows: Sequence[Line]) -> dict[str, int]:
    """The persons of these rows by the list's own number.

    Who has no paper is known again by that number together with his name and telephone, so that a list which grows
    from day to day names him once, and another list's number 7 is somebody else.
    """
    found: dict[str, int] = {}
    for at in range(0, len(rows), AT_ONCE):
        given = {row.id: _given(w, incident, kind, row) for row in rows[at : at + AT_ONCE]}
        ids = register(w, list(given.values()), incident=incident, source="line_list")
        found |= {id: ids[one.uid] for id, one in given.items()}
    return found


def _given(w: Work, incident: int, kind: str, row: Line) -> Given:
    """His uid is made by a keyed hash: one that needs no key would let names and telephones be guessed from it."""
    who = row.who
    said = "|".join((str(incident), kind, row.id, who.name, who.phone, who.paper))
    uid = str(UUID(bytes=mark_of(w.office.installation, "line", said)))
    return Given(uid, row.place, who.kind, who.paper, who.name, who.phone)


def _take_cases(w: Work, incident: int, rows: Sequence[Line]) -> None:
    persons = _persons(w, incident, "cases", rows)
    opened: dict[str, Case] = {}
    for row in sorted(rows, key=lambda row: (row.day, row.number)):
        opened[row.id] = cases.open_case(
            w,
            person=persons[row.id],
            incident=incident,
            place=row.place,
            kind=row.code,
            found_by=row.found_by,
            community=row.found_by not in UNDER_CONTROL,
            day=row.day,
            found_at=_noon(w, row.day),
            onset_on=row.onset,
            ref=f"line:{row.id}",
        )
    named = _named(w, incident, "cases", rows) | {id: case.id for id, case in opened.items()}
    given = [
        Source(opened[row.id].id, named[one], setting=row.setting, likely=_likely(row))
        for row in rows
        for one in row.sources
        if named.get(one) and named[one] != opened[row.id].id
    ]
    sourcing.keep(w, given, incident=incident)


def _likely(row: Line) -> str:
    return "probable" if len(row.sources) == 1 else "possible"


def _take_contacts(w: Work, incident: int, rows: Sequence[Line]) -> None:
    persons, named = _persons(w, incident, "contacts", rows), _named(w, incident, "contacts", rows)
    given = [
        GivenContact(
            persons[row.id],
            row.place,
            row.code,
            row.day,
            [Link(case=named[one], setting=row.setting) for one in row.sources if one in named],
        )
        for row in rows
    ]
    determining.determine(w, given, incident=incident)


def _noon(w: Work, day: date) -> datetime:
    """Noon of that day, or now if it has not come: a list knows days, not hours."""
    return min(w.now, datetime.combine(day, time(12), w.office.clock.zone).astimezone(UTC))


def _tell(w: Work, row: LineLoad, verb: str) -> None:
    counts = row.plan["counts"]
    told = LinesLoaded(
        load=row.id, verb=verb, good=counts["good"], refused=counts["refused"], place=row.place_id
    )
    w.tell(told)
