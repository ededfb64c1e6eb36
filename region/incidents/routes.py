"""The screens and endpoints of incidents."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from region.incidents import actions, queries
from region.places import queries as places
from region.spine.errors import Fault, Forbidden, Invalid, Refused
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work

routes = Routes("incidents", __name__)

FIELDS = ("code", "kind", "pack", "level", "title_zh", "title_en")
KINDS = ("infectious_disease", "food_poisoning", "unknown_cause", "disaster", "exercise")


@routes.get("/incidents", needs="incidents.read")
def list_incidents(w: Work) -> str:
    """What is being responded to, what was, and the form that opens another."""
    return _page(w)


def _page(w: Work, wrong: Fault | None = None) -> str:
    g.w = w
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
        wrong={} if wrong is None else {"text": fault_text(current_lang(), wrong), **wrong.facts},
        given=request.form,
    )


@routes.post("/incidents", needs="incidents.open")
def open_one(w: Work) -> Response | tuple[str, int]:
    """Open an incident from the form; what is wrong with it is said beside the field, with what was typed."""
    given = {name: request.form.get(name, "").strip() for name in FIELDS}
    area = request.form.get("place", "")
    try:
        place = places.find_code(w, area, kind="area")
        if place is None:
            raise Invalid("no-such-parent", field="place", given=area[:40])
        actions.open_incident(w, place_id=place.id, **given)
    except (Invalid, Refused) as fault:
        if isinstance(fault, Forbidden):
            raise
        fault.facts["field"] = "place" if fault.code == "ambiguous-code" else fault.facts.get("field", "")
        return _page(w, fault), fault.status
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
