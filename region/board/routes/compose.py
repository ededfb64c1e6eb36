"""The composer: an order from a template or in words of one's own, to the sites chosen; and what it asks meanwhile."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import Response, jsonify, render_template, request
from sqlalchemy import select

from maps.base import draw, parts
from region.board.queries import compose_targeting, desk_compose
from region.board.routes.desk import order_words, routes
from region.dispatch.models import Directive, Recipient
from region.dispatch.routes.commands import body
from region.dispatch.schemas import Draft
from region.dispatch.wording import PACK, kinds_to_write
from region.places.models import Place
from region.places.queries import area_features, etag
from region.places.queries.tree import current, today
from region.spine.assets import local_address
from region.spine.errors import Invalid
from region.spine.web import current_lang
from region.spine.work import Work

__all__ = ["routes"]
LEVELS = ("district", "subdistrict", "community")
MOST_ACROSS = 4000
"""An address may not be longer than servers read: a preview's blanks and a list of sites are cut off here."""


@routes.get("/desk/compose", needs="dispatch.compose")
def compose(w: Work) -> Any:
    """Write an order: from a template or in words of one's own, to the sites chosen."""
    lang = current_lang()
    urls = {
        "areas": f"/desk/compose/areas.geojson?lang={lang}&levels={','.join(LEVELS)}",
        "sites": f"/desk/compose/sites.geojson?lang={lang}",
    }
    page = draw({"areas": None, "sites": None, "draw": None}, _lang(), local_address, urls=urls)
    asked = request.args.get("supersedes", "")
    old = w.get(Directive, int(asked)) if asked.isdecimal() else None
    facts = compose_targeting.fact_names(w)
    return render_template(
        "board/compose.html",
        map=parts(page, local_address),
        sites_url=urls["sites"],
        incidents=desk_compose.open_incidents(w),
        offers=desk_compose.offers(w),
        picked=request.args.get("template", ""),
        branches=desk_compose.tree(w),
        types=desk_compose.types(w),
        second_person=desk_compose.second_person(w),
        supersedes=old,
        chosen_before=_still_chosen(w, old) if old else [],
        facts=facts,
        fact_labels={one.name: one.zh if lang == "zh" else one.en for one in facts},
        levels=compose_targeting.level_names(w),
        groups=compose_targeting.saved_groups(w),
        title_marks=dict(w.rules.value(PACK, "targeting.title_marks")),
        offer_span=lambda minutes: timedelta(minutes=minutes),
        form_token=str(uuid4()),
        written=kinds_to_write(w),
        **order_words(w),
    )


def _still_chosen(w: Work, old: Directive) -> list[int]:
    """The sites of the order that is to be replaced, as far as the actor sees them and they are in use."""
    wanted = select(Recipient.place_id).join(Place, Place.id == Recipient.place_id)
    return list(w.session.scalars(wanted.where(Recipient.directive_id == old.id, current(today(w)))))


def _lang() -> Any:
    return "zh" if current_lang() == "zh" else "en"


@routes.get("/desk/compose/areas.geojson", needs="dispatch.compose")
def compose_areas(w: Work) -> Any:
    """The outlines of areas for the composer's map."""
    levels = request.args.get("levels", "district,subdistrict").split(",")
    return _features(w, lambda: area_features(w, levels, current_lang()))


@routes.get("/desk/compose/sites.geojson", needs="dispatch.compose")
def compose_sites(w: Work) -> Any:
    """The sites for the composer's map and its search: dark, not connected yet, or ready."""
    return _features(w, lambda: desk_compose.composer_sites(w, current_lang()))


def _features(w: Work, made: Any) -> Response:
    answer = Response(mimetype="application/geo+json")
    answer.set_etag(etag(w, request.path, request.query_string.decode("ascii", "replace"), current_lang()))
    answer.headers["Cache-Control"] = "no-cache"
    answer.make_conditional(request)
    if answer.status_code != 304:
        answer.set_data(json.dumps(made(), ensure_ascii=False, separators=(",", ":")))
    return answer


@routes.get("/desk/compose/preview", needs="dispatch.compose")
def compose_preview(w: Work) -> Any:
    """The wording in both languages as it would be fixed; Invalid names the blank that is missing or wrong."""
    try:
        given = json.loads(request.args.get("given", "{}")[: 10 * MOST_ACROSS])
    except json.JSONDecodeError as error:
        raise Invalid("fields-wrong", field="given") from error
    return jsonify(desk_compose.preview(w, request.args.get("template", ""), given))


@routes.get("/desk/compose/phones", needs="dispatch.compose")
def compose_phones(w: Work) -> Any:
    """Who to telephone of the sites that an order would not reach."""
    ids = request.args.get("ids", "")[:MOST_ACROSS].split(",")
    return jsonify(desk_compose.phones(w, [int(one) for one in ids if one.isdecimal()]))


@routes.post("/desk/compose/difference", needs="dispatch.compose")
def compose_difference(w: Work) -> Any:
    """What the order as it is composed changes of the one it replaces: a piece of the page. Changes nothing."""
    change = compose_targeting.change_by_draft(w, body(Draft))
    return render_template("board/compose_difference.html", change=change, **order_words(w))
