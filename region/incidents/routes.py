"""The screens and endpoints of incidents."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from region.incidents import actions, queries
from region.places import queries as places
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("incidents", __name__)

KINDS = ("infectious_disease", "food_poisoning", "unknown_cause", "disaster", "exercise")


@routes.get("/incidents", needs="incidents.read")
def list_incidents(w: Work) -> str:
    """What is being responded to, what was, and the form that opens another."""
    found = queries.incidents(w)
    return render_template(
        "incidents/list.html",
        incidents=found,
        places={one.place_id: places.place_name(w, one.place_id) for one in found},
        packs=queries.disease_packs(w),
        tops=[top for top in places.roots(w) if top.kind == "area"],
        realm=queries.realm_of(w),
        kinds=KINDS,
        levels=actions.LEVELS,
    )


@routes.post("/incidents", needs="incidents.open")
def open_one(w: Work) -> Response:
    """Open an incident from the form."""
    place = places.by_code(w, request.form.get("place", ""), kind="area")
    actions.open_incident(
        w,
        code=request.form.get("code", "").strip(),
        place_id=place.id,
        kind=request.form.get("kind", ""),
        pack=request.form.get("pack", ""),
        level=request.form.get("level", ""),
        title_zh=request.form.get("title_zh", "").strip(),
        title_en=request.form.get("title_en", "").strip(),
    )
    return redirect(url_for("incidents.list_incidents"))


@routes.post("/incidents/<int:incident_id>/level", needs="incidents.open")
def set_level(w: Work, incident_id: int) -> Response:
    """Raise or lower the response."""
    version = request.form.get("version", type=int)
    actions.change_level(w, incident_id, request.form.get("level", ""), version=version)
    return redirect(url_for("incidents.list_incidents"))


@routes.post("/incidents/<int:incident_id>/close", needs="incidents.close")
def close_one(w: Work, incident_id: int) -> Response:
    """End the response."""
    actions.close_incident(w, incident_id, version=request.form.get("version", type=int))
    return redirect(url_for("incidents.list_incidents"))
