"""The cards of an inbox: one task of one site each, with all that was said about it, and what may be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from region.dispatch.models import Directive, Recipient, Remark, Report
from region.dispatch.queries.inbox_below import ChildLine, child_lines, passed_on_by
from region.dispatch.queries.inbox_tasks import TaskLine, task_lines
from region.dispatch.queries.late_below import DOING
from region.dispatch.queries.progress import is_late
from region.dispatch.states import UNSIGNED
from region.dispatch.wording import PACK
from region.places.models import Place
from region.spine.work import Work

ENDED_BY_ANOTHER = ("withdrawing", "superseded")


@dataclass(frozen=True)
class Said:
    """Words about a task: of the site (trouble) or of the desk (answer, return, waiver)."""

    kind: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Card:
    """One task of one site, in both languages, with both clocks and everything said about it."""

    recipient: int
    number: str
    place: int
    place_zh: str
    place_en: str
    kind: str
    urgency: str
    title_zh: str
    title_en: str
    body_zh: str
    body_en: str
    ground: str
    issuer_zh: str
    issuer_en: str
    issued_at: datetime | None
    sign_due: datetime | None
    task_due: datetime | None
    evidence: list[dict[str, Any]]
    state: str
    order_state: str
    replaced_by: str | None
    late: bool
    since: datetime
    signed_at: datetime | None
    reported_at: datetime | None
    ended_at: datetime | None
    in_trouble: bool
    said: list[Said] = field(default_factory=list)
    reported: dict[str, Any] | None = None
    named: bool = False
    end_note: str = ""
    contradicted: bool = False
    tasks: list[TaskLine] = field(default_factory=list)
    children: list[ChildLine] = field(default_factory=list)
    may_pass: bool = False
    nil: bool = False

    @property
    def tab(self) -> str:
        """Where it stands: ``sign``, ``todo`` or ``done``; a report that nobody can believe is still to do."""
        if self.state in (*UNSIGNED, "stopping"):
            return "sign"
        return "todo" if self.state in DOING or self.contradicted else "done"

    @property
    def waits_below(self) -> int:
        """How many orders made out of it are still open: until then nothing can be reported."""
        return sum(child.is_open for child in self.children)

    @property
    def plain(self) -> bool:
        """Whether numbers are all that must be handed in."""
        required = [item for item in self.evidence if item.get("required", True)]
        return bool(self.tasks) and all(item["type"] == "number" for item in required)

    @property
    def reached(self) -> bool:
        """Whether every target is reached, and one tap may report it with the numbers that are known."""
        aims = [task for task in self.tasks if task.target is not None]
        known = all(task.value is not None for task in self.tasks if task.required)
        return self.plain and known and bool(aims) and all(task.reached for task in aims)

    @property
    def due(self) -> datetime | None:
        """The limit that runs now; a withdrawn order's limits count no more."""
        if self.state == "stopping":
            return None
        return self.sign_due if self.tab == "sign" else self.task_due if self.tab == "todo" else None


def cards_of(w: Work, recipients: Sequence[Recipient], places: dict[int, Place]) -> list[Card]:
    """The cards of these parts, in the order in which they should be looked at."""
    said, reported = _said(w, recipients), _reported(w, recipients)
    issuers = _names(w, {one.directive.place_id for one in recipients})
    instead = _replacements(w, recipients)
    beyond = _beyond(w, recipients)
    ranks: dict[str, Any] = w.rules.value(PACK, "urgencies")
    cards = [
        Card(
            recipient=one.id,
            place=one.place_id,
            place_zh=places[one.place_id].name_zh,
            place_en=places[one.place_id].name_en,
            **_order_facts(one.directive),
            issuer_zh=issuers.get(one.directive.place_id, ("–", "–"))[0],
            issuer_en=issuers.get(one.directive.place_id, ("–", "–"))[1],
            replaced_by=instead.get(one.directive_id),
            late=is_late(one, one.directive, w.now),
            **_part_facts(one),
            said=said.get(one.id, []),
            reported=reported.get(one.id),
            **beyond[one.id],
        )
        for one in recipients
    ]
    return sorted(cards, key=lambda card: _order(card, ranks))


