"""What sites' own systems say and ask of their stock: counts, movements, what stands on their shelves."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import jsonify, request
from pydantic import ValidationError

from region.resources.actions import telling
from region.resources.queries.storeroom import plainly, storeroom
from region.resources.told import CountTold
from region.spine.errors import Invalid, Refused
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("stock_api", __name__)


@routes.post("/api/v1/stock/counts", needs="resources.keep")
def counts(w: Work) -> Any:
    """A site's own system counted: ``{uid, counted_at, lines: [{item, quantity, lot, expires_on}]}``.

    Answers how many lines were kept and how many stood already (the same `uid` is one count, whatever is sent again);
    each refused one by its place in the list, the field and the reason, with the numbers. Keeps the rest.
    """
    place = _own_site(w, "resources.keep")
    try:
        told = CountTold.model_validate(request.get_json(silent=True))
    except ValidationError as error:
        wrong = [".".join(map(str, one["loc"])) for one in error.errors(include_input=False)]
        raise Invalid("fields-wrong", field=wrong[0] or "-", fields=wrong[:20]) from error
    return jsonify(ok=True, **asdict(telling.tell_count(w, place, told)))


@routes.post("/api/v1/stock/movements", needs="resources.keep")
def movements(w: Work) -> Any:
    """What came and was given out: a list of ``{uid, kind: receive|issue, item, quantity, lot, expires_on, at}``.

    Each is kept once by its `uid`. Without a lot an issue takes the first to expire; an expired one is refused.
    """
    given = request.get_json(silent=True)
    if not isinstance(given, list):
        raise Invalid("list-wanted", field="-")
    return jsonify(ok=True, **asdict(telling.tell_movements(w, _own_site(w, "resources.keep"), given)))


@routes.get("/api/v1/stock", needs="resources.read")
def stock(w: Work) -> Any:
    """What stands on the site's own shelves, with lots, days of supply and the age of each number."""
    place = _own_site(w, "resources.read")
    return jsonify(
        as_of=w.now.isoformat(), place=place, shelves=[plainly(one) for one in storeroom(w, place)]
    )


def _own_site(w: Work, needs: str) -> int:
    if w.actor.site_id is None:
        raise Refused("site-alone", needs=needs)
    return w.actor.site_id
