"""Files of cases and of contacts: read and checked, planned, then applied or dropped."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256

from sqlalchemy import or_, select

from region.formats.tables import read_table
from region.incidents.models import Incident
from region.people.actions.registering import find, lock_of, register
from region.places.models import Place
from region.places.reading import read_file
from region.spine.errors import Invalid, Refused
from region.spine.scope import below
from region.spine.work import Work
from region.tracing.actions import taking
from region.tracing.events import LinesLoaded
from region.tracing.line_reading import Ground, Lines, read_lines
from region.tracing.models import LineLoad
from region.tracing.queries.standing import cases_named, standing
from region.tracing.states import PACK

KINDS = ("cases", "contacts")
REFUSED_KEPT = 10_000
FILE = "line-load"


def plan_lines(
    w: Work,
    incident: int,
    kind: str,
    data: bytes,
    file_name: str,
    *,
    columns: Mapping[str, str] | None = None,
    place: int | None = None,
) -> LineLoad:
    """Read and check a file of `kind` ``cases`` or ``contacts``; nothing of it stands yet.

    `columns` gives the heading of a field where the file calls it otherwise, `place` where rows without a code of an
    area belong. The same file for the same incident is the same load; one that was dropped is planned again. Invalid
    where the file cannot be read; what is wrong in a row stands in the plan, by row, column and reason.
    """
    where = w.get(Incident, incident)
    w.need("tracing.load", where.place_id)
    if kind not in KINDS:
        raise Invalid("line-kind-unknown", field="kind")
    digest = sha256(
        b"\n".join((kind.encode(), repr(sorted((columns or {}).items())).encode(), data))
    ).hexdigest()
    wanted = select(LineLoad).where(LineLoad.incident_id == incident, LineLoad.digest == digest)
    row = w.session.scalars(wanted).first()
    if row is not None and row.state != "dropped":
        return row
    if row is None:
        row = LineLoad(incident_id=incident, place_id=where.place_id, kind=kind, digest=digest, version=0)
        row.file_name, row.plan = file_name[:200], {"columns": dict(columns or {}), "place": place}
    return _planned(w, row, data)


def _planned(w: Work, row: LineLoad, data: bytes) -> LineLoad:
    lines = _read(w, row, data)
    lock = lock_of(w, row.incident_id)
    _keep_plan(row, lines, _new(w, row, lines))
    row.key_id, row.closed = lock.key_id, lock.close(row.digest, FILE, b64encode(data).decode())
    row.state, row.made_by, row.made_at = "planned", w.actor.name, w.now
    row.version += 1
    w.session.add(row)
    w.session.flush()
    _tell(w, row, "plan")
    return row


def apply_lines(w: Work, load: LineLoad) -> None:
    """Do what the plan says, once: persons into the registry, cases or contacts with their sources; the file goes.

    The file is read anew against what stands by now. Refused (``line-load-dropped``) for a dropped one.
    """
    w.need("tracing.load", load.place_id)
    if load.state == "applied":
        return
    if load.state != "planned" or load.closed is None:
        raise Refused("line-load-dropped", load=load.id)
    data = b64decode(lock_of(w, load.incident_id).open(load.digest, FILE, bytes(load.closed)))
    lines = _read(w, load, data)
    new = _new(w, load, lines)
    given = [taking.given(load.incident_id, row) for row in lines.rows]
    ids = register(w, given, incident=load.incident_id, source="line_list")
    persons = {row.number: ids[one.uid] for row, one in zip(lines.rows, given, strict=True)}
    (taking.take_cases if load.kind == "cases" else taking.take_contacts)(
        w, load.incident_id, lines.rows, persons
    )
    _keep_plan(load, lines, new)
    load.state, load.applied_at, load.closed, load.version = "applied", w.now, None, load.version + 1
    _tell(w, load, "apply")


def drop_lines(w: Work, load: LineLoad) -> None:
    """Put a file away that nobody wants; its content goes."""
    w.need("tracing.load", load.place_id)
    if load.state == "applied":
        raise Refused("line-load-applied", load=load.id)
    if load.state == "planned":
        load.state, load.closed, load.version = "dropped", None, load.version + 1
        _tell(w, load, "drop")


def _keep_plan(load: LineLoad, lines: Lines, new: int) -> None:
    good, refused = len(lines.rows), len(lines.refused)
    counts = {"rows": good + refused, "new": new, "known": good - new, "refused": refused}
    reasons = Counter(one["code"] for one in lines.refused)
    kept = {"counts": counts, "reasons": dict(reasons), "refused": lines.refused[:REFUSED_KEPT]}
    load.plan = {**load.plan, **kept}


def _read(w: Work, load: LineLoad, data: bytes) -> Lines:
    table = read_file(lambda: read_table(data, load.file_name))
    settings = frozenset(w.rules.value(PACK, "settings"))
    today, columns = w.office.clock.day(w.now), load.plan["columns"]
    ground = Ground(load.kind, _places(w), settings, today, columns, load.plan["place"])
    lines = read_lines(table, ground)
    _refuse_unknown(w, load, lines)
    lines.refused.sort(key=lambda one: one["number"])
    return lines


def _places(w: Work) -> dict[str, int]:
    """The areas by code that the actor may load lists for."""
    wanted = select(Place.code, Place.id)
    paths = w.actor.paths_for(w.rules.roles_that("tracing.load"))
    if "" not in paths:
        wanted = wanted.where(or_(*(below(Place.path, path) for path in paths)))
    return {row.code: row.id for row in w.session.execute(wanted)}


def _refuse_unknown(w: Work, load: LineLoad, lines: Lines) -> None:
    """Rows whose source there is not, neither in the incident nor in the file; and who is a case where none may look.

    A row that names a refused one as its source goes with it, and so on: until nothing changes.
    """
    named = {one for row in lines.rows for one in row.sources}
    outside = set(cases_named(w, load.incident_id, sorted(named)))
    if load.kind == "cases":
        _refuse_elsewhere(w, load.incident_id, lines)
    while True:
        there = outside | ({row.ref for row in lines.rows if row.ref} if load.kind == "cases" else set())
        bad = {row.number: one for row in lines.rows for one in row.sources if one not in there}
        if not bad:
            return
        for number, one in bad.items():
            lines.refuse(number, "line_source_unknown", given=one)
        lines.rows = [row for row in lines.rows if row.number not in bad]


def _refuse_elsewhere(w: Work, incident: int, lines: Lines) -> None:
    given = [taking.given(incident, row) for row in lines.rows]
    ids = find(w, given)
    hidden = standing(w, incident, "cases", list(ids.values())).hidden
    bad = {row.number for row, one in zip(lines.rows, given, strict=True) if ids.get(one.uid) in hidden}
    for number in sorted(bad):
        lines.refuse(number, "line_elsewhere")
    lines.rows = [row for row in lines.rows if row.number not in bad]


def _new(w: Work, load: LineLoad, lines: Lines) -> int:
    """How many rows name somebody who is not a case, or a contact, of the incident yet; a person counts once."""
    given = [taking.given(load.incident_id, row) for row in lines.rows]
    ids = find(w, given)
    known = standing(w, load.incident_id, load.kind, list(ids.values())).known
    once = {row.who: ids.get(one.uid) for row, one in zip(lines.rows, given, strict=True)}
    return sum(person not in known for person in once.values())


def _tell(w: Work, load: LineLoad, verb: str) -> None:
    counts = load.plan["counts"]
    told = LinesLoaded(
        load=load.id,
        verb=verb,
        new=counts["new"],
        changed=counts["known"],
        refused=counts["refused"],
        place=load.place_id,
        incident=load.incident_id,
    )
    w.tell(told)
