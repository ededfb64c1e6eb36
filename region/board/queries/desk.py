"""What needs a decision at the duty desk now, sorted by the clock, and how far the running orders have come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from region.board.queries.desk_areas import Areas, areas
from region.board.queries.desk_decision import Decision
from region.board.queries.desk_duty import ailing, offered, still_stopping, unanswered
from region.dispatch.models import Directive, Escalation, Recipient
from region.dispatch.queries.progress import Progress, progress, running
from region.dispatch.queries.upward import desks
from region.dispatch.states import UNSIGNED
from region.dispatch.wording import PACK
from region.places.models import Place, Site
from region.spine.errands import Errand
from region.spine.work import Work

MOST = 50
WAITING = ("draft", "awaiting_approval", "approved")
UNREPORTED = ("acknowledged", "in_progress", "returned")


@dataclass(frozen=True)
class Running:
    """One order in force with its counts and its next clock; `clock` is sign, report or none."""

    directive: Directive
    counts: Progress
    clock: str
    due: datetime | None


def decisions(w: Work) -> list[Decision]:
    """All that waits, the most urgent first: what is overdue longest stands on top."""
    known = areas(w)
    found = [
        *_late(w, known, "late_sign"),
        *_late(w, known, "late_report"),
        *_papers(w),
        *_troubles(w),
        *_reviews(w),
        *_contradicted(w),
        *_requests(w),
        *_escalations(w),
        *still_stopping(w),
        *unanswered(w),
        *offered(w),
        *ailing(w),
        *_dead(w),
    ]
    last = {"draft": 1, "waits_for_other": 1}
    return sorted(found, key=lambda one: (last.get(one.kind, 0), one.due))


def running_orders(w: Work) -> list[Running]:
    """The orders in force, the next clock first."""
    standing = running(w)
    counts = progress(w, standing)
    lines = [_running(directive, counts[directive.id]) for directive in standing if directive.id in counts]
    never = max((line.due for line in lines if line.due), default=w.now)
    return sorted(lines, key=lambda line: (line.due is None, line.due or never))


def _running(directive: Directive, counts: Progress) -> Running:
    if counts.signed < counts.total and counts.done < counts.total:
        return Running(directive, counts, "sign", directive.acknowledge_due)
    if counts.done + counts.reported < counts.total:
        return Running(directive, counts, "report", directive.task_due)
    return Running(directive, counts, "none", None)


def _late(w: Work, known: Areas, kind: str) -> Iterable[Decision]:
    due = Directive.acknowledge_due if kind == "late_sign" else Directive.task_due
    states = UNSIGNED if kind == "late_sign" else UNREPORTED
    rows = w.session.execute(
        select(Directive, Recipient.id, Place)
        .join(Recipient, Recipient.directive_id == Directive.id)
        .join(Site, Site.place_id == Recipient.place_id, isouter=True)  # a named person may stand at an area
        .join(Place, Place.id == Recipient.place_id)
        .where(Directive.state == "issued", due < w.now, Recipient.state.in_(states))
        .where(Directive.kind != "roll_call")
        .where(Site.dark_since.is_(None))
    ).all()
    late: dict[int, list[tuple[Directive, int, Place]]] = {}
    for row in rows:
        late.setdefault(row[0].id, []).append((row[0], row[1], row[2]))
    told = _told(w, late)
    for directive_id, lines in late.items():
        directive = lines[0][0]
        limit = directive.acknowledge_due if kind == "late_sign" else directive.task_due
        yield Decision(
            kind,
            limit or w.now,
            len(lines),
            directive,
            recipient=lines[0][1] if len(lines) == 1 else None,
            place=lines[0][2] if len(lines) == 1 else None,
            groups=known.grouped(place.path for _, _, place in lines),
            told=told.get(directive_id, ()),
        )


def _told(w: Work, directives: Iterable[int]) -> dict[int, tuple[Place, ...]]:
    """The places that each order's lateness was passed up to, the newest first."""
    wanted = select(Escalation.directive_id, Place).join(Place, Place.id == Escalation.place_id)
    wanted = wanted.where(Escalation.directive_id.in_(list(directives))).order_by(Escalation.id.desc())
    found: dict[int, dict[int, Place]] = {}
    with w.beyond_scope("names of the offices above, whom the lateness was passed up to"):
        for directive_id, place in w.session.execute(wanted):
            found.setdefault(directive_id, {})[place.id] = place
    return {directive_id: tuple(places.values()) for directive_id, places in found.items()}


def _papers(w: Work) -> Iterable[Decision]:
    """Orders that are written and not yet given."""
    wanted = select(Directive).where(Directive.state.in_(WAITING)).order_by(Directive.id.desc()).limit(MOST)
    for directive in w.session.scalars(wanted):
        limit = "issue" if directive.state == "approved" else "approve"
        due = directive.since + w.rules.duration(PACK, f"{limit}.{directive.urgency}")
        yield Decision(_paper(w, directive), due, len(directive.chosen), directive)


