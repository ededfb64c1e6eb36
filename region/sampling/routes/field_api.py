"""What the field page speaks: a phone sends what it has, and takes what it needs to work without a network."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from flask_wtf.csrf import generate_csrf
from pydantic import ValidationError

from region.sampling.actions.syncing import sync as synchronise
from region.sampling.queries.field_pack import field_pack, sites_of
from region.sampling.schemas import Batch, wrong_parts
from region.spine.device import account_word, clock_rate
from region.spine.errors import Invalid, Missing
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("field_api", __name__)
MOST_NAMED = 20


@routes.post("/api/v1/field/sync", needs="sampling.sample")
def sync(w: Work) -> Any:
    """A batch of boxes and tubes as they stand on a phone (schemas.Batch); answers what became of each.

    Sent again it changes nothing. Wrong parts are named by their place in the batch, never by what they hold.
    """
    try:
        batch = Batch.model_validate_json(request.get_data())
    except ValidationError as error:
        wrong = wrong_parts(error)
        raise Invalid("fields-wrong", field=wrong[0] or "-", fields=wrong[:MOST_NAMED]) from error
    return jsonify(ok=True, **synchronise(w, batch).model_dump(mode="json"))


@routes.get("/api/v1/field/pack", needs="sampling.sample")
def pack(w: Work) -> Any:
    """What a phone needs offline, of `site` (else the only one that the reader may choose), with a fresh form token."""
    return jsonify(
        csrf=generate_csrf(),
        account=account_word(w),
        now=w.now.isoformat(),
        rate=clock_rate(w),
        realm=w.realm,
        **field_pack(w, _site(w)),
    )


def _site(w: Work) -> int:
    asked = request.args.get("site", type=int)
    if asked is not None:
        return asked
    sites = sites_of(w, w.actor.site_id)
    if len(sites) != 1:
        raise Missing("no-such", what="site", id=0)
    return sites[0].id
