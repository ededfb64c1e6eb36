"""The duty desk's own papers: handing over duty, and the roll call of the night."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import redirect, render_template, request, url_for
from sqlalchemy import select

from region.accounts.queries import on_duty, people_named, who_may
from region.accounts.schemas import whole
from region.dispatch.actions import handing_over
from region.dispatch.actions import roll_call as calling
from region.dispatch.models import Directive, Handover
from region.dispatch.queries import roll_calls
from region.dispatch.queries.open_items import open_items
from region.dispatch.queries.owners import owners
from region.dispatch.wording import PACK
from region.places.models import Place
from region.spine.errors import Invalid, Missing
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("duty", __name__)
HISTORY = 20
TOKEN = re.compile(r"[0-9A-Za-z-]{8,40}", re.ASCII)
NOTE = 2000


def _place(w: Work, capability: str) -> Place:
    """The place asked for, or the highest for which the actor may do this."""
    asked = request.values.get("place", "")
    if asked:
        return w.get(Place, whole(asked, "place"))
    paths = sorted(w.actor.paths_for(w.rules.roles_that(capability)), key=len)
    if not paths or not paths[0]:
        raise Missing("no-such", what="place", id="-")
    return w.get(Place, int(paths[0].strip("/").rpartition("/")[2]))


@routes.get("/desk/handover", needs="dispatch.relieve")
def handover(w: Work) -> Any:
    """What is open at this desk, who is on duty, whom to hand it to, and the handovers before."""
    place = _place(w, "dispatch.relieve")
    w.need("dispatch.relieve", place.id)
    items = open_items(w, place)
    papers = _papers(w, place)
    people = {one for paper in papers for one in (paper.leaving_id, paper.taking_id)}
    duty = on_duty(w, place.id)
    standing = {one for found in duty for one in (found.account_id, found.deputy_id)}
    return render_template(
        "dispatch/handover.html",
        place=place,
        duty=duty,
        items=[item.plain() for item in items],
        owners=owners(w, items),
        takers=[one for one in who_may(w, place, "dispatch.relieve") if one.id != w.actor.account_id],
        mine=w.actor.account_id in standing,
        me=w.actor.account_id,
        offered=[paper for paper in papers if paper.state == "offered"],
        papers=papers,
        names=people_named(w, people),
        limit=w.rules.duration(PACK, "handover.sign"),
        moment=datetime.fromisoformat,
    )


def _papers(w: Work, place: Place) -> list[Handover]:
    wanted = select(Handover).where(Handover.place_id == place.id).order_by(Handover.id.desc())
    return list(w.session.scalars(wanted.limit(HISTORY)))


@routes.post("/desk/handover", needs="dispatch.relieve")
def offer(w: Work) -> Any:
    """The first signature: whoever goes off duty hands the desk over."""
    place = _place(w, "dispatch.relieve")
    note = request.form.get("note", "").strip()[:NOTE]
    handing_over.offer(w, place, whole(request.form.get("taking", ""), "taking"), note)
    return redirect(url_for("duty.handover", place=place.id), 303)


@routes.post("/handovers/<int:id>/accept", needs="dispatch.relieve")
def accept(w: Work, id: int) -> Any:
    """The second signature: whoever comes on duty takes the desk over."""
    paper = w.get(Handover, id)
    handing_over.accept(w, paper)
    return redirect(url_for("duty.handover", place=paper.place_id), 303)


@routes.post("/handovers/<int:id>/refuse", needs="dispatch.relieve")
def refuse(w: Work, id: int) -> Any:
    """Whoever was to come does not take the desk over, and says why."""
    paper = w.get(Handover, id)
    handing_over.refuse(w, paper, request.form.get("answer", "")[:NOTE])
    return redirect(url_for("duty.handover", place=paper.place_id), 303)


@routes.get("/desk/roll-call", needs="dispatch.escalate")
def roll_call(w: Work) -> Any:
    """Who of tonight's duty has not answered, and how long there is still time."""
    place = _place(w, "dispatch.escalate")
    w.need("dispatch.escalate", place.id)
    return render_template(
        "dispatch/roll_call.html",
        place=place,
        found=roll_calls.latest(w, place),
        mine=roll_calls.asks_me(w),
        hour=calling.hour_of(w, "hour"),
        token=str(uuid4()),
    )


@routes.post("/desk/roll-call", needs="dispatch.escalate")
def call_roll(w: Work) -> Any:
    """Call the roll by hand; the form's token makes a double click one call."""
    place = _place(w, "dispatch.escalate")
    token = request.form.get("form_token", "")
    if not TOKEN.fullmatch(token):
        raise Invalid("form-expired")
    calling.call_roll(w, place, token)
    return redirect(url_for("duty.roll_call", place=place.id), 303)


@routes.post("/directives/<int:id>/call-again", needs="dispatch.escalate")
def call_again(w: Work, id: int) -> Any:
    """Call again those who have not answered the roll call."""
    found = w.get(Directive, id)
    calling.ask_again(w, found)
    return redirect(url_for("duty.roll_call", place=found.place_id), 303)
