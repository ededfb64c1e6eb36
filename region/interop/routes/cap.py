"""Taking in CAP messages: the desk's screen (read, check, plan, apply) and the endpoint for programs."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from sqlalchemy import select

from region.dispatch.actions import printing
from region.dispatch.actions.publishing import set_public
from region.dispatch.models import Directive
from region.dispatch.wording import PACK, kinds
from region.formats.cap import MOST_BYTES
from region.incidents.models import Incident
from region.interop.actions.taking_in import take_in
from region.interop.queries.cap_in import Intake, intake, told
from region.places import levels
from region.spine.errors import Fault, Invalid, Missing, Refused
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work

routes = Routes("cap", __name__)
SHOWN = 50


def own_place(w: Work) -> int:
    """The highest place for which the actor may compose; a draft is written in its name."""
    paths = sorted(w.actor.paths_for(w.rules.roles_that("dispatch.compose")), key=len)
    if not paths or not paths[0]:
        raise Missing("no-such", what="place", id="-")
    return int(paths[0].strip("/").rsplit("/", 1)[-1])


@routes.get("/desk/cap", needs="dispatch.compose")
def taking_in(w: Work) -> Any:
    """The form that takes an authority's CAP file."""
    return render_template("interop/cap.html", error=None, kilobytes=MOST_BYTES >> 10)


@routes.post("/desk/cap", needs="dispatch.compose")
def plan(w: Work) -> Any:
    """The plan: what the file says, which rules it breaks, what draft it would become and for whom."""
    try:
        data = _sent()
        found = intake(w, data, own_place(w), request.form.getlist("types"))
    except Invalid as fault:
        said = fault_text(current_lang(), fault)
        broken = fault_text(current_lang(), Invalid(fault.facts.get("rule", ""), **fault.facts))
        page = render_template(
            "interop/cap.html", error=said, broken=broken, fault=fault, kilobytes=MOST_BYTES >> 10
        )
        return page, fault.status
    return _plan_page(w, found, data)


def _plan_page(w: Work, found: Intake, data: bytes, wrong: Fault | None = None) -> Any:
    lang = current_lang()
    refused = wrong or found.refused
    running = select(Incident).where(Incident.state == "open").order_by(Incident.opened_at.desc())
    page = render_template(
        "interop/cap_plan.html",
        plan=found,
        problems=[(one, fault_text(lang, Invalid(one.code, **vars(one)))) for one in found.problems],
        refused=None if refused is None else fault_text(lang, refused),
        content=base64.b64encode(zlib.compress(data)).decode("ascii"),
        incidents=w.session.scalars(running).all(),
        kinds=kinds(w),
        urgencies=w.rules.value(PACK, "urgencies"),
        type_word=lambda code: levels.word(code, lang),
        picked=request.form.getlist("types"),
        shown=SHOWN,
    )
    return (page, wrong.status) if wrong is not None else page


@routes.post("/desk/cap/apply", needs="dispatch.compose")
def apply(w: Work) -> Any:
    """Make the draft of the plan, as it was shown; it waits on the desk like any other."""
    data, types = _sent(), request.form.getlist("types")
    incident = request.form.get("incident", type=int)
    try:
        draft = take_in(w, data, own_place(w), incident, types)
    except (Invalid, Refused) as fault:
        return _plan_page(w, intake(w, data, own_place(w), types), data, fault)
    return redirect(url_for("desk.directive", id=draft.id), 303)


def _sent() -> bytes:
    """The file, as it was chosen, or as the plan carries it along."""
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        read: bytes = sent.read(MOST_BYTES + 1)
        return read
    try:
        packed = base64.b64decode(request.form.get("content", ""), validate=True)
        carried = zlib.decompressobj().decompress(packed, MOST_BYTES + 1) if packed else b""
    except (binascii.Error, zlib.error) as error:
        raise Invalid("file-missing", field="file") from error
    if not carried:
        raise Invalid("file-missing", field="file")
    return carried


@routes.post("/api/v1/cap", needs="dispatch.compose")
def receive(w: Work) -> Any:
    """A program hands in a CAP message (the body of the request): the draft that it became, and what was noticed.

    `incident` in the query is the id of the response, `types` the types of sites (separated by commas).
    """
    data = request.get_data(cache=False)[: MOST_BYTES + 1]
    types = [one for one in request.args.get("types", "").split(",") if one]
    place = own_place(w)
    noticed = told(intake(w, data, place, types))
    draft = take_in(w, data, place, request.args.get("incident", type=int), types)
    return jsonify(ok=True, id=draft.id, state=draft.state, **noticed)


@routes.post("/directives/<int:id>/publish", needs="dispatch.approve")
def publish(w: Work, id: int) -> Any:
    """Put a warning before the public, under its level."""
    directive = w.get(Directive, id)
    set_public(w, directive, request.form.get("level", 0, type=int), request.form.get("version", type=int))
    return redirect(url_for("desk.directive", id=directive.id), 303)


@routes.post("/directives/<int:id>/print", needs="dispatch.read")
def print_orders(w: Work, id: int) -> Any:
    """Make orders on paper for those who have not signed; the page then leads to the sheets."""
    directive = w.get(Directive, id)
    printing.print_orders(w, directive, request.form.getlist("recipient", type=int))
    return redirect(url_for("desk.directive", id=directive.id), 303)
