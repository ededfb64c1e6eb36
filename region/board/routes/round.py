"""The board of one round on the desk: its page, its map, and the stream that says when to look again."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

from flask import Response, render_template, request, stream_with_context, url_for

from maps.base import draw, parts
from maps.palette import Lang
from region.board.queries import round_page, round_scene
from region.board.queries.round_curve import curve
from region.board.queries.rounds import RoundStanding, standing
from region.board.queries.snapshot import head_of_journal
from region.board.queries.standing import read
from region.places.levels import word as level_word
from region.sampling.models import Round
from region.sampling.queries.rounds import round_of
from region.sampling.states import PACK
from region.spine.actor import Actor
from region.spine.assets import local_address
from region.spine.errors import Fault, Missing
from region.spine.web import Routes, current_lang
from region.spine.work import Office, Work

routes = Routes("round_board", __name__)
READS = "sampling.read"
LOOK, GAP, BEAT, OLDEST = 1.0, 5.0, 5.0, 30.0
"""Seconds between two looks at the journal, two reloads, two signs of life; and the longest without a reload."""
SHOWN = 50


@routes.get("/sampling/rounds/<int:id>/board", needs=READS)
def page(w: Work, id: int) -> str:
    """How far the round is by area and hour, what its laboratories carry, which sites are silent, who is missing."""
    lang = _lang()
    row, r = _shown(w, id)
    limits = round_scene.limits_of(w, r)
    address = url_for("round_board.areas", id=id, area=r.top.id, lang=lang)
    drawn = draw({"areas": None}, lang, local_address, urls={"areas": address})
    scene = round_scene.scene_of(w, read(w, lang), row, r)
    return render_template(
        "board/round.html",
        row=row,
        r=r,
        scene=scene,
        curve=curve(w, lang, r),
        legend=scene["map"]["legend"],
        hours=round_page.through_hours(w, lang, r, limits),
        way=round_page.way_down(w, row, r),
        map=parts(drawn, local_address),
        percent=round_scene.percent,
        amber=float(w.rules.value(PACK, "load.amber")),
        shown=SHOWN,
        leaf=r.level == round_page.LEAF,
        level_name=level_word(r.level, lang) if r.level else "",
    )


@routes.get("/sampling/rounds/<int:id>/board/areas.geojson", needs=READS)
def areas(w: Work, id: int) -> Response:
    """The area shown and its parts, coloured by coverage."""
    _row, r = _shown(w, id)
    found = round_page.outlines(w, r, round_scene.limits_of(w, r), _lang())
    body = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return Response(body, mimetype="application/geo+json")


@routes.get("/sampling/rounds/<int:id>/board/live", needs=READS, stream=True)
def live(office: Office, actor: Actor, id: int) -> Response:
    """Server-sent events: `changed` when the page is to be fetched again, `beat` every 5 s, `end` when signed out."""
    with office.work(actor, reading=True) as w:
        round_of(w, id)
    answer = Response(stream_with_context(_news(office, actor)), mimetype="text/event-stream")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _news(office: Office, actor: Actor) -> Iterator[str]:
    yield "retry: 3000\n\n"
    head, told, beaten = _head(office, actor), time.monotonic(), 0.0
    while True:
        now = time.monotonic()
        if now - beaten >= BEAT:
            beaten = now
            yield "event: beat\ndata: {}\n\n"
        try:
            newest = _head(office, actor)
        except Fault:
            yield 'event: end\ndata: {"reason": "signed-out"}\n\n'
            return
        if (newest != head and now - told >= GAP) or now - told >= OLDEST:
            head, told = newest, now
            yield "event: changed\ndata: {}\n\n"
        time.sleep(LOOK)


def _head(office: Office, actor: Actor) -> int:
    with office.work(actor, reading=True) as w:
        w.need(READS)
        return head_of_journal(w)


def _shown(w: Work, id: int) -> tuple[Round, RoundStanding]:
    asked = request.args.get("area", "")
    if asked and not (asked.isascii() and asked.isdecimal() and len(asked) < 10):
        raise Missing("no-such", what="place", id=asked[:20])
    row = round_of(w, id)
    return row, standing(w, row, int(asked) if asked else None)


def _lang() -> Lang:
    return "en" if current_lang() == "en" else "zh"
