"""The whole wall at one moment, as plain values in the reader's language: no person is in it."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from json import dumps
from typing import Any

from sqlalchemy import func, select

from region.board.queries.hands import hands
from region.board.queries.orders import orders, pace
from region.board.queries.round_scene import sampling
from region.board.queries.standing import Standing, read
from region.board.queries.supply_scene import supplies
from region.board.queries.tiles import tiles
from region.board.queries.timeline import timeline
from region.board.queries.unanswered import unanswered
from region.incidents.models import Incident
from region.places.models import Area
from region.places.queries.tree import roots
from region.spine.clock import REAL, Realm
from region.spine.i18n import pick
from region.spine.journal import Entry
from region.spine.work import Work

PARTS = ("head", "tiles", "directives", "pace", "hands", "answers", "supplies", "sampling", "timeline")
"""The parts that are sent whole when anything in them changes; `sites` is sent by site."""


def head_of_journal(w: Work) -> int:
    """The newest entry of this realm, wherever it happened: a change counter for what is kept, no more.

    Not within the actor's places: a delivery is told of the district and changes a clinic's state.
    """
    with w.beyond_scope("the journal's head is a counter"):
        return w.session.scalar(select(func.max(Entry.id))) or 0


def snapshot(w: Work, lang: str) -> dict[str, Any]:
    """{seq, as_of, version, head, tiles, directives, pace, hands, answers, supplies, sampling, timeline, sites}.

    seq is the journal's head, as_of the instant of this realm (ISO, UTC), version a digest of all that is
    shown, the same in every process; sites maps a place id (as text) to a state of maps.palette.MARKS.
    """
    seq = head_of_journal(w)
    standing = read(w, lang)
    zone = w.office.clock.zone
    shown: dict[str, Any] = {
        "head": _head(w, standing),
        "tiles": tiles(standing),
        "directives": {"list": orders(w, standing), "total": len(standing.directives)},
        "pace": pace(w, standing, zone),
        "hands": hands(w, standing),
        "answers": unanswered(w, standing),
        "supplies": supplies(w, standing),
        "sampling": sampling(w, standing),
        "timeline": timeline(w, standing, zone),
        "sites": {str(site): word for site, word in standing.states.items()},
    }
    version = sha256(dumps(shown, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:12]
    return {"seq": seq, "as_of": w.now.isoformat(), "rate": rate(w), "version": version, **shown}


def difference(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """What a screen that shows `old` must change to show `new`: whole parts, and single sites."""
    changed = {part: new[part] for part in PARTS if old[part] != new[part]}
    before, after = old["sites"], new["sites"]
    sites = {
        site: {"state": after.get(site, "none")}
        for site in sorted(before.keys() | after.keys())
        if before.get(site) != after.get(site)
    }
    return {name: new[name] for name in ("seq", "as_of", "rate", "version")} | changed | {"sites": sites}


def rate(w: Work) -> float:
    """How fast this realm's clock runs."""
    row = None if w.realm == REAL else w.session.get(Realm, w.realm)
    return 1.0 if row is None else row.rate


def _head(w: Work, s: Standing) -> dict[str, Any]:
    top = roots(w)
    open_ones = select(Incident).where(Incident.closed_at.is_(None)).order_by(Incident.opened_at.desc())
    incidents = w.session.scalars(open_ones.limit(2)).all()
    facts = []
    if incidents:
        newest = incidents[0]
        if newest.level != "-":
            facts.append(s.say("Level {level} response", level=newest.level))
        facts.append(pick(s.lang, newest.title_zh, newest.title_en))
    else:
        facts.append(s.say("No response is open"))
    named = s.say("{place} Health Command", place=s.name(top[0])) if top else ""
    return {
        "name": named or s.say("Regional public-health command"),
        "facts": " · ".join(facts),
        "day": _day(w, s),
        "empty": w.session.scalar(select(func.count()).select_from(Area)) == 0,
        "running": len(s.directives),
        "burning": bool(s.late or any(task.word == "unreachable" for task in s.tasks)),
    }


def _day(w: Work, s: Standing) -> str:
    """The word of an exercise with its day, or nothing in the real world."""
    row = None if w.realm == REAL else w.session.get(Realm, w.realm)
    if row is None:
        return ""
    if row.anchor_realm is None:
        return s.say("Exercise")
    began, today = w.office.clock.day(row.anchor_realm), w.office.clock.day(w.now)
    return s.say("Exercise, day {n}", n=(today - began) // timedelta(days=1) + 1)