def _part_facts(one: Recipient) -> dict[str, Any]:
    """What a card takes from the site's own part as it is."""
    return {
        "state": one.state,
        "since": one.since,
        "signed_at": one.acknowledged_at,
        "reported_at": one.reported_at,
        "ended_at": one.ended_at,
        "in_trouble": one.trouble_at is not None,
        "named": one.account_id is not None,
        "contradicted": one.contradicted_at is not None and one.state == "reported",
    }


def _beyond(w: Work, recipients: Sequence[Recipient]) -> dict[int, dict[str, Any]]:
    """What most orders do not have: numbers with targets, orders made out of them, nil reports."""
    passed = passed_on_by(w, [one.id for one in recipients])
    tasks = task_lines(w, recipients, passed)
    children = child_lines(w, [one for one in recipients if one.id in passed])
    nil = w.rules.value(PACK, "nil.templates")
    return {
        one.id: {
            "tasks": tasks.get(one.id, []),
            "children": children.get(one.id, []),
            "nil": one.directive.template in nil,
            "may_pass": one.directive.state == "issued"
            and one.state in (*UNSIGNED, *DOING)
            and w.may("dispatch.pass_on", one.place_id),
        }
        for one in recipients
    }


def _order_facts(order: Directive) -> dict[str, Any]:
    """What a card takes from the order as it is."""
    same = (
        "kind",
        "urgency",
        "title_zh",
        "title_en",
        "body_zh",
        "body_en",
        "ground",
        "issued_at",
        "task_due",
    )
    return {
        **{name: getattr(order, name) for name in same},
        "number": order.number or "–",
        "sign_due": order.acknowledge_due,
        "evidence": list(order.evidence),
        "order_state": order.state,
        "end_note": order.end_note,
    }


def _order(card: Card, ranks: dict[str, Any]) -> tuple[Any, ...]:
    """What must stop first; then what runs out first; what came back before what is new; what ended last."""
    if card.tab == "done":
        return ("3", -(card.ended_at or card.reported_at or card.since).timestamp())
    if card.state == "stopping":
        return ("0", card.since.timestamp())
    due = card.due.timestamp() if card.due else float("inf")
    rank = -int(ranks.get(card.urgency, {}).get("rank", 0))
    return (("1" if card.tab == "sign" else "2"), card.state != "returned", due, rank)


def _said(w: Work, recipients: Sequence[Recipient]) -> dict[int, list[Said]]:
    shown = ("trouble", "answer", "return", "waiver")
    wanted = select(Remark).where(Remark.recipient_id.in_([one.id for one in recipients]))
    found: dict[int, list[Said]] = {}
    for remark in w.session.scalars(wanted.where(Remark.kind.in_(shown)).order_by(Remark.id)):
        found.setdefault(remark.recipient_id, []).append(Said(remark.kind, remark.text, remark.made_at))
    return found


def _reported(w: Work, recipients: Sequence[Recipient]) -> dict[int, dict[str, Any]]:
    """The newest report of each: what was said, so that a returned one can be mended and not written anew."""
    wanted = select(Report).where(Report.recipient_id.in_([one.id for one in recipients])).order_by(Report.id)
    return {
        one.recipient_id: {
            "text": one.text,
            "numbers": dict(one.numbers),
            "files": list(one.files),
            "at": one.made_at,
            "verdict": one.verdict,
        }
        for one in w.session.scalars(wanted)
    }


def _names(w: Work, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    with w.beyond_scope("who issued an order is known to those who received it"):
        rows = w.session.execute(
            select(Place.id, Place.name_zh, Place.name_en).where(Place.id.in_(list(ids)))
        )
        return {row.id: (row.name_zh, row.name_en) for row in rows}


def _replacements(w: Work, recipients: Sequence[Recipient]) -> dict[int, str]:
    old = [one.directive_id for one in recipients if one.directive.state in ENDED_BY_ANOTHER]
    if not old:
        return {}
    # In scope on purpose: the new order's number is told to those who received it as well.
    wanted = select(Directive.supersedes_id, Directive.number).where(Directive.supersedes_id.in_(old))
    return {row.supersedes_id: row.number or "–" for row in w.session.execute(wanted)}
