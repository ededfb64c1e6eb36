"""The duty desk: what needs a decision now, and how the channels fare."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from flask import Response, current_app, redirect, render_template, request

from maps.palette import MARKS
from region.board.queries import desk as asking
from region.board.queries import desk_compose
from region.dispatch.queries.channels import channels as health
from region.dispatch.wording import PACK, kinds
from region.places.levels import word as level_word
from region.spine.errors import Forbidden, Unknown
from region.spine.web import Routes, current_lang
from region.spine.work import Work

routes = Routes("desk", __name__)
FIRST_PAGES = (
    ("dispatch.compose", "/desk"),
    ("dispatch.acknowledge", "/inbox"),
    ("board.read", "/board"),
    ("audit.read", "/audit"),
    ("places.load", "/places"),
)
"""Where a person begins, by the first of these that the person may do; others begin at the first of their menu."""
OFFERED = 5
"""Templates on the desk itself: one line of them, each saving a click."""


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


@routes.get("/desk/channels", needs="dispatch.escalate")
def channels(w: Work) -> Any:
    """Which channels carry orders, which are at rest and why, and when they are tried again."""
    return _channels(w)


@routes.get("/channels", needs="dispatch.channels")
def channels_managed(w: Work) -> Any:
    """The same for those who look after addresses, and have no desk."""
    return _channels(w)


def _channels(w: Work) -> Any:
    minutes = w.rules.duration(PACK, "channels.window").total_seconds() // 60
    return render_template("board/desk_channels.html", found=health(w), minutes=int(minutes), real=w.real_now)


@routes.get("/desk/data", needs="dispatch.compose")
def desk_data(w: Work) -> Any:
    """The two lists of the desk as a piece of the page; 304 while nothing changed."""
    return _unless_known(render_template("board/desk_lists.html", **_desk(w)))


def _desk(w: Work) -> dict[str, Any]:
    return {"decisions": asking.decisions(w), "orders": asking.running_orders(w), **order_words(w)}


def order_words(w: Work) -> dict[str, Any]:
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
