"""The sampling scene of the wall: shall we finish in time, and who is missing?"""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

from maps.palette import class_of
from region.board.queries.round_curve import curve
from region.board.queries.round_labs import Lab
from region.board.queries.rounds import Part, RoundStanding, current_round, part_level, standing
from region.board.queries.standing import LEVEL_WORD, Standing
from region.board.queries.tiles import Tile
from region.places.models import Place
from region.sampling.models import Round
from region.sampling.states import PACK
from region.spine.i18n import clock_time, number, pick
from region.spine.work import Work

SHOWN = 3
MARKS = {"bad": "late", "watch": "watch", "plain": "done", "none": "none"}
BEHIND = 0.1
"""So far behind the even plan (share of people) a round is no longer only watched."""
WAN, THOUSAND, MILLION = 10_000, 1_000, 1_000_000


def sampling(w: Work, s: Standing) -> dict[str, Any]:
    """{known, name, figures, map, labs, more_labs, list, more, facts, curve, line} of the newest round under way."""
    row = current_round(w)
    return _nothing(s) if row is None else scene_of(w, s, row, standing(w, row, by=_level_of_map(w)))


def _level_of_map(w: Work) -> str | None:
    """The areas that the wall's own map draws, which is of all that the wall may see and not of the round alone."""
    seen = [one.strip("/").rpartition("/")[2] for one in w.actor.paths if one]
    return part_level(w, w.get(Place, int(seen[0]))) if len(seen) == 1 else None


def scene_of(w: Work, s: Standing, row: Round, r: RoundStanding) -> dict[str, Any]:
    """The same of a round that was read already."""
    missing, told = r.missing, r.whole.summed_at or r.whole.last_at
    at = hour(w, s, told) if told is not None else ""
    return {
        "known": True,
        "name": s.say("Round {code}", code=row.code),
        "figures": [{**_coverage(s, r), "at": at}, _finish(w, s, r), _left(s, r)],
        "map": _map(w, s, r),
        "labs": [_lab(w, s, one) for one in r.labs[:SHOWN]],
        "more_labs": _labs_named(w, s, r),
        "list": [_missing(s, r, one) for one in missing[:SHOWN]],
        "more": s.count("and 1 more area", "and {n} more areas", len(missing) - SHOWN)
        if len(missing) > SHOWN
        else "",
        "facts": [_times(w, s, r), _pools(s, r)],
        "curve": curve(w, s.lang, r),
        "line": _line(s, r),
    }


def _nothing(s: Standing) -> dict[str, Any]:
    empty = {"title": s.say("Coverage by area"), "classes": {}, "legend": []}
    lists: dict[str, Any] = {name: [] for name in ("figures", "labs", "list", "facts")}
    line = {"key": "round", "tone": "plain", "mark": "none", "lead": "", "text": "", "note": ""}
    words = {"name": "", "more_labs": "", "more": ""}
    return {"known": False, **words, **lists, "map": empty, "curve": None, "line": line}


def coverage_tone(r: RoundStanding) -> str:
    """plain at the target or ahead of the even plan, watch a little behind it, bad far behind or when time is over."""
    share = r.whole.share
    if share is None or share >= r.target:
        return "plain"
    if r.over:
        return "bad"
    behind = r.planned - share
    return "plain" if behind <= 0 else "watch" if behind <= BEHIND else "bad"


def finish_tone(r: RoundStanding) -> str:
    """bad when it would be finished after its deadline, or nobody knows when; nothing is due or all is done: plain."""
    if not r.whole.due or not r.whole.left:
        return "plain"
    if r.pace.finish is None:
        return "bad" if r.over or r.planned > BEHIND else "plain"
    return "bad" if r.pace.finish > r.row.due_at else "plain"


def percent(share: float | None) -> str:
    """A share in percent, with one decimal; never 100 before everybody is counted."""
    if share is None:
        return "–"
    shown = f"{100 * share:.1f}"
    return "99.9" if shown == "100.0" and share < 1 else shown.removesuffix(".0")


def _coverage(s: Standing, r: RoundStanding) -> dict[str, Any]:
    tone, whole = coverage_tone(r), r.whole
    target = s.say("target {n}%", n=f"{100 * r.target:g}")
    if whole.share is None:
        return _tile("share", "none", s.say("Sampled (K14)"), "–", "", s.say("nobody is due here"))
    sums = s.say("{n} of {total} people", n=number(whole.sampled), total=number(whole.due))
    plan = s.say("time is over") if r.over else s.say("an even pace: {n}% by now", n=percent(r.planned))
    note = "\n".join((target, sums, plan))
    return _tile("share", tone, s.say("Sampled (K14)"), percent(whole.share), "%", note)


