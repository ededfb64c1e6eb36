"""Who infected whom by the web: the drawing, its figures, and the same as a table."""

from __future__ import annotations

from flask import render_template

from region.incidents.queries import current
from region.spine.web import Routes
from region.spine.work import Work
from region.tracing.queries.chains import MOST, chains
from region.tracing.tree import WIDTH, draw

routes = Routes("transmission", __name__)


@routes.get("/tracing/graph", needs="tracing.read")
def page(w: Work) -> str:
    """Cases by the day they became ill, each joined to its possible sources; no name is in it."""
    incident = current(w)
    found = None if incident is None else chains(w, incident.id)
    return render_template(
        "tracing/graph.html",
        incident=incident,
        found=found,
        graph=found.graph if found else None,
        drawing=draw(found.graph) if found else None,
        width=WIDTH,
        most=MOST,
    )
