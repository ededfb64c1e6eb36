"""Report cards by the web: a clinic enters them, the county's centre looks at them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from flask import redirect, render_template, request, url_for

from region.accounts.schemas import local_time
from region.people.queries.masked import masked
from region.places.queries.tree import by_code
from region.spine.errors import Fault, Forbidden, Invalid, Missing, Refused, Stale
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work
from region.surveillance.actions import reporting
from region.surveillance.actions.reporting import NewCard
from region.surveillance.models import CaseReport
from region.surveillance.models.reports import KINDS
from region.surveillance.queries import reports
from region.surveillance.queries.items import items
from region.surveillance.queries.proposals import places_named

routes = Routes("reports", __name__)
REPORTS, REVIEWS = "surveillance.report", "surveillance.review"


@routes.get("/surveillance/reports", needs=REPORTS)
def page(w: Work) -> str:
    """The latest cards of a kind (``show``) and disease (``item``), and the form of another."""
    return _page(w)


def _page(w: Work, fault: Fault | None = None) -> str:
    show = request.args.get("show", "all")
    show = show if show in reports.SHOWN else "all"
    item = request.args.get("item", "")[:40]
    rows = reports.listed(w, show, item)
    today = w.office.clock.day(w.now)
    places = {one for row in rows for one in (row.place_id, row.reporter_id, row.unit_id) if one is not None}
    return render_template(
        "surveillance/reports.html",
        rows=rows,
        show=show,
        item=item,
        shown=reports.SHOWN,
        kinds=KINDS,
        items=items(w),
        people=masked(w, [row.person_id for row in rows if row.person_id]),
        places=places_named(w, places),
        twins=reports.twins(w, rows),
        in_time=reports.in_time(w, today - dt.timedelta(days=6), today),
        given=request.form,
        ref=request.form.get("ref") or uuid.uuid4().hex,
        wrong="" if fault is None else fault_text(current_lang(), fault),
        field="" if fault is None else str(fault.facts.get("field", "")),
    )


@routes.post("/surveillance/reports", needs=REPORTS)
def enter(w: Work) -> Any:
    """Enter one card; the form's ``ref`` makes a second press the same card."""
    try:
        with w.session.begin_nested():
            reporting.enter(w, "screen", [_card(w)])
    except (Forbidden, Stale):
        raise
    except (Invalid, Missing, Refused) as fault:
        return _page(w, fault), fault.status
    return redirect(url_for("reports.page"), 303)


def _card(w: Work) -> NewCard:
    form = request.form
    zone = w.office.clock.zone
    place = by_code(w, form.get("place", ""))
    unit = by_code(w, form["unit"]).id if form.get("unit", "").strip() else None
    return NewCard(
        ref=form.get("ref", "")[:80] or uuid.uuid4().hex,
        item=form.get("item", ""),
        kind=form.get("kind", ""),
        place=place.id,
        reporter=w.actor.site_id or place.id,
        unit=unit,
        diagnosed_at=local_time(form.get("diagnosed_at", ""), zone, "diagnosed_at"),
        onset_on=_day("onset_on"),
        sampled_on=_day("sampled_on"),
        died_on=_day("died_on"),
        admitted=form.get("admitted") == "yes",
        imported=form.get("imported") == "yes",
    )


def _day(field: str) -> dt.date | None:
    text = request.form.get(field, "").strip()
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid("bad-date", field=field, value=text[:40]) from None


@routes.post("/surveillance/reports/<int:id>/review", needs=REVIEWS)
def review(w: Work, id: int) -> Any:
    """The card stands, as another disease or kind if the form says so."""
    return _act(w, id, "review")


@routes.post("/surveillance/reports/<int:id>/void", needs=REVIEWS)
def void(w: Work, id: int) -> Any:
    """A duplicate (``duplicate_of``), or no case (``note``): it counts no more."""
    return _act(w, id, "void")


def _act(w: Work, id: int, verb: str) -> Any:
    row, form = w.get(CaseReport, id), request.form
    try:
        with w.session.begin_nested():
            if verb == "review":
                reporting.reclassify(w, row, form.get("item", row.item), form.get("kind", row.kind))
            twin = form.get("duplicate_of", type=int)
            reporting.review(w, row, verb, form.get("note", ""), twin)
    except (Forbidden, Stale):
        raise
    except (Invalid, Missing, Refused) as fault:
        return _page(w, fault), fault.status
    return redirect(url_for("reports.page", show="waiting"), 303)
