"""Appeals by the web: the resident's own, behind his link, and the list of those that wait for an answer."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for

from region.people.queries.masked import masked
from region.quarantine.actions import appealing
from region.quarantine.models import Appeal, Stay
from region.quarantine.queries import appeals, sites
from region.quarantine.routes import resident
from region.spine.errors import Refused
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("appeals", __name__)
ANSWERS = "quarantine.review"


@routes.get("/q/<word>/appeal", public=True, prove=resident.prove)
def make(w: Work, word: str) -> str:
    """The resident says in his own words why his restriction is wrong, and reads what was answered."""
    stay = w.get(Stay, g.resident_stay)
    return render_template(
        "quarantine/resident_appeal.html", word=word, stay=stay, found=appeals.of_stay(w, stay)
    )


@routes.post("/q/<word>/appeal", public=True, prove=resident.prove)
def send(w: Work, word: str) -> Any:
    """What he says: ``said``; the same open appeal is one."""
    appealing.make(w, w.get(Stay, g.resident_stay), request.form.get("said", ""))
    return redirect(url_for("appeals.make", word=word, kept=1), 303)


@routes.get("/quarantine/appeals", needs=ANSWERS)
def page(w: Work) -> str:
    """Appeals that wait, the oldest first; then those answered of late."""
    rows = appeals.waiting(w)
    return render_template(
        "quarantine/appeals.html",
        rows=rows,
        people=masked(w, [stay.person_id for _, stay in rows]),
        places=sites.places_named(w, {stay.place_id for _, stay in rows}),
    )


@routes.post("/quarantine/appeals/<int:id>", needs=ANSWERS)
def answer(w: Work, id: int) -> Any:
    """``verb`` (uphold: the restriction ends; dismiss) with the ``answer``."""
    appealing.answer(w, w.get(Appeal, id), request.form.get("verb", ""), request.form.get("answer", ""))
    return redirect(url_for("appeals.page"), 303)


routes.blueprint.register_error_handler(Refused, resident.refuse)
