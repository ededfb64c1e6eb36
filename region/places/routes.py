"""The screens and endpoints of places."""

from __future__ import annotations

from typing import Any

from flask import Response, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from region.places import actions, levels, queries, schemas, wording
from region.places.models import Area, Load, Place, Site
from region.spine.errors import Fault, Invalid, Refused
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work

routes = Routes("places", __name__)

SHOWN = 100


@routes.get("/places", needs="places.read")
def tree(w: Work) -> str:
    """The tops of the tree, or what a search finds."""
    sought = request.args.get("q", "").strip()
    found = queries.search(w, sought) if sought else queries.roots(w)
    return render_template(
        "places/tree.html", places=found, sought=sought, levels=queries.levels(w), word=levels.word
    )


@routes.get("/places/<int:place_id>", needs="places.read")
def show_place(w: Work, place_id: int) -> str:
    """One place: what it is, what lies above and below, how it is reached."""
    return _place_page(w, place_id)


def _place_page(w: Work, place_id: int, key: str | None = None, wrong: Fault | None = None) -> str:
    place = w.get(Place, place_id)
    said = {} if wrong is None else {"text": fault_text(current_lang(), wrong), **wrong.facts}
    return render_template(
        "places/place.html",
        place=place,
        area=w.session.get(Area, place.id) if place.kind == "area" else None,
        site=w.session.get(Site, place.id) if place.kind == "site" else None,
        above=queries.ancestors(w, place),
        below=queries.children(w, place.id),
        word=levels.word,
        key=key,
        wrong=said,
        given=request.form,
    )


@routes.post("/places/<int:place_id>/channel", needs="places.load")
def set_channel(w: Work, place_id: int) -> str | tuple[str, int]:
    """Set the address of a site's own system, and show its new key this once."""
    try:
        key = actions.set_channel(w, place_id, request.form.get("webhook_url", "").strip() or None)
    except Invalid as fault:
        return _place_page(w, place_id, wrong=fault), fault.status
    return _place_page(w, place_id, key)


@routes.post("/places/<int:place_id>/letters", needs="places.load")
def set_letters(w: Work, place_id: int) -> Answer | tuple[str, int]:
    """Set the letters with which an area's order numbers begin."""
    try:
        actions.set_letters(w, place_id, request.form.get("letters", "").strip().upper())
    except Invalid as fault:
        return _place_page(w, place_id, wrong=fault), fault.status
    return redirect(url_for("places.show_place", place_id=place_id))


@routes.post("/places/<int:place_id>/dark", needs="dispatch.waive")
def mark_dark(w: Work, place_id: int) -> Answer:
    """Note that a site is known to be cut off."""
    actions.go_dark(w, place_id, request.form.get("reason", ""))
    return redirect(url_for("places.show_place", place_id=place_id))


@routes.post("/places/<int:place_id>/back", needs="dispatch.waive")
def mark_back(w: Work, place_id: int) -> Answer:
    """Note that a dark site answers again."""
    actions.come_back(w, place_id)
    return redirect(url_for("places.show_place", place_id=place_id))


@routes.post("/places/<int:place_id>/parent", needs="places.load")
def set_parent(w: Work, place_id: int) -> Answer | tuple[str, int]:
    """Give a place another parent, named by its code."""
    code = request.form.get("parent", "")
    try:
        parent = queries.find_code(w, code, kind="area")
        if parent is None:
            raise Invalid("no-such-parent", given=code[:40])
        actions.reparent(w, place_id, parent.id)
    except (Invalid, Refused) as fault:
        fault.facts["field"] = "parent"
        return _place_page(w, place_id, wrong=fault), fault.status
    return redirect(url_for("places.show_place", place_id=place_id))


