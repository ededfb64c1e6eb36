"""Looking a person up with a purpose, his masked page, persons who may be one, and the grounds of what is held."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for

from region.people.actions import looking, merging
from region.people.actions.opening import Identity
from region.people.models import Person
from region.people.queries.grounds import grounds, responses
from region.people.queries.masked import masked
from region.people.queries.persons import held_of, mergings
from region.people.routes import said
from region.people.vault import FIELDS
from region.places.queries import place_name
from region.spine.actor import Actor
from region.spine.errors import Fault, Invalid, Missing
from region.spine.web import Routes, current_lang, fault_text, show_fault
from region.spine.work import Office, Work

routes = Routes("people", __name__)


@routes.get("/people/search", needs="people.open")
def page(w: Work) -> str:
    """The form that asks for the purpose first."""
    return _search(w)


@routes.post("/people/search", needs="people.open")
def search(w: Work) -> Any:
    """Who is meant, masked; told in the journal whatever comes of it."""
    purpose = request.form.get("purpose", "")
    what = next((name for name in ("number", "phone", "name") if request.form.get(name)), "nothing")
    try:
        found = looking.seek(w, said.wanted(), purpose=purpose)
    except Invalid as fault:
        if fault.code == "no-purpose":
            looking.refuse(w, what, None, "no_purpose")
        return _search(w, fault=fault), fault.status
    return _search(w, found=found, purpose=purpose), 200 if found else 404


def _search(w: Work, *, found: list[int] | None = None, purpose: str = "", fault: Fault | None = None) -> str:
    known = masked(w, found or [])
    return render_template(
        "people/search.html",
        purposes=looking.purposes(w),
        purpose=purpose,
        found=None if found is None else [known[one] for one in found if one in known],
        places={one.place: place_name(w, one.place) for one in known.values()},
        wrong={} if fault is None else {"text": fault_text(current_lang(), fault), **fault.facts},
    )


@routes.get("/people/<int:id>", needs="people.open", stream=True)
def show(office: Office, actor: Actor, id: int) -> str:
    """A person, masked; who asks for one that is not his is told of, in a work that outlives the refusal."""
    try:
        with office.work(actor, reading=True) as w:
            g.w = w
            return _person(w, w.get(Person, id))
    except Missing:
        with office.work(actor) as w:
            looking.refuse(w, "page", id, "not_yours")
        raise


@routes.post("/people/<int:id>/open", needs="people.open")
def open_person(w: Work, id: int) -> Any:
    """What identifies a person, in clear, for a purpose; shown once and kept nowhere."""
    purpose = request.form.get("purpose", "")
    try:
        opened = looking.open_one(w, id, purpose=purpose, fields=FIELDS)
    except Missing as fault:
        looking.refuse(w, "open", id, "not_yours")
        return show_fault(fault)
    except Invalid as fault:
        looking.refuse(w, "open", id, "no_purpose")
        return show_fault(fault)
    return _person(w, w.get(Person, id), opened, purpose)


def _person(w: Work, row: Person, opened: Identity | None = None, purpose: str = "") -> str:
    return render_template(
        "people/person.html",
        person=row,
        masked=masked(w, [row.id])[row.id],
        place=place_name(w, row.place_id),
        held=held_of(w, row.id),
        responses=responses(w),
        purposes=looking.purposes(w),
        opened=opened,
        purpose=purpose,
    )


@routes.get("/people/mergings", needs="people.merge")
def merging_page(w: Work) -> str:
    """Persons who may be one, side by side, and what was joined lately."""
    pairs = merging.candidates(w)
    past = mergings(w)
    numbers = {one for pair in pairs for one in (pair.kept, pair.gone)}
    numbers |= {one for row in past for one in (row.kept_id, row.gone_id)}
    known = masked(w, sorted(numbers))
    return render_template(
        "people/mergings.html",
        pairs=pairs,
        past=past,
        known=known,
        places={one.place: place_name(w, one.place) for one in known.values()},
        names=said.names(w, [name for row in past for name in (row.made_by, row.undone_by)]),
    )


@routes.post("/people/mergings", needs="people.merge")
def merge(w: Work) -> Any:
    """Join two persons."""
    kept, gone = (request.form.get(name, 0, int) for name in ("kept", "gone"))
    merging.merge(w, kept, gone, why=request.form.get("why", "told")[:24])
    return redirect(url_for("people.merging_page"), 303)


@routes.post("/people/mergings/<int:id>/undo", needs="people.merge")
def undo(w: Work, id: int) -> Any:
    """They are two after all."""
    merging.undo(w, id)
    return redirect(url_for("people.merging_page"), 303)


@routes.get("/people/grounds", needs="people.review")
def ground_page(w: Work) -> str:
    """What is held on which ground: since when, of how many, until when."""
    return render_template("people/grounds.html", grounds=grounds(w))
