"""The wall: its page, its snapshot, its map's features, and the stream that keeps it true."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import geopandas as gpd
from flask import Response, current_app, jsonify, render_template, request, stream_with_context, url_for
from shapely.geometry import LineString

from maps import base, palette
from region.board.feed import Feed, Kept, View, feed_of
from region.board.queries.standing import LEVEL_WORD
from region.board.queries.supply_moves import arrows, lines, read_moves
from region.places.queries import features, tree
from region.spine.actor import Actor
from region.spine.assets import local_address
from region.spine.errors import Fault
from region.spine.web import Routes, current_lang
from region.spine.work import Office, Work
from region.zones.queries.shown import at_hour, hour

routes = Routes("board", __name__)

BEAT = 5.0
"""Seconds between two signs of life: a dead screen holds its thread no longer than until the next one."""
RECHECK = 60.0
"""Seconds between two looks at whether the screen may still be here."""
NOT_ON_WALL = ("grid",)
LEVELS_SHOWN = 3
SCENES = ("overview", "dispatch", "supplies", "sampling")
LEGEND = ("late", "unreachable", "dark", "watch", "owed", "reported", "working", "signed", "done")
MAP_SCALE = 2


@routes.get("/board", needs="board.read")
def wall(w: Work) -> Any:
    """The wall, complete as it is served: scripts only keep it true.

    `scene` in the address holds one scene; without it they turn by themselves while orders are running. `at`, a moment
    of the region, shows the risk zones as they stood then.
    """
    lang: palette.Lang = "en" if current_lang() == "en" else "zh"
    kept = feed_of(w.office).now(w, lang)
    urls = {name: url_for(f"board.{name}", lang=lang) for name in ("areas", "zones", "sites", "moves")}
    past = request.args.get("at", "")
    if past:
        urls["zones"] = url_for("board.zones", lang=lang, at=past)
    drawn = base.draw(
        dict.fromkeys(urls),
        lang,
        local_address,
        urls=urls,
        theme="dark",
        scale=MAP_SCALE,
        still=True,
        fadeAnimation=False,
        zoomAnimation=False,
    )
    return render_template(
        "board/wall.html",
        shown=kept.shown,
        event_id=kept.id,
        at=datetime.fromisoformat(kept.shown["as_of"]),
        zone=w.office.clock.zone.key,
        scene=asked if (asked := request.args.get("scene", "")) in SCENES else SCENES[0],
        map=base.parts(drawn, local_address),
        legend=palette.legend(LEGEND, lang, "dark"),
        moves=palette.move_legend(lang, "dark"),
        zones=[entry for entry in palette.zone_legend(lang, "dark") if entry.key != "low"],
        zones_at=hour(w, past) if past else None,
    )


@routes.get("/board/data", needs="board.read")
def data(w: Work) -> Any:
    """The snapshot as JSON (queries/snapshot.py says what is in it); unchanged since the last time: 304."""
    lang = current_lang()
    kept = feed_of(w.office).now(w, lang)
    minute = int(w.now.timestamp() // 60)
    answer = Response(kept.text, mimetype="application/json")
    return _kept_by(answer, f"{kept.shown['seq']}-{minute}-{kept.version}-{lang}")


@routes.get("/board/areas.geojson", needs="board.read")
def areas(w: Work) -> Any:
    """Outlines for the map: the finest three levels that are areas on a wall, within the actor's places."""
    lang = current_lang()
    tag = features.etag(w, "wall", lang)
    if request.if_none_match.contains(tag):
        return _kept_by(Response(), tag)  # known unchanged before any outline is read
    levels = [level for level, _count in tree.levels(w) if level not in NOT_ON_WALL]
    collection = features.area_features(w, levels[-LEVELS_SHOWN:], lang)
    for feature in collection["features"]:
        feature["properties"]["name"] = LEVEL_WORD.sub("", feature["properties"]["name"])
    return _kept_by(jsonify(collection), tag)


@routes.get("/board/sites.geojson", needs="board.read")
def sites(w: Work) -> Any:
    """Sites for the map, each with the word for what it owes."""
    lang = current_lang()
    shown = feed_of(w.office).now(w, lang).shown
    collection = features.site_features(w, lang)
    for feature in collection["features"]:
        feature["properties"]["state"] = shown["sites"].get(str(feature["id"]), "none")
    return jsonify(collection)


