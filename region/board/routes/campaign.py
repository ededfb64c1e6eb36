"""The page of a campaign on the desk: how far, where not, and whether it will be finished in time."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, render_template, request, url_for

from maps.base import draw, parts
from region.board.queries import campaign as asking
from region.dispatch.models import Directive
from region.dispatch.queries.campaign import WORDS
from region.dispatch.wording import PACK, kinds
from region.places.levels import word as level_word
from region.spine.assets import local_address
from region.spine.i18n import translate
from region.spine.web import Routes, current_lang
from region.spine.work import Work

routes = Routes("desk_campaign", __name__)


def _words(lang: str) -> dict[str, str]:
    said = (
        translate(lang, "Does not agree with the count"),
        translate(lang, "Late"),
        translate(lang, "Not begun"),
        translate(lang, "In progress"),
        translate(lang, "Done"),
    )
    return dict(zip(WORDS, said, strict=True))


@routes.get("/desk/directives/<int:id>/campaign", needs="dispatch.read")
def page(w: Work, id: int) -> Any:
    """The roll-up of an order: tasks, areas compared, the curve against the plan, the sites that are behind."""
    directive = w.get(Directive, id)
    lang = "zh" if current_lang() == "zh" else "en"
    shown = asking.view(w, directive, request.args.get("level", ""))
    urls = {
        name: url_for(f"desk_campaign.{name}", id=id, level=shown.level, lang=lang)
        for name in ("areas", "sites")
    }
    drawn = draw(dict.fromkeys(urls), lang, local_address, urls=urls)  # type: ignore[arg-type]
    limits = [float(one) for one in w.rules.value(PACK, "campaign.behind")]
    return render_template(
        "board/campaign.html",
        d=directive,
        view=shown,
        found=shown.found,
        curve=asking.curve(directive, shown, lang),
        map=parts(drawn, local_address),
        words=_words(lang),
        marks=asking.MARK_OF,
        classes=[round(100 * one) for one in limits],
        urgencies=w.rules.value(PACK, "urgencies"),
        kinds=kinds(w),
        nil=directive.template in w.rules.value(PACK, "nil.templates"),
        level_word=lambda code: level_word(code, lang),
    )


@routes.get("/desk/directives/<int:id>/campaign/areas.geojson", needs="dispatch.read")
def areas(w: Work, id: int) -> Any:
    """The areas of a level, coloured by how much of their targets is done."""
    directive = w.get(Directive, id)
    return _geojson(asking.map_areas(w, directive, request.args.get("level", ""), current_lang()))


@routes.get("/desk/directives/<int:id>/campaign/sites.geojson", needs="dispatch.read")
def sites(w: Work, id: int) -> Any:
    """The sites of an order, each with what it is in the campaign."""
    directive, lang = w.get(Directive, id), current_lang()
    return _geojson(asking.map_sites(w, directive, request.args.get("level", ""), lang, _words(lang)))


def _geojson(collection: dict[str, Any]) -> Response:
    body = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
    return Response(body, mimetype="application/geo+json")
