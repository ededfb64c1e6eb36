"""The shelf on a telephone: what a storeroom has, counted, received and given out with one thumb, network or not."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from flask import jsonify, render_template, request
from flask_wtf.csrf import generate_csrf
from pydantic import AwareDatetime, BaseModel, ValidationError

from region.formats.codes import gs1_scan
from region.places.models import Place
from region.resources.actions import counting, telling
from region.resources.catalogue import items_of
from region.resources.queries.kept_sites import kept_sites
from region.resources.queries.storeroom import plainly, storeroom
from region.resources.told import LineTold, MovementTold, Uid
from region.spine.device import account_word, clock_rate
from region.spine.errors import Invalid, Missing
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("shelf", __name__)
Body = TypeVar("Body", bound=BaseModel)
CHOICES = 200


class CountPressed(LineTold):
    """One line counted on a telephone, at a place, at a moment of its clock."""

    uid: Uid
    place: int
    at: AwareDatetime


class MovementPressed(MovementTold):
    """One line come in or given out, as pressed on a telephone."""

    place: int


@routes.get("/shelf", needs="resources.keep")
def page(w: Work) -> Any:
    """The storeroom of the reader's site; who keeps several chooses one first."""
    sites = kept_sites(w).codes
    place = _chosen(w, sites)
    if place is None:
        wanted = sorted(sites, key=lambda id: sites[id])[:CHOICES]
        return render_template(
            "resources/shelf_choice.html",
            places=[w.get(Place, id) for id in wanted],
            more=len(sites) > CHOICES,
        )
    return render_template(
        "resources/phone_shelf.html",
        place=w.get(Place, place),
        data=_data(w, place),
        items=_items(w),
        zone=w.office.clock.zone.key,
        several=len(sites) > 1,
    )


@routes.get("/shelf/data", needs="resources.keep")
def data(w: Work) -> Any:
    """The same for the device: shelves, the time here, and a fresh form token."""
    place = _chosen(w, kept_sites(w).codes)
    return jsonify(
        csrf=generate_csrf(), **(_data(w, place) if place is not None else _clock(w) | {"shelves": []})
    )


def _chosen(w: Work, sites: dict[int, str]) -> int | None:
    asked = request.args.get("place", type=int)
    if asked is not None:
        if asked not in sites:
            raise Missing("no-such", what="place", id=asked)
        return asked
    if w.actor.site_id in sites:
        return w.actor.site_id
    return next(iter(sites)) if len(sites) == 1 else None


def _data(w: Work, place: int) -> dict[str, Any]:
    return {**_clock(w), "place": place, "shelves": [plainly(one) for one in storeroom(w, place)]}


def _clock(w: Work) -> dict[str, Any]:
    return {"account": account_word(w), "now": w.now.isoformat(), "rate": clock_rate(w), "realm": w.realm}


def _items(w: Work) -> list[dict[str, Any]]:
    return [
        {"code": code, "zh": facts["zh"], "en": facts["en"], "unit": dict(facts["unit"])}
        | {"alias": list(facts.get("alias", ()))}
        for code, facts in items_of(w.rules).items()
    ]


@routes.get("/shelf/scan", needs="resources.keep")
def scan(w: Work) -> Any:
    """What a box says of itself: ``{gtin, lot, expires_on}`` of the scanned symbol; Invalid with the reason."""
    read = gs1_scan(request.args.get("text", "")[:200], w.office.clock.day(w.now).year)
    if read.value is None:
        code = f"scan-{(read.reason or 'not_a_code').replace('_', '-')}"
        raise Invalid(code, **{"field": "text", **read.facts})
    expires = read.value.expires
    return jsonify(
        gtin=read.value.gtin, lot=read.value.lot, expires_on=expires.isoformat() if expires else None
    )


@routes.post("/shelf/counts", needs="resources.keep")
def count(w: Work) -> Any:
    """One line counted: ``{uid, place, item, quantity, lot, expires_on, at}``; a `uid` is one count."""
    told = _body(CountPressed)
    uid = telling.named(told.place, told.uid)
    made = counting.take(w, told.place, [told.counted()], uid=uid, counted_at=told.at)
    return jsonify(ok=True, id=made.id if made else None)


@routes.post("/shelf/receipts", needs="resources.keep")
def receipt(w: Work) -> Any:
    """So much came in from outside."""
    return _moved(w, "receive")


@routes.post("/shelf/issues", needs="resources.keep")
def issued(w: Work) -> Any:
    """So much was given out for use, first expiry first or of one lot."""
    return _moved(w, "issue")


def _moved(w: Work, kind: str) -> Any:
    told = _body(MovementPressed, {"kind": kind})
    return jsonify(ok=True, new=telling.move(w, told.place, told))


def _body(kind: type[Body], more: Mapping[str, Any] = MappingProxyType({})) -> Body:
    given = request.get_json(silent=True)
    try:
        return kind.model_validate({**given, **more} if isinstance(given, dict) else given)
    except ValidationError as error:
        wrong = [".".join(map(str, one["loc"])) for one in error.errors(include_input=False)]
        raise Invalid("fields-wrong", field=wrong[0] or "-", fields=wrong[:20]) from error
