"""The laboratory's bench: one field that takes every scan, and what came, what is late, what failed, what waits."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, redirect, render_template, request, url_for

from region.sampling.actions import custody
from region.sampling.actions.scanning import Scan, scan
from region.sampling.models import Box
from region.sampling.queries import bench, boxes
from region.sampling.queries.transport import transport
from region.sampling.routes import forms
from region.sampling.states import PACK
from region.spine.errors import Fault, Invalid, Missing, Refused
from region.spine.web import Routes, current_lang, wants_json
from region.spine.work import Work

routes = Routes("bench", __name__)
RECEIVES = "sampling.receive"


@routes.get("/sampling/bench", needs=RECEIVES)
def page(w: Work) -> Any:
    """The bench of one laboratory; where the reader has several, he chooses."""
    labs = bench.laboratories(w)
    asked = request.args.get("lab", "")
    chosen = next((one for one in labs if str(one.id) == asked), None)
    if asked and chosen is None:
        raise Missing("no-such", what="place", id=asked[:12])
    if chosen is None and len(labs) == 1:
        return redirect(url_for("bench.page", lab=labs[0].id))
    if chosen is None:
        return render_template("sampling/bench_choice.html", labs=labs)
    return render_template("sampling/bench.html", **_facts(w, chosen.id), lab=chosen, several=len(labs) > 1)


@routes.get("/sampling/bench/<int:place_id>/now", needs=RECEIVES)
def now(w: Work, place_id: int) -> str:
    """The figures and lists of the bench alone, as the page fetches them."""
    w.need(RECEIVES, place_id)
    return render_template("sampling/bench_now.html", **_facts(w, place_id))


def _facts(w: Work, lab: int) -> dict[str, Any]:
    figures = bench.bench(w, lab)
    coming, standing = bench.under_way(w, lab), bench.to_unpack(w, lab)
    reasons = w.rules.value(PACK, "reject_reasons")
    return {
        "figures": figures,
        "transport": transport(w, lab=lab, day=figures.day),
        "coming": [(box, boxes.due_of(w.rules, box)) for box in coming],
        "standing": [(box, custody.tubes_here(w, box.id), custody.tubes_in(w, box.id)) for box in standing],
        "places": boxes.places_named(w, {box.place_id for box in (*coming, *standing)}),
        "reasons": reasons,
        "reasons_said": {code: one[current_lang()] for code, one in reasons.items()},
        "lab_id": lab,
    }


@routes.post("/sampling/bench/<int:place_id>/scan", needs=RECEIVES)
def take(w: Work, place_id: int) -> Any:
    """One scan: a box or a tube is received, or the tube rejected for the reason that was chosen."""
    text, reason = request.form.get("code", "")[:300], request.form.get("reason", "")
    unpacking = request.form.get("unpacking", "")
    try:
        with forms.trying(w):
            box = int(unpacking) if unpacking.isascii() and unpacking.isdecimal() else None
            came = scan(w, place_id, text, unpacking=box, reason=reason)
    except (Invalid, Refused, Missing) as fault:
        if fault.code == "not-allowed":
            raise
        return _answer(place_id, _fault(text, fault))
    return _answer(place_id, _told(w, came, reason))


def _fault(text: str, fault: Fault) -> dict[str, Any]:
    return {"kind": "refused", "code": text.strip()[:40], "new": False, "says": forms.said(fault)}


def _told(w: Work, came: Scan, reason: str) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": came.kind, "code": came.code, "new": came.new, "box": came.box}
    told |= {"reason": came.reason or reason, "state": came.state, "stray": came.stray}
    if came.kind == "box" and came.box is not None:
        row = w.get(Box, came.box)
        told |= {"tubes": row.tubes, "late": row.late_at is not None, "where": row.state}
        told["unpack"] = url_for("bench.unpack", id=row.id) if row.state == "received" else None
    return told


def _answer(lab: int, told: dict[str, Any]) -> Any:
    if wants_json():
        return jsonify(told)
    return redirect(url_for("bench.page", lab=lab, kind=told["kind"], code=told["code"]), 303)


@routes.post("/sampling/bench/boxes/<int:id>/unpack", needs=RECEIVES)
def unpack(w: Work, id: int) -> Any:
    """A box is counted: all of it is here, or so many tubes."""
    row = w.get(Box, id)
    whole = request.form.get("whole") == "1"
    received = custody.unpack(w, row, whole=whole, counted=forms.count("tubes"))
    if wants_json():
        return _counted(w, row, received)
    return redirect(url_for("bench.page", lab=row.lab_id), 303)


def _counted(w: Work, row: Box, received: int) -> Response:
    here, books = custody.tubes_here(w, row.id), custody.tubes_in(w, row.id)
    told = {"kind": "unpacked", "code": row.code, "new": received > 0, "received": received}
    return jsonify(**told, here=here, books=books, said=row.tubes)
