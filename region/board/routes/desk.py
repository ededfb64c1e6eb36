"""The duty desk: what needs a decision, one order with its recipients, one site's history, and the composer."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from flask import Response, current_app, jsonify, redirect, render_template, request
from sqlalchemy import select

from maps.base import draw, parts
from maps.palette import MARKS
from region.accounts.queries import chain
from region.board.queries import desk as asking
from region.board.queries import desk_compose, desk_directive, desk_history
from region.board.queries.desk_areas import areas
from region.dispatch.models import Delivery, Directive, Recipient
from region.dispatch.queries.progress import progress, status
from region.dispatch.wording import PACK, kinds
from region.incidents.models import Incident
from region.places.levels import word as level_word
from region.places.models import Place, Site
from region.places.queries import area_features, etag, name_path
from region.spine.assets import local_address
from region.spine.errors import Forbidden, Invalid, Unknown
from region.spine.web import Routes, current_lang
from region.spine.work import Work

routes = Routes("desk", __name__)
FIRST_PAGES = (
    ("dispatch.compose", "/desk"),
    ("dispatch.acknowledge", "/inbox"),
    ("board.read", "/board"),
    ("audit.read", "/audit"),
)
"""Where a person begins, by the first of these that the person may do; others begin at the first of their menu."""
OFFERED = 5
"""Templates on the desk itself: one line of them, each saving a click."""
MOST_ACROSS = 4000
"""An address may not be longer than servers read: a preview's blanks and a list of sites are cut off here."""


@routes.get("/", public=True)
def home(w: Work) -> Any:
    """To the page that this person's day begins with; a wall display goes to the wall."""
    if not w.actor.grants:
        raise Unknown("not-signed-in")
    for capability, path in FIRST_PAGES:
        if w.may(capability):
            return redirect(path)
    for item in current_app.jinja_env.globals["menu"]:  # type: ignore[attr-defined]
        if w.may(item.needs):
            return redirect(current_app.url_for(item.endpoint))
    raise Forbidden("not-allowed", needs="-")


@routes.get("/desk", needs="dispatch.compose")
def desk(w: Work) -> Any:
    """What needs my decision in the next ten minutes?"""
    incidents = desk_compose.open_incidents(w)
    offers = desk_compose.offers(w)[:OFFERED]
    return render_template("board/desk.html", offers=offers, incidents=incidents, **_desk(w))


@routes.get("/desk/data", needs="dispatch.compose")
def desk_data(w: Work) -> Any:
    """The two lists of the desk as a piece of the page; 304 while nothing changed."""
    return _unless_known(render_template("board/desk_lists.html", **_desk(w)))


def _desk(w: Work) -> dict[str, Any]:
    return {"decisions": asking.decisions(w), "orders": asking.running_orders(w), **_words(w)}


def _words(w: Work) -> dict[str, Any]:
    """The names of kinds, urgencies, marks and types, and telephones, for templates."""
    lang = current_lang()
    return {
        "kinds": kinds(w),
        "urgencies": w.rules.value(PACK, "urgencies"),
        "mark_word": lambda state: MARKS[state].words["zh" if lang == "zh" else "en"],
        "type_word": lambda code: level_word(code, lang),
        "phone_of": desk_compose.phone_of,
    }


def _unless_known(body: str, kind: str = "text/html") -> Response:
    answer = Response(body, mimetype=kind)
    answer.set_etag(sha256(body.encode()).hexdigest()[:24])
    answer.headers["Cache-Control"] = "no-cache"
    answer.make_conditional(request)
    return answer


@routes.get("/desk/directives/<int:id>", needs="dispatch.read")
def directive(w: Work, id: int) -> Any:
    """One order: its text, its clocks, and every site that has or will have it."""
    found = w.get(Directive, id)
    known = areas(w)
    asked = {name: request.args.get(name, "") for name in ("status", "area", "after")}
    issued = found.issued_at is not None
    return render_template(
        "board/desk_directive.html",
        directive=found,
        incident=w.session.get(Incident, found.incident_id),
        limits=desk_directive.limits(w, found),
        page=desk_directive.recipients(w, found, known, **asked) if issued else None,
        counts=desk_directive.counts(w, found) if issued else {},
        progress=progress(w, [found]).get(found.id) if issued else None,
        chosen=() if issued else desk_directive.chosen(w, found, known),
        spoken=known.spoken,
        areas=list(known.by_id.values()),
        asked=asked,
        names=desk_history.actor_names(w, _people(found)),
        second=not issued and bool(_second(w, found)),
        whole=w.may("dispatch.escalate", found.place_id),
        replaced=w.session.get(Directive, found.supersedes_id) if found.supersedes_id else None,
        uid=str(uuid4()),
        **_words(w),
    )


def _people(found: Directive) -> list[str]:
    return [who for who in (found.composed_by, found.approved_by, found.issued_by) if who]


def _second(w: Work, found: Directive) -> Any:
    facts = {"kind": found.kind, "urgency": found.urgency}
    return w.rules.pack(PACK).decide("approval", facts).outcome["second_person"]


@routes.get("/desk/recipients/<int:id>", needs="dispatch.read")
def recipient(w: Work, id: int) -> Any:
    """One site's part in an order: its whole history, and what the desk can do about it."""
    found = w.get(Recipient, id)
    order = w.get(Directive, found.directive_id)
    place, site = w.get(Place, found.place_id), w.get(Site, found.place_id)
    happenings = desk_history.history(w, found)
    wanted = select(Delivery).where(Delivery.recipient_id == id).order_by(Delivery.id)
    return render_template(
        "board/desk_recipient.html",
        recipient=found,
        directive=order,
        place=place,
        site=site,
        above=name_path(w, place, current_lang())[:-1],
        word=status(found, order, site, w.now),
        happenings=happenings,
        deliveries=w.session.scalars(wanted).all(),
        names=desk_history.actor_names(w, [one.actor for one in happenings]),
        role_word=lambda role: w.rules.roles.get(role, {}).get("name", {}).get(current_lang(), role),
        channels=desk_history.CHANNELS,
        duty=chain(w, place.id) if w.may("dispatch.escalate", place.id) else (),
        whole=w.may("dispatch.escalate", place.id),
        uid=lambda: str(uuid4()),
        **_words(w),
    )


@routes.get("/desk/compose", needs="dispatch.compose")
def compose(w: Work) -> Any:
    """Write an order: from a template or in words of one's own, to the sites chosen."""
    lang = current_lang()
    level = ("district", "subdistrict", "community")
    urls = {
        "areas": f"/desk/compose/areas.geojson?lang={lang}&levels={','.join(level)}",
        "sites": f"/desk/compose/sites.geojson?lang={lang}",
    }
    page = draw({"areas": None, "sites": None, "draw": None}, _lang(), local_address, urls=urls)
    old = request.args.get("supersedes", "")
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
        supersedes=w.get(Directive, int(old)) if old.isdecimal() else None,
        chosen_before=_still_chosen(w, old),
        offer_span=lambda minutes: timedelta(minutes=minutes),
        form_token=str(uuid4()),
        **_words(w),
    )


def _still_chosen(w: Work, old: str) -> list[int]:
    """The sites of the order that is to be replaced, as far as the actor sees them."""
    return (
        list(w.session.scalars(select(Recipient.place_id).where(Recipient.directive_id == int(old))))
        if old.isdecimal()
        else []
    )


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
