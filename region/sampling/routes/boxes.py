"""Boxes by the web: what is under way and late, and one page on which each hand signs, on a desk or a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, jsonify, redirect, render_template, request, url_for
from markupsafe import Markup

from region.accounts.second_factor import picture
from region.formats.codes.tubes import read_code
from region.places.queries.tree import find_code
from region.sampling.actions import custody, signing
from region.sampling.actions.signing import Said
from region.sampling.models import Box
from region.sampling.queries import boxes
from region.sampling.routes import forms
from region.sampling.states import BOX, PACK
from region.spine.errors import Fault, Invalid
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("boxes", __name__)
READS = "sampling.read"
RARE = {"void", "lose", "redirect"}


@routes.get("/sampling/boxes", needs=READS)
def page(w: Work) -> str:
    """Boxes under way, late ones first."""
    return _page(w)


@routes.post("/sampling/boxes", needs=READS)
def find(w: Work) -> Any:
    """A scanned or typed code leads to its box. It is sent in the body: addresses stay in histories and logs."""
    text = request.form.get("code", "")[:80]
    code = read_code(text).value
    sought = boxes.by_code(w, code) if code else None
    if sought is not None:
        return redirect(url_for("boxes.show", id=sought.id), 303)
    return _page(w, asked=text), 404 if code else 422


def _page(w: Work, asked: str = "") -> str:
    state, late, after = request.args.get("state", ""), request.args.get("late") == "1", forms.skipped()
    found = boxes.listed(w, state=state, late=late, after=after)
    ids = {place for one in found for place in (one.row.place_id, one.row.lab_id)}
    return render_template(
        "sampling/boxes.html",
        found=found[: boxes.PAGE],
        more=after + boxes.PAGE if len(found) > boxes.PAGE else None,
        points=boxes.late_points(w),
        places=boxes.places_named(w, ids),
        state=state,
        late=late,
        states=BOX.states,
        asked=asked,
        turns=boxes.TURN,
    )


@routes.get("/sampling/boxes/late", needs=READS)
def late(w: Work) -> Response:
    """Late boxes as points for a map (GeoJSON)."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [one.lon, one.lat]},
            "properties": {
                "box": one.box,
                "code": one.code,
                "state": one.state,
                "since": one.since.isoformat(),
                "due": one.due.isoformat() if one.due else None,
                "late_at": one.late_at.isoformat(),
            },
        }
        for one in boxes.late_points(w)
    ]
    return jsonify(type="FeatureCollection", features=features)


@routes.get("/sampling/boxes/<int:id>", needs=READS)
def show(w: Work, id: int) -> str:
    """One box: whose turn it is, who signed, what the reader can do now, and what happened."""
    return _show(w, id)


def _show(w: Work, id: int, wrong: Fault | None = None) -> str:
    row = w.get(Box, id)
    signed, entries = signing.signatures(w, id), boxes.history(w, id)
    here = w.office.installation.public_url.rstrip("/") or request.host_url.rstrip("/")
    can = _may_do(w, row, {(one.step, one.side) for one in signed})
    return render_template(
        "sampling/box.html",
        row=row,
        site=boxes.sites_named(w, [row]).get(row.site_id or 0),
        due=boxes.due_of(w.rules, row),
        signed={(one.step, one.side): one for one in signed},
        celsius=w.rules.value(PACK, "transport.celsius"),
        turns=boxes.TURN,
        steps=boxes.STEPS,
        can=can,
        acting=can - RARE,
        rare=can & RARE,
        inside=custody.tubes_in(w, id),
        here=custody.tubes_here(w, id),
        places=boxes.places_named(w, {row.place_id, row.lab_id, *(one.signed_for_id for one in signed)}),
        entries=entries,
        names=forms.names(w, {one.signed_by for one in signed} | {entry.actor for entry in entries}),
        wrong=forms.said(wrong),
        given=request.form,
        # Made by segno from our own address: nothing in it comes from a person's free text.
        picture=Markup(picture(f"{here}{url_for('boxes.show', id=id)}")),
    )


