"""A store's screens: what runs out first, its shelves and forms, lots near their last day, the trail of a lot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from flask import redirect, render_template, request, url_for

from region.places.models import Place
from region.places.queries import children, roots
from region.resources.actions import blocking, keeping
from region.resources.actions.keeping import Received
from region.resources.catalogue import items_of
from region.resources.models import Stock
from region.resources.models.totals import BANDS
from region.resources.queries import expiry, lots, movements, shelf
from region.resources.queries.shelf import Wanted
from region.resources.schemas import StoreForm, parse_store_form, whole
from region.resources.states import PACK
from region.spine.errors import Fault, Forbidden, Invalid, Missing, Refused, Stale
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work

routes = Routes("supplies", __name__)

KEEP, BLOCK = "resources.keep", "resources.block"
VERBS = {
    "issue": KEEP,
    "receive": KEEP,
    "return_in": KEEP,
    "block": BLOCK,
    "release": BLOCK,
    "write_off": BLOCK,
}
VERBS |= {"adjust": KEEP, "return_out": KEEP, "target": KEEP}
"""The forms of a shelf in the order in which they are offered, and what each needs."""
Act = Callable[[StoreForm], object]


@routes.get("/supplies", needs="resources.read")
def overview(w: Work) -> Any:
    """What runs out first in the reader's places; whoever has one store alone sees that store."""
    tops = roots(w)
    if len(tops) == 1 and tops[0].kind == "site":
        return redirect(url_for("supplies.store", place_id=tops[0].id))
    item, band, area = request.args.get("item", ""), request.args.get("band", ""), _number("area")
    sought = request.args.get("q", "").strip()
    numbers, reckoned_at = shelf.counts(w, item, area)
    return render_template(
        "resources/supplies.html",
        page=shelf.running_out(w, Wanted(None, item, band, area), request.args.get("after", "")),
        counts=numbers,
        reckoned_at=reckoned_at,
        asked={"item": item, "band": band, "area": area or ""},
        sought=sought,
        found=shelf.stores(w, sought) if sought else [],
        bands=BANDS,
        **_choices(w),
    )


@routes.get("/supplies/expiry", needs="resources.read")
def near(w: Work) -> str:
    """Lots near their last day, the oldest first, and where they could be used up."""
    item, area = request.args.get("item", ""), _number("area")
    return render_template(
        "resources/expiry.html",
        page=expiry.near_expiry(w, item, area, request.args.get("after", "")),
        asked={"item": item, "area": area or ""},
        **_choices(w),
    )


@routes.get("/supplies/lots/<int:lot_id>", needs="resources.read")
def lot(w: Work, lot_id: int) -> str:
    """One lot from receipt to use: every movement of it, with the signatures of transfers."""
    return render_template(
        "resources/lot.html",
        account=lots.account_of(w, lot_id),
        page=lots.trail(w, lot_id, request.args.get("after", "")),
        first=not request.args.get("after"),
        token=str(uuid4()),
        **_words(w),
    )


@routes.post("/supplies/lots/<int:lot_id>/recall", needs=BLOCK)
def recall(w: Work, lot_id: int) -> Any:
    """Set the whole lot aside at every place that the actor answers for."""
    form = parse_store_form(request.form, quantity=False)
    blocking.recall(w, lot_id, uid=form.uid, note=form.note)
    return redirect(url_for("supplies.lot", lot_id=lot_id), 303)


@routes.post("/supplies/lots/<int:lot_id>/lift", needs=BLOCK)
def lift(w: Work, lot_id: int) -> Any:
    """Give the whole lot free again."""
    form = parse_store_form(request.form, quantity=False)
    blocking.lift(w, lot_id, uid=form.uid, note=form.note)
    return redirect(url_for("supplies.lot", lot_id=lot_id), 303)


@routes.get("/supplies/<int:place_id>", needs="resources.read")
def store(w: Work, place_id: int) -> str:
    """A store's shelves, what runs out first on top."""
    place = shelf.need_site(w, place_id)
    return render_template(
        "resources/store.html",
        place=place,
        page=shelf.running_out(w, Wanted(place=place.id), request.args.get("after", "")),
        token=str(uuid4()),
        **_words(w),
    )


@routes.get("/supplies/<int:place_id>/shelf", needs="resources.read")
def one_shelf(w: Work, place_id: int) -> str:
    """One shelf: its lots, what moved last, and the form that was asked for."""
    return _shelf_page(w, shelf.need_site(w, place_id), request.args.get("do", ""))


@routes.post("/supplies/<int:place_id>/receive", needs=KEEP)
def receive(w: Work, place_id: int) -> Any:
    """Goods came in."""
    return _do(w, place_id, "receive", lambda form: keeping.receive(
        w,
        place_id,
        [Received(form.item, form.quantity, form.lot, form.expires_on, None, form.owner, form.storage)],
        uid=form.uid,
        note=form.note,
    ))  # fmt: skip


@routes.post("/supplies/<int:place_id>/issue", needs=KEEP)
def issue(w: Work, place_id: int) -> Any:
    """Goods were given out, first expiry first."""
    return _do(w, place_id, "issue", lambda form: keeping.issue(
        w, place_id, form.item, form.quantity, uid=form.uid, covers=form.covers, note=form.note
    ))  # fmt: skip


@routes.post("/supplies/<int:place_id>/return-in", needs=KEEP)
def return_in(w: Work, place_id: int) -> Any:
    """What was given out today came back unused."""
    return _do(w, place_id, "return_in", lambda form: keeping.return_in(
        w, place_id, form.item, form.quantity, uid=form.uid, note=form.note
    ))  # fmt: skip


