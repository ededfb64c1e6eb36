"""The dispatch scene of the wall: the figures of dispatch, who has not signed, and how far the pressing has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from region.board.queries.standing import DAY, LEVEL_WORD, Standing, Task
from region.board.queries.tiles import Tile
from region.dispatch.queries.indicators import Indicator, indicators
from region.places.models import Place
from region.spine.i18n import number
from region.spine.work import Work

SHOWN = 3
NEAR = 0.1
"""A share that is off its target by no more than this part is watched; beyond it is bad."""


def unanswered(w: Work, s: Standing) -> dict[str, Any]:
    """{figures, list, more, rungs}: three tiles, areas that owe signatures, counts of the rungs of pressing."""
    groups = sorted(_by_area(s).items(), key=lambda one: (-_late(one[1]), -len(one[1]), one[0]))
    more = len(groups) - SHOWN
    return {
        "figures": [
            _figure(s, one).shown() for one in indicators(w, s.now - DAY, s.now + timedelta(seconds=1))
        ],
        "list": [_line(s, tasks) for _area, tasks in groups[:SHOWN]],
        "more": s.count("and 1 more", "and {n} more", more) if more > 0 else "",
        "rungs": _rungs(s),
    }


def _figure(s: Standing, found: Indicator) -> Tile:
    """One of K34 to K36 for the last day; of supervision the less the better."""
    names = {
        "K34": s.say("Signed in time, 24 h"),
        "K35": s.say("Closed on time, 24 h"),
        "K36": s.say("Orders supervised, 24 h"),
    }
    percent = round(100 * found.target)
    target = s.say("watch above {n}%", n=percent) if found.id == "K36" else s.say("target {n}%", n=percent)
    if found.share is None:
        note = s.say("{target} · none due yet", target=target)
        return Tile(found.id, "plain", "none", names[found.id], "–", "", note, 0)
    gap = found.share - found.target if found.id == "K36" else found.target - found.share
    tone = "plain" if gap <= 0 else "watch" if gap <= NEAR or not s.late else "bad"
    good, total = number(found.numerator), number(found.denominator)
    return Tile(
        found.id,
        tone,
        {"plain": "done", "watch": "watch", "bad": "late"}[tone],
        names[found.id],
        f"{100 * found.share:.1f}".removesuffix(".0"),
        "%",
        s.say("{target} · {good} of {total}", target=target, good=good, total=total),
        max(0.0, gap),
    )


def _by_area(s: Standing) -> dict[int, list[Task]]:
    """Those who have not signed, by the area under whose name they are spoken of; silent sites are not pressed."""
    groups: dict[int, list[Task]] = {}
    for task in s.tasks:
        if task.unsigned and task.word != "dark":
            area = s.area_of(task.place)
            groups.setdefault(area.id if area else 0, []).append(task)
    return groups


def _late(tasks: Sequence[Task]) -> int:
    return sum(task.word == "late" for task in tasks)


def _line(s: Standing, tasks: Sequence[Task]) -> dict[str, Any]:
    area: Place | None = s.area_of(tasks[0].place)
    late, numbers = _late(tasks), sorted({s.short(task.directive) for task in tasks})
    due = min((task.due for task in tasks if task.due is not None), default=s.now)
    lasting = s.lasting(due)
    clock = (
        s.say("{n} late, longest {time}", n=number(late), time=lasting)
        if late
        else s.say("{time} left to sign", time=lasting)
    )
    return {
        "key": f"area:{area.id if area else 0}",
        "tone": "bad" if late else "watch",
        "mark": "late" if late else "owed",
        "lead": LEVEL_WORD.sub("", s.name(area)),
        "text": s.say("{n} unsigned", n=number(len(tasks))),
        "note": f"{clock} · {', '.join(numbers[:SHOWN])}",
    }


def _rungs(s: Standing) -> list[dict[str, Any]]:
    """How many open tasks stand on each rung of pressing, silent sites left out."""
    words = (
        s.say("reminded"),
        s.say("passed up"),
        s.say("supervised"),
        s.say("leading group"),
    )
    counts = [0] * len(words)
    for task in s.tasks:
        if task.recipient.pressure and task.word != "dark":
            counts[task.recipient.pressure - 1] += 1
    return [
        {"id": step, "tone": "bad" if n else "plain", "value": number(n), "name": words[step]}
        for step, n in enumerate(counts)
    ]
