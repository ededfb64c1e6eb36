"""Capacity on screens and for programs: an area by kind, a kind by place, and what a place tells."""

from __future__ import annotations

from typing import Any

from flask import jsonify, redirect, render_template, request, url_for

from region.places import levels
from region.places.models import Place
from region.places.queries import ancestors, children, find_code, roots
from region.resources.actions import reporting
from region.resources.actions.reporting import Outcome
from region.resources.capacity import NUMBERS, Told, kinds_of, told_of
from region.resources.queries import capacity, capacity_places
from region.resources.queries.capacity import Figure
from region.resources.queries.capacity_places import PAGE, AtPlace, Number
from region.resources.states import PACK
from region.spine.errors import Fault, Invalid, Missing, Stale
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work

routes = Routes("capacity", __name__)
MOST_LINES = 1_000


@routes.get("/capacity", needs="resources.read")
def overview(w: Work) -> Any:
    """An area's capacity by kind; with `kind`, its places. A site's person sees the site's own page at once."""
    place = _area(w)
    if place.kind == "site":
        return redirect(url_for("capacity.at_place", place_id=place.id))
    kind = request.args.get("kind", "")
    facts = {
        "area": place,
        "above": ancestors(w, place),
        "below": [one for one in children(w, place.id) if one.kind == "area"],
        "kinds": kinds_of(w.rules),
        "kind": kind,
    }
    if kind:
        return _places(w, place, kind, facts)
    return render_template(
        "capacity/area.html",
        rows=capacity.of_area(w, place.id),
        indicators=capacity.indicators(w, place.id),
        least_rooms=w.rules.value(PACK, "capacity.rooms_per_10k"),
        **facts,
    )


def _area(w: Work) -> Place:
    asked = request.args.get("area", type=int)
    if asked is not None:
        return w.get(Place, asked)
    found = roots(w)
    if not found:
        raise Missing("no-such", what="place", id="-")
    return found[0]


def _places(w: Work, area: Place, kind: str, facts: dict[str, Any]) -> Any:
    if kind not in kinds_of(w.rules):
        raise Invalid("no-such-capacity", field="kind", kind=kind[:40])
    free, last = request.args.get("free", type=int), request.args.get("last", type=int)
    stale = request.args.get("stale") == "1"
    after = None if free is None or last is None else (free, last)
    rows = capacity_places.of_kind(w, area.id, kind, after=after, stale_only=stale)
    more = capacity_places.cursor(rows[PAGE - 1][1]) if len(rows) > PAGE else None
    return render_template(
        "capacity/kind.html",
        rows=rows[:PAGE],
        total=capacity.of_area(w, area.id).get(kind),
        more=more,
        stale=stale,
        word=levels.word,
        **facts,
    )


@routes.get("/capacity/<int:place_id>", needs="resources.read")
def at_place(w: Work, place_id: int) -> Any:
    """One place: its numbers with their ages; whoever may tell them has the form, made for a telephone."""
    return _page(w, w.get(Place, place_id))


def _page(w: Work, place: Place, wrong: Fault | None = None) -> Any:
    rows = capacity_places.of_place(w, place)
    shown = {row.kind for row in rows}
    kinds = kinds_of(w.rules)
    extra = request.values.get("add", "")
    if extra in kinds and extra not in shown:
        none = {name: Number() for name in NUMBERS}
        rows.append(AtPlace(place.id, extra, none, None, None, "unknown", 0))
        shown.add(extra)
    page = render_template(
        "capacity/place.html",
        place=place,
        above=ancestors(w, place),
        rows=rows,
        kinds=kinds,
        counts=w.rules.value(PACK, "capacity.counts"),
        others=[code for code in kinds if code not in shown],
        given=request.form if isinstance(wrong, Invalid) else {},
        error=None if wrong is None else fault_text(current_lang(), wrong),
        wrong={} if wrong is None else wrong.facts,
        saved=request.args.get("saved"),
        telling=w.may("resources.capacity", place.id),
    )
    return page if wrong is None else (page, wrong.status)


@routes.post("/capacity/<int:place_id>/report", needs="resources.capacity")
def tell(w: Work, place_id: int) -> Any:
    """Take over what was typed; what cannot be true is said beside its field, and nothing typed is lost."""
    place = w.get(Place, place_id)
    try:
        lines = [line for kind in request.form.getlist("kind") if (line := _typed(kind)) is not None]
        if not lines:
            raise Invalid("capacity-nothing", field="-", kind="-")
        outcome = reporting.report(w, place.id, lines)
    except Invalid as fault:
        return _page(w, place, fault)
    saved = len(outcome.changed) or outcome.known
    return redirect(url_for("capacity.at_place", place_id=place.id, saved=saved), 303)


