"""The planner's screens: ask for a plan, read why, edit, approve; a map with arrows, before and after."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import geopandas as gpd
from flask import Response, redirect, render_template, request, url_for
from shapely.geometry import LineString

from maps import base, palette
from region.places.models import Place
from region.places.queries import features
from region.resources.actions import planning
from region.resources.catalogue import items_of
from region.resources.models import Plan, PlanLine
from region.resources.queries import plans as asking
from region.resources.states import PACK
from region.spine.assets import local_address
from region.spine.errors import Fault, Invalid, Missing
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work

routes = Routes("plans", __name__)


def _lang() -> palette.Lang:
    return "en" if current_lang() == "en" else "zh"


@routes.get("/supplies/plans", needs="resources.plan")
def page(w: Work) -> Any:
    """The plans there were, and the form that asks for a new one."""
    return _list(w)


def _list(w: Work, fault: Invalid | None = None) -> str:
    before = request.args.get("before", "")
    found = asking.plans(
        w, int(before) if before.isdigit() and before.isascii() and len(before) < 10 else None
    )
    return render_template(
        "resources/plans.html",
        plans=found,
        places=asking.places_of(w, {plan.place_id for plan in found}),
        areas=asking.areas_to_plan(w),
        items=items_of(w.rules),
        first=w.rules.value(PACK, "wall.items"),
        floor=w.rules.value(PACK, "allocation.taker_floor"),
        token=uuid4(),
        given=request.form,
        wrong={} if fault is None else {fault.facts.get("field"): fault_text(current_lang(), fault)},
        more=len(found) == asking.LIST,
    )


@routes.post("/supplies/plans", needs="resources.plan")
def ask(w: Work) -> Any:
    """Ask for a plan; the answer is reckoned by a worker, and its page waits for it."""
    try:
        plan = planning.ask(
            w,
            w.get(Place, _whole("area")).id,
            request.form.get("item", ""),
            uid=request.form.get("form_token", "")[:40] or str(uuid4()),
            floor=_number("floor"),
        )
    except Invalid as fault:
        return _list(w, fault), fault.status
    return redirect(url_for("plans.show", id=plan.id), 303)


def _whole(name: str) -> int:
    raw = request.form.get(name, "").strip()
    if not (raw.isascii() and raw.isdigit() and len(raw) < 10):
        raise Invalid("fields-wrong", field=name)
    return int(raw)


def _number(name: str) -> float | None:
    raw = request.form.get(name, "").strip()
    if not raw:
        return None
    try:
        return float(raw)
    except ValueError as error:
        raise Invalid("fields-wrong", field=name) from error


@routes.get("/supplies/plans/<int:id>", needs="resources.read")
def show(w: Work, id: int) -> Any:
    """One plan: the sentence, the map, each line with its reason, who stays short, and the decision."""
    return _show(w, id)


def _show(w: Work, id: int, fault: Fault | None = None) -> str:
    plan, lang = asking.plan_of(w, id), _lang()
    found = asking.moves(w, plan)
    when = "after" if request.args.get("when") == "after" else "before"
    urls = {
        "areas": url_for("plans.areas", id=id, lang=lang),
        "moves": url_for("plans.arrows", id=id, lang=lang),
        "sites": url_for("plans.sites", id=id, when=when, lang=lang),
    }
    drawn = base.draw(dict.fromkeys(urls), lang, local_address, urls=urls, bounds=asking.extent(w, plan))
    return render_template(
        "resources/plan.html",
        plan=plan,
        area=w.get(Place, plan.place_id),
        item=items_of(w.rules)[plan.item],
        moves=found,
        lifted=asking.lifted(plan, found),
        keepers=asking.keepers(w, plan),
        left=asking.left_short(w, plan),
        classes={one["rank"]: one for one in w.rules.value(PACK, "allocation.order")},
        when_shown=when,
        marks=asking.MARK_OF,
        map=base.parts(drawn, local_address),
        fault="" if fault is None else fault_text(current_lang(), fault),
    )


@routes.post("/supplies/plans/<int:id>/lines/<int:line>", needs="resources.plan")
def edit(w: Work, id: int, line: int) -> Any:
    """Send less of one line, with a reason."""
    row = w.get(PlanLine, line)
    if row.plan_id != id:
        raise Missing("no-such", what="planline", id=line)
    try:
        planning.edit(w, row, _whole("quantity"), request.form.get("reason", ""))
    except Invalid as fault:
        return _show(w, id, fault), fault.status
    return redirect(url_for("plans.show", id=id) + f"#line-{line}", 303)


@routes.post("/supplies/plans/<int:id>/approve", needs="resources.approve")
def approve(w: Work, id: int) -> Any:
    """Decide it: transfers and orders follow."""
    planning.approve(w, w.get(Plan, id), _version())
    return redirect(url_for("plans.show", id=id), 303)


@routes.post("/supplies/plans/<int:id>/drop", needs="resources.plan")
def drop(w: Work, id: int) -> Any:
    """Put it away."""
    planning.drop(w, w.get(Plan, id), _version())
    return redirect(url_for("plans.show", id=id), 303)


def _version() -> int | None:
    return _whole("version") if request.form.get("version") else None


@routes.get("/supplies/plans/<int:id>/areas.geojson", needs="resources.read")
def areas(w: Work, id: int) -> Any:
    """Outlines below the area of the plan, uncoloured: the sites and the arrows speak."""
    top = w.get(Place, w.get(Plan, id).place_id)
    collection = features.area_features(w, ["city", "district", "subdistrict"], _lang())
    inside = set(asking.places_of(w, {one["properties"]["id"] for one in collection["features"]}).values())
    kept = {place.id for place in inside if place.path.startswith(top.path)}
    collection["features"] = [one for one in collection["features"] if one["properties"]["id"] in kept]
    return _geojson(collection)


@routes.get("/supplies/plans/<int:id>/sites.geojson", needs="resources.read")
def sites(w: Work, id: int) -> Any:
    """The sites by their band, before or after."""
    when: asking.When = "after" if request.args.get("when") == "after" else "before"
    return _geojson(asking.site_picture(w, asking.plan_of(w, id), _lang(), when))


@routes.get("/supplies/plans/<int:id>/moves.geojson", needs="resources.read")
def arrows(w: Work, id: int) -> Any:
    """One arrow for each giver and taker."""
    rows = asking.move_rows(w, asking.plan_of(w, id), _lang())
    facts = {name: [row[name] for row in rows] for name in ("id", "state", "breadth", "name")}
    frame = gpd.GeoDataFrame(facts, geometry=[LineString(row["ends"]) for row in rows], crs=4326)
    return _geojson(base.features("moves", frame if rows else None, _lang()).collection)


def _geojson(collection: dict[str, Any]) -> Response:
    body = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
    return Response(body, mimetype="application/geo+json")