def _finish(w: Work, s: Standing, r: RoundStanding) -> dict[str, Any]:
    name, tone, finish = s.say("Finished by, projected"), finish_tone(r), r.pace.finish
    until = s.say("deadline {time}", time=hour(w, s, r.row.due_at))
    rate = s.say("{n} people an hour", n=number(round(r.pace.an_hour))) if r.pace.an_hour else ""
    if not r.whole.due:
        return _tile("finish", "none", name, "–", "", until)
    if not r.whole.left:
        return _tile("finish", "plain", name, s.say("done"), "", until)
    if finish is None:
        note = "\n".join((until, s.say("nobody was sampled in the last hours")))
        return _tile("finish", tone if tone == "bad" else "none", name, "–", "", note)
    gap = finish - r.row.due_at
    words = s.say(
        "{time} too late" if gap.total_seconds() > 0 else "{time} to spare", time=_span(s, r, finish)
    )
    told = clock_time(s.lang, finish, w.office.clock.zone)
    weekday = len(told.split()[1 if s.lang == "zh" else 0]) + 1
    date = told[: -6 - weekday] if s.lang == "zh" else told[weekday:-6]
    day = "" if s.day(finish) == s.day(r.now) else date
    return _tile("finish", tone, name, told[-5:], day, "\n".join(one for one in (until, words, rate) if one))


def _span(s: Standing, r: RoundStanding, finish: datetime) -> str:
    return s.lasting(s.now + abs(finish - r.row.due_at))


def _left(s: Standing, r: RoundStanding) -> dict[str, Any]:
    name, left = s.say("Not sampled yet"), r.whole.left
    if not r.whole.due:
        return _tile("left", "none", name, "–", "", "")
    value, unit = shortened(s, left)
    given = sum(r.whole.reasons.values())
    worst = max(r.whole.reasons.items(), key=lambda one: one[1], default=None)
    notes = [s.say("target 0 at the end")]
    if left and given:
        notes.append(s.say("{n} with a reason", n=number(given)))
    if worst is not None and worst[1]:
        notes.append(s.say("most: {reason} {n}", reason=_reason(s, r, worst[0]), n=number(worst[1])))
    tone = coverage_tone(r) if left else "plain"
    return _tile("left", tone, name, value, unit, "\n".join(notes))


def shortened(s: Standing, n: int) -> tuple[str, str]:
    """A number of people as a wall has room for it, with its unit."""
    if s.lang == "zh":
        return (f"{n / WAN:,.1f}", "万人") if n >= 10 * WAN else (number(n), "人")
    if n >= MILLION:
        return f"{n / MILLION:,.2f}", "million"
    if n >= 10 * THOUSAND:
        return f"{n / THOUSAND:,.{0 if n >= 100 * THOUSAND else 1}f}", "thousand"
    return number(n), "people"


def _reason(s: Standing, r: RoundStanding, code: str) -> str:
    facts = r.reasons.get(code, {})
    return pick(s.lang, facts.get("zh"), facts.get("en")) if facts else code


def _tile(key: str, tone: str, name: str, value: str, unit: str, note: str) -> dict[str, Any]:
    return Tile(key, "plain" if tone == "none" else tone, MARKS[tone], name, value, unit, note, 0).shown()


def limits_of(w: Work, r: RoundStanding) -> tuple[float, float, float]:
    """At which part of `plan_at` an area on the map changes its class: while people are sampled, or once it is over."""
    low, middle, high = w.rules.value(PACK, "coverage.over" if r.over else "coverage.running")
    return float(low), float(middle), float(high)


def class_of_part(one: Part, r: RoundStanding, limits: tuple[float, float, float]) -> int:
    """The class (palette.class_of) of an area now."""
    share, plan = one.sum.share, plan_at(r, r.planned)
    return class_of(None if share is None else share / plan if plan else limits[-1], limits)


def plan_at(r: RoundStanding, planned: float) -> float:
    """What classes are measured by: everybody once time is over, before that an even pace to the target."""
    return 1.0 if r.over else planned * r.target


def legend_of(s: Standing, r: RoundStanding, limits: tuple[float, float, float]) -> list[dict[str, Any]]:
    """The classes of the map in words, the worst first."""
    steps = [f"{100 * one:g}" for one in limits]
    last = f"≥{steps[-1]}%" if r.over else s.say("≥{n}% of an even pace", n=steps[-1])
    words = [f"<{steps[0]}", *(f"{low}–{high}" for low, high in pairwise(steps)), last]
    return [{"key": n + 1, "tone": "plain", "text": text} for n, text in enumerate(words)]


def _map(w: Work, s: Standing, r: RoundStanding) -> dict[str, Any]:
    limits = limits_of(w, r)
    classes = {str(one.id): class_of_part(one, r, limits) for one in r.parts if one.sum.due}
    said = "Coverage by area, round {code}" if r.over else "Coverage against plan, round {code}"
    return {
        "title": s.say(said, code=r.row.code),
        "classes": classes,
        "legend": legend_of(s, r, limits),
    }


