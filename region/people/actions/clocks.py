"""The clocks around personal data: exports expire, the glass is shut, and what nobody decides on is late."""

from __future__ import annotations

from datetime import datetime, timedelta

from region.people.events import DestructionMoved, ExportMoved, GlassMoved
from region.people.models import Destruction, Export, Glass
from region.people.states import DESTRUCTION, EXPORT, GLASS
from region.spine.machine import Machine
from region.spine.work import Work

Watched = Export | Glass | Destruction
WATCHES: dict[str, tuple[Machine, type[Watched]]] = {
    "export": (EXPORT, Export),
    "glass": (GLASS, Glass),
    "destruction": (DESTRUCTION, Destruction),
}


def limit(w: Work, machine: Machine, state: str) -> timedelta:
    """How long a state may wait."""
    return w.rules.duration(machine.pack, machine.limits[state])


def start(w: Work, row: Watched) -> None:
    """A state was entered: it is late no more, and if it waits, a look is owed when its time is over."""
    what = next(name for name, (_machine, kind) in WATCHES.items() if isinstance(row, kind))
    machine = WATCHES[what][0]
    row.late_at = None
    if row.state in machine.ends:
        return
    since = row.since.isoformat()
    w.owe(
        "people.look",
        key=f"people-look:{what}:{row.id}:{row.state}:{since}",
        after=limit(w, machine, row.state),
        what=what,
        id=row.id,
        state=row.state,
        since=since,
    )


def look(w: Work, what: str, id: int, state: str, since: str) -> None:
    """The time of a state is over: an export expires, the glass is shut, all else is late and told so once."""
    row = w.get(WATCHES[what][1], id)
    if (row.state, row.since, row.late_at) != (state, datetime.fromisoformat(since), None):
        return
    if isinstance(row, Export):
        EXPORT.move(w, row, "expire", place=row.place_id)
        tell_export(w, row, "expire")
    elif isinstance(row, Glass) and row.state == "open":
        GLASS.move(w, row, "shut", place=row.place_id)
        tell_glass(w, row, "shut")
        start(w, row)
    else:
        row.late_at, row.version = w.now, row.version + 1
        (tell_glass if isinstance(row, Glass) else tell_destruction)(w, row, "late")  # type: ignore[arg-type]


def tell_export(w: Work, row: Export, verb: str) -> None:
    """An export moved."""
    told = ExportMoved(export=row.id, verb=verb, rows=row.rows, place=row.place_id, incident=row.incident_id)
    w.tell(told)


def tell_glass(w: Work, row: Glass, verb: str) -> None:
    """An opening in an emergency moved."""
    w.tell(GlassMoved(glass=row.id, verb=verb, place=row.place_id))


def tell_destruction(w: Work, row: Destruction, verb: str) -> None:
    """A destruction moved."""
    told = DestructionMoved(destruction=row.id, verb=verb, place=row.place_id, incident=row.incident_id)
    w.tell(told)
