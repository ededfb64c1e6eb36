"""The supplies scene of the wall: what runs out first, where, and what is on its way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from maps.palette import class_of
from region.board.queries.standing import LEVEL_WORD, Standing
from region.board.queries.supplies import Good, Supplies, map_limits, read_supplies, spoken, told_late
from region.board.queries.supply_moves import GRAVEST_FIRST, Move, arrows, digest
from region.board.queries.tiles import Tile
from region.resources.burn import shown as rounded
from region.resources.catalogue import items_of
from region.resources.queries.overview import AreaLine, Named, ShelfLine
from region.resources.queries.transfers import places_named
from region.resources.states import PACK
from region.spine.i18n import clock_time, number, pick, span
from region.spine.work import Work

SHOWN = 3
MARKS = {"bad": "late", "watch": "watch", "plain": "done"}
HOURS_UNTIL = 2.0
"""Days of supply below which they are spoken of in hours."""


def supplies(w: Work, s: Standing) -> dict[str, Any]:
    """{known, figures, map, list, more, facts, road}: three tiles, areas by class, three sentences, two facts, a line.

    `map` is {title, classes, legend}: the class of each area (palette.class_of) by its id as text. `road` is
    {counts, arrows, line}: moves by state, a digest that changes when the arrows of the map do, one sentence.
    """
    found = read_supplies(w)
    return {
        "known": bool(found.whole),
        "figures": [_figure(w, s, found.goods[line.item], line) for line in found.whole[:SHOWN]],
        "map": _map(w, s, found),
        "list": [_sentence(w, s, found, line) for line in found.first[:SHOWN]],
        "more": _more(s, found),
        "facts": [_near(w, s, found), _silent(w, s, found)] if found.whole else [],
        "road": _road(w, s, found),
    }


def _figure(w: Work, s: Standing, good: Good, line: AreaLine) -> dict[str, Any]:
    """One item: how long it lasts against its target; a dash where nobody knows what a day takes."""
    tone = good.tone(line.band, line.days)
    known = s.say("{known} of {places} places known", known=number(line.known), places=number(line.places))
    burn = s.say("{n}/day", n=number(rounded(line.burn, 0))) if line.burn else s.say("daily use unknown")
    stock = f"{number(line.usable)} {_unit(s, good)} · {burn}"
    value, unit = _lasts(s, good, line.days)
    target = s.say("target {time}", time=" ".join(_lasts(s, good, good.target)))
    mark = "none" if line.days is None and tone == "plain" else MARKS[tone]
    shown = _fact(good.code, tone, mark, _name(s, good), value, unit, "\n".join((target, stock, known)))
    return {**shown, "at": _aged(w, s, line.reckoned_at)}


def _lasts(s: Standing, good: Good, days: float | None) -> tuple[str, str]:
    """A length of supply with its unit; what runs out within hours is told in hours."""
    if days is None:
        return "–", ""
    if good.hours:
        return number(int(24 * days)), s.say("h")
    return number(rounded(days)), s.say("days")


def _map(w: Work, s: Standing, found: Supplies) -> dict[str, Any]:
    if found.mapped is None:
        return {"title": s.say("Days of supply by area"), "classes": {}, "legend": []}
    good = found.goods[found.mapped]
    limits = map_limits(w, good)
    classes = {str(line.area.place): class_of(line.days, limits) for line in found.parts}
    title = s.say("Hours of supply: {item}" if good.hours else "Days of supply: {item}", item=_name(s, good))
    return {"title": title, "classes": classes, "legend": _legend(s, good, limits)}


def _legend(s: Standing, good: Good, limits: tuple[float, float, float]) -> list[dict[str, Any]]:
    """The classes of the map in words, the worst first; one in which nothing can stand is left out."""
    unit = s.say("h") if good.hours else s.say("days")
    steps = [f"{limit * (24 if good.hours else 1):g}" for limit in limits]
    words = [f"<{steps[0]}", *(f"{low}–{high}" for low, high in pairwise(steps))]
    words.append(f"≥{steps[-1]} {unit}")
    kept = [0, *(n for n in (1, 2) if steps[n] != steps[n - 1]), 3]
    return [{"key": n + 1, "tone": "plain", "text": words[n]} for n in kept]


def _sentence(w: Work, s: Standing, found: Supplies, line: ShelfLine) -> dict[str, Any]:
    """Where an item runs out, when, what is left and what is coming."""
    good, days = found.goods[line.item], line.days or 0.0
    tone = good.tone(line.band, line.days)
    if line.usable <= 0:
        text = s.say("is out of {item}", item=_item(w, s, good.code))
    else:
        text = s.say("{item} gone in {time}", item=_item(w, s, good.code), time=_time(s, good, days))
    left = s.say("{n} {unit} left", n=number(line.usable), unit=_unit(s, good)) if line.usable > 0 else ""
    told = max((at for at in (line.moved_at, line.counted_at) if at is not None), default=None)
    notes = (_coming(w, s, found, line), left, told and s.say("told {time}", time=_hour(w, s, told)))
    return {
        "key": f"first:{line.at.place}:{line.item}",
        "tone": tone,
        "mark": MARKS[tone],
        "lead": _place(s, line.at),
        "text": text,
        "note": " · ".join(note for note in notes if note),
    }


def _time(s: Standing, good: Good, days: float) -> str:
    if good.hours or days < HOURS_UNTIL:
        return (
            span(s.lang, timedelta(hours=int(24 * days)))
            if 24 * days >= 1
            else span(s.lang, timedelta(days=days))
        )
    return f"{number(rounded(days))} {s.say('days')}"


def _coming(w: Work, s: Standing, found: Supplies, line: ShelfLine) -> str:
    """What is on the road to a shelf and when the first of it is to arrive."""
    on_the_road = [
        move
        for move in found.moves
        if move.taker == line.at.place and move.state != "planned" and line.item in move.units
    ]
    if not on_the_road:
        return s.say("none on its way")
    facts = {"n": number(sum(move.units[line.item] for move in on_the_road))}
    if any(move.state == "late" for move in on_the_road):
        return s.say("{n} coming, late", **facts)
    due = min((move.due for move in on_the_road if move.due is not None), default=w.now)
    return s.say("{n} coming by {time}", time=_hour(w, s, due), **facts)


def _more(s: Standing, found: Supplies) -> str:
    """Shelves of the wall's items that are red or empty, besides those spoken of."""
    bad = sum(line.red + line.empty for line in found.whole)
    more = bad - sum(line.band in ("red", "empty") for line in found.first[:SHOWN])
    return s.count("and 1 more short", "and {n} more short", more) if more > 0 else ""


