"""Requests for supplies by the web: asking, answering, drawing up transfers, and how well requests are met (K33)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import redirect, render_template, request, url_for

from region.places.models import Place
from region.places.queries import children, roots
from region.resources.actions import requesting
from region.resources.actions.requesting import ASKS, Asked, Given
from region.resources.actions.transferring import ANSWERS
from region.resources.catalogue import items_of
from region.resources.models import SupplyRequest
from region.resources.queries import requests, transfers
from region.resources.routes import typed
from region.resources.states import PACK, REQUEST
from region.spine.errors import Fault, Forbidden, Invalid, Refused, Stale
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("requests", __name__)
LINES = 4
READS = "resources.read"
MET_OVER = timedelta(days=30)


@routes.get("/supplies/requests", needs=READS)
def page(w: Work) -> str:
    """My requests and those that I must answer, by the clock; how well requests were met; a new one."""
    return _list(w)


def _list(w: Work, wrong: Fault | None = None) -> str:
    found = requests.listed(w)
    ids = {place for one in found for place in (one.row.place_id, one.row.answer_place_id)}
    mine = asking_places(w)
    return render_template(
        "resources/requests.html",
        found=found,
        ended=REQUEST.ends,
        answers={one.row.id for one in found if w.may(ANSWERS, one.row.answer_place_id)},
        places=transfers.places_named(w, ids),
        items=items_of(w.rules),
        met=requests.met(w, since=w.now - MET_OVER),
        target=float(w.rules.value(PACK, "indicator.request_received")),
        in_time=w.rules.duration(PACK, "indicator.request_time"),
        mine=mine,
        above=requests.answerers(w, mine[0].id) if len(mine) == 1 else [],
        lines=range(1, LINES + 1),
        token=request.form.get("form_token") or str(uuid4()),
        wrong=typed.said(w, wrong),
        given=request.form,
    )


def asking_places(w: Work) -> list[Place]:
    """The reader's own sites, and of an area the commission and the stores directly in it."""
    found: list[Place] = []
    for top in roots(w):
        stores = [] if top.kind == "site" else children(w, top.id, kind="site")
        found += (
            [top]
            if top.kind == "site"
            else [one for one in stores if one.site and one.site.type in requests.STORES]
        )
    return [one for one in found if w.may(ASKS, one.id)]


@routes.post("/supplies/requests", needs=ASKS)
def ask(w: Work) -> Any:
    """Ask for supplies."""
    try:
        with w.session.begin_nested():
            made = _ask(w)
    except (Forbidden, Stale):
        raise
    except (Invalid, Refused) as fault:
        return _list(w, fault), fault.status
    return redirect(url_for("requests.show", id=made.id), 303)


def _ask(w: Work) -> SupplyRequest:
    given = [
        (request.form.get(f"item-{n}", ""), request.form.get(f"quantity-{n}", ""))
        for n in range(1, LINES + 1)
    ]
    above = request.form.get("answer_place", "")
    return requesting.ask(
        w,
        w.get(Place, typed.units(request.form.get("place", ""), "place")).id,
        [Asked(item, typed.units(units, "quantity")) for item, units in given if item],
        uid=typed.token(),
        needed_by=typed.moment(w, "needed_by"),
        answer_place=typed.units(above, "answer_place") if above else None,
        reason=typed.sentence("reason"),
    )


@routes.get("/supplies/requests/<int:id>", needs=READS)
def show(w: Work, id: int) -> str:
    """One request: what was asked, approved, promised and received, its transfers, and what happened."""
    return _show(w, id)


