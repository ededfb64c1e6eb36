"""A tube's life by a scan: what happened to it and where it is; who is in it opens for a purpose alone."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from region.formats.codes.tubes import read_code
from region.people.actions.opening import open_people
from region.people.queries.masked import masked
from region.sampling.methods import methods
from region.sampling.models import Tube
from region.sampling.queries import timeline
from region.sampling.routes import forms
from region.sampling.states import PACK
from region.spine.errors import Invalid
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("tubes", __name__)


@routes.get("/sampling/tubes", needs="sampling.read")
def page(w: Work) -> str:
    """Where a tube's code is scanned or typed."""
    return _page(w, "")


@routes.post("/sampling/tubes", needs="sampling.read")
def find(w: Work) -> Any:
    """A scanned or typed code leads to its tube. It is sent in the body: addresses stay in histories and logs."""
    text = request.form.get("code", "")[:80]
    reading = read_code(text)
    sought = timeline.first_of(w, reading.value) if reading.value else None
    if sought is not None:
        return redirect(url_for("tubes.show", id=sought), 303)
    return _page(w, text), 404 if reading.value else 422


@routes.get("/sampling/tubes/<int:id>", needs="sampling.read")
def show(w: Work, id: int) -> str:
    """A tube, and with it whichever other claims its code."""
    return _page(w, w.get(Tube, id).code)


@routes.post("/sampling/tubes/<int:id>/people", needs="people.open")
def people(w: Work, id: int) -> str:
    """Open who is in a tube, for a stated purpose; the journal keeps that it was opened, by whom and for what."""
    tube = w.get(Tube, id)
    purpose = request.form.get("purpose", "")
    if purpose not in timeline.PURPOSES:
        raise Invalid("no-purpose", field="purpose")
    ids = timeline.people_in(w, tube)
    opened = open_people(w, ids, purpose=purpose, fields=("name", "number", "phone"), place=tube.place_id)
    return _page(w, tube.code, {id: (purpose, ids, opened)})


def _page(w: Work, text: str, opened: object = None) -> str:
    reading = read_code(text)
    found = timeline.lives(w, reading.value) if reading.value else []
    actors = {step.by for life in found for step in life.steps}
    actors |= {entry.actor for life in found for entry in life.entries}
    return render_template(
        "sampling/tubes.html",
        asked=text,
        reading=reading,
        found=found,
        opened=opened or {},
        hidden={life.tube.id: _hidden(w, life) for life in found},
        purposes=timeline.PURPOSES,
        methods=methods(w),
        reasons=w.rules.value(PACK, "reject_reasons"),
        names=forms.names(w, actors),
    )


def _hidden(w: Work, life: timeline.Life) -> list[object]:
    """The members masked, for whoever may open them; for all others they are a number alone."""
    if not w.may("people.open", life.tube.place_id):
        return []
    ids = timeline.people_in(w, life.tube)
    known = masked(w, ids)
    return [known[one] for one in ids if one in known]