def _may_do(w: Work, row: Box, signed: set[tuple[str, str]]) -> set[str]:
    """What this reader may do with it now: moves of its loop, and signatures of the giver."""
    there = [one for one in (row.place_id, row.lab_id) if one is not None]
    moves = [move for move in BOX.moves if move.source == row.state]
    can = {move.verb for move in moves if any(w.may(move.by, place) for place in there)}
    if row.state in ("sealed", "collected") and ("collect", "giver") not in signed:
        can |= {"give_collect"} if w.may(custody.SAMPLES, row.place_id) else set()
    carried = row.state == "collected" or (row.state == "received" and ("collect", "taker") in signed)
    if carried and ("receive", "giver") not in signed:
        can |= {"give_receive"} if any(w.may(custody.CARRIES, place) for place in there) else set()
    if row.state in ("open", "sealed", "collected") and w.may("sampling.plan", row.place_id):
        can.add("redirect")
    return can


def _do(w: Work, id: int, act: Callable[[Box], object]) -> Any:
    row = w.get(Box, id)
    there = url_for("boxes.show", id=id)
    return forms.attempt(w, lambda: act(row), there, lambda wrong: _show(w, id, wrong))


def _said() -> Said:
    return Said(forms.count("tubes"), forms.celsius("celsius"), forms.sentence("note"))


@routes.post("/sampling/boxes/<int:id>/seal", needs="sampling.sample")
def seal(w: Work, id: int) -> Any:
    """The site seals the box."""
    return _do(w, id, lambda row: custody.seal(w, row, _said(), number=forms.sentence("seal")))


@routes.post("/sampling/boxes/<int:id>/give", needs=READS)
def give(w: Work, id: int) -> Any:
    """Whoever has the box signs that he gives it away."""
    return _do(w, id, lambda row: custody.give(w, row, forms.sentence("step"), _said()))


@routes.post("/sampling/boxes/<int:id>/collect", needs="sampling.carry")
def collect(w: Work, id: int) -> Any:
    """The courier takes the box."""
    return _do(w, id, lambda row: custody.collect(w, row, _said()))


@routes.post("/sampling/boxes/<int:id>/receive", needs="sampling.receive")
def receive(w: Work, id: int) -> Any:
    """The laboratory takes the box."""
    return _do(w, id, lambda row: custody.receive(w, row, _said()))


@routes.post("/sampling/boxes/<int:id>/unpack", needs="sampling.receive")
def unpack(w: Work, id: int) -> Any:
    """The laboratory has counted what is in it: all of it, or so many."""
    whole = request.form.get("whole") == "1"
    return _do(w, id, lambda row: custody.unpack(w, row, whole=whole, counted=forms.count("tubes")))


@routes.post("/sampling/boxes/<int:id>/void", needs="sampling.sample")
def void(w: Work, id: int) -> Any:
    """An empty box was opened by mistake."""
    return _do(w, id, lambda row: custody.void(w, row))


@routes.post("/sampling/boxes/<int:id>/lose", needs="sampling.settle")
def lose(w: Work, id: int) -> Any:
    """The box cannot be found any more."""
    return _do(w, id, lambda row: custody.lose(w, row, forms.sentence("note")))


@routes.post("/sampling/boxes/<int:id>/redirect", needs="sampling.plan")
def turn(w: Work, id: int) -> Any:
    """The box goes to another laboratory, found by its code."""
    return _do(w, id, lambda row: custody.redirect(w, row, _laboratory(w)))


def _laboratory(w: Work) -> int:
    with w.beyond_scope("a box may be sent to a laboratory of another district, found by its code"):
        found = find_code(w, forms.sentence("laboratory"), kind="site")
    if found is None:
        raise Invalid("no-such-place", field="laboratory")
    return found.id