def _show(w: Work, id: int, wrong: Fault | None = None) -> str:
    row = w.get(SupplyRequest, id)
    lines, entries = requests.lines_of(w, id), transfers.timeline(w, f"request:{id}")
    drawn = transfers.of_request(w, id)
    ids = {row.place_id, row.answer_place_id} | {
        place for one in drawn for place in (one.giver_id, one.taker_id)
    }
    can = _may_do(w, row)
    return render_template(
        "resources/request.html",
        row=row,
        lines=lines,
        drawn=drawn,
        givers={
            line.id: requests.givers(w, row, line.item)
            for line in lines
            if "requisition" in can and line.promised < line.approved
        },
        due=requests.due_of(w.rules, row),
        can=can,
        message=requests.MESSAGES.get(row.state),
        places=transfers.places_named(w, ids),
        entries=entries,
        names=typed.names(w, {row.made_by} | {entry.actor for entry in entries}),
        items=items_of(w.rules),
        token=str(uuid4()),
        wrong=typed.said(w, wrong),
        given=request.form,
    )


def _may_do(w: Work, row: SupplyRequest) -> set[str]:
    """What this reader may do with it now; the moves of the system are nobody's."""
    at: Mapping[str, int] = {ASKS: row.place_id, ANSWERS: row.answer_place_id}
    moves = [move for move in REQUEST.moves if move.source == row.state and move.by in at]
    return {move.verb for move in moves if w.may(move.by, at[move.by])}


def _do(w: Work, id: int, act: Callable[[SupplyRequest], object]) -> Any:
    row = w.get(SupplyRequest, id)
    there = url_for("requests.show", id=id)
    return typed.attempt(w, lambda: act(row), there, lambda wrong: _show(w, id, wrong))


@routes.post("/supplies/requests/<int:id>/note", needs=ANSWERS)
def note(w: Work, id: int) -> Any:
    """Received, not decided."""
    return _do(w, id, lambda row: requesting.note(w, row))


@routes.post("/supplies/requests/<int:id>/provide", needs=ANSWERS)
def provide(w: Work, id: int) -> Any:
    """A provisional answer, with its condition."""
    return _do(w, id, lambda row: requesting.provide(w, row, typed.sentence("words")))


@routes.post("/supplies/requests/<int:id>/accept", needs=ANSWERS)
def accept(w: Work, id: int) -> Any:
    """Agree, line by line."""
    return _do(w, id, lambda row: requesting.accept(w, row, _approved(w, id), words=typed.sentence("words")))


def _approved(w: Work, id: int) -> dict[str, int] | None:
    typed_in = typed.by_line("approved")
    return {line.item: typed_in[line.id] for line in requests.lines_of(w, id) if line.id in typed_in} or None


@routes.post("/supplies/requests/<int:id>/decline", needs=ANSWERS)
def decline(w: Work, id: int) -> Any:
    """Refuse, with the reason."""
    return _do(w, id, lambda row: requesting.decline(w, row, typed.sentence("words")))


@routes.post("/supplies/requests/<int:id>/requisition", needs=ANSWERS)
def requisition(w: Work, id: int) -> Any:
    """Draw up transfers from the chosen givers."""
    return _do(w, id, lambda row: requesting.requisition(w, row, _givers(w, id), uid=typed.token()))


def _givers(w: Work, id: int) -> list[Given]:
    """Fields ``from7-17``: so many of line 17 from place 7."""
    item_of = {line.id: line.item for line in requests.lines_of(w, id)}
    found: dict[int, dict[str, int]] = {}
    for key, value in request.form.items():
        place, _, line = key.removeprefix("from").partition("-")
        typed_in = key.startswith("from") and place.isdecimal() and line.isdecimal() and len(key) < 24
        if typed_in and int(line) in item_of:
            count = typed.units(value, key)
            if count:
                found.setdefault(int(place), {})[item_of[int(line)]] = count
    return [Given(place, units) for place, units in sorted(found.items())]


@routes.post("/supplies/requests/<int:id>/cancel", needs=ASKS)
def cancel(w: Work, id: int) -> Any:
    """Whoever asked needs it no more."""
    return _do(w, id, lambda row: requesting.cancel(w, row, typed.sentence("words")))


@routes.post("/supplies/requests/<int:id>/end-short", needs=ANSWERS)
def end_short(w: Work, id: int) -> Any:
    """No more will come."""
    return _do(w, id, lambda row: requesting.end_short(w, row, typed.sentence("words")))
