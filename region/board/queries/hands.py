"""What needs a hand now: at most three sentences, each saying who, what, since when, and who has been told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from region.board.queries.standing import Standing, Task
from region.dispatch.models import Escalation
from region.places.models import Place
from region.spine.work import Work

SHOWN = 3


@dataclass(frozen=True)
class Kind:
    """A way in which sites need a hand: whom it takes in, and its words ({lead} is who, {order} which)."""

    key: str
    tone: str
    mark: str
    takes: Callable[[Task], bool]
    since: Callable[[Task], datetime | None]
    says: str
    say_many: str
    note: str


KINDS = (
    Kind(
        "unsigned",
        "bad",
        "late",
        lambda task: task.word == "late" and task.unsigned,
        lambda task: task.due,
        "has not signed order {order}",
        "have not signed order {order}",
        "{time} late",
    ),
    Kind(
        "unreported",
        "bad",
        "late",
        lambda task: task.word == "late" and not task.unsigned,
        lambda task: task.due,
        "has not reported on order {order}",
        "have not reported on order {order}",
        "{time} late",
    ),
    Kind(
        "unreached",
        "bad",
        "unreachable",
        lambda task: task.word == "unreachable",
        lambda task: task.directive.issued_at,
        "cannot be reached for order {order}",
        "cannot be reached for order {order}",
        "issued {time} ago · telephone them",
    ),
    Kind(
        "trouble",
        "watch",
        "watch",
        lambda task: task.recipient.trouble_at is not None,
        lambda task: task.recipient.trouble_at,
        "is in trouble with order {order}",
        "are in trouble with order {order}",
        "waiting {time} for an answer",
    ),
    Kind(
        "silent",
        "bad",
        "dark",
        lambda task: task.word == "dark" and task.unsigned,
        lambda task: task.directive.issued_at,
        "is cut off and does not know order {order}",
        "are cut off and do not know order {order}",
        "issued {time} ago · send somebody",
    ),
)


def hands(w: Work, s: Standing) -> dict[str, Any]:
    """The three gravest sentences, how many there are besides, and what of all is worth an alarm when it is new."""
    groups = [
        (kind, group)
        for kind in KINDS
        for group in _by_area(s, (t for t in s.tasks if kind.takes(t))).values()
    ]
    groups.sort(key=lambda one: (one[0].tone != "bad", _since(*one) or s.now, -len(one[1])))
    told = _told(w, [group[0].directive.id for _kind, group in groups[:SHOWN]])
    sentences = [_sentence(s, kind, group, told) for kind, group in groups[:SHOWN]]
    more = len(groups) - len(sentences)
    alarms = [_key(s, kind, group) for kind, group in groups if kind.tone == "bad"]
    return {
        "alarms": alarms,
        "list": sentences,
        "more": s.count("and 1 more", "and {n} more", more) if more else "",
    }


def _by_area(s: Standing, tasks: Iterable[Task]) -> dict[tuple[int, int], list[Task]]:
    groups: dict[tuple[int, int], list[Task]] = {}
    for task in tasks:
        area = s.area_of(task.place)
        groups.setdefault((task.directive.id, area.id if area else 0), []).append(task)
    return groups


def _since(kind: Kind, group: list[Task]) -> datetime | None:
    return min((moment for task in group if (moment := kind.since(task)) is not None), default=None)


def _sentence(
    s: Standing, kind: Kind, group: list[Task], told: list[tuple[Escalation, Place]]
) -> dict[str, Any]:
    order, area = s.short(group[0].directive), s.area_of(group[0].place)
    if len(group) == 1:
        lead, text = s.name(group[0].place), s.say(kind.says, order=order)
    else:
        lead = s.say("{n} sites in {area}", n=len(group), area=s.name(area))
        text = s.say(kind.say_many, order=order)
    notes = [s.say(kind.note, time=s.lasting(_since(kind, group) or s.now))]
    whom = _whom(group, told) if kind.tone == "bad" else None
    if whom is not None:
        notes.append(s.say("passed up to {office}", office=s.name(whom)))
    return {
        "key": _key(s, kind, group)["key"],
        "tone": kind.tone,
        "mark": kind.mark,
        "lead": lead,
        "text": text,
        "note": " · ".join(notes),
    }


def _key(s: Standing, kind: Kind, group: list[Task]) -> dict[str, str]:
    """What a screen knows a group by, and the words with which it raises the alarm when the group is new."""
    area, count = s.area_of(group[0].place), len(group)
    text = s.say(kind.says if count == 1 else kind.say_many, order=s.short(group[0].directive))
    lead = s.name(group[0].place) if count == 1 else s.say("{n} sites in {area}", n=count, area=s.name(area))
    key = f"{kind.key}:{group[0].directive.id}:{area.id if area else 0}"
    return {"key": key, "text": f"{lead} {text}"}


def _whom(group: list[Task], told: list[tuple[Escalation, Place]]) -> Place | None:
    """The last place above that was told of these sites."""
    ids = {task.recipient.id for task in group}
    of_these = [office for escalation, office in told if ids.intersection(escalation.recipients)]
    return of_these[-1] if of_these else None


def _told(w: Work, directives: list[int]) -> list[tuple[Escalation, Place]]:
    if not directives:
        return []
    with w.beyond_scope("who above was told of our lateness"):
        wanted = select(Escalation, Place).join(Place, Place.id == Escalation.place_id)
        wanted = wanted.where(Escalation.directive_id.in_(directives)).order_by(Escalation.id)
        return [(escalation, place) for escalation, place in w.session.execute(wanted)]
