"""Line lists and contact lists by the web: a file is sent, its plan shown by row, then taken in or dropped."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import select

from region.incidents.queries import current
from region.places import wording
from region.places.models import Place
from region.spine.errors import Fault, Invalid, Refused
from region.spine.machine import same_version
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work
from region.tracing.actions import loading
from region.tracing.actions.loading import Options
from region.tracing.models import LineLoad

routes = Routes("line_loads", __name__)
LOADS = "tracing.load"
SHOWN = 100


@routes.get("/tracing/loads", needs=LOADS)
def page(w: Work) -> str:
    """Files of cases and contacts so far, and the form for another."""
    return _page(w)


def _page(w: Work, fault: Fault | None = None) -> str:
    incident = current(w)
    mine = LineLoad.incident_id == (incident.id if incident else 0)
    rows = select(LineLoad).where(mine).order_by(LineLoad.id.desc()).limit(50)
    return render_template(
        "tracing/loads.html",
        incident=incident,
        loads=w.session.scalars(rows).all(),
        given=request.form,
        error="" if fault is None else fault_text(current_lang(), fault),
        wrong="" if fault is None else fault.facts.get("field", "file"),
    )


@routes.post("/tracing/loads", needs=LOADS)
def upload(w: Work) -> Any:
    """Read and check a file."""
    sent = request.files.get("file")
    try:
        incident = current(w)
        if incident is None:
            raise Refused("no-incident")
        if sent is None or not sent.filename:
            raise Invalid("file-missing", field="file")
        with w.session.begin_nested():
            kind = request.form.get("kind", "")
            load = loading.plan_lines(w, incident.id, kind, sent.read(), sent.filename, _options(w))
    except (Invalid, Refused) as fault:
        return _page(w, fault), fault.status
    return redirect(url_for("line_loads.show", id=load.id), 303)


def _options(w: Work) -> Options:
    code, day = request.form.get("home", "").strip(), request.form.get("day_one", "").strip()
    wanted = select(Place.id).where(Place.code == code, Place.kind == "area")
    home = w.session.scalars(wanted).first() if code else None
    if code and home is None:
        raise Invalid("area-unknown", field="home")
    try:
        return Options(home, date.fromisoformat(day) if day else None)
    except ValueError:
        raise Invalid("bad-request", field="day_one") from None


@routes.get("/tracing/loads/<int:id>", needs=LOADS)
def show(w: Work, id: int) -> str:
    """What a file would change: counts, rows that are refused, rows that are taken in part; by row."""
    row, lang = w.get(LineLoad, id), current_lang()
    return render_template(
        "tracing/load.html",
        row=row,
        counts=row.plan["counts"],
        refused=row.plan["refused"][:SHOWN],
        noticed=row.plan["noticed"][:SHOWN],
        said=lambda one: wording.finding(lang, one),
    )


@routes.post("/tracing/loads/<int:id>", needs=LOADS)
def decide(w: Work, id: int) -> Any:
    """Take the file in, or put it away."""
    row = w.get(LineLoad, id)
    if row.state == "planned":
        same_version(row, request.form.get("version", type=int))
    if request.form.get("verb") == "apply":
        loading.apply_lines(w, row)
    else:
        loading.drop_lines(w, row)
    return redirect(url_for("line_loads.show", id=id), 303)
