"""The work-list by the web: what no rule decides, alarms first, and one page on which a person settles it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from region.sampling.actions import claims
from region.sampling.actions import worklist as settling
from region.sampling.methods import methods
from region.sampling.models import WorkItem
from region.sampling.queries import boxes, worklist
from region.sampling.queries.worklist import Wanted
from region.sampling.routes import forms
from region.sampling.states import PACK, WORK_ITEM
from region.spine.errors import Fault
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("work", __name__)
READS, SETTLES = "sampling.read", "sampling.settle"
VERDICTS = {
    **claims.VERDICTS,
    "box_twice": ("first_stays", "other_stays", "both_real", "no_fault"),
    "person_twice": ("first_stays", "other_stays", "no_fault"),
    "unknown_tube": ("matched", "resample", "no_fault"),
    "count_differs": ("matched", "resample", "no_fault"),
    "temperature_wrong": ("resample", "no_fault"),
    "clock_wrong": ("no_fault",),
    "apart_in_pool": ("resample", "no_fault"),
    "over_full": ("resample", "no_fault"),
    "result_changed": ("resample", "no_fault"),
}
"""Which verdicts of the pack make sense for a kind; all of them for a kind that is not here."""


@routes.get("/sampling/work", needs=READS)
def page(w: Work) -> str:
    """Open items: alarms first, then late ones, then the oldest; filters live in the address."""
    asked = Wanted(
        "settled" if request.args.get("state") == "settled" else "open",
        request.args.get("kind", "")[:24],
        request.args.get("alarm") == "1",
        forms.skipped(),
    )
    found = worklist.listed(w, asked)
    return render_template(
        "sampling/work.html",
        asked=asked,
        found=found[: worklist.PAGE],
        more=asked.after + worklist.PAGE if len(found) > worklist.PAGE else None,
        counts=worklist.counts(w),
        kinds=worklist.KINDS,
        due=_due_of(w, found),
        places=boxes.places_named(w, {one for row in found for one in (row.place_id, row.lab_id)}),
        verdicts=w.rules.value(PACK, "verdicts"),
    )


def _due_of(w: Work, found: list[WorkItem]) -> dict[int, Any]:
    calm, alarm = (w.rules.duration(PACK, name) for name in (WORK_ITEM.limits["open"], "work.alarm"))
    return {row.id: row.since + (alarm if row.alarm else calm) for row in found}


@routes.get("/sampling/work/<int:id>", needs=READS)
def show(w: Work, id: int) -> str:
    """One item: what it is about, both versions of a tube side by side, and the verdict."""
    return _show(w, id)


def _show(w: Work, id: int, wrong: Fault | None = None) -> str:
    row = w.get(WorkItem, id)
    known, lives = w.rules.value(PACK, "verdicts"), worklist.versions(w, row)
    actors = {row.settled_by, str(row.facts.get("by", ""))} | {life.tube.sampler for life in lives}
    return render_template(
        "sampling/work_item.html",
        row=row,
        due=_due_of(w, [row])[row.id],
        versions=lives,
        box=worklist.box_of(w, row),
        verdicts={code: known[code] for code in VERDICTS.get(row.kind, tuple(known)) if code in known},
        known=known,
        may_settle=row.state == "open" and w.may(SETTLES, row.place_id),
        places=boxes.places_named(w, {row.place_id, row.lab_id}),
        methods=methods(w),
        names=forms.names(w, actors),
        wrong=forms.said(wrong),
        given=request.form,
    )


@routes.post("/sampling/work/<int:id>", needs=SETTLES)
def settle(w: Work, id: int) -> Any:
    """A person says what was done; said twice the same is once."""
    row = w.get(WorkItem, id)
    verdict, note = forms.sentence("verdict"), forms.sentence("note")

    def act() -> None:
        if row.state == "open" or row.verdict != verdict:
            _settle(w, row, verdict, note)

    return forms.attempt(w, act, url_for("work.show", id=id), lambda wrong: _show(w, id, wrong))


def _settle(w: Work, row: WorkItem, verdict: str, note: str) -> None:
    """Where two tubes claim a code, the verdict says what becomes of them; else it is written down."""
    if row.kind in claims.VERDICTS:
        claims.settle_tube_twice(w, row, verdict, code=forms.sentence("code"), note=note)
    else:
        settling.settle(w, row, verdict, note)
