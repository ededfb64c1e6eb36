"""What an ended response collected: held or approved by two, destroyed, and the certificate to print."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, request, url_for

from region.incidents.models import Incident
from region.people.actions import destroying
from region.people.models import Destruction
from region.people.queries.grounds import destructions
from region.people.queries.privacy import destroyed
from region.people.routes import said
from region.spine.errors import Missing
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("destructions", __name__)

PLAIN: dict[str, Callable[..., None]] = {
    "approve": destroying.approve,
    "free": destroying.free,
    "carry_out": destroying.carry_out,
}
REASONED: dict[str, Callable[..., None]] = {"hold": destroying.hold, "stop": destroying.stop}


@routes.get("/people/destructions", needs="people.destroy")
def page(w: Work) -> str:
    """All that ended, and how far each is."""
    return render_template("people/destructions.html", rows=destructions(w), share=destroyed(w))


@routes.get("/people/destructions/<int:id>", needs="people.destroy")
def show(w: Work, id: int) -> str:
    """One destruction: what there is, who approved, and the certificate."""
    row = w.get(Destruction, id)
    k = int(w.rules.value("people", "k_smallest"))
    return render_template(
        "people/destruction.html",
        row=row,
        incident=w.get(Incident, row.incident_id),
        k=k,
        names=said.names(w, [row.first_by, row.second_by, (row.certificate or {}).get("carried_out_by")]),
    )


@routes.post("/people/destructions/<int:id>/<verb>", needs="people.destroy")
def move(w: Work, id: int, verb: str) -> Any:
    """Approve, hold, free, stop, or carry out."""
    row = w.get(Destruction, id)
    if verb in PLAIN:
        PLAIN[verb](w, row, version=said.version())
    elif verb in REASONED:
        REASONED[verb](w, row, request.form.get("why", "")[:500], version=said.version())
    else:
        raise Missing("no-such-page")
    return redirect(url_for("destructions.show", id=id), 303)