@routes.post("/supplies/<int:place_id>/block", needs=BLOCK)
def block(w: Work, place_id: int) -> Any:
    """Set a part of a lot aside."""
    return _do(w, place_id, "block", lambda form: blocking.block(
        w, _stock(w, place_id, form), form.quantity, uid=form.uid, note=form.note
    ))  # fmt: skip


@routes.post("/supplies/<int:place_id>/release", needs=BLOCK)
def release(w: Work, place_id: int) -> Any:
    """Give a part of what was set aside free again."""
    return _do(w, place_id, "release", lambda form: blocking.release(
        w, _stock(w, place_id, form), form.quantity, uid=form.uid, note=form.note
    ))  # fmt: skip


@routes.post("/supplies/<int:place_id>/adjust", needs=KEEP)
def adjust(w: Work, place_id: int) -> Any:
    """Correct the books, up or down."""
    sign = -1 if request.form.get("way") == "down" else 1
    return _do(w, place_id, "adjust", lambda form: keeping.adjust(
        w, _stock(w, place_id, form), sign * form.quantity, reason=form.reason, uid=form.uid, note=form.note
    ))  # fmt: skip


@routes.post("/supplies/<int:place_id>/write-off", needs=BLOCK)
def write_off(w: Work, place_id: int) -> Any:
    """Take out what is broken or lost."""
    return _do(w, place_id, "write_off", lambda form: keeping.write_off(
        w, _stock(w, place_id, form), form.quantity, uid=form.uid, blocked=form.blocked, note=form.note
    ))  # fmt: skip


@routes.post("/supplies/<int:place_id>/return-out", needs=KEEP)
def return_out(w: Work, place_id: int) -> Any:
    """Give goods back to whom they came from."""
    return _do(w, place_id, "return_out", lambda form: keeping.return_out(
        w, _stock(w, place_id, form), form.quantity, uid=form.uid, blocked=form.blocked, note=form.note
    ))  # fmt: skip


@routes.post("/supplies/<int:place_id>/expire", needs=KEEP)
def expire(w: Work, place_id: int) -> Any:
    """Take what lies past its last day out of the books, of one item or of the whole store."""
    form = parse_store_form(request.form, quantity=False)
    keeping.expire(w, shelf.need_site(w, place_id).id, uid=form.uid, item=form.item or None, note=form.note)
    return redirect(url_for("supplies.store", place_id=place_id), 303)


@routes.post("/supplies/<int:place_id>/target", needs=KEEP)
def target(w: Work, place_id: int) -> Any:
    """Say how much the store is to hold; empty gives it back to the days of the rules."""
    typed = request.form.get("target", "").strip()
    return _do(w, place_id, "target", lambda form: keeping.set_target(
        w, place_id, form.item, whole(typed, "target") if typed else None
    ), quantity=False)  # fmt: skip


def _do(w: Work, place_id: int, verb: str, act: Act, quantity: bool = True) -> Any:
    """Do it, or show the form again with what was typed and what is wrong with it; nothing of it then stands."""
    place = shelf.need_site(w, place_id)
    try:
        form = parse_store_form(request.form, quantity)
        with w.session.begin_nested():
            act(form)
    except (Forbidden, Stale):
        raise
    except (Invalid, Refused) as fault:
        return _shelf_page(w, place, verb, fault), fault.status
    return redirect(url_for("supplies.one_shelf", place_id=place.id, item=form.item, done=verb), 303)


def _stock(w: Work, place_id: int, form: StoreForm) -> int:
    if form.stock is None:
        raise Invalid("stock-missing", field="stock")
    found = w.get(Stock, form.stock)
    if found.place_id != place_id:
        raise Missing("no-such", what="stock", id=found.id)
    return found.id


def _shelf_page(w: Work, place: Place, verb: str, wrong: Fault | None = None) -> str:
    item = request.values.get("item", "")
    known = items_of(w.rules)
    offered = [one for one, needs in VERBS.items() if w.may(needs, place.id)]
    if item and item not in known and wrong is None:
        raise Missing("no-such", what="item", id=item[:32])
    return render_template(
        "resources/shelf.html",
        place=place,
        item=item if item in known else "",
        line=shelf.one_shelf(w, place.id, item) if item else None,
        lots=shelf.lots_on(w, place.id, item),
        steps=movements.newest(w, place.id, item),
        verb=verb if verb in offered else "",
        offered=offered,
        done=request.args.get("done", ""),
        wrong=None if wrong is None else {"text": _said(known, wrong), **wrong.facts},
        given=request.form,
        token=request.form.get("uid") or str(uuid4()),
        **_words(w),
    )


def _said(known: Mapping[str, Mapping[str, Any]], wrong: Fault) -> str:
    """The sentence of a fault with the item's name in place of its code."""
    lang = current_lang()
    named = {"item": known[wrong.facts["item"]][lang]} if wrong.facts.get("item") in known else {}
    return fault_text(lang, type(wrong)(wrong.code, **{**wrong.facts, **named}))


def _words(w: Work) -> dict[str, Any]:
    """What templates show of the pack: items, words, and the days that count as near."""
    values = ("movements", "ownership", "storage", "adjust.reasons", "band.amber", "band.red", "reserve.days")
    return {
        "items": items_of(w.rules),
        "words": {name.replace(".", "_"): w.rules.value(PACK, name) for name in values},
        "near": int(w.rules.value(PACK, "near_expiry.days")),
    }


def _choices(w: Work) -> dict[str, Any]:
    """What filters offer: items, and the reader's areas with those directly below."""
    tops = [one for one in roots(w) if one.kind == "area"]
    below = [child for one in tops for child in children(w, one.id, kind="area")]
    return {"areas": [*tops, *below], **_words(w)}


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