def _near(w: Work, s: Standing, found: Supplies) -> dict[str, Any]:
    """The item of which most, as a part of what may be used, soon passes its last day."""
    worst = max(found.whole, key=lambda line: line.near_expiry / max(1, line.usable))
    name = s.say("Expire in {n} days", n=int(w.rules.value(PACK, "near_expiry.days")))
    if not worst.near_expiry:
        return _fact("near", "plain", "done", name, "0", "", s.say("none of these items"))
    good = found.goods[worst.item]
    notes = [s.say("{item}: of {n} usable", item=_name(s, good), n=number(worst.usable))]
    if worst.expired:
        notes.append(s.say("{n} expired, still on shelves", n=number(worst.expired)))
    count, unit = number(worst.near_expiry), _unit(s, good)
    return _fact("near", "watch", "watch", name, count, unit, " · ".join(notes))


def _silent(w: Work, s: Standing, found: Supplies) -> dict[str, Any]:
    """The place whose number of stock is the oldest, and how old."""
    name, limit = s.say("Oldest number of stock"), told_late(w)
    target = s.say("target {time}", time=span(s.lang, limit))
    if found.silent is None:
        return _fact("silent", "plain", "none", name, "–", "", target)
    late = w.now - found.silent.told > limit
    where = f"{_place(s, found.silent.at)} · {_name(s, found.goods[found.silent.item])}"
    tone = "watch" if late else "plain"
    return _fact("silent", tone, MARKS[tone], name, s.lasting(found.silent.told), "", f"{where} · {target}")


