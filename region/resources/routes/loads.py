"""Files of counts on screen: sent, planned, looked at, applied or dropped; and the shelf list to be filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields

from flask import Response, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from region.formats.tables import write_csv, write_xlsx
from region.formats.text import clean
from region.places import wording
from region.resources.actions import loading
from region.resources.catalogue import items_of
from region.resources.load_plan import COLUMNS, LoadOptions, LoadPlan
from region.resources.models import StockLoad
from region.resources.queries.shelf_table import shelf_table
from region.spine.errors import Invalid
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work

routes = Routes("stock_loads", __name__)
SHOWN = 100
Write = Callable[[Sequence[str], Iterable[Sequence[str]]], bytes]
KINDS: Mapping[str, tuple[str, Write]] = {
    "csv": ("text/csv", write_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx),
}
LABELS = {
    "site": "Column with the code of the site",
    "item": "Column with the item",
    "quantity": "Column with the quantity",
    "unit": "Column with the unit",
    "lot": "Column with the lot",
    "expires": "Column with the last day",
    "counted": "Column with the day of the count",
}


@routes.get("/supplies/loads", needs="resources.keep")
def new_load(w: Work) -> str:
    """The form that takes a file of counts, and the files there were."""
    return _form(w)


def _form(w: Work, fault: Invalid | None = None) -> str:
    g.w = w
    return render_template(
        "resources/load.html",
        fields=[(name, LABELS[name]) for name in COLUMNS],
        columns=[] if fault is None else fault.facts.get("names", []),
        given=request.form,
        today=w.office.clock.day(w.now).isoformat(),
        error=None if fault is None else fault_text(current_lang(), fault),
        wrong=None if fault is None else fault.facts.get("field"),
        loads=w.session.scalars(select(StockLoad).order_by(StockLoad.id.desc()).limit(20)).all(),
    )


@routes.post("/supplies/loads", needs="resources.keep")
def upload(w: Work) -> Answer | tuple[str, int]:
    """Read and check a file; what is wrong with it as a whole is said beside the form, with what was typed."""
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Invalid("file-missing", field="file")
        made = loading.plan_load(w, sent.read(), sent.filename, _options(w))
    except Invalid as fault:
        return _form(w, fault), fault.status
    return redirect(url_for("stock_loads.show_load", load_id=made.id))


def _options(w: Work) -> LoadOptions:
    """The options of the form; the day of the count is always stated, so that a later day is another count."""
    names = [one.name for one in fields(LoadOptions) if one.name not in ("packs", "counted_on")]
    texts = {name: clean(request.form.get(name, ""))[:120] for name in names}
    day = clean(request.form.get("counted_on", ""))[:20] or w.office.clock.day(w.now).isoformat()
    return LoadOptions(packs=request.form.get("packs") == "yes", counted_on=day, **texts)


@routes.get("/supplies/loads/<int:load_id>", needs="resources.keep")
def show_load(w: Work, load_id: int) -> str:
    """What a file of counts would change: shown before it is applied, and kept afterwards."""
    load = w.get(StockLoad, load_id)
    plan = LoadPlan.from_doc(load.plan)
    lang = current_lang()
    rows = [row for row in plan.rows if row.action != "same"]
    moved = set(plan.moved)
    rows.sort(key=lambda row: (row.number not in moved, -abs(row.difference), row.number))
    return render_template(
        "resources/load_plan.html",
        load=load,
        plan=plan,
        rows=rows[:SHOWN],
        all_rows=len(rows),
        moved=moved,
        said=lambda one: wording.finding(lang, one),
        items=items_of(w.rules),
        shown=SHOWN,
    )


@routes.post("/supplies/loads/<int:load_id>/apply", needs="resources.keep")
def apply_load(w: Work, load_id: int) -> Answer:
    """Do what the plan says; where shelves moved meanwhile it is planned anew, and shown again."""
    loading.apply_load(w, load_id)
    return redirect(url_for("stock_loads.show_load", load_id=load_id))


@routes.post("/supplies/loads/<int:load_id>/drop", needs="resources.keep")
def drop_load(w: Work, load_id: int) -> Answer:
    """Put the plan away."""
    loading.drop_load(w, load_id)
    return redirect(url_for("stock_loads.new_load"))


@routes.get("/supplies/shelves.<kind>", needs="resources.keep")
def shelf_list(w: Work, kind: str) -> Response:
    """The shelf list as CSV or XLSX, to be filled in and loaded again; of one site with `place`."""
    if kind not in KINDS:
        raise Invalid("no-such-format", field="kind")
    mimetype, write = KINDS[kind]
    heads, rows = shelf_table(w, current_lang(), request.args.get("place", type=int))
    answer = Response(write(heads, rows), mimetype=mimetype)
    day = w.office.clock.day(w.now).isoformat()
    answer.headers["Content-Disposition"] = f"attachment; filename=shelves-{day}.{kind}"
    return answer
