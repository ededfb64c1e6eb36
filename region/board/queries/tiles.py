"""The three worst figures: everything that has a target, ordered by how far off it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from region.board.queries.standing import Standing, Task
from region.spine.i18n import number

SHOWN = 3
TONES = ("plain", "watch", "bad")


@dataclass(frozen=True)
class Tile:
    """One figure with its unit, its target and what lies behind it. `gap` is how far off, as a part of all."""

    key: str
    tone: str
    mark: str
    name: str
    value: str
    unit: str
    note: str
    gap: float

    def shown(self) -> dict[str, Any]:
        """What the screen gets."""
        parts = ("key", "tone", "mark", "name", "value", "unit", "note")
        return {name: getattr(self, name) for name in parts}


def tiles(s: Standing) -> list[dict[str, Any]]:
    """The worst three, the gravest first; where nothing is wrong they say so quietly."""
    found = [_late(s), _in_time(s), _unreached(s), _troubled(s), _silent(s)]
    if s.stopped:
        found.append(_stopped(s))
    worst = sorted(found, key=lambda tile: (-TONES.index(tile.tone), -tile.gap))
    return [tile.shown() for tile in worst[:SHOWN]]


def _late(s: Standing) -> Tile:
    by_order: dict[int, list[Task]] = {}
    for task in s.late:
        by_order.setdefault(task.directive.id, []).append(task)
    if not by_order:
        return _nothing(s, "late", s.say("Sites late"), s.say("{n} orders running", n=len(s.directives)))
    worst = max(by_order.values(), key=len)
    directive, total = worst[0].directive, s.progress[worst[0].directive.id].total
    oldest = min(task.due or s.now for task in worst)
    return Tile(
        "late",
        "bad",
        "late",
        s.say("Sites late, order {order}", order=s.short(directive)),
        number(len(worst)),
        s.say("of {n}", n=number(total)),
        s.say("target 0 · longest {time}", time=s.lasting(oldest)),
        len(worst) / total,
    )


def _in_time(s: Standing) -> Tile:
    counted = [s.progress[one.id] for one in s.recent if one.id in s.progress]
    total, good = sum(one.total for one in counted), sum(one.signed_in_time for one in counted)
    name, target = s.say("Signed in time, orders due"), s.say("target {n}%", n=round(100 * s.signed_target))
    if not total:
        return Tile("in-time", "plain", "none", name, "–", "", s.say("no order is due yet"), 0)
    share = good / total
    tone = "plain" if share >= s.signed_target else "watch" if share >= s.signed_target - 0.1 else "bad"
    return Tile(
        "in-time",
        tone,
        {"plain": "done", "watch": "watch", "bad": "late"}[tone],
        name,
        f"{100 * share:.1f}".removesuffix(".0"),
        "%",
        s.say("{target} · {good} of {total}", target=target, good=number(good), total=number(total)),
        max(0.0, s.signed_target - share),
    )


def _unreached(s: Standing) -> Tile:
    return _counted(
        s,
        "unreached",
        "bad",
        "unreachable",
        s.say("Sites not reached"),
        [task for task in s.tasks if task.word == "unreachable"],
        s.say("target 0 · telephone them"),
    )


def _troubled(s: Standing) -> Tile:
    found = [task for task in s.tasks if task.recipient.trouble_at is not None]
    oldest = min((task.recipient.trouble_at for task in found if task.recipient.trouble_at), default=s.now)
    note = s.say("target 0 · waiting {time} for an answer", time=s.lasting(oldest))
    return _counted(s, "trouble", "watch", "watch", s.say("Sites in trouble"), found, note)


def _counted(
    s: Standing, key: str, tone: str, mark: str, name: str, found: Sequence[Task], note: str
) -> Tile:
    sites, asked = {task.place.id for task in found}, len({task.place.id for task in s.tasks})
    if not sites:
        return _nothing(s, key, name, "")
    unit = s.say("of {n}", n=number(asked))
    return Tile(key, tone, mark, name, number(len(sites)), unit, note, len(sites) / asked)


def _silent(s: Standing) -> Tile:
    name = s.say("Sites silent")
    if not s.silent or not s.sites:
        return _nothing(s, "silent", name, s.say("of {n} sites", n=number(s.sites)))
    unit, note = s.say("of {n}", n=number(s.sites)), s.say("target 0 · cut off")
    return Tile("silent", "bad", "dark", name, number(s.silent), unit, note, s.silent / s.sites)


def _stopped(s: Standing) -> Tile:
    name, note = s.say("Owed work that has stopped"), s.say("target 0 · the administrator must look")
    return Tile("stopped", "bad", "late", name, number(s.stopped), "", note, 1)


def _nothing(s: Standing, key: str, name: str, about: str) -> Tile:
    """Nothing of this is wrong; without sites or orders there is no figure at all, and never a nought."""
    known = bool(s.directives) if key != "silent" else bool(s.sites)
    note = s.say("target 0") if known else s.say("no order is running" if s.sites else "no sites yet")
    if known and about:
        note = f"{note} · {about}"
    return Tile(key, "plain", "done" if known else "none", name, "0" if known else "–", "", note, 0)
