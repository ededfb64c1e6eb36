"""Lists of people that leave: asked for, approved by another, fetched while they last."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from sqlalchemy import select

from region.incidents.models import Incident
from region.people.actions import exporting
from region.people.actions.looking import purposes
from region.people.models import Export
from region.people.queries.persons import exports
from region.people.routes import said
from region.people.vault import FIELDS
from region.places.queries import by_code, place_name, roots
from region.spine.errors import Fault, Forbidden, Invalid, Missing
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work

routes = Routes("exports", __name__)


@routes.get("/people/exports", needs="people.export")
def page(w: Work) -> str:
    """One's own exports, and the form that asks for another."""
    return _page(w)


@routes.get("/people/exports/approve", needs="people.approve_export")
def approvals(w: Work) -> str:
    """What waits for an approval, and what was decided."""
    return render_template("people/export_approvals.html", **_shown(w, exports(w)))


def _page(w: Work, fault: Fault | None = None) -> str:
    incidents = w.session.scalars(select(Incident).order_by(Incident.id.desc()).limit(20)).all()
    return render_template(
        "people/exports.html",
        lists=exporting.lists(w),
        fields=FIELDS,
        purposes=purposes(w),
        incidents=incidents,
        tops=roots(w),
        given=request.form,
        wrong={} if fault is None else {"text": fault_text(current_lang(), fault), **fault.facts},
        **_shown(w, exports(w, asked_by=w.actor.name)),
    )


def _shown(w: Work, rows: Any) -> dict[str, Any]:
    return {
        "rows": rows,
        "places": {one.place_id: place_name(w, one.place_id) for one in rows},
        "names": said.names(w, [name for one in rows for name in (one.asked_by, one.decided_by)]),
    }


@routes.post("/people/exports", needs="people.export")
def ask(w: Work) -> Any:
    """Ask for a list; what is wrong with the form is said beside the field."""
    try:
        place = by_code(w, request.form.get("place", ""))
        exporting.ask(
            w,
            what=request.form.get("what", ""),
            place=place.id,
            incident=_incident(w),
            fields=request.form.getlist("fields"),
            purpose=request.form.get("purpose", ""),
            reason=request.form.get("reason", "")[:500],
        )
    except (Invalid, Missing, Forbidden) as fault:
        fault.facts.setdefault("field", "place")
        return _page(w, fault), fault.status
    return redirect(url_for("exports.page"), 303)


def _incident(w: Work) -> int | None:
    """The incident of the form; one that is not the actor's is Missing."""
    number = request.form.get("incident", type=int)
    return None if number is None else w.get(Incident, number).id


@routes.post("/people/exports/<int:id>/approve", needs="people.approve_export")
def approve(w: Work, id: int) -> Any:
    """Let it go."""
    exporting.approve(w, w.get(Export, id), version=said.version())
    return redirect(url_for("exports.approvals"), 303)


@routes.post("/people/exports/<int:id>/refuse", needs="people.approve_export")
def refuse(w: Work, id: int) -> Any:
    """Do not let it go."""
    exporting.refuse(w, w.get(Export, id), version=said.version())
    return redirect(url_for("exports.approvals"), 303)


@routes.post("/people/exports/<int:id>/fetch", needs="people.export")
def fetch(w: Work, id: int) -> Response:
    """The file, for whoever asked for it."""
    file = exporting.fetch(w, w.get(Export, id))
    answer = Response(file.content, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return answer
