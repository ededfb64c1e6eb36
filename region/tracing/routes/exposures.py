"""Exposure places by the web: list and map, one place with its visits, who else was there, a case's visits."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, redirect, render_template, request, url_for

from maps import base, palette
from region.accounts.schemas import local_time, whole
from region.incidents.queries import current
from region.people.queries.masked import masked
from region.places.queries import area_features
from region.spine.assets import local_address
from region.spine.errors import Invalid
from region.spine.web import Routes, current_lang
from region.spine.work import Work
from region.tracing.actions import exposures as acting
from region.tracing.models import Case, ExposurePlace, Visit
from region.tracing.queries import exposures, listing
from region.tracing.states import PACK

routes = Routes("exposures", __name__)
READS, TRACES = "tracing.read", "tracing.trace"


@routes.get("/tracing/exposures", needs=READS)
def page(w: Work) -> str:
    """Exposure places, the one visited last first, beside a map of those with a point."""
    incident = current(w)
    found = exposures.listed(w, incident.id) if incident else []
    return render_template(
        "tracing/exposures.html",
        incident=incident,
        found=found,
        kinds=w.rules.value(PACK, "exposure_kinds"),
        systems=acting.SYSTEMS,
        places=listing.places_named(w, {one.row.place_id for one in found}),
        map=_map(),
    )


@routes.post("/tracing/exposures", needs=TRACES)
def record(w: Work) -> Any:
    """A place from the form: ``place`` (an area's id), ``kind``, ``name``, perhaps ``lon``, ``lat``, ``crs``."""
    incident, form = current(w), request.form
    if incident is None:
        raise Invalid("source-unknown", field="incident")
    given = acting.GivenExposure(
        incident=incident.id,
        place=whole(form.get("place", ""), "place"),
        kind=form.get("kind", ""),
        name=form.get("name", ""),
        point=_point(),
        crs=form.get("crs") or "WGS84",
    )
    return redirect(url_for("exposures.show", id=acting.record(w, given).id), 303)


def _point() -> tuple[float, float] | None:
    lon, lat = request.form.get("lon", "").strip(), request.form.get("lat", "").strip()
    if not lon and not lat:
        return None
    try:
        return float(lon), float(lat)
    except ValueError as error:
        raise Invalid("exposure-point-wrong", field="lon") from error


@routes.get("/tracing/exposures/<int:id>", needs=READS)
def show(w: Work, id: int) -> str:
    """One place: its visits, and for each of them who else was there, to be linked by a decision."""
    row = w.get(ExposurePlace, id)
    visits = exposures.visits_at(w, id)
    met = {visit.id: exposures.there(w, visit) for visit, _ in visits}
    persons = [case.person_id for _, case in visits]
    persons += [one.person_id for found in met.values() for one in found.contacts]
    return render_template(
        "tracing/exposure.html",
        row=row,
        visits=visits,
        met=met,
        rule=w.rules.value(PACK, "vehicle_rules").get(row.kind),
        people=masked(w, persons),
        traces=w.may(TRACES, row.place_id),
        places=listing.places_named(w, {row.place_id}),
    )


@routes.post("/tracing/exposures/<int:id>/visits", needs=TRACES)
def visit(w: Work, id: int) -> Any:
    """The case ``case`` (its id) was here from ``started`` to ``ended``, the region's time, on ``seat``."""
    form, zone = request.form, w.office.clock.zone
    case = w.get(Case, whole(form.get("case", ""), "case"))
    started, ended = (local_time(form.get(name, ""), zone, name) for name in ("started", "ended"))
    acting.visit(w, case, w.get(ExposurePlace, id), started, ended, form.get("seat", ""))
    return redirect(url_for("exposures.show", id=id), 303)


@routes.post("/tracing/exposures/<int:id>/link", needs=TRACES)
def link(w: Work, id: int) -> Any:
    """Contacts (``contact``, each an id) are linked to the case of a visit (``visit``) of this place."""
    row = w.get(ExposurePlace, id)
    wanted = whole(request.form.get("visit", ""), "visit")
    found = [one for one, _ in exposures.visits_at(w, row.id) if one.id == wanted]
    if not found:
        raise Invalid("source-unknown", field="visit")
    one: Visit = found[0]
    acting.link_proposed(w, one, [whole(text, "contact") for text in request.form.getlist("contact")])
    return redirect(url_for("exposures.show", id=id), 303)


@routes.get("/tracing/exposures.geojson", needs=READS)
def features(w: Work) -> Response:
    """Places with a point, as the map's layer of sites."""
    incident = current(w)
    frame = exposures.on_map(exposures.listed(w, incident.id) if incident else [])
    return _geojson(base.features("sites", frame, _lang()).collection)


@routes.get("/tracing/exposures/areas.geojson", needs=READS)
def areas(w: Work) -> Response:
    """Outlines of the areas below the places."""
    return _geojson(area_features(w, ["district", "subdistrict", "community"], current_lang()))


def _geojson(collection: dict[str, Any]) -> Response:
    answer = Response(json.dumps(collection, ensure_ascii=False, separators=(",", ":")))
    answer.mimetype = "application/geo+json"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _map() -> base.Parts:
    lang = _lang()
    urls = {
        "areas": url_for("exposures.areas", lang=lang),
        "sites": url_for("exposures.features", lang=lang),
    }
    return base.parts(base.draw(dict.fromkeys(urls), lang, local_address, urls=urls), local_address)


def _lang() -> palette.Lang:
    return "en" if current_lang() == "en" else "zh"
