"""Sites of a round on screen: on the map, each to be moved and staffed; and the page of whoever runs one."""

from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
from flask import Response, redirect, render_template, request, url_for
from shapely.geometry import Point

from maps import base
from maps.palette import Lang
from region.sampling.actions import running, site_edits
from region.sampling.actions.site_edits import Wanted
from region.sampling.methods import method
from region.sampling.models import Round, RoundSite
from region.sampling.queries import due, round_picture, rounds, siting
from region.sampling.routes.rounds import PLANS, READS, back, whole
from region.spine.errors import Fault, Invalid, Missing, Refused
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work

routes = Routes("round_sites", __name__)
MOVES = ("ready", "open", "close")


def _lang() -> Lang:
    return "en" if current_lang() == "en" else "zh"


@routes.get("/sampling/rounds/<int:id>/areas.geojson", needs=READS)
def areas(w: Work, id: int) -> Response:
    """Outlines of the round's areas, coloured where people are beyond the walk."""
    rows = round_picture.area_rows(w, rounds.round_of(w, id))
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=4326) if rows else None
    return _geojson(base.features("areas", frame, _lang()).collection)


@routes.get("/sampling/rounds/<int:id>/sites.geojson", needs=READS)
def points(w: Work, id: int) -> Response:
    """The sites that the reader may know of."""
    sites = siting.sites_of(w, rounds.round_of(w, id))
    rows = round_picture.site_rows(sites, _lang())
    at = [Point(row["lon"], row["lat"]) for row in rows]
    frame = gpd.GeoDataFrame(rows, geometry=at, crs=4326) if rows else None
    return _geojson(base.features("sites", frame, _lang()).collection)


def _geojson(collection: dict[str, Any]) -> Response:
    body = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
    return Response(body, mimetype="application/geo+json")


def _site(w: Work, id: int, site: int) -> RoundSite:
    row = w.get(RoundSite, site)
    if row.round_id != id:
        raise Missing("no-such", what="roundsite", id=site)
    return row


@routes.get("/sampling/rounds/<int:id>/sites/<int:site>", needs=READS)
def show(w: Work, id: int, site: int) -> str:
    """One site: who comes, what was taken, tubes left, its steps; for the planner a form to change it."""
    return _show(w, id, site)


def _show(w: Work, id: int, site: int, fault: Fault | None = None) -> str:
    row, round_ = _site(w, id, site), rounds.round_of(w, id)
    plans = w.may(PLANS, round_.place_id)
    way = method(w, round_.method)
    extra = round_.plan.get("need", {})
    spare = extra.get("spare", 0) / max(1, extra.get("tubes", 1))
    tubes = round(row.expected / way.size * (1 + spare) + 0.5)
    return render_template(
        "sampling/round_site.html",
        row=row,
        round=round_,
        way=way,
        tubes=tubes,
        grids=due.names_of(w, set(row.areas)),
        places=due.names_of(w, {row.place_id} | ({row.lab_id} if row.lab_id else set())),
        runners=siting.runners_of(w, round_) if plans else [],
        labs=round_picture.laboratories(w) if plans else [],
        plans=plans,
        fault="" if fault is None else fault_text(current_lang(), fault),
    )


@routes.post("/sampling/rounds/<int:id>/sites/<int:site>/step", needs="sampling.sample")
def step(w: Work, id: int, site: int) -> Any:
    """Ready, open, close: what whoever runs the site says."""
    verb = request.form.get("verb", "")
    try:
        if verb not in MOVES:
            raise Invalid("fields-wrong", field="verb")
        with w.session.begin_nested():
            running.move_site(w, _site(w, id, site), verb)
    except (Invalid, Refused) as fault:
        return _show(w, id, site, fault), fault.status
    return redirect(url_for("round_sites.show", id=id, site=site), 303)


@routes.post("/sampling/rounds/<int:id>/sites/<int:site>", needs=PLANS)
def edit(w: Work, id: int, site: int) -> Any:
    """Move it, name it, staff it, give it to another."""
    try:
        with w.session.begin_nested():
            site_edits.edit(w, _site(w, id, site), _wanted(), whole("version") or None)
    except (Invalid, Refused) as fault:
        return _show(w, id, site, fault), fault.status
    return redirect(url_for("round_sites.show", id=id, site=site), 303)


@routes.post("/sampling/rounds/<int:id>/sites/<int:site>/remove", needs=PLANS)
def remove(w: Work, id: int, site: int) -> Any:
    """Take it away; its people go to others."""
    return back(w, id, lambda: site_edits.remove(w, _site(w, id, site)), "#sites")


@routes.post("/sampling/rounds/<int:id>/sites", needs=PLANS)
def add(w: Work, id: int) -> Any:
    """One more."""
    return back(w, id, lambda: site_edits.add(w, w.get(Round, id), _wanted()), "#sites")


def _wanted() -> Wanted:
    return Wanted(
        lon=_degrees("lon"),
        lat=_degrees("lat"),
        runner=whole("runner"),
        name_zh=request.form.get("name_zh", ""),
        name_en=request.form.get("name_en", ""),
        benches=whole("benches"),
        samplers=whole("samplers"),
        lab=whole("lab") or None,
    )


def _degrees(name: str) -> float:
    try:
        return float(request.form.get(name, "").strip())
    except ValueError as error:
        raise Invalid("fields-wrong", field=name) from error
