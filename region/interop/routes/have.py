"""Capacity for other systems: the sites' beds, rooms and teams as EDXL-HAVE, out and in."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from region.formats import have
from region.interop.actions.taking_in_have import take_in
from region.interop.queries import have_out
from region.places.models import Place
from region.places.queries import roots
from region.spine.errors import Invalid, Missing
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work

routes = Routes("have", __name__)
TYPE = "application/xml"


@routes.get("/api/v1/have.xml", needs="resources.read")
def have_report(w: Work) -> Response:
    """The capacity of the sites that the reader may know of, or of those in `area` (its id), as EDXL-HAVE."""
    asked = request.args.get("area", type=int)
    found = [w.get(Place, asked)] if asked is not None else roots(w)
    if not found:
        raise Missing("no-such", what="place", id="-")
    return Response(have.write(have_out.report(w, found[0], current_lang())), mimetype=TYPE)


@routes.post("/api/v1/have", needs="resources.capacity")
def receive(w: Work) -> Any:
    """A site's system hands in an EDXL-HAVE report (the body of the request): what changed, and what was refused."""
    data = request.get_data(cache=False)[: have.MOST_BYTES + 1]
    taken = take_in(w, data)
    lang = current_lang()
    refused = [
        {"element": path, "error": fault.code, "text": fault_text(lang, fault), "facts": fault.facts}
        for path, fault in taken.refused
    ]
    noticed = [
        {"element": one.path, "text": fault_text(lang, Invalid(one.code, fact=one.fact, path=one.path))}
        for one in taken.problems
    ]
    return jsonify(
        ok=not refused,
        changed=taken.changed,
        known=taken.known,
        older=taken.older,
        derived=taken.derived,
        refused=refused,
        noticed=noticed,
    )