def _labs_named(w: Work, s: Standing, r: RoundStanding) -> str:
    limit = s.say("limit {n}%", n=f"{100 * float(w.rules.value(PACK, 'load.amber')):g}") if r.labs else ""
    total = s.say("{n} in all", n=number(len(r.labs))) if len(r.labs) > SHOWN else ""
    return " · ".join(one for one in (limit, total) if one)


def _lab(w: Work, s: Standing, lab: Lab) -> dict[str, Any]:
    """One laboratory as a gauge: its load against K18's amber line."""
    amber = float(w.rules.value(PACK, "load.amber"))
    load = lab.load
    tone = "plain" if load is None else "bad" if load > 1 else "watch" if load >= amber else "working"
    return {
        "id": f"lab:{lab.id}",
        "tone": tone,
        "name": pick(s.lang, lab.zh, lab.en),
        "value": 0 if load is None else round(100 * min(1.0, load), 1),
        "target": round(100 * amber, 1),
        "signed": f"{percent(load)}%" if load is not None else "–",
        "total": "",
        "note": s.say("{n} tubes wait", n=number(lab.waiting)),
    }


def _missing(s: Standing, r: RoundStanding, one: Part) -> dict[str, Any]:
    share = one.sum.share or 0.0
    tone = "plain" if share >= min(r.target, r.planned) else "bad" if r.over else "watch"
    reason = max(one.sum.reasons.items(), key=lambda each: each[1], default=None)
    notes = [s.say("{n}% of {total}", n=percent(one.sum.share), total=number(one.sum.due))]
    if reason is not None:
        notes.append(f"{_reason(s, r, reason[0])} {number(reason[1])}")
    if one.sum.last_at is not None:
        notes.append(s.say("{span} ago", span=s.lasting(one.sum.last_at)))
    return {
        "key": f"part:{one.id}",
        "tone": tone,
        "mark": MARKS[tone],
        "lead": s.count("1 person", "{n} people", one.sum.left),
        "text": s.say("in {place}", place=LEVEL_WORD.sub("", pick(s.lang, one.zh, one.en))),
        "note": " · ".join(notes),
    }


def _times(w: Work, s: Standing, r: RoundStanding) -> dict[str, Any]:
    hours, p90 = float(w.rules.value(PACK, "tat.target_hours")), r.times.p90
    name, target = s.say("Sample to result, P90 (K16)"), s.say("target {n} h", n=f"{hours:g}")
    if p90 is None:
        return _tile("p90", "none", name, "–", "", f"{target} · {s.say('no result yet')}")
    median = s.say("median {n} h", n=f"{r.times.median:.1f}")
    tone = "bad" if p90 > hours else "plain"
    return _tile("p90", tone, name, f"{p90:.1f}", s.say("h"), " · ".join((target, median)))


def _pools(s: Standing, r: RoundStanding) -> dict[str, Any]:
    t = r.trouble
    tone = "bad" if t.pools_late else "watch" if t.pools_open else "plain"
    notes = (s.say("{n} late", n=number(t.pools_late)), s.say("{n} ended", n=number(t.pools_ended)))
    unit = s.say("pool" if t.pools_open == 1 else "pools")
    return _tile("pools", tone, s.say("Positive pools open"), number(t.pools_open), unit, " · ".join(notes))


def _line(s: Standing, r: RoundStanding) -> dict[str, Any]:
    """What may hold the round up: late boxes, silent sites, alarms; the gravest says how long."""
    t, sites = r.trouble, r.sites
    said = []
    if t.boxes_late and t.box_since is not None:
        words = s.count("1 box late", "{n} boxes late", t.boxes_late)
        said.append(f"{words} ({s.lasting(t.box_since)})")
    if sites.silent:
        words = s.count("1 site silent", "{n} sites silent", sites.silent)
        said.append(f"{words} ({s.lasting(sites.oldest)})" if sites.oldest else words)
    if t.alarms:
        said.append(s.count("1 alarm to look into", "{n} alarms to look into", t.alarms))
    tone = "bad" if t.alarms or t.boxes_late else "watch" if sites.silent else "plain"
    quiet = s.say("No box is late, no site silent.")
    note = s.say("{n} of {total} sites open", n=number(sites.open), total=number(sites.total))
    lead, text = (said[0], " · ".join(said[1:])) if said else ("", quiet)
    return {"key": "round", "tone": tone, "mark": MARKS[tone], "lead": lead, "text": text, "note": note}


def hour(w: Work, s: Standing, at: datetime) -> str:
    """The hour of today, and the day before it on any other."""
    told = clock_time(s.lang, at, w.office.clock.zone)
    return told[-5:] if s.day(at) == s.day(s.now) else told
