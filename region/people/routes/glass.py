"""Breaking the glass, looking through it, and its review by somebody else."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from region.people.actions import glass as actions
from region.people.actions.looking import purposes
from region.people.actions.opening import Identity
from region.people.queries.persons import looked_at, openings
from region.people.routes import said
from region.places.queries import find_code, place_name
from region.spine.errors import Fault, Forbidden, Invalid, Refused
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work

routes = Routes("glass", __name__)


@routes.get("/people/glass", needs="people.break_glass")
def page(w: Work) -> str:
    """One's own openings, and the form that breaks the glass."""
    return _page(w)


def _page(w: Work, fault: Fault | None = None, opened: dict[int, Identity] | None = None) -> str:
    rows = actions.mine(w)
    return render_template(
        "people/glass.html",
        rows=rows,
        places={one.place_id: place_name(w, one.place_id) for one in rows},
        hours=w.rules.duration("people", "glass.open"),
        purposes=purposes(w),
        opened=opened,
        given=request.form,
        wrong={} if fault is None else {"text": fault_text(current_lang(), fault), **fault.facts},
    )


@routes.post("/people/glass", needs="people.break_glass")
def break_glass(w: Work) -> Any:
    """Open the people of a place for a reason."""
    code = request.form.get("place", "")
    try:
        with w.beyond_scope("the place that he names by its code"):
            place = find_code(w, code)
        if place is None:
            raise Invalid("no-such-place-code", field="place", given=code[:40])
        actions.break_glass(w, place.id, request.form.get("reason", "")[:500])
    except (Invalid, Refused) as fault:
        if isinstance(fault, Forbidden):
            raise
        return _page(w, fault), fault.status
    return redirect(url_for("glass.page"), 303)


@routes.post("/people/glass/<int:id>/look", needs="people.break_glass")
def look(w: Work, id: int) -> Any:
    """Who is meant, in clear; each is counted."""
    try:
        opened = actions.look(w, id, said.wanted(), purpose=request.form.get("purpose", ""))
    except Invalid as fault:
        return _page(w, fault), fault.status
    return _page(w, opened=opened)


@routes.post("/people/glass/<int:id>/shut", needs="people.break_glass")
def shut(w: Work, id: int) -> Any:
    """It is needed no more."""
    actions.shut(w, id)
    return redirect(url_for("glass.page"), 303)


@routes.get("/people/glass/review", needs="people.review")
def review(w: Work) -> str:
    """Every opening with what was looked at, those that wait for a judgement first."""
    rows = sorted(openings(w), key=lambda one: (one.state != "shut", -one.id))
    return render_template(
        "people/glass_review.html",
        rows=rows,
        looked={one.id: looked_at(w, one) for one in rows},
        places={one.place_id: place_name(w, one.place_id) for one in rows},
        names=said.names(w, [name for one in rows for name in (one.actor, one.reviewed_by)]),
        limit=w.rules.duration("people", "glass.review"),
    )


@routes.post("/people/glass/<int:id>/judge", needs="people.review")
def judge(w: Work, id: int) -> Any:
    """Justified, or not."""
    justified = request.form.get("verb") == "justify"
    verdict = request.form.get("verdict", "")[:500]
    actions.judge(w, id, justified=justified, verdict=verdict, version=said.version())
    return redirect(url_for("glass.review"), 303)
