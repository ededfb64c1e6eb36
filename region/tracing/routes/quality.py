"""Twelve lists of what is wrong or missing, by the web."""

from __future__ import annotations

from flask import render_template, request

from region.incidents.queries import current
from region.spine.web import Routes
from region.spine.work import Work
from region.tracing.queries import listing, quality

routes = Routes("trace_quality", __name__)


@routes.get("/tracing/quality", needs="tracing.read")
def page(w: Work) -> str:
    """All lists with their number and age; the rows of one of them (``list``), the oldest first."""
    incident = current(w)
    code = request.args.get("list", "")
    found = listing.Page((), None)
    if incident is not None and code in quality.LISTS:
        found = quality.items(w, code, incident.id, request.args.get("after", ""))
    return render_template(
        "tracing/quality.html",
        shown=quality.counted(w, incident.id) if incident else None,
        found=found,
        code=code if code in quality.LISTS else "",
        leads=quality.LISTS[code].page if code in quality.LISTS else "",
        target=quality.TARGET,
        places=listing.places_named(w, {row.place_id for row, _ in found.rows}),
    )