@routes.get("/board/zones.geojson", needs="board.read")
def zones(w: Work) -> Any:
    """Risk zones in force now, or ``at`` a moment of the region, for the overview's hatching."""
    lang: palette.Lang = "en" if current_lang() == "en" else "zh"
    past = request.args.get("at", "")
    return jsonify(base.features("zones", at_hour(w, hour(w, past) if past else w.now), lang).collection)


@routes.get("/board/moves.geojson", needs="board.read")
def moves(w: Work) -> Any:
    """Arrows of what is on its way or yet to be sent, from giver to taker."""
    lang: palette.Lang = "en" if current_lang() == "en" else "zh"
    found = lines(w, arrows(w, read_moves(w)), lang)
    shapes = [LineString(one.pop("ends")) for one in found]
    frame = gpd.GeoDataFrame(found, geometry=shapes, crs=4326) if found else None
    return jsonify(base.features("moves", frame, lang).collection)


def _kept_by(answer: Response, tag: str) -> Response:
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.make_conditional(request)
    return answer


@routes.get("/board/live", needs="board.read", stream=True)
def live(office: Office, actor: Actor) -> Any:
    """Server-sent events: `snapshot` (all), `patch` (what changed), `beat` every 5 s; `end` when signed out.

    The id of an event is the journal's head and the digest of what is shown; a screen that comes back with
    ``Last-Event-ID`` (or ``?since=``) gets what it missed, or all when that is no longer known.
    """
    feed = feed_of(office)
    since = request.headers.get("Last-Event-ID") or request.args.get("since", "")
    stream = Stream(office, feed, feed.view(actor, current_lang()), since.partition("-")[2])
    answer = Response(stream_with_context(stream.events()), mimetype="text/event-stream")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


@dataclass
class Stream:
    """One screen's stream: it holds a thread, and never a transaction."""

    office: Office
    feed: Feed
    view: View
    version: str

    def events(self) -> Iterator[str]:
        """What the screen is sent, until it goes or may no longer look."""
        self.feed.join(self.view)
        try:
            yield "retry: 3000\n\n"
            kept = self.feed.fresh(self.view)
            checked = beaten = time.monotonic()
            yield from self._news(kept)
            yield self._beat()
            while True:
                self.feed.wait(self.view, self.version, max(0.0, beaten + BEAT - time.monotonic()))
                now = time.monotonic()
                if now - checked >= RECHECK:
                    if not self._may_look():
                        yield _event("end", "", {"reason": "signed-out"})
                        return
                    checked = now
                if self.view.kept is not None:
                    yield from self._news(self.view.kept)
                if now - beaten >= BEAT:
                    beaten = now
                    yield self._beat()
        finally:
            self.feed.leave(self.view)

    def _news(self, kept: Kept) -> Iterator[str]:
        if kept.version == self.version:
            return
        patches = self.view.news(self.version)
        if patches is None:
            self.version = kept.version
            yield _event("snapshot", kept.id, kept.text.decode())
            return
        for id, text in patches:
            self.version = id.partition("-")[2]
            yield _event("patch", id, text)

    def _beat(self) -> str:
        """The realm's time now, and how many seconds old the newest computation is."""
        kept = self.view.kept
        if kept is None:
            return _event("beat", "", {"age": None})
        age = time.monotonic() - kept.made
        now = datetime.fromisoformat(kept.shown["as_of"]) + timedelta(seconds=age) * kept.shown["rate"]
        return _event(
            "beat", kept.id, {"now": now.isoformat(), "rate": kept.shown["rate"], "age": round(age, 1)}
        )

    def _may_look(self) -> bool:
        """Ask again who this is; the places may have changed too, and then a new stream must begin."""
        try:
            actor = current_app.extensions["region"].identify(self.office, request)
            if actor is None or (actor.paths, actor.realm) != (self.view.actor.paths, self.view.actor.realm):
                return False
            with self.office.work(actor, reading=True) as w:
                w.need("board.read")
        except Fault:
            return False
        return True


def _event(name: str, id: str, data: Any) -> str:
    text = data if isinstance(data, str) else json.dumps(data)
    return (f"id: {id}\n" if id else "") + f"event: {name}\ndata: {text}\n\n"
