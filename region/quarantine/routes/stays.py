"""One stay by the web: why he is restricted, until when, what his plan asks of each day, and what is done next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for

from region.people.actions.opening import Identity, open_people
from region.people.queries.masked import masked
from region.quarantine.actions import assigning, clocks, moving
from region.quarantine.models import Stay
from region.quarantine.queries import appeals, endings, sites, stays
from region.quarantine.states import PACK, STAY
from region.spine.errors import Invalid
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("stays", __name__)
READS = "quarantine.read"
OPENS = "people.open"
BUTTONS = ("notify", "settle_at_home", "to_care", "cancel")
"""What this page does itself; arrivals are signed for, releases have a page of their own."""


@routes.get("/quarantine/stays/<int:id>", needs=READS)
def show(w: Work, id: int) -> str:
    """One stay: its ground and evidence, its plan by day with tests, its history and handovers."""
    return _show(w, w.get(Stay, id), {})


def _show(w: Work, row: Stay, opened: Mapping[int, Identity]) -> str:
    hands = stays.handovers(w, row)
    ids = {
        row.place_id,
        row.site_id,
        *(one.from_place_id for one in hands),
        *(one.to_place_id for one in hands),
    }
    open_sites = [one for one in sites.listed(w) if one.row.closed_at is None]
    with w.beyond_scope("whoever may see a stay knows its person by the masked name, wherever he lives"):
        person = masked(w, [row.person_id]).get(row.person_id)
    return render_template(
        "quarantine/stay.html",
        row=row,
        person=person,
        opened=opened.get(row.person_id),
        opens=w.may(OPENS, row.place_id),
        days=stays.days(w, row),
        today=w.office.clock.day(w.now),
        history=stays.history(row),
        hands=hands,
        due=clocks.due_at(w, row),
        room=stays.room_code(w, row),
        sites=open_sites,
        buttons=[verb for verb in STAY.verbs(row.state) if verb in BUTTONS and _may(w, row, verb)],
        sends=row.state in assigning.COMING and w.may("quarantine.notify", row.place_id),
        reasons=w.rules.value(PACK, "cancel.reasons"),
        places=sites.places_named(w, ids | {one.row.place_id for one in open_sites}),
        ended=row.state in STAY.ends,
        ends=endings.of(w, row),
        appeals=appeals.of_stay(w, row),
        checks=stays.checks(w, row),
    )


def _may(w: Work, row: Stay, verb: str) -> bool:
    fits = verb != "settle_at_home" or row.mode != "central_quarantine"
    return fits and w.may(STAY.find(verb, row.state).by, row.place_id)


@routes.post("/quarantine/stays/<int:id>/open", needs=OPENS)
def open_person(w: Work, id: int) -> str:
    """Name, telephone and address are shown for a ``purpose``; the opening is journalled."""
    row = w.get(Stay, id)
    fields = ("name", "phone", "address")
    purpose = request.form.get("purpose", "")
    return _show(w, row, open_people(w, [row.person_id], purpose=purpose, fields=fields, place=row.place_id))


@routes.post("/quarantine/stays/<int:id>/move", needs=READS)
def move(w: Work, id: int) -> Any:
    """A stay goes on: ``verb``, and for a cancellation ``reason`` and ``note``."""
    verb = request.form.get("verb", "")
    if verb not in BUTTONS:
        raise Invalid("no-such-verb", field="verb")
    reason, note = request.form.get("reason") or None, request.form.get("note", "")
    moving.move(w, [w.get(Stay, id)], verb, reason=reason, note=note)
    return redirect(url_for("stays.show", id=id), 303)


@routes.post("/quarantine/stays/<int:id>/site", needs=READS)
def to_site(w: Work, id: int) -> Any:
    """A site is to take him: ``site`` is its place."""
    assigning.to_site(w, [w.get(Stay, id)], request.form.get("site", 0, type=int))
    return redirect(url_for("stays.show", id=id), 303)
