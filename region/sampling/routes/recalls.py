"""Recalls of positive pools by the web: the list by its clock, one pool step by step, and finding its members."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for

from region.people.actions.opening import Identity
from region.sampling.actions import recalling_members
from region.sampling.actions.recalling_members import OPENS, TRIES
from region.sampling.models import Recall
from region.sampling.queries import recalls, turnaround
from region.sampling.states import PACK, RECALL
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("recalls", __name__)
READS = "sampling.read"
MEASURED = timedelta(days=14)


@routes.get("/sampling/recalls", needs=READS)
def page(w: Work) -> str:
    """Recalls that wait, by their clock; K20 and K19 of the last 14 days; those that ended."""
    found = recalls.listed(w)
    rounds = {one.row.round_id for one in found if one.row.round_id is not None}
    return render_template(
        "sampling/recalls.html",
        found=found,
        ends=RECALL.ends,
        followed=recalls.follow_up(w, since=w.now - MEASURED),
        target=float(w.rules.value(PACK, "recall.target_share")),
        pools=turnaround.pool_positivity(w, rounds),
        places=recalls.places_named(w, {one.row.place_id for one in found}),
    )


@routes.get("/sampling/recalls/<int:id>", needs=READS)
def show(w: Work, id: int) -> str:
    """One positive pool: its steps with their times, and the members whom the reader may know of, masked."""
    return _show(w, w.get(Recall, id), {})


def _show(w: Work, row: Recall, opened: Mapping[int, Identity]) -> str:
    members = recalls.members(w, row.id)
    with w.beyond_scope("numbers of a recall in scope, no persons"):
        counts = recalls.counts(w, [row.id]).get(row.id, recalls.Counts())
    entries = recalls.history(w, row.id)
    ids = {row.place_id, row.lab_id} | {
        place for one in members for place in (one.row.place_id, one.row.home_id)
    }
    return render_template(
        "sampling/recall.html",
        row=row,
        members=members,
        counts=counts,
        pool=recalls.pool(w, row),
        entries=entries,
        places=recalls.places_named(w, ids),
        ends=RECALL.ends,
        opened=opened,
        reasons=w.rules.value(PACK, "not_sampled_reasons"),
        opens=w.may(OPENS),
        tries=w.may(TRIES),
        restore_minutes=int(w.rules.value(PACK, "recall.restore_minutes")),
    )


@routes.post("/sampling/recalls/<int:id>/open", needs=OPENS)
def open_list(w: Work, id: int) -> str:
    """Names and telephones of the members who are due and whom the reader must find; each opening is journalled."""
    row = w.get(Recall, id)
    return _show(w, row, recalling_members.open_list(w, row))


@routes.post("/sampling/recalls/<int:id>/tried", needs=TRIES)
def tried(w: Work, id: int) -> Any:
    """A member was sought and not sampled: ``person`` and ``reason``."""
    person = request.form.get("person", type=int) or 0
    recalling_members.tried(w, w.get(Recall, id), person, request.form.get("reason", "")[:24])
    if request.headers.get("X-Quiet"):
        return "", 204
    return redirect(url_for("recalls.show", id=id), 303)
