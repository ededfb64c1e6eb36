"""Who is due and was not sampled, and why (K15): the list, reasons, the download; and files of who is due."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from sqlalchemy import select

from region.formats.tables import write_csv
from region.places import wording
from region.sampling.actions import listing
from region.sampling.models import DueLoad, Round
from region.sampling.queries import due, rounds
from region.sampling.queries.due import Filters
from region.sampling.states import PACK, ROUND
from region.spine.errors import Fault, Invalid, Refused
from region.spine.i18n import pick
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work

routes = Routes("due", __name__)
READS, LISTS = "sampling.read", "sampling.list"
MOST_ROWS = 100_000
SHOWN = 100


def _filters() -> Filters:
    area = request.values.get("area", "")
    known = area.isascii() and area.isdigit() and len(area) < 10
    return Filters(int(area) if known else None, request.values.get("reason", "")[:24])


def _after() -> tuple[int, int]:
    parts = request.args.get("after", "").split("-")
    if len(parts) == 2 and all(part.isascii() and part.isdigit() and len(part) < 16 for part in parts):
        return int(parts[0]), int(parts[1])
    return 0, 0


@routes.get("/sampling/rounds/<int:id>/missing", needs=READS)
def page(w: Work, id: int) -> str:
    """Those of the list who were not sampled, masked, by grid, with the reason; the grids with the most of them."""
    return _page(w, id)


def _page(w: Work, id: int, fault: Fault | None = None) -> str:
    round_, filters = rounds.round_of(w, id), _filters()
    found = due.not_sampled(w, round_, filters, _after())
    loads = select(DueLoad).where(DueLoad.round_id == id).order_by(DueLoad.id.desc()).limit(20)
    return render_template(
        "sampling/round_due.html",
        round=round_,
        found=found,
        filters=filters,
        area=due.names_of(w, {filters.area}).get(filters.area) if filters.area else None,
        counts=due.by_reason(w, round_, filters.area),
        grids=due.by_grid(w, round_),
        progress=rounds.progress(w, round_),
        reasons=w.rules.value(PACK, "not_sampled_reasons"),
        more=len(found) == due.PAGE,
        loads=w.session.scalars(loads).all(),
        open=round_.state not in ROUND.ends,
        fault="" if fault is None else fault_text(current_lang(), fault),
        field="" if fault is None else fault.facts.get("field", ""),
    )


@routes.get("/sampling/rounds/<int:id>/missing.csv", needs=READS)
def download(w: Work, id: int) -> Response:
    """The same as a file: grid, masked name, last digits, reason; nothing beyond what the screen shows."""
    round_ = rounds.round_of(w, id)
    lang = current_lang()
    heads = {
        "zh": ["网格代码", "网格", "姓名（脱敏）", "证件（脱敏）", "未采原因"],
        "en": ["Grid code", "Grid", "Name (masked)", "Paper (masked)", "Reason"],
    }[lang]
    answer = Response(write_csv(heads, _lines(w, round_, lang)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f"attachment; filename=not-sampled-{id}.csv"
    return answer


def _lines(w: Work, round_: Round, lang: str) -> Iterator[list[str]]:
    reasons, filters = w.rules.value(PACK, "not_sampled_reasons"), _filters()
    after, written = (0, 0), 0
    while written < MOST_ROWS:
        found = due.not_sampled(w, round_, filters, after, most=2000)
        for one in found:
            shown, reason = one.shown, reasons.get(one.reason)
            yield [
                one.grid.code,
                pick(lang, one.grid.name_zh, one.grid.name_en),
                shown.name if shown else "",
                shown.number if shown else "",
                pick(lang, reason["zh"], reason["en"]) if reason else "",
            ]
        written += len(found)
        if len(found) < 2000:
            return
        after = (found[-1].grid.id, found[-1].person)


@routes.post("/sampling/rounds/<int:id>/missing", needs=LISTS)
def explain(w: Work, id: int) -> Any:
    """Why: for those who were ticked, or for all whom the filter shows."""
    reason, filters = request.form.get("why", ""), _filters()
    try:
        with w.session.begin_nested():
            _explain(w, id, filters, reason)
    except (Invalid, Refused) as fault:
        return _page(w, id, fault), fault.status
    to = url_for("due.page", id=id, area=filters.area, reason=filters.reason or None)
    return redirect(to, 303)


def _explain(w: Work, id: int, filters: Filters, reason: str) -> None:
    if request.form.get("all") == "yes":
        listing.explain_all(w, id, filters, reason)
        return
    ticked = [int(one) for one in request.form.getlist("person")[:500] if one.isdigit()]
    if not ticked:
        raise Invalid("nobody-ticked", field="person")
    listing.explain(w, id, ticked, reason)


@routes.post("/sampling/rounds/<int:id>/lists", needs=LISTS)
def upload(w: Work, id: int) -> Any:
    """Read and check a file of who is due."""
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Invalid("file-missing", field="file")
        with w.session.begin_nested():
            load = listing.plan_list(w, id, sent.read(), sent.filename)
    except (Invalid, Refused) as fault:
        return _page(w, id, fault), fault.status
    return redirect(url_for("due.show_load", id=id, load=load.id), 303)


@routes.get("/sampling/rounds/<int:id>/lists/<int:load>", needs=LISTS)
def show_load(w: Work, id: int, load: int) -> str:
    """What a file would change, and what was refused, by row."""
    row, lang = w.get(DueLoad, load), current_lang()
    return render_template(
        "sampling/round_due_load.html",
        row=row,
        round=rounds.round_of(w, row.round_id),
        counts=row.plan["counts"],
        refused=row.plan["refused"][:SHOWN],
        said=lambda one: wording.finding(lang, one),
    )


@routes.post("/sampling/rounds/<int:id>/lists/<int:load>", needs=LISTS)
def decide(w: Work, id: int, load: int) -> Any:
    """Apply the file, or put it away."""
    row = w.get(DueLoad, load)
    if request.form.get("verb") == "apply":
        listing.apply_list(w, row)
    else:
        listing.drop_list(w, row)
    return redirect(url_for("due.show_load", id=id, load=load), 303)