@routes.post("/places/<int:place_id>/retire", needs="places.load")
def retire(w: Work, place_id: int) -> Answer | tuple[str, int]:
    """Take a place out of use from today on."""
    try:
        actions.retire(w, place_id, w.office.clock.day(w.now))
    except Refused as fault:
        fault.facts["field"] = "retire"
        return _place_page(w, place_id, wrong=fault), fault.status
    return redirect(url_for("places.show_place", place_id=place_id))


@routes.get("/places/load", needs="places.load")
def new_load(w: Work) -> str:
    """The form that takes a file, and the loads there were."""
    return _form(w, request.args.get("kind", "areas"))


def _form(w: Work, kind: str, fault: Invalid | None = None) -> str:
    g.w = w
    return render_template(
        "places/load.html",
        kind=kind if kind in ("areas", "sites") else "areas",
        fields=(*(schemas.SITE_FIELDS if kind == "sites" else schemas.AREA_FIELDS), schemas.ENCODING),
        crs=schemas.CRS,
        given=request.form,
        error=None if fault is None else fault_text(current_lang(), fault),
        wrong=None if fault is None else fault.facts.get("field"),
        known=[code for code, _, _ in levels.LEVELS],
        word=levels.word,
        loads=queries.loads(w),
    )


@routes.post("/places/load", needs="places.load")
def upload(w: Work) -> Answer | tuple[str, int]:
    """Read and check a file; what is wrong with it is said beside the form, with what was typed."""
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Invalid("file-missing", field="file")
        options = schemas.parse_options(request.form)
        made = actions.plan_load(w, sent.read(), sent.filename, options)
    except Invalid as fault:
        return _form(w, request.form.get("kind", "areas"), fault), fault.status
    return redirect(url_for("places.show_load", load_id=made.id))


@routes.get("/places/loads/<int:load_id>", needs="places.load")
def show_load(w: Work, load_id: int) -> str:
    """What a file would change: shown before it is applied, and kept afterwards."""
    load = w.get(Load, load_id)
    plan = queries.plan_of(load)
    lang = current_lang()
    return render_template(
        "places/plan.html",
        load=load,
        plan=plan,
        rows=[row for row in plan.rows if row.action != "same"][:SHOWN],
        warned=plan.warned[:SHOWN],
        said=lambda one: wording.finding(lang, one),
        shift=None if plan.shift is None else wording.shift(lang, plan.shift),
        outdated=load.state == "planned" and plan.tree != queries.tree_counter(w),
        shown=SHOWN,
        word=levels.word,
    )


@routes.post("/places/loads/<int:load_id>/apply", needs="places.load")
def apply_load(w: Work, load_id: int) -> Answer:
    """Do what the plan says."""
    actions.apply_load(w, load_id)
    return redirect(url_for("places.show_load", load_id=load_id))


@routes.post("/places/loads/<int:load_id>/drop", needs="places.load")
def drop_load(w: Work, load_id: int) -> Answer:
    """Put the plan away."""
    actions.drop_load(w, load_id)
    return redirect(url_for("places.new_load"))


@routes.get("/places/areas.geojson", needs="places.read")
def area_geojson(w: Work) -> Response:
    """Outlines for the map; `level` may be given several times, or with commas between."""
    wanted = [one for text in request.args.getlist("level") for one in text.split(",") if one]
    lang = current_lang()
    return _cached(w, ("areas", lang, *wanted), lambda: queries.area_features(w, wanted or None, lang))


@routes.get("/places/sites.geojson", needs="places.read")
def site_geojson(w: Work) -> Response:
    """Points of sites for the map."""
    lang = current_lang()
    return _cached(w, ("sites", lang), lambda: queries.site_features(w, lang))


def _cached(w: Work, parts: tuple[str, ...], make: Any) -> Response:
    """The features, or 304 when the reader has them: asked of the database only when places changed."""
    tag = queries.etag(w, *parts)
    answer = Response(status=304) if tag in request.if_none_match else jsonify(make())
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Vary"] = "Cookie, Accept-Language"
    if answer.status_code == 200:
        answer.mimetype = "application/geo+json"
    return answer
