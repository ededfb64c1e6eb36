"""Quarantine sites by the web: which has rooms, and one site with its rooms by floor and its arrivals."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from region.people.queries.masked import masked
from region.quarantine.actions import assigning, rooming
from region.quarantine.models import QuarantineSite
from region.quarantine.queries import rooms, sites
from region.quarantine.queries.indicators import occupancy
from region.spine.errors import Invalid
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("quarantine_sites", __name__)
READS = "quarantine.read"
KEEPS = "quarantine.rooms"
MOST_ROOMS = 200
VERBS = {
    "clean": rooming.clean,
    "break": rooming.break_down,
    "mend": rooming.mend,
    "close": rooming.close,
}


@routes.get("/quarantine/sites", needs=READS)
def page(w: Work) -> str:
    """All sites, the fullest first, with the occupancy of all together (K22)."""
    found = sites.listed(w)
    return render_template(
        "quarantine/sites.html",
        found=found,
        all=occupancy(w),
        places=sites.places_named(w, {one.row.place_id for one in found}),
    )


@routes.get("/quarantine/sites/<int:id>", needs=READS)
def show(w: Work, id: int) -> str:
    """One site: its rooms by floor, who is in them (masked), who is expected; ``?propose`` proposes rooms."""
    row = w.get(QuarantineSite, id)
    floors = rooms.by_floor(w, row.place_id)
    waiting = assigning.waiting(w, row.place_id)
    inside = [stay for floor in floors.values() for one in floor for stay in one.stays]
    with w.beyond_scope("who keeps a site knows those in it by their masked names, wherever they live"):
        people = masked(w, [stay.person_id for stay in (*waiting, *inside)])
    return render_template(
        "quarantine/site.html",
        site=sites.line(w, row),
        floors=floors,
        waiting=waiting,
        people=people,
        proposal=assigning.propose(w, row.place_id) if "propose" in request.args else None,
        places=sites.places_named(w, {row.place_id, *(stay.place_id for stay in waiting)}),
        keeps=w.may(KEEPS, row.place_id),
    )


@routes.post("/quarantine/sites/<int:id>/assign", needs=KEEPS)
def assign(w: Work, id: int) -> Any:
    """Rooms are given as proposed: each ``seat`` is ``ROOM:STAY,STAY``."""
    w.get(QuarantineSite, id)
    assigning.put(w, dict(_seat(one) for one in request.form.getlist("seat")))
    return redirect(url_for("quarantine_sites.show", id=id), 303)


def _seat(text: str) -> tuple[int, list[int]]:
    room, _, stays = text.partition(":")
    try:
        return int(room), [int(one) for one in stays.split(",")]
    except ValueError as error:
        raise Invalid("seat-ill-made", field="seat") from error


@routes.post("/quarantine/sites/<int:id>/rooms", needs=KEEPS)
def keep(w: Work, id: int) -> Any:
    """Something is done to rooms: ``verb`` (clean, break, mend, close) and ``room``, several times."""
    row = w.get(QuarantineSite, id)
    verb = VERBS.get(request.form.get("verb", ""))
    if verb is None:
        raise Invalid("no-such-verb", field="verb")
    verb(w, rooms.of_site(w, row.place_id, request.form.getlist("room", type=int)))
    return redirect(url_for("quarantine_sites.show", id=id), 303)


@routes.post("/quarantine/sites/<int:id>/make", needs=KEEPS)
def make(w: Work, id: int) -> Any:
    """Rooms are added: ``floor``, ``first`` and ``last`` number, ``capacity``, ``accessible``."""
    row = w.get(QuarantineSite, id)
    form = request.form
    floor, first, last = (form.get(name, type=int) for name in ("floor", "first", "last"))
    if floor is None or first is None or last is None or not 0 <= last - first < MOST_ROOMS:
        raise Invalid("rooms-ill-counted", field="first", most=MOST_ROOMS)
    capacity = form.get("capacity", 1, type=int)
    new = [
        rooming.NewRoom(floor, str(code), capacity, "accessible" in form) for code in range(first, last + 1)
    ]
    rooming.make(w, row.place_id, new)
    return redirect(url_for("quarantine_sites.show", id=id), 303)