def _typed(kind: str) -> Told | None:
    """One kind's numbers as they were typed; None where all fields are empty."""
    numbers = {name: request.form.get(f"{kind}.{name}", "").strip() for name in NUMBERS}
    typed = {name: text for name, text in numbers.items() if text}
    return told_of({"kind": kind, **typed}) if typed else None


@routes.post("/capacity/<int:place_id>/confirm", needs="resources.capacity")
def nothing_changed(w: Work, place_id: int) -> Any:
    """All that was shown holds now as well; what somebody else told in the meantime is shown first."""
    place = w.get(Place, place_id)
    seen = {
        kind: version
        for kind in request.form.getlist("kind")
        if (version := request.form.get(f"{kind}.version", 0, type=int))
    }
    try:
        outcome = reporting.confirm(w, place.id, seen)
    except Stale as fault:
        return _page(w, place, fault)
    return redirect(url_for("capacity.at_place", place_id=place.id, saved=len(outcome.changed)), 303)


@routes.post("/api/v1/capacity", needs="resources.capacity")
def receive(w: Work) -> Any:
    """A site's system tells capacity: a list of ``{kind, total, ready, in_use, broken, at}``, any of the numbers.

    `place` in the query is the code of another place that the caller may report for. What cannot be true is
    refused by its place in the list, the field and the reason; the rest is kept.
    """
    given = request.get_json(silent=True)
    if not isinstance(given, list) or len(given) > MOST_LINES:
        raise Invalid("list-wanted", field="-")
    lines: list[tuple[int, Told]] = []
    refused: list[tuple[int, Fault]] = []
    for number, one in enumerate(given):
        try:
            lines.append((number, told_of(one)))
        except Invalid as fault:
            refused.append((number, fault))
    outcome = reporting.report_each(w, own_place(w), [told for _, told in lines], source="api")
    refused += [(lines[at][0], fault) for at, fault in outcome.refused]
    return jsonify(ok=not refused, **_said(outcome, refused))


def own_place(w: Work) -> int:
    """The place that a program reports for: the one it names by its code, else its own site."""
    code = request.args.get("place", "")
    if code:
        found = find_code(w, code)
        if found is None:
            raise Missing("no-such", what="place", id=code[:40])
        return found.id
    if w.actor.site_id is None:
        raise Invalid("capacity-whose", field="place")
    return w.actor.site_id


def _said(outcome: Outcome, refused: list[tuple[int, Fault]]) -> dict[str, Any]:
    lang = current_lang()
    return {
        "changed": list(outcome.changed),
        "known": outcome.known,
        "older": outcome.older,
        "refused": [
            {"line": at, "error": fault.code, "text": fault_text(lang, fault), "facts": fault.facts}
            for at, fault in sorted(refused, key=lambda one: one[0])
        ],
    }


@routes.get("/api/v1/capacity", needs="resources.read")
def capacity_data(w: Work) -> Any:
    """An area's capacity by kind (`area`, its id), or one place's (`place`, its code), with times and what is stale."""
    if request.args.get("place"):
        place = w.get(Place, own_place(w))
        rows = [_place_data(one) for one in capacity_places.of_place(w, place)]
        return jsonify(place=place.code, at=w.now.isoformat(), kinds=rows)
    area = _area(w)
    rows = [_area_data(one) for one in capacity.of_area(w, area.id).values()]
    return jsonify(area=area.code, at=w.now.isoformat(), kinds=rows)


def _place_data(one: AtPlace) -> dict[str, Any]:
    numbers = {
        name: {"value": it.value, "at": it.at and it.at.isoformat(), "stale": it.stale}
        for name, it in one.numbers.items()
    }
    return {"kind": one.kind, **numbers, "free": one.free, "share": one.share, "band": one.band}


def _area_data(one: capacity.InArea) -> dict[str, Any]:
    figures = {**one.numbers, "free": one.free}
    return {
        "kind": one.kind,
        **{name: _figure_data(it) for name, it in figures.items()},
        "use": {"part": one.use.part, "whole": one.use.whole, "left_out": one.use.left_out},
        "share": one.use.share,
        "band": one.band,
        "places": one.places,
        "stale": one.stale,
        "missing": one.missing,
        "oldest": one.oldest and one.oldest.isoformat(),
    }


def _figure_data(it: Figure) -> dict[str, Any]:
    return {"value": it.value, "stale": it.stale}