def _fact(key: str, tone: str, mark: str, name: str, value: str, unit: str, note: str) -> dict[str, Any]:
    return Tile(key, tone, mark, name, value, unit, note, 0).shown()


def _road(w: Work, s: Standing, found: Supplies) -> dict[str, Any]:
    counts = {state: sum(move.state == state for move in found.moves) for state in GRAVEST_FIRST}
    return {
        "counts": {state: number(n) for state, n in counts.items()},
        "arrows": digest(arrows(w, found.moves)),
        "line": _line(w, s, found, counts),
    }


def _line(w: Work, s: Standing, found: Supplies, counts: dict[str, int]) -> dict[str, Any]:
    """How many transfers are on the road, how many late, and the one to look at: the latest, or the next to come."""
    tone = "bad" if counts["late"] else "plain"
    moving = counts["late"] + counts["under_way"]
    lead = s.count("1 transfer on its way", "{n} transfers on their way", moving) if moving else ""
    late = [move for move in found.moves if move.state == "late"]
    text = s.say("Nothing is on its way.") if not moving else s.say("none late")
    if late:
        text = s.say("{n} late", n=number(len(late)))
    notes = [_named(w, s, found, late or [move for move in found.moves if move.state == "under_way"])]
    if counts["planned"]:
        notes.append(s.say("{n} yet to be sent", n=number(counts["planned"])))
    note = " · ".join(one for one in notes if one)
    mark = MARKS[tone] if moving else "none"
    return {"key": "road", "tone": tone, "mark": mark, "lead": lead, "text": text, "note": note}


def _named(w: Work, s: Standing, found: Supplies, moves: Sequence[Move]) -> str:
    """What the first of these brings to whom, and how late it is or when it comes."""
    worst = min(moves, key=lambda move: (move.late_at or w.now, move.due or w.now, move.id), default=None)
    if worst is None or not worst.units:
        return ""
    item, n = max(worst.units.items(), key=lambda one: (one[0] in found.goods, one[1]))
    taker = places_named(w, [worst.taker]).get(worst.taker)
    unit = items_of(w.rules)[item]["unit"]
    goods = s.say(
        "{n} {unit} of {item}", n=number(n), unit=pick(s.lang, unit["zh"], unit["en"]), item=_item(w, s, item)
    )
    facts = {"goods": goods, "place": LEVEL_WORD.sub("", s.name(taker))}
    if worst.late_at is not None:
        return s.say("{goods} to {place}: {time} late", time=s.lasting(worst.late_at), **facts)
    return s.say("next {goods} to {place} by {time}", time=_hour(w, s, worst.due or w.now), **facts)


def _name(s: Standing, good: Good) -> str:
    return pick(s.lang, good.zh, good.en)


def _item(w: Work, s: Standing, code: str) -> str:
    """An item's name inside a sentence."""
    zh, en = spoken(items_of(w.rules)[code])
    return pick(s.lang, zh, en if en[1:2].isupper() else en[:1].lower() + en[1:])


def _unit(s: Standing, good: Good) -> str:
    return pick(s.lang, good.unit["zh"], good.unit["en"])


def _place(s: Standing, place: Named) -> str:
    return LEVEL_WORD.sub("", pick(s.lang, place.zh, place.en))


def _hour(w: Work, s: Standing, at: datetime) -> str:
    """The hour of today, and the day before it on any other."""
    told = clock_time(s.lang, at, w.office.clock.zone)
    return told[-5:] if s.day(at) == s.day(s.now) else told


def _aged(w: Work, s: Standing, at: datetime) -> str:
    """The hour of today, or how long ago."""
    return _hour(w, s, at) if s.day(at) == s.day(s.now) else s.say("{span} ago", span=s.lasting(at))
