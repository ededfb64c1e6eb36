"""The running orders, each with what is signed of it against the clock, and how fast the newest one is signed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from region.board.queries.standing import Standing
from region.dispatch.models import Directive, Recipient
from region.dispatch.queries.campaign import campaign
from region.dispatch.tasks import tasks_of
from region.spine.i18n import number, pick
from region.spine.work import Work

SHOWN = 3
SLICES = 4


def orders(w: Work, s: Standing) -> list[dict[str, Any]]:
    """The running orders that matter most: those with late sites first, then those whose limit is nearest.

    `value` is the part signed, `target` the part of the time to sign that has gone (95 % of the sites at its
    end), both in percent: a bar behind its mark is behind the clock.
    """
    ranked = sorted(s.directives, key=lambda one: _urgency(s, one))
    shown = [directive for directive in ranked[:SHOWN] if directive.id in s.progress]
    return [_order(s, directive, _campaign(w, s, directive)) for directive in shown]


def _campaign(w: Work, s: Standing, directive: Directive) -> float | None:
    """How much of its targets is done, 0 to 1; None for an order that sets none."""
    own = any(task.recipient.targets for task in s.tasks if task.directive.id == directive.id)
    if not own and all(task.target is None for task in tasks_of(directive)):
        return None
    return campaign(w, directive).whole.share


def _urgency(s: Standing, directive: Directive) -> tuple[int, int, datetime, int]:
    counts = s.progress.get(directive.id)
    late, unsigned = (counts.late, counts.total - counts.signed) if counts else (0, 0)
    due = (directive.acknowledge_due if unsigned else directive.task_due) or s.now
    return (-late, 0 if unsigned else 1, due, -directive.id)


def _order(s: Standing, directive: Directive, done: float | None) -> dict[str, Any]:
    counts = s.progress[directive.id]
    signed_all = counts.signed >= counts.total
    behind = not signed_all and _gone(s, directive) * s.signed_target > counts.signed / max(counts.total, 1)
    tone = "bad" if counts.late else "watch" if behind else "working"
    return {
        "id": directive.id,
        "tone": tone,
        "name": f"{s.short(directive)} {pick(s.lang, directive.title_zh, directive.title_en)}",
        "signed": number(counts.signed),
        "total": s.say("of {n} signed", n=number(counts.total)),
        "value": round(100 * counts.signed / max(counts.total, 1), 1),
        "target": round(100 * s.signed_target * _gone(s, directive), 1),
        "note": _note(s, directive, done),
    }


def _gone(s: Standing, directive: Directive) -> float:
    """The part of the time to sign that has gone, 0 to 1."""
    issued, due = directive.issued_at, directive.acknowledge_due
    if issued is None or due is None or due <= issued:
        return 1.0
    return min(1.0, max(0.0, (s.now - issued) / (due - issued)))


def _note(s: Standing, directive: Directive, done: float | None) -> str:
    counts = s.progress[directive.id]
    if counts.signed < counts.total:
        due, words = directive.acknowledge_due, ("{time} left to sign", "{time} late")
    else:
        due, words = directive.task_due, ("{time} left to report", "{time} late")
    parts = []
    if due is not None:
        parts.append(s.say(words[0] if due > s.now else words[1], time=s.lasting(due)))
    if done is not None:
        parts.append(s.say("{n}% of the target", n=round(100 * done)))
    elif counts.done and counts.signed >= counts.total:
        parts.append(s.say("{n} done", n=number(counts.done)))
    return " · ".join(parts)


def pace(w: Work, s: Standing, zone: Any) -> dict[str, Any] | None:
    """How many had signed the gravest order at each third of its time to sign, and one beyond."""
    ranked = sorted(s.directives, key=lambda one: _urgency(s, one))
    directive = next((one for one in ranked if one.id in s.progress and one.acknowledge_due), None)
    if directive is None or directive.issued_at is None or directive.acknowledge_due is None:
        return None
    signed = w.session.scalars(
        select(Recipient.acknowledged_at).where(
            Recipient.directive_id == directive.id, Recipient.acknowledged_at.is_not(None)
        )
    ).all()
    step = (directive.acknowledge_due - directive.issued_at) / (SLICES - 1)
    bars = []
    for n in range(1, SLICES + 1):
        at = directive.issued_at + n * step
        came = sum(1 for moment in signed if moment is not None and moment <= at)
        on_time = sum(1 for moment in signed if moment is not None and moment <= directive.acknowledge_due)
        past = at - step < s.now
        bars.append(
            {
                "at": f"{at.astimezone(zone):%H:%M}",
                "in_time": min(came, on_time) if past else 0,
                "late": max(0, came - on_time) if past else 0,
                "text": number(came) if past else "–",
            }
        )
    name = s.say(
        "Order {order}: signed of {n}", order=s.short(directive), n=number(s.progress[directive.id].total)
    )
    return {"name": name, "most": s.progress[directive.id].total, "bars": bars}
