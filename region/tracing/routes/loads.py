"""Files of cases and contacts by the web: a file is read, its plan is shown row by row, then it is applied."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import select

from region.incidents.queries import current
from region.places import wording
from region.spine.errors import Fault, Invalid, Refused
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work
from region.tracing.actions import loading
from region.tracing.line_words import HEADINGS
from region.tracing.models import LineLoad

routes = Routes("line_loads", __name__)
LOADS = "tracing.load"
SHOWN = 200


@routes.get("/tracing/loads", needs=LOADS)
def page(w: Work) -> str:
    """A file to be read, and the files so far of the incident."""
    return _page(w)


def _page(w: Work, fault: Fault | None = None) -> str:
    incident, loads = current(w), []
    if incident is not None:
        wanted = select(LineLoad).where(LineLoad.incident_id == incident.id)
        loads = list(w.session.scalars(wanted.order_by(LineLoad.id.desc()).limit(50)))
    return render_template(
        "tracing/loads.html",
        incident=incident,
        loads=loads,
        kinds=loading.KINDS,
        kind=request.form.get("kind", "contacts"),
        headings=HEADINGS,
        error="" if fault is None else fault_text(current_lang(), fault),
        wrong="" if fault is None else fault.facts.get("field", "file"),
    )


@routes.post("/tracing/loads", needs=LOADS)
def upload(w: Work) -> Any:
    """Read and check a file; nothing stands yet."""
    incident, sent = current(w), request.files.get("file")
    try:
        if incident is None:
            raise Refused("line-no-incident")
        if sent is None or not sent.filename:
            raise Invalid("file-missing", field="file")
        with w.session.begin_nested():
            kind = request.form.get("kind", "")
            load = loading.plan_lines(w, incident.id, kind, sent.read(), sent.filename)
    except (Invalid, Refused) as fault:
        return _page(w, fault), fault.status
    return redirect(url_for("line_loads.show", id=load.id), 303)


@routes.get("/tracing/loads/<int:id>", needs=LOADS)
def show(w: Work, id: int) -> str:
    """What a file would change, and every row that is refused, with its column and the reason."""
    row, lang = w.get(LineLoad, id), current_lang()
    return render_template(
        "tracing/load.html",
        row=row,
        counts=row.plan["counts"],
        refused=row.plan["refused"][:SHOWN],
        said=lambda one: wording.finding(lang, one),
    )


@routes.post("/tracing/loads/<int:id>", needs=LOADS)
def decide(w: Work, id: int) -> Any:
    """Apply the file, or put it away."""
    row = w.get(LineLoad, id)
    if request.form.get("verb") == "apply":
        loading.apply_lines(w, row)
    else:
        loading.drop_lines(w, row)
    return redirect(url_for("line_loads.show", id=id), 303)
