"""Transfers by the web: what waits for whom, and one page on which each side signs on a desk or a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from flask import render_template, request, url_for
from markupsafe import Markup

from region.accounts.second_factor import picture
from region.places.queries import roots
from region.places.queries.tree import find_code
from region.resources.actions import differing, handing, transferring
from region.resources.actions.handing import Signed
from region.resources.actions.transferring import Ordered
from region.resources.catalogue import items_of
from region.resources.models import Transfer
from region.resources.queries import transfers
from region.resources.routes import typed
from region.resources.states import TRANSFER
from region.spine.errors import Fault, Invalid
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("transfers", __name__)
LINES = 3
READS = "resources.read"


@routes.get("/supplies/transfers", needs=READS)
def page(w: Work) -> str:
    """All transfers that concern the reader: late ones first, then by the clock."""
    return _list(w)


def _list(w: Work, wrong: Fault | None = None) -> str:
    found = transfers.listed(w)
    ids = {place for one in found for place in (one.row.giver_id, one.row.taker_id)}
    return render_template(
        "resources/transfers.html",
        found=found,
        ended=TRANSFER.ends,
        whose=transfers.whose_turn,
        places=transfers.places_named(w, ids),
        items=items_of(w.rules),
        givers=[one for one in roots(w) if one.kind == "site" and w.may(transferring.SENDS, one.id)],
        lines=range(1, LINES + 1),
        token=request.form.get("form_token") or str(uuid4()),
        wrong=typed.said(w, wrong),
        given=request.form,
    )


@routes.post("/supplies/transfers", needs="resources.send")
def offer(w: Work) -> Any:
    """Offer something to a place that is found by its code."""
    return typed.attempt(w, lambda: _offer(w), url_for("transfers.page"), lambda wrong: _list(w, wrong))


def _offer(w: Work) -> None:
    giver = typed.units(request.form.get("giver", ""), "giver")
    with w.beyond_scope("whoever has something to give may offer it to a place found by its code"):
        taker = find_code(w, request.form.get("taker", ""), kind="site")
    if taker is None:
        raise Invalid("no-such-place", field="taker")
    rows = [
        (request.form.get(f"item-{n}", ""), request.form.get(f"quantity-{n}", ""))
        for n in range(1, LINES + 1)
    ]
    transferring.order(
        w,
        giver=giver,
        taker=taker.id,
        lines=[Ordered(item, typed.units(units, "quantity")) for item, units in rows if item],
        kind="offer",
        ordered_for=transfers.common_area(w, giver, taker.id),
        uid=typed.token(),
        reason=typed.sentence("reason"),
    )


@routes.get("/supplies/transfers/<int:id>", needs=READS)
def show(w: Work, id: int) -> str:
    """One transfer: its lines, both signatures, whose turn it is, and what happened."""
    return _show(w, id)


def _show(w: Work, id: int, wrong: Fault | None = None) -> str:
    row = w.get(Transfer, id)
    lines, entries = transfers.lines_of(w, id), transfers.timeline(w, f"transfer:{id}")
    signers = {row.made_by, row.shipped_by, row.received_by, row.explained_by, row.settled_by}
    here = w.office.installation.public_url.rstrip("/") or request.host_url.rstrip("/")
    return render_template(
        "resources/transfer.html",
        row=row,
        lines=lines,
        lots=transfers.lots_named(w, {line.lot_id for line in lines if line.lot_id}),
        due=transfers.due_of(w.rules, row),
        whose=transfers.whose_turn(row),
        can=_may_do(w, row),
        message=transfers.message_of(row),
        places=transfers.places_named(w, {row.giver_id, row.taker_id, row.ordered_for_id}),
        entries=entries,
        names=typed.names(w, signers | {entry.actor for entry in entries}),
        items=items_of(w.rules),
        wrong=typed.said(w, wrong),
        given=request.form,
        # Made by segno from our own address: nothing in it comes from a person's free text.
        picture=Markup(picture(f"{here}{url_for('transfers.show', id=id)}")),
    )


def _may_do(w: Work, row: Transfer) -> set[str]:
    """What this reader may do with it now."""
    at = {
        transferring.SENDS: row.giver_id,
        transferring.RECEIVES: row.taker_id,
        transferring.ANSWERS: row.ordered_for_id,
    }
    moves = [move for move in TRANSFER.moves if move.source == row.state]
    return {move.verb for move in moves if w.may(move.by, at[move.by])} - {"offer", "dispute"}


def _do(w: Work, id: int, act: Callable[[Transfer], object]) -> Any:
    row = w.get(Transfer, id)
    there = url_for("transfers.show", id=id)
    return typed.attempt(w, lambda: act(row), there, lambda wrong: _show(w, id, wrong))


@routes.post("/supplies/transfers/<int:id>/accept", needs="resources.receive")
def accept(w: Work, id: int) -> Any:
    """The taker takes what is offered."""
    return _do(w, id, lambda row: transferring.accept(w, row))


@routes.post("/supplies/transfers/<int:id>/refuse", needs=READS)
def refuse(w: Work, id: int) -> Any:
    """The taker does not want it, or the giver cannot give."""
    return _do(w, id, lambda row: transferring.refuse(w, row, typed.sentence("words")))


@routes.post("/supplies/transfers/<int:id>/cancel", needs=READS)
def cancel(w: Work, id: int) -> Any:
    """Whoever ordered or offered it calls it off."""
    return _do(w, id, lambda row: transferring.cancel(w, row, typed.sentence("words")))


@routes.post("/supplies/transfers/<int:id>/commit", needs="resources.send")
def commit(w: Work, id: int) -> Any:
    """The giver sets the goods aside."""
    return _do(w, id, lambda row: transferring.set_aside(w, row))


@routes.post("/supplies/transfers/<int:id>/ship", needs="resources.send")
def ship(w: Work, id: int) -> Any:
    """The giver signs that the goods leave."""
    carrier = typed.sentence("carrier")
    return _do(w, id, lambda row: handing.ship(w, row, typed.by_line("sent") or None, carrier=carrier))


@routes.post("/supplies/transfers/<int:id>/receive", needs="resources.receive")
def receive(w: Work, id: int) -> Any:
    """The taker signs for what came."""
    return _do(w, id, lambda row: handing.receive(w, row, _signed(), remark=typed.sentence("words")))


def _signed() -> dict[int, Signed] | None:
    came, damaged = typed.by_line("received"), typed.by_line("damaged")
    return {line: Signed(units, damaged.get(line, 0)) for line, units in came.items()} or None


@routes.post("/supplies/transfers/<int:id>/explain", needs="resources.send")
def explain(w: Work, id: int) -> Any:
    """The giver explains what is missing."""
    return _do(w, id, lambda row: differing.explain(w, row, typed.by_line("left"), typed.sentence("words")))


@routes.post("/supplies/transfers/<int:id>/confirm", needs="resources.receive")
def confirm(w: Work, id: int) -> Any:
    """The taker agrees with the explanation."""
    return _do(w, id, lambda row: differing.confirm(w, row, typed.sentence("words")))


@routes.post("/supplies/transfers/<int:id>/contest", needs="resources.receive")
def contest(w: Work, id: int) -> Any:
    """The taker does not agree with the explanation."""
    return _do(w, id, lambda row: differing.contest(w, row, typed.sentence("words")))


@routes.post("/supplies/transfers/<int:id>/settle", needs="resources.answer")
def settle(w: Work, id: int) -> Any:
    """The place that ordered it decides what became of the missing."""
    return _do(w, id, lambda row: differing.settle(w, row, typed.by_line("left"), typed.sentence("words")))


@routes.post("/supplies/transfers/<int:id>/turn-back", needs="resources.answer")
def turn_back(w: Work, id: int) -> Any:
    """Goods on their way are called back."""
    return _do(w, id, lambda row: handing.turn_back(w, row, typed.sentence("words")))


@routes.post("/supplies/transfers/<int:id>/take-back", needs="resources.send")
def take_back(w: Work, id: int) -> Any:
    """The giver signs for what came back."""
    back = typed.by_line("back") or None
    return _do(w, id, lambda row: handing.take_back(w, row, back, words=typed.sentence("words")))
