"""Risk zones by the web: the list by its clock, drawing one, one zone with its history, the map at any past hour."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Response, redirect, render_template, request, url_for

from maps import base, palette
from region.incidents import queries as incidents
from region.places import levels
from region.places.models import Place
from region.places.queries import area_features
from region.places.queries.tree import place_name, place_names
from region.spine.assets import local_address
from region.spine.errors import Invalid
from region.spine.web import Routes, current_lang, fault_text, wants_json
from region.spine.work import Work
from region.zones.actions import declaring, drawing, reviewing
from region.zones.models import Zone, ZoneReview
from region.zones.queries import shown
from region.zones.queries.judged import judged, newest_of
from region.zones.queries.rules import rules_in
from region.zones.shapes import SYSTEMS
from region.zones.states import ZONE

routes = Routes("zones", __name__)
READS = "zones.read"
LEVELS = ["district", "subdistrict", "community"]
LEAST_DEGREES = 0.002


@routes.get("/zones", needs=READS)
def page(w: Work) -> str:
    """Zones that live, by their clock, and those that ended lately; all of them on a map at any past hour."""
    found = shown.listed(w)
    return render_template(
        "zones/list.html",
        found=found,
        ends=ZONE.ends,
        places=place_names(w, {one.row.place_id for one in found}),
        map=_map({}),
        **_moment(w),
        **_words(),
    )


@routes.get("/zones/new", needs="zones.draw")
def new(w: Work) -> str:
    """Draw a zone on the map, or choose the place that it is made from."""
    return _new(w, {}, {})


def _new(w: Work, given: dict[str, str], wrong: dict[str, str]) -> str:
    open_ones = incidents.incidents(w, state="open")
    rules = {one.id: rules_in(w, one.pack) for one in open_ones}
    return render_template(
        "zones/new.html",
        incidents=[one for one in open_ones if rules[one.id]],
        without=[one for one in open_ones if not rules[one.id]],
        grades=sorted({grade for one in rules.values() if one for grade in one.drawn}),
        offered=shown.offered(w),
        given=given,
        wrong=wrong,
        map=_map({}, draws=True),
        **_words(),
    )


@routes.post("/zones/new", needs="zones.draw")
def draw(w: Work) -> Any:
    """A draft from the form; what is wrong stands beside its field."""
    form = request.form.to_dict()
    try:
        zone = drawing.draw(w, _given(form))
    except Invalid as fault:
        if wants_json():
            raise
        wrong = {str(fault.facts.get("field", "")): fault_text(current_lang(), fault)}
        return _new(w, form, wrong), 422
    return redirect(url_for("zones.show", id=zone.id), 303)


def _given(form: dict[str, str]) -> drawing.Given:
    return drawing.Given(
        incident=_number(form.get("incident", "")) or 0,
        name_zh=form.get("name_zh", ""),
        name_en=form.get("name_en", ""),
        grade=form.get("grade", ""),
        outline=_outline(form),
        newest=_read(form, "newest", date.fromisoformat),
    )


def _outline(form: dict[str, str]) -> drawing.Outline:
    place = _number(form.get("place", ""))
    if place is not None:
        return drawing.Outline(place=place)
    corners = [
        line.replace("，", ",").split(",") for line in form.get("corners", "").split("\n") if line.strip()
    ]
    try:
        ring = [(float(lon), float(lat)) for lon, lat in corners]
    except ValueError as error:
        raise Invalid("zone-not-readable", field="corners") from error
    if len(ring) < 3:
        raise Invalid("zone-not-readable", field="corners")
    return drawing.Outline({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}, form.get("crs") or "WGS84")


@routes.get("/zones/<int:id>", needs=READS)
def show(w: Work, id: int) -> str:
    """One zone: its map, what is inside, its history, the proposal to sign, and what the rules say today."""
    row = w.get(Zone, id)
    standing = row.state == "standing"
    rules = rules_in(w, row.pack)
    grades, reviews, entries = shown.history(w, row), shown.reviews(w, row), shown.told_of(w, row)
    acted = (
        [one.decided_by for one in grades]
        + [one.decided_by for one in reviews]
        + [one.actor for one in entries]
    )
    return render_template(
        "zones/zone.html",
        row=row,
        judged=judged(w, row) if standing else None,
        newest=newest_of(w, row),
        history=grades,
        reviews=reviews,
        infections=shown.infections(w, row),
        within=shown.within(w, row),
        entries=entries,
        names=shown.names(w, acted),
        stopping=shown.stopping(w, row) if standing else None,
        grades=rules.drawn if rules else (),
        where=place_name(w, row.place_id),
        offered=shown.offered(w) if w.may("zones.declare", row.place_id) and standing else [],
        may_declare=w.may("zones.declare", row.place_id),
        may_draw=w.may("zones.draw", row.place_id),
        map=_map({"zone": str(id)}, around=row),
        **_moment(w),
        **_words(),
    )


@routes.post("/zones/<int:id>/<verb>", needs=READS)
def act(w: Work, id: int, verb: str) -> Any:
    """``declare`` ``regrade`` ``lift`` ``redraw`` ``drop``, with ``grade``, ``at`` (the region's time), ``reason``."""
    row, form = w.get(Zone, id), request.form.to_dict()
    reason, at = form.get("reason", "")[:1000], _read(form, "at", lambda text: shown.hour(w, text))
    does: dict[str, Callable[[], None]] = {
        "declare": lambda: declaring.declare(w, row, form.get("grade") or None, at=at, reason=reason),
        "regrade": lambda: declaring.regrade(w, row, form.get("grade", ""), at=at, reason=reason),
        "lift": lambda: declaring.lift(w, row, at=at, reason=reason),
        "redraw": lambda: declaring.redraw(w, row, _outline(form), reason=reason),
        "drop": lambda: drawing.drop(w, row),
    }
    if verb not in does:
        raise Invalid("zone-verb-unknown", field="verb")
    does[verb]()
    return redirect(url_for("zones.show", id=id), 303)


@routes.post("/zones/reviews/<int:id>/<verb>", needs="zones.declare")
def decide(w: Work, id: int, verb: str) -> Any:
    """A proposal to lower is signed (``sign``) or refused (``refuse``), with a ``note``."""
    row, note = w.get(ZoneReview, id), request.form.get("note", "")[:1000]
    if verb == "sign":
        reviewing.sign(w, row, note)
    elif verb == "refuse":
        reviewing.refuse(w, row, note)
    else:
        raise Invalid("zone-verb-unknown", field="verb")
    return redirect(url_for("zones.show", id=row.zone_id), 303)


@routes.get("/zones/features.geojson", needs=READS)
def features(w: Work) -> Response:
    """Zones as they stood ``at`` a moment of the region (now), or one of them by its id (``zone``)."""
    at = _moment(w)["at"]
    frame = shown.at_hour(w, at, _number(request.args.get("zone", "")))
    return _geojson(base.features("zones", frame, _lang()).collection)


@routes.get("/zones/areas.geojson", needs=READS)
def areas(w: Work) -> Response:
    """Outlines of the areas below the zones: of one part of the tree with ``within`` (an id)."""
    within = _number(request.args.get("within", ""))
    path = ""
    if within is not None:
        path = w.get(Place, within).path
    shown_levels = [*LEVELS, "grid"] if within is not None else LEVELS
    return _geojson(area_features(w, shown_levels, current_lang(), within=path))


def _geojson(collection: dict[str, Any]) -> Response:
    answer = Response(json.dumps(collection, ensure_ascii=False, separators=(",", ":")))
    answer.mimetype = "application/geo+json"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _map(asked: dict[str, Any], *, draws: bool = False, around: Zone | None = None) -> base.Parts:
    lang = _lang()
    if request.args.get("at"):
        asked = {**asked, "at": request.args["at"]}
    urls = {
        "areas": url_for("zones.areas", lang=lang),
        "zones": url_for("zones.features", lang=lang, **asked),
    }
    layers = dict.fromkeys([*urls, "draw"] if draws else urls)
    box = _around(around) if around is not None else None
    return base.parts(base.draw(layers, lang, local_address, urls=urls, bounds=box), local_address)


def _around(zone: Zone) -> tuple[float, float, float, float]:
    """The zone with as much of its surroundings on each side."""
    west, south, east, north = zone.geometry.bounds
    wide, high = max(east - west, LEAST_DEGREES), max(north - south, LEAST_DEGREES)
    return west - wide, south - high, east + wide, north + high


def _moment(w: Work) -> dict[str, Any]:
    """The moment the map is asked for (``at``, the region's time to the minute); without one, now."""
    text = request.args.get("at", "")
    at = shown.hour(w, text) if text else w.now
    shown_at = at.astimezone(w.office.clock.zone).strftime("%Y-%m-%dT%H:%M")
    return {"at": at, "at_text": shown_at, "past": bool(text)}


def _read(form: dict[str, str], name: str, how: Callable[[str], Any]) -> Any:
    text = form.get(name, "").strip()
    if not text:
        return None
    try:
        return how(text)
    except ValueError as error:
        raise Invalid("zone-moment-wrong", field=name) from error


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _words() -> dict[str, Any]:
    return {
        "systems": SYSTEMS,
        "type_word": levels.word,
        "legend": palette.zone_legend(_lang(), "light"),
        "grade_words": {code: words for code, (_, _, _, words) in palette.ZONES.items()},
    }


def _lang() -> palette.Lang:
    return "en" if current_lang() == "en" else "zh"
