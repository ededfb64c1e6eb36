"""A laboratory's results on screen: a file sent, its plan looked at, applied or dropped; what waits for its tube."""

from __future__ import annotations

from dataclasses import fields

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from region.formats.text import clean
from region.places import wording
from region.sampling.actions import result_loading
from region.sampling.models import LabDay, ResultLoad
from region.sampling.queries.waiting import waiting
from region.sampling.result_plan import COLUMNS, ResultOptions, ResultPlan
from region.sampling.routes import forms
from region.spine.errors import Invalid, Refused
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work

routes = Routes("results", __name__)
LABELS = {
    "tube": "Column with the code of the tube",
    "result": "Column with the result",
    "ct_n": "Column with the Ct of N",
    "ct_orf": "Column with the Ct of ORF1ab",
    "reported": "Column with the time of the result",
}
NAMES = {"negative": "Negative", "positive": "Positive", "grey": "Grey zone", "invalid": "Invalid"}
SHOWN = 100


@routes.get("/sampling/results", needs="sampling.report")
def page(w: Work) -> str:
    """The day so far, what waits for its tube, the form that takes a file, and the files there were."""
    return _page(w)


def _page(w: Work, fault: Invalid | None = None) -> str:
    lab = _own_lab(w)
    today = w.session.get(LabDay, (w.realm, lab, w.office.clock.day(w.now)))
    number, results = waiting(w, lab)
    loads = w.session.scalars(
        select(ResultLoad).where(ResultLoad.place_id == lab).order_by(ResultLoad.id.desc()).limit(20)
    ).all()
    return render_template(
        "sampling/results.html",
        fields=[(name, LABELS[name]) for name in COLUMNS],
        columns=[] if fault is None else fault.facts.get("names", []),
        given=request.form,
        names=NAMES,
        today=today,
        waiting=results,
        waiting_number=number,
        error=None if fault is None else fault_text(current_lang(), fault),
        wrong=None if fault is None else fault.facts.get("field"),
        loads=loads,
        staff=forms.names(w, (one.made_by for one in loads)),
    )


@routes.post("/sampling/results", needs="sampling.report")
def upload(w: Work) -> Answer | tuple[str, int]:
    """Read and check a file; what is wrong with it as a whole is said beside the form, with what was typed."""
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Invalid("file-missing", field="file")
        texts = {one.name: clean(request.form.get(one.name, ""))[:120] for one in fields(ResultOptions)}
        made = result_loading.plan_load(w, _own_lab(w), sent.read(), sent.filename, ResultOptions(**texts))
    except Invalid as fault:
        return _page(w, fault), fault.status
    return redirect(url_for("results.show_load", result_load=made.id))


@routes.get("/sampling/results/<int:result_load>", needs="sampling.report")
def show_load(w: Work, result_load: int) -> str:
    """What a file of results would change: shown before it is applied, while it is, and kept afterwards."""
    load = w.get(ResultLoad, result_load)
    lang = current_lang()
    return render_template(
        "sampling/result_load.html",
        load=load,
        plan=ResultPlan.from_doc(load.plan),
        names=NAMES,
        said=lambda one: wording.finding(lang, one),
        shown=SHOWN,
        staff=forms.names(w, [load.made_by]),
    )


@routes.post("/sampling/results/<int:result_load>/apply", needs="sampling.report")
def apply_load(w: Work, result_load: int) -> Answer:
    """Begin to do what the plan says; the page then tells how far it is."""
    result_loading.apply_load(w, result_load)
    return redirect(url_for("results.show_load", result_load=result_load))


@routes.post("/sampling/results/<int:result_load>/drop", needs="sampling.report")
def drop_load(w: Work, result_load: int) -> Answer:
    """Put the plan away."""
    result_loading.drop_load(w, result_load)
    return redirect(url_for("results.page"))


def _own_lab(w: Work) -> int:
    if w.actor.site_id is None:
        raise Refused("site-alone", needs="sampling.report")
    return w.actor.site_id