def _paper(w: Work, directive: Directive) -> str:
    if directive.state == "approved":
        return "issue" if w.may("dispatch.issue", directive.place_id) else "waits_for_other"
    if directive.state == "draft":
        return "draft"
    own = directive.composed_by == w.actor.name
    return "approve" if not own and w.may("dispatch.approve", directive.place_id) else "waits_for_other"


def _troubles(w: Work) -> Iterable[Decision]:
    wanted = (
        select(Recipient, Directive, Place)
        .join(Directive, Directive.id == Recipient.directive_id)
        .join(Place, Place.id == Recipient.place_id)
        .where(Directive.state == "issued", Recipient.trouble_at.is_not(None), Recipient.ended_at.is_(None))
        .order_by(Recipient.trouble_at)
        .limit(MOST)
    )
    for recipient, directive, place in w.session.execute(wanted):
        since = recipient.trouble_at or w.now
        yield Decision("trouble", since, 1, directive, recipient=recipient.id, place=place)


def _reviews(w: Work) -> Iterable[Decision]:
    waiting = (
        select(
            Directive.id, func.count(Recipient.id), func.min(Recipient.reported_at), func.min(Recipient.id)
        )
        .join(Recipient, Recipient.directive_id == Directive.id)
        .where(
            Directive.state == "issued",
            Recipient.state == "reported",
            Recipient.contradicted_at.is_(None),
            Directive.kind.not_in(w.rules.value(PACK, "kinds.upward")),
        )
        .group_by(Directive.id)
    )
    for directive_id, count, first, one in w.session.execute(waiting).all():
        directive = w.get(Directive, directive_id)
        due = (first or w.now) + w.rules.duration(PACK, f"review.{directive.urgency}")
        yield Decision("review", due, count, directive, recipient=one if count == 1 else None)


def _contradicted(w: Work) -> Iterable[Decision]:
    """Reports that do not agree with what was counted: somebody must look before they are accepted."""
    wanted = (
        select(Recipient, Directive, Place)
        .join(Directive, Directive.id == Recipient.directive_id)
        .join(Place, Place.id == Recipient.place_id)
        .where(
            Directive.state == "issued",
            Recipient.state == "reported",
            Recipient.contradicted_at.is_not(None),
        )
        .order_by(Recipient.contradicted_at)
        .limit(MOST)
    )
    for recipient, directive, place in w.session.execute(wanted):
        since = recipient.contradicted_at or w.now
        yield Decision("contradicted", since, 1, directive, recipient=recipient.id, place=place)


def _requests(w: Work) -> Iterable[Decision]:
    """What came up to the actor's own offices and waits there for a signature or an answer."""
    if not w.may("dispatch.request"):
        return
    wanted = (
        select(Recipient, Directive, Place)
        .join(Directive, Directive.id == Recipient.directive_id)
        .join(Place, Place.id == Directive.place_id)
        .where(
            Directive.state == "issued",
            Directive.kind.in_(w.rules.value(PACK, "kinds.upward")),
            Recipient.place_id.in_(desks(w)),
            Recipient.state.in_((*UNSIGNED, *UNREPORTED)),
        )
        .order_by(Directive.issued_at)
        .limit(MOST)
    )
    for recipient, directive, place in w.session.execute(wanted):
        due = directive.acknowledge_due if recipient.state in UNSIGNED else directive.task_due
        yield Decision("request", due or w.now, 1, directive, recipient=recipient.id, place=place)


def _escalations(w: Work) -> Iterable[Decision]:
    """Lateness below that was passed up to a place of the actor's, and that nobody there has seen."""
    wanted = (
        select(Escalation, Directive, Place)
        .join(Directive, Directive.id == Escalation.directive_id)
        .join(Place, Place.id == Escalation.place_id)
        .where(Escalation.seen_at.is_(None), Directive.state == "issued")
        .order_by(Escalation.made_at)
        .limit(MOST)
    )
    for escalation, directive, place in w.session.execute(wanted):
        if w.may("dispatch.acknowledge", place.id):
            count = len(escalation.recipients)
            yield Decision(
                "escalation", escalation.made_at, count, directive, escalation=escalation.id, place=place
            )


def _dead(w: Work) -> Sequence[Decision]:
    """Promises that the system could not keep: for those who operate it."""
    if not w.may("system.operate"):
        return ()
    mine = or_(Errand.place_id.is_(None), Errand.place_id.in_(select(Place.id)))
    wanted = select(Errand.runner, func.count(Errand.id), func.min(Errand.ended_at), func.min(Errand.made_at))
    rows = w.session.execute(wanted.where(Errand.state == "dead", mine).group_by(Errand.runner)).all()
    if not rows:
        return ()
    first = min(row[2] or row[3] for row in rows)
    return (Decision("dead", first, sum(row[1] for row in rows), runners=tuple(row[0] for row in rows)),)
