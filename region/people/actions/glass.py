"""Breaking the glass: for a reason, somebody sees people of one place beyond his own for a while, and is reviewed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import select

from region.people.actions import clocks, looking
from region.people.actions.opening import Identity, open_people
from region.people.models import Glass
from region.people.states import GLASS
from region.spine.errors import Invalid, Missing, Refused
from region.spine.machine import same_version
from region.spine.scope import path_of
from region.spine.work import Work

LEAST_REASON = 6
"""Characters of a reason: less says nothing to whoever reviews it."""


def break_glass(w: Work, place: int, reason: str) -> int:
    """Open the people of one place for as long as the pack says; the number of the opening.

    One that is open there already is the one. Invalid (``glass-no-reason``), Missing for a place that is none,
    Refused (``glass-not-needed``) for what is his own.
    """
    w.need("people.break_glass")
    path = path_of(w.session, place)
    if path is None:
        raise Missing("no-such", what="place", id=place)
    if len(reason.strip()) < LEAST_REASON:
        raise Invalid("glass-no-reason", field="reason")
    if any(path.startswith(own) for own in w.actor.paths):
        raise Refused("glass-not-needed", field="place")
    standing = [one for one in mine(w) if one.place_id == place and one.state == "open"]
    if standing:
        return standing[0].id
    row = Glass(place_id=place, actor=w.actor.name, reason=reason.strip(), opened_at=w.now)
    row.until = w.now + clocks.limit(w, GLASS, "open")
    row.state, row.since = GLASS.start, w.now
    w.add(row)
    clocks.tell_glass(w, row, "break")
    clocks.start(w, row)
    return row.id


def mine(w: Work) -> Sequence[Glass]:
    """The actor's own openings, the newest first: they lie in places that are not his."""
    wanted = select(Glass).where(Glass.actor == w.actor.name).order_by(Glass.id.desc()).limit(50)
    with w.beyond_scope("what he opened himself"):
        return w.session.scalars(wanted).all()


@contextmanager
def _own(w: Work, id: int) -> Iterator[Glass]:
    """The actor's own opening, to be changed; Missing when it is another's."""
    with w.beyond_scope("what he opened himself"):
        row = w.session.get(Glass, id)
        if row is None or row.actor != w.actor.name:
            raise Missing("no-such", what="glass", id=id)
        yield row
        w.session.flush()


def look(w: Work, id: int, wanted: looking.Wanted, *, purpose: str) -> dict[int, Identity]:
    """Seek and open people of the place that was opened; each is counted and told with the purpose.

    Refused (``glass-shut``) when the time is over.
    """
    with _own(w, id) as row:
        if row.state != "open" or row.until <= w.now:
            raise Refused("glass-shut")
        place = row.place_id
    with w.through(path_of(w.session, place) or "-") as narrow:
        found = looking.seek(narrow, wanted, purpose=purpose)
        fields = ("name", "number", "phone", "address")
        opened = open_people(narrow, found, purpose=purpose, fields=fields, place=place) if found else {}
    with _own(w, id) as row:
        row.looked, row.version = row.looked + len(opened), row.version + 1
    return opened


def shut(w: Work, id: int) -> None:
    """Whoever broke the glass needs it no more; a shut one stays shut."""
    with _own(w, id) as row:
        if row.state != "open":
            return
        GLASS.move(w, row, "shut")
        clocks.tell_glass(w, row, "shut")
        clocks.start(w, row)


def judge(w: Work, id: int, *, justified: bool, verdict: str, version: int | None = None) -> Glass:
    """Somebody else says whether the opening was justified; Refused (``own-request``) for one's own."""
    row = w.get(Glass, id)
    w.need("people.review", row.place_id)
    same_version(row, version)
    if row.actor == w.actor.name:
        raise Refused("own-request")
    if not justified and not verdict.strip():
        raise Invalid("verdict-missing", field="verdict")
    verb = "justify" if justified else "blame"
    GLASS.move(w, row, verb, place=row.place_id)
    row.reviewed_at, row.reviewed_by, row.verdict = w.now, w.actor.name, verdict.strip()
    clocks.tell_glass(w, row, verb)
    return row
